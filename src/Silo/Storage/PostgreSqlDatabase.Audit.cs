using System.Text;
using ClearanceEngine.Access;
using ClearanceEngine.Audit;
using Npgsql;
using NpgsqlTypes;

namespace ClearanceEngine.Silo.Storage;

/// <content>The audit trail.</content>
sealed partial class PostgreSqlDatabase
{
    public async Task AppendAudit(IReadOnlyList<AuditLine> entries)
    {
        await using var command = _source.CreateCommand(
            $"""
            INSERT INTO audit_entry ({AuditColumns.Names})
            SELECT * FROM unnest(@id, @act, @at, @actor, @kind, @right, @subject, @detail, @from, @reason, @outcome, @code)
            ON CONFLICT (id) DO NOTHING
            """
        );
        var parameters = command.Parameters;
        parameters.AddWithValue("id", entries.Select(e => e.Id).ToArray());
        parameters.AddWithValue("act", entries.Select(e => e.Act).ToArray());
        parameters.AddWithValue("at", entries.Select(e => e.At.ToUnixTimeMilliseconds()).ToArray());
        parameters.Add(Texts("actor", entries.Select(e => e.Actor)));
        parameters.Add(Texts("kind", entries.Select(e => e.ActorKind)));
        parameters.Add(Texts("right", entries.Select(e => e.Right)));
        parameters.Add(Texts("subject", entries.Select(e => e.Subject)));
        parameters.Add(Texts("detail", entries.Select(e => e.Detail)));
        parameters.Add(Texts("from", entries.Select(e => e.From)));
        parameters.Add(Texts("reason", entries.Select(e => e.Reason)));
        parameters.Add(Texts("outcome", entries.Select(e => e.Outcome)));
        parameters.Add(Texts("code", entries.Select(e => e.Code)));
        await command.ExecuteNonQueryAsync();
    }

    public async Task<IReadOnlyList<AuditLine>> FindAudit(AuditQuery query)
    {
        await using var command = _source.CreateCommand();
        var conditions = new StringBuilder("true");
        Where(" AND actor = @actor", "actor", query.Actor);
        Where(" AND subject = @subject", "subject", query.Subject?.Text);
        Where(" AND act_right = @right", "right", query.Right?.Descriptor().Name);
        Where(" AND at >= @since", "since", query.Since?.ToUnixTimeMilliseconds());
        Where(" AND at < @until", "until", query.Until?.ToUnixTimeMilliseconds());
        Where(" AND (at, id) < (@before, @id)", "before", query.Before?.At);
        if (query.Before is { } before)
            command.Parameters.AddWithValue("id", before.Id);
        command.Parameters.AddWithValue("limit", query.Limit);
#pragma warning disable CA2100 // Constants; values are parameters.
        command.CommandText =
            $"SELECT {AuditColumns.Names} FROM audit_entry WHERE {conditions} ORDER BY at DESC, id DESC LIMIT @limit";
#pragma warning restore CA2100

        var entries = new List<AuditLine>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            entries.Add(AuditColumns.Read(reader));
        return entries;

        void Where(string condition, string name, object? value)
        {
            if (value is null)
                return;
            conditions.Append(condition);
            command.Parameters.AddWithValue(name, value);
        }
    }

    static NpgsqlParameter Texts(string name, IEnumerable<string?> values) =>
        new(name, NpgsqlDbType.Array | NpgsqlDbType.Text) { Value = values.ToArray() };
}
