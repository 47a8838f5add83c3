using Npgsql;

namespace ClearanceEngine.Silo.Storage;

/// <content>The keys that the rows depend on.</content>
sealed partial class PostgreSqlDatabase
{
    /// <summary>Held to the end of the transaction: of two silos that start at once, the second reads what the first has entered.</summary>
    const string KeyTurn =
        "SELECT pg_advisory_xact_lock(hashtextextended('clearance.keys.' || current_schema(), 0))";

    public async Task ChangeKeys(Func<IReadOnlyList<DatabaseKey>, IReadOnlyList<DatabaseKey>> change)
    {
        await using var connection = await _source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await Execute(connection, KeyTurn);
        var known = await KnownKeys(connection);
        var kept = change(known);

        foreach (var gone in known.ExceptBy(kept.Select(k => k.Name), k => k.Name))
            await Execute(connection, "DELETE FROM key_fingerprint WHERE name = @n", [new("n", gone.Name)]);
        foreach (var key in kept.Except(known))
            await Enter(connection, key);
        await transaction.CommitAsync();
    }

    public async Task<bool> HasRows(IReadOnlyList<string> grainTypes)
    {
        await using var command = _source.CreateCommand(
            "SELECT EXISTS (SELECT 1 FROM grain_state WHERE grain_type = ANY(@t))"
        );
        command.Parameters.Add(new("t", grainTypes.ToArray()));
        return await command.ExecuteScalarAsync() is true;
    }

    public async Task<bool> IsEncryptedWith(byte key)
    {
        await using var command = _source.CreateCommand(
            """
            SELECT EXISTS (SELECT 1 FROM grain_state WHERE substring(payload FROM 1 FOR 1) = @k)
                OR EXISTS (SELECT 1 FROM grain_journal WHERE substring(payload FROM 1 FOR 1) = @k)
                OR EXISTS (SELECT 1 FROM outbound_message WHERE substring(body FROM 1 FOR 1) = @k)
            """
        );
        command.CommandTimeout = 0;
        command.Parameters.Add(new("k", new[] { key }));
        return await command.ExecuteScalarAsync() is true;
    }

    static async Task<List<DatabaseKey>> KnownKeys(NpgsqlConnection connection)
    {
        await using var command = Command(
            connection,
            "SELECT name, fingerprint, since, in_use FROM key_fingerprint ORDER BY name",
            []
        );
        var known = new List<DatabaseKey>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            known.Add(
                new(reader.GetString(0), reader.GetString(1), reader.GetInt64(2), reader.GetBoolean(3))
            );
        return known;
    }

    static Task<int> Enter(NpgsqlConnection connection, DatabaseKey key) =>
        Execute(
            connection,
            """
            INSERT INTO key_fingerprint (name, fingerprint, since, in_use) VALUES (@n, @f, @s, @u)
            ON CONFLICT (name) DO UPDATE SET fingerprint = @f, since = @s, in_use = @u
            """,
            [new("n", key.Name), new("f", key.Fingerprint), new("s", key.Since), new("u", key.InUse)]
        );
}
