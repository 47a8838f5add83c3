using System.Collections.Immutable;
using ClearanceEngine.Storage;
using Npgsql;

namespace ClearanceEngine.Silo.Storage;

/// <content>Messages for customs, remembered before they are sent.</content>
sealed partial class PostgreSqlDatabase
{
    public async Task<ClaimAnswer> Claim(OutboundMessage message)
    {
        // Sorted, so that two claims never wait for each other's members crosswise.
        var wanted = message
            .Members.Distinct()
            .OrderBy(m => m.GrainKey, StringComparer.Ordinal)
            .ThenBy(m => m.EffectId, StringComparer.Ordinal)
            .ToArray();
        await using var connection = await _source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        if (await Enter(connection, message, wanted) is not { } got)
            return MemberList.Repeat(message, (await FindMessage(connection, message.Guid))!);

        OutboundMember[] taken = [.. wanted.Where(m => !got.Contains(m))];
        if (taken.Length > 0)
            return new ClaimAnswer(null, await Holders(connection, taken)); // disposed uncommitted: nothing was claimed
        await transaction.CommitAsync();
        return new ClaimAnswer(message, []);
    }

    /// <summary>
    /// Both tables in one round trip. The message first: two claims of one guid wait for each other there, and the second finds
    /// that it is a repeat.
    /// </summary>
    /// <returns>The members that no other message has; null when the message itself is there already.</returns>
    static async Task<HashSet<OutboundMember>?> Enter(
        NpgsqlConnection connection,
        OutboundMessage message,
        OutboundMember[] wanted
    )
    {
        var entered = new NpgsqlBatchCommand(
            "INSERT INTO outbound_message (guid, message_type, sender, members, body, created_at) VALUES (@g, @t, @s, @m::jsonb, @b, @c) ON CONFLICT DO NOTHING"
        );
        entered.Parameters.AddWithValue("g", message.Guid);
        entered.Parameters.AddWithValue("t", message.MessageType);
        entered.Parameters.AddWithValue("s", message.Sender);
        entered.Parameters.AddWithValue("m", MemberList.Write(message.Members));
        entered.Parameters.Add(new NpgsqlParameter<ReadOnlyMemory<byte>>("b", message.Body));
        entered.Parameters.AddWithValue("c", message.CreatedAt.ToUnixTimeMilliseconds());

        var members = new NpgsqlBatchCommand(
            "INSERT INTO outbound_member (grain_key, effect_id, guid) SELECT k, o, @g FROM unnest(@k, @o) AS r(k, o) ON CONFLICT DO NOTHING RETURNING grain_key, effect_id"
        );
        members.Parameters.AddWithValue("k", wanted.Select(m => m.GrainKey).ToArray());
        members.Parameters.AddWithValue("o", wanted.Select(m => m.EffectId).ToArray());
        members.Parameters.AddWithValue("g", message.Guid);

        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { entered, members } };
        var got = new HashSet<OutboundMember>();
        await using (var reader = await batch.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
                got.Add(new OutboundMember(reader.GetString(0), reader.GetString(1)));
        }
        return entered.RecordsAffected == 0 ? null : got;
    }

    static async Task<ImmutableArray<TakenMember>> Holders(
        NpgsqlConnection connection,
        OutboundMember[] taken
    )
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT m.grain_key, m.effect_id, m.guid, o.finished, o.dissolved FROM outbound_member m
            JOIN unnest(@k, @o) AS r(k, o) ON m.grain_key = r.k AND m.effect_id = r.o
            JOIN outbound_message o ON o.guid = m.guid
            """,
            connection
        );
        command.Parameters.AddWithValue("k", taken.Select(m => m.GrainKey).ToArray());
        command.Parameters.AddWithValue("o", taken.Select(m => m.EffectId).ToArray());
        var found = ImmutableArray.CreateBuilder<TakenMember>(taken.Length);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            found.Add(
                new TakenMember(
                    new OutboundMember(reader.GetString(0), reader.GetString(1)),
                    reader.GetString(2),
                    MemberList.Fate(reader.GetBoolean(3), reader.GetBoolean(4))
                )
            );
        return found.DrainToImmutable();
    }

    public async Task Finish(IReadOnlyList<string> messageGuids)
    {
        await using var connection = await _source.OpenConnectionAsync();
        await Execute(
            connection,
            "UPDATE outbound_message SET finished = true, body = NULL WHERE guid = ANY(@g)",
            new NpgsqlParameter<string[]>("g", [.. messageGuids])
        );
    }

    public async Task<bool> Dissolve(string messageGuid)
    {
        await using var connection = await _source.OpenConnectionAsync();
        return await Execute(
                connection,
                "UPDATE outbound_message SET dissolved = true WHERE guid = @g AND (NOT finished OR dissolved)",
                new NpgsqlParameter("g", messageGuid)
            ) > 0;
    }

    public async Task<OutboundMessage?> FindMessage(string messageGuid)
    {
        await using var connection = await _source.OpenConnectionAsync();
        return await FindMessage(connection, messageGuid);
    }

    static async Task<OutboundMessage?> FindMessage(NpgsqlConnection connection, string messageGuid)
    {
        await using var command = new NpgsqlCommand(
            "SELECT guid, message_type, sender, members::text, body, created_at, finished, dissolved FROM outbound_message WHERE guid = @g",
            connection
        );
        command.Parameters.AddWithValue("g", messageGuid);
        await using var reader = await command.ExecuteReaderAsync();
        return await reader.ReadAsync() ? Message(reader) : null;
    }

    public async Task<IReadOnlyList<UnfinishedMessage>> Unfinished(
        DateTimeOffset before,
        UnfinishedMessage? after,
        int limit
    )
    {
        var unfinished = new List<UnfinishedMessage>();
        await using var command = _source.CreateCommand(
            "SELECT guid, created_at FROM outbound_message WHERE NOT finished AND created_at < @b AND created_at >= @c AND (created_at, guid) > (@c, @g) ORDER BY created_at, guid LIMIT @l"
        );
        command.Parameters.AddWithValue("b", before.ToUnixTimeMilliseconds());
        command.Parameters.AddWithValue("c", after?.CreatedAt.ToUnixTimeMilliseconds() ?? long.MinValue);
        command.Parameters.AddWithValue("g", after?.Guid ?? "");
        command.Parameters.AddWithValue("l", limit);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            unfinished.Add(
                new UnfinishedMessage(
                    reader.GetString(0),
                    DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(1))
                )
            );
        return unfinished;
    }

    public async Task<Backlog> Backlog(DateTimeOffset now)
    {
        await using var command = _source.CreateCommand(
            """
            SELECT
                (SELECT COUNT(*) FROM outbound_message WHERE NOT finished),
                (SELECT MIN(created_at) FROM outbound_message WHERE NOT finished),
                (SELECT COUNT(*) FROM (SELECT 1 FROM grain_state WHERE outbox_due_at <= @u LIMIT @l) d),
                (SELECT COUNT(*) FROM (SELECT 1 FROM grain_state WHERE time_due_at <= @u LIMIT @l) d)
            """
        );
        command.Parameters.AddWithValue("u", now.ToUnixTimeMilliseconds());
        command.Parameters.AddWithValue("l", ClearanceEngine.Storage.Backlog.CountedUpTo);
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        return new Backlog(reader.GetInt64(0), Time(reader, 1), reader.GetInt64(2), reader.GetInt64(3));
    }

    static DateTimeOffset? Time(NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(column));

    static OutboundMessage Message(NpgsqlDataReader reader) =>
        new(
            reader.GetString(0),
            reader.GetString(1),
            reader.GetString(2),
            MemberList.Read(reader.GetString(3)),
            reader.IsDBNull(4) ? ReadOnlyMemory<byte>.Empty : reader.GetFieldValue<byte[]>(4),
            DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(5)),
            MemberList.Fate(reader.GetBoolean(6), reader.GetBoolean(7))
        );
}
