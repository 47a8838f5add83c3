using Npgsql;
using NpgsqlTypes;

namespace ClearanceEngine.Silo.Storage;

/// <content>Rows at rest leave for the archive, and come back.</content>
sealed partial class PostgreSqlDatabase
{
    public async Task<int> Retire(
        int beforeDay,
        int limit,
        Func<IReadOnlyList<RetiredRow>, Task> keep,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await _source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        var rows = await Resting(connection, beforeDay, limit, cancellationToken);
        if (rows.Count == 0)
            return 0;

        await keep(await WithAllThatHangsOnThem(connection, rows, cancellationToken));

        await Remove(connection, rows, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return rows.Count;
    }

    /// <summary>Rows at rest alone, locked for this transaction; those that another one has are left to it.</summary>
    static async Task<List<RetiredRow>> Resting(
        NpgsqlConnection connection,
        int beforeDay,
        int limit,
        CancellationToken cancellationToken
    )
    {
        await using var command = Command(
            connection,
            "SELECT grain_type, grain_key, version, rest_day, payload FROM grain_state WHERE rest_day < @d ORDER BY rest_day LIMIT @l FOR UPDATE SKIP LOCKED",
            [new("d", beforeDay), new("l", limit)]
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);

        var rows = new List<RetiredRow>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var key = new RowKey(reader.GetString(0), reader.GetString(1));
            var payload = reader.GetFieldValue<byte[]>(4);
            rows.Add(new RetiredRow(key, reader.GetInt64(2), reader.GetInt32(3), payload, [], [], []));
        }
        return rows;
    }

    static async Task<List<RetiredRow>> WithAllThatHangsOnThem(
        NpgsqlConnection connection,
        List<RetiredRow> rows,
        CancellationToken cancellationToken
    )
    {
        // A name belongs to a grain's key, whatever its states are called; a key is a parcel's or a message's, never both.
        string[] keys = [.. rows.Select(r => r.Key.GrainKey)];
        var names = (
            await Pairs(
                connection,
                "SELECT grain_key, index_key, '' FROM document_index WHERE grain_key = ANY(@k) ORDER BY index_key",
                keys,
                cancellationToken
            )
        ).ToLookup(p => p.Key, p => p.First, StringComparer.Ordinal);
        var sent = (
            await Pairs(
                connection,
                "SELECT grain_key, effect_id, guid FROM outbound_member WHERE grain_key = ANY(@k) ORDER BY effect_id",
                keys,
                cancellationToken
            )
        ).ToLookup(p => p.Key, p => new SentEffect(p.First, p.Second), StringComparer.Ordinal);

        var journal = await Journals(connection, rows, cancellationToken);

        return rows.ConvertAll(r =>
            r with
            {
                IndexKeys = [.. names[r.Key.GrainKey]],
                Sent = [.. sent[r.Key.GrainKey]],
                Journal = [.. journal[r.Key]],
            }
        );
    }

    static async Task<ILookup<RowKey, JournalRow>> Journals(
        NpgsqlConnection connection,
        List<RetiredRow> rows,
        CancellationToken cancellationToken
    )
    {
        await using var command = Command(
            connection,
            """
            SELECT j.grain_type, j.grain_key, j.version, j.payload
            FROM grain_journal j JOIN unnest(@t, @k) AS r(t, k) ON j.grain_type = r.t AND j.grain_key = r.k
            ORDER BY j.version
            """,
            [
                new("t", rows.Select(r => r.Key.GrainType).ToArray()),
                new("k", rows.Select(r => r.Key.GrainKey).ToArray()),
            ]
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);

        var entries = new List<(RowKey Key, JournalRow Row)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var key = new RowKey(reader.GetString(0), reader.GetString(1));
            entries.Add((key, new JournalRow(reader.GetInt64(2), reader.GetFieldValue<byte[]>(3))));
        }
        return entries.ToLookup(e => e.Key, e => e.Row);
    }

    static async Task Remove(
        NpgsqlConnection connection,
        List<RetiredRow> rows,
        CancellationToken cancellationToken
    )
    {
        string[] keys = [.. rows.Select(r => r.Key.GrainKey)];
        string[] types = [.. rows.Select(r => r.Key.GrainType)];
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                Keyed(
                    "DELETE FROM grain_state s USING unnest(@t, @k) AS r(t, k) WHERE s.grain_type = r.t AND s.grain_key = r.k",
                    keys,
                    types
                ),
                Keyed(
                    "DELETE FROM grain_journal j USING unnest(@t, @k) AS r(t, k) WHERE j.grain_type = r.t AND j.grain_key = r.k",
                    keys,
                    types
                ),
                Keyed("DELETE FROM document_index WHERE grain_key = ANY(@k)", keys),
                Keyed("DELETE FROM outbound_member WHERE grain_key = ANY(@k)", keys),
            },
        };
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task<bool> Restore(RetiredRow row)
    {
        await using var connection = await _source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        if (
            await Execute(
                connection,
                "INSERT INTO grain_state (grain_type, grain_key, version, nonce, rest_day, payload) VALUES (@t, @k, @v, gen_random_uuid(), @y, @p) ON CONFLICT DO NOTHING",
                new("t", row.Key.GrainType),
                new("k", row.Key.GrainKey),
                new("v", row.Version),
                new("y", row.RestDay),
                new("p", row.Payload)
            ) == 0
        )
            return false;

        await Execute(
            connection,
            "INSERT INTO grain_journal (grain_type, grain_key, version, payload) SELECT @t, @k, v, j FROM unnest(@v, @j) AS r(v, j) ON CONFLICT DO NOTHING",
            new("t", row.Key.GrainType),
            new("k", row.Key.GrainKey),
            new("v", row.Journal.Select(j => j.Version).ToArray()),
            new("j", row.Journal.Select(j => j.Payload).ToArray())
        );
        await Execute(
            connection,
            "INSERT INTO document_index (index_key, grain_key) SELECT i, @k FROM unnest(@i) i ON CONFLICT DO NOTHING",
            new("k", row.Key.GrainKey),
            new("i", row.IndexKeys.ToArray())
        );
        await Execute(
            connection,
            "INSERT INTO outbound_member (grain_key, effect_id, guid) SELECT @k, o, g FROM unnest(@o, @g) AS r(o, g) ON CONFLICT DO NOTHING",
            new("k", row.Key.GrainKey),
            new("o", row.Sent.Select(s => s.EffectId).ToArray()),
            new("g", row.Sent.Select(s => s.MessageGuid).ToArray())
        );

        await transaction.CommitAsync();
        return true;
    }

    public async Task<MessageLook> ForgetMessages(
        MessagePlace? behind,
        DateTimeOffset before,
        int limit,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await _source.OpenConnectionAsync(cancellationToken);
        await using var command = Command(
            connection,
            """
            WITH looked AS MATERIALIZED (
                SELECT guid, created_at, members FROM outbound_message
                WHERE finished AND created_at < @b AND (created_at, guid) > (@c, @g)
                ORDER BY created_at, guid LIMIT @l),
            gone AS (
                DELETE FROM outbound_message o USING looked k
                WHERE o.guid = k.guid
                AND NOT EXISTS (SELECT FROM jsonb_array_elements(k.members) m JOIN outbound_member x ON x.grain_key = m ->> 0 AND x.effect_id = m ->> 1)
                RETURNING o.guid)
            SELECT (SELECT COUNT(*) FROM looked), (SELECT COUNT(*) FROM gone), created_at, guid
            FROM looked ORDER BY created_at DESC, guid DESC LIMIT 1
            """,
            [
                new("b", before.ToUnixTimeMilliseconds()),
                new("c", behind?.CreatedAt ?? long.MinValue),
                new("g", behind?.Guid ?? ""),
                new("l", limit),
            ]
        );

        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
            return default;

        return new MessageLook(
            (int)reader.GetInt64(0),
            (int)reader.GetInt64(1),
            new MessagePlace(reader.GetInt64(2), reader.GetString(3))
        );
    }

    static NpgsqlBatchCommand Keyed(string sql, string[] keys, string[]? types = null)
    {
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters.AddWithValue("k", NpgsqlDbType.Array | NpgsqlDbType.Text, keys);
        if (types is not null)
            command.Parameters.AddWithValue("t", NpgsqlDbType.Array | NpgsqlDbType.Text, types);
        return command;
    }

    static async Task<List<(string Key, string First, string Second)>> Pairs(
        NpgsqlConnection connection,
        string sql,
        string[] keys,
        CancellationToken cancellationToken
    )
    {
        var pairs = new List<(string, string, string)>();
        await using var command = Command(connection, sql, [new("k", keys)]);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            pairs.Add((reader.GetString(0), reader.GetString(1), reader.GetString(2)));
        return pairs;
    }
}
