using System.Collections.Immutable;
using System.Globalization;
using ClearanceEngine.Storage;
using Npgsql;
using NpgsqlTypes;

namespace ClearanceEngine.Silo.Storage;

/// <summary>State in PostgreSQL: a transaction a batch, rows by unnest, one round trip where the protocol allows.</summary>
sealed class PostgreSqlDatabase : IStateDatabase
{
    /// <summary>Any number, as long as it is ours: one silo migrates at a time.</summary>
    const long MigrationLock = 0x434C_5252_4E43;

    /// <summary>
    /// Every statement here reaches rows by their keys, a batch of keys at a time. A plan that was prepared while a table
    /// was empty would scan it whole, and stay in use while the table grows until statistics are gathered; and only
    /// going by keys locks rows in the order of the batch, so that batches do not deadlock.
    /// </summary>
    const string PlanByKey =
        "-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off";

    internal const string ReadRows =
        "SELECT s.grain_type, s.grain_key, s.version, s.nonce, s.payload FROM grain_state s JOIN unnest(@t, @k) AS r(t, k) ON s.grain_type = r.t AND s.grain_key = r.k";

    readonly NpgsqlDataSource _source;

    public PostgreSqlDatabase(string connectionString, TimeSpan commandTimeout)
    {
        var builder = Connection(connectionString, commandTimeout);
        _source = NpgsqlDataSource.Create(builder.ConnectionString);
        Place = $"PostgreSQL {builder.Host}:{builder.Port}/{builder.Database} as {builder.Username}";
    }

    public string Place { get; }

    public async Task Migrate(CancellationToken cancellationToken)
    {
        await using var connection = await _source.OpenConnectionAsync(cancellationToken);
        foreach (var migration in Migrations.For("PostgreSql"))
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await Execute(connection, $"SELECT pg_advisory_xact_lock({MigrationLock})");
            if (await Scalar(connection, "SELECT to_regclass('schema_version')::text") is string)
            {
                var found = Convert.ToInt32(
                    await Scalar(connection, "SELECT COALESCE(MAX(version), 0) FROM schema_version"),
                    CultureInfo.InvariantCulture
                );
                Migrations.RefuseNewer("PostgreSql", Place, found);
                if (found >= migration.Version)
                    continue;
            }
            await Execute(connection, migration.Sql);
            await transaction.CommitAsync(cancellationToken);
        }
    }

    public async Task<bool[]> Commit(IReadOnlyList<RowWrite> writes)
    {
        // Sorted, so that two transactions never wait for each other's rows crosswise.
        var sorted = writes
            .OrderBy(w => w.Key.GrainType, StringComparer.Ordinal)
            .ThenBy(w => w.Key.GrainKey, StringComparer.Ordinal)
            .ToList();
        var won = await CommitRows(sorted);
        var lost = sorted.Where(w => !won.Contains(w.Nonce)).ToList();
        if (lost.Count > 0)
        {
            // A row that carries our own nonce was written by an earlier try whose answer got lost; a row to be cleared that is gone likewise.
            var found = await Nonces(lost);
            foreach (var write in lost)
            {
                var there = found.TryGetValue(write.Key, out var nonce);
                if (write.Payload is null ? !there : there && nonce == write.Nonce)
                    won.Add(write.Nonce);
            }
        }
        return [.. writes.Select(w => won.Contains(w.Nonce))];
    }

    public async Task<StateRow?[]> Read(IReadOnlyList<RowKey> keys)
    {
        var found = new Dictionary<RowKey, StateRow>();
        await using var command = _source.CreateCommand(ReadRows);
        command.Parameters.AddWithValue(
            "t",
            NpgsqlDbType.Array | NpgsqlDbType.Text,
            keys.Select(k => k.GrainType).ToArray()
        );
        command.Parameters.AddWithValue(
            "k",
            NpgsqlDbType.Array | NpgsqlDbType.Text,
            keys.Select(k => k.GrainKey).ToArray()
        );
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            found[new RowKey(reader.GetString(0), reader.GetString(1))] = new StateRow(
                reader.GetInt64(2),
                reader.GetGuid(3),
                reader.GetFieldValue<byte[]>(4)
            );
        return [.. keys.Select(k => found.GetValueOrDefault(k))];
    }

    public async Task<IReadOnlyList<(string IndexKey, string GrainKey)>> Find(
        IReadOnlyCollection<string> keys
    )
    {
        var found = new List<(string, string)>();
        await using var command = _source.CreateCommand(
            "SELECT index_key, grain_key FROM document_index WHERE index_key = ANY(@k)"
        );
        command.Parameters.AddWithValue("k", NpgsqlDbType.Array | NpgsqlDbType.Text, keys.ToArray());
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            found.Add((reader.GetString(0), reader.GetString(1)));
        return found;
    }

    public async Task<IReadOnlyList<DueGrain>> Due(DateTimeOffset until, int limit)
    {
        var due = new List<DueGrain>();
        await using var command = _source.CreateCommand(
            "SELECT grain_key, due_at FROM grain_state WHERE due_at <= @u ORDER BY due_at LIMIT @l"
        );
        command.Parameters.AddWithValue("u", until.ToUnixTimeMilliseconds());
        command.Parameters.AddWithValue("l", limit);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            due.Add(
                new DueGrain(reader.GetString(0), DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(1)))
            );
        return due;
    }

    public async Task<ClaimAnswer> Claim(OutboundMessage message)
    {
        await using var connection = await _source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        // The message first: two claims of one guid wait for each other here, and the second finds that it is a repeat.
        var stored = await Execute(
            connection,
            "INSERT INTO outbound_message (guid, message_type, sender, members, body, created_at) VALUES (@g, @t, @s, @m::jsonb, @b, @c) ON CONFLICT DO NOTHING",
            new("g", message.Guid),
            new("t", message.MessageType),
            new("s", message.Sender),
            new("m", MemberList.Write(message.Members)),
            new("b", message.Body.ToArray()),
            new("c", message.CreatedAt.ToUnixTimeMilliseconds())
        );
        if (stored == 0)
            return MemberList.Repeat(message, (await FindMessage(message.Guid))!);
        // Sorted, so that two claims never wait for each other's members crosswise.
        var wanted = message
            .Members.Distinct()
            .OrderBy(m => m.GrainKey, StringComparer.Ordinal)
            .ThenBy(m => m.OwedId, StringComparer.Ordinal)
            .ToArray();
        var got = new HashSet<OutboundMember>();
        await using (
            var command = new NpgsqlCommand(
                "INSERT INTO outbound_member (grain_key, owed_id, guid) SELECT k, o, @g FROM unnest(@k, @o) AS r(k, o) ON CONFLICT DO NOTHING RETURNING grain_key, owed_id",
                connection
            )
        )
        {
            command.Parameters.AddWithValue("k", wanted.Select(m => m.GrainKey).ToArray());
            command.Parameters.AddWithValue("o", wanted.Select(m => m.OwedId).ToArray());
            command.Parameters.AddWithValue("g", message.Guid);
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
                got.Add(new OutboundMember(reader.GetString(0), reader.GetString(1)));
        }
        OutboundMember[] taken = [.. wanted.Where(m => !got.Contains(m))];
        if (taken.Length > 0)
            return new ClaimAnswer(null, await Holders(connection, taken)); // disposed uncommitted: nothing was claimed
        await transaction.CommitAsync();
        return new ClaimAnswer(message, []);
    }

    static async Task<ImmutableArray<TakenMember>> Holders(
        NpgsqlConnection connection,
        OutboundMember[] taken
    )
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT m.grain_key, m.owed_id, m.guid, o.finished FROM outbound_member m
            JOIN unnest(@k, @o) AS r(k, o) ON m.grain_key = r.k AND m.owed_id = r.o
            JOIN outbound_message o ON o.guid = m.guid
            """,
            connection
        );
        command.Parameters.AddWithValue("k", taken.Select(m => m.GrainKey).ToArray());
        command.Parameters.AddWithValue("o", taken.Select(m => m.OwedId).ToArray());
        var found = ImmutableArray.CreateBuilder<TakenMember>(taken.Length);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            found.Add(
                new TakenMember(
                    new OutboundMember(reader.GetString(0), reader.GetString(1)),
                    reader.GetString(2),
                    reader.GetBoolean(3)
                )
            );
        return found.DrainToImmutable();
    }

    public async Task Finish(string messageGuid)
    {
        await using var connection = await _source.OpenConnectionAsync();
        await Execute(
            connection,
            "UPDATE outbound_message SET finished = true, body = NULL WHERE guid = @g",
            new NpgsqlParameter("g", messageGuid)
        );
    }

    public async Task<OutboundMessage?> FindMessage(string messageGuid)
    {
        await using var command = _source.CreateCommand(
            "SELECT guid, message_type, sender, members::text, body, created_at FROM outbound_message WHERE guid = @g"
        );
        command.Parameters.AddWithValue("g", messageGuid);
        return (await Messages(command)).FirstOrDefault();
    }

    public async Task<IReadOnlyList<OutboundMessage>> Unfinished(DateTimeOffset before, int limit)
    {
        await using var command = _source.CreateCommand(
            "SELECT guid, message_type, sender, members::text, body, created_at FROM outbound_message WHERE NOT finished AND created_at < @b ORDER BY created_at LIMIT @l"
        );
        command.Parameters.AddWithValue("b", before.ToUnixTimeMilliseconds());
        command.Parameters.AddWithValue("l", limit);
        return await Messages(command);
    }

    public async Task<int> Retire(
        int beforeDay,
        int limit,
        Func<IReadOnlyList<RetiredRow>, Task> keep,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await _source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var rows = new List<(RowKey Key, long Version, int RestDay, byte[] Payload)>();
        await using (
            var command = Command(
                connection,
                "SELECT grain_type, grain_key, version, rest_day, payload FROM grain_state WHERE rest_day < @d ORDER BY rest_day LIMIT @l FOR UPDATE SKIP LOCKED",
                [new("d", beforeDay), new("l", limit)]
            )
        )
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
                rows.Add(
                    (
                        new RowKey(reader.GetString(0), reader.GetString(1)),
                        reader.GetInt64(2),
                        reader.GetInt32(3),
                        reader.GetFieldValue<byte[]>(4)
                    )
                );
        }
        if (rows.Count == 0)
            return 0;
        var keys = rows.Select(r => r.Key.GrainKey).ToArray();
        // A name belongs to a grain's key, whatever its states are called; a key is a parcel's or a message's, never both.
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
                "SELECT grain_key, owed_id, guid FROM outbound_member WHERE grain_key = ANY(@k) ORDER BY owed_id",
                keys,
                cancellationToken
            )
        ).ToLookup(p => p.Key, p => new SentDebt(p.First, p.Second), StringComparer.Ordinal);
        await keep([
            .. rows.Select(r => new RetiredRow(
                r.Key,
                r.Version,
                r.RestDay,
                r.Payload,
                [.. names[r.Key.GrainKey]],
                [.. sent[r.Key.GrainKey]]
            )),
        ]);
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                Keyed(
                    "DELETE FROM grain_state s USING unnest(@t, @k) AS r(t, k) WHERE s.grain_type = r.t AND s.grain_key = r.k",
                    keys,
                    [.. rows.Select(r => r.Key.GrainType)]
                ),
                Keyed("DELETE FROM document_index WHERE grain_key = ANY(@k)", keys),
                Keyed("DELETE FROM outbound_member WHERE grain_key = ANY(@k)", keys),
            },
        };
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return rows.Count;
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
            "INSERT INTO document_index (index_key, grain_key) SELECT i, @k FROM unnest(@i) i ON CONFLICT DO NOTHING",
            new("k", row.Key.GrainKey),
            new("i", row.IndexKeys.ToArray())
        );
        await Execute(
            connection,
            "INSERT INTO outbound_member (grain_key, owed_id, guid) SELECT @k, o, g FROM unnest(@o, @g) AS r(o, g) ON CONFLICT DO NOTHING",
            new("k", row.Key.GrainKey),
            new("o", row.Sent.Select(s => s.OwedId).ToArray()),
            new("g", row.Sent.Select(s => s.MessageGuid).ToArray())
        );
        await transaction.CommitAsync();
        return true;
    }

    public async Task<int> ForgetMessages(
        DateTimeOffset before,
        int limit,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await _source.OpenConnectionAsync(cancellationToken);
        await using var command = Command(
            connection,
            """
            DELETE FROM outbound_message WHERE guid IN (
                SELECT o.guid FROM outbound_message o
                WHERE o.finished AND o.created_at < @b
                AND NOT EXISTS (SELECT FROM jsonb_array_elements(o.members) m JOIN outbound_member x ON x.grain_key = m ->> 0 AND x.owed_id = m ->> 1)
                LIMIT @l FOR UPDATE SKIP LOCKED)
            """,
            [new("b", before.ToUnixTimeMilliseconds()), new("l", limit)]
        );
        return await command.ExecuteNonQueryAsync(cancellationToken);
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

    /// <summary>
    /// What Npgsql calls transient (connection lost, deadlock, resources, starting up), and: the server shut down,
    /// crashed, or is a standby now (25006), as it happens in a failover.
    /// </summary>
    public bool IsTransient(Exception error) =>
        error
            is NpgsqlException { IsTransient: true }
                or TimeoutException
                or IOException
                or PostgresException
                {
                    SqlState: "57P01" or "57P02" or "57P03" or "57P05" or "25006" or "40001" or "40P01"
                };

    public async Task Ping(CancellationToken cancellationToken)
    {
        await using var command = _source.CreateCommand("SELECT 1");
        await command.ExecuteScalarAsync(cancellationToken);
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    /// <summary>Connections of ours keep no state that the next user would have to be spared from, so they are not reset.</summary>
    internal static NpgsqlConnectionStringBuilder Connection(string connectionString, TimeSpan commandTimeout)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString)
        {
            CommandTimeout = (int)commandTimeout.TotalSeconds,
            NoResetOnClose = true,
        };
        if (builder.MaxAutoPrepare == 0)
            builder.MaxAutoPrepare = 50;
        builder.Options = $"{builder.Options} {PlanByKey}".Trim();
        return builder;
    }

    /// <summary>
    /// All statements of the batch in one round trip. Without a transaction of ours they are one implicit transaction that
    /// commits when the last is done, so the rows count only after the reader has ended. Index rows find out by the nonce
    /// whether their write won.
    /// </summary>
    /// <returns>Nonces of the writes that won.</returns>
    async Task<HashSet<Guid>> CommitRows(List<RowWrite> sorted)
    {
        await using var connection = await _source.OpenConnectionAsync();
        await using var batch = new NpgsqlBatch(connection);
        AddRows(
            batch,
            sorted.Where(w => w is { Payload: not null, Expected: 0 }),
            withState: true,
            """
            INSERT INTO grain_state (grain_type, grain_key, version, nonce, due_at, rest_day, payload)
            SELECT t, k, 1, n, d, y, p FROM unnest(@t, @k, @e, @r, @n, @d, @y, @p) AS r(t, k, e, r, n, d, y, p)
            ON CONFLICT DO NOTHING RETURNING nonce
            """
        );
        AddRows(
            batch,
            sorted.Where(w => w is { Payload: not null, Expected: > 0 }),
            withState: true,
            """
            UPDATE grain_state s SET version = s.version + 1, nonce = r.n, due_at = r.d, rest_day = r.y, payload = r.p, written_at = now()
            FROM unnest(@t, @k, @e, @r, @n, @d, @y, @p) AS r(t, k, e, r, n, d, y, p)
            WHERE s.grain_type = r.t AND s.grain_key = r.k AND s.version = r.e AND (r.r IS NULL OR s.nonce = r.r)
            RETURNING s.nonce
            """
        );
        AddRows(
            batch,
            sorted.Where(w => w is { Payload: null, RemovedKeys: not null }),
            withState: false,
            """
            DELETE FROM grain_state s USING unnest(@t, @k, @e, @r, @n) AS r(t, k, e, r, n)
            WHERE s.grain_type = r.t AND s.grain_key = r.k AND s.version = r.e AND (r.r IS NULL OR s.nonce = r.r)
            RETURNING r.n
            """
        );
        AddRows(
            batch,
            sorted.Where(w => w is { Payload: null, RemovedKeys: null }),
            withState: false,
            """
            WITH gone AS (
                DELETE FROM grain_state s USING unnest(@t, @k, @e, @r, @n) AS r(t, k, e, r, n)
                WHERE s.grain_type = r.t AND s.grain_key = r.k AND s.version = r.e AND (r.r IS NULL OR s.nonce = r.r)
                RETURNING s.grain_key, r.n),
            unlisted AS (DELETE FROM document_index d USING gone g WHERE d.grain_key = g.grain_key)
            SELECT n FROM gone
            """
        );
        AddRows(
            batch,
            sorted.Where(w => w is { Payload: not null, RemovedKeys: null, Expected: > 0 }),
            withState: false,
            """
            DELETE FROM document_index d USING unnest(@t, @k, @e, @r, @n) AS r(t, k, e, r, n), grain_state s
            WHERE s.grain_type = r.t AND s.grain_key = r.k AND s.nonce = r.n AND d.grain_key = r.k
            """
        );
        AddIndex(
            batch,
            sorted,
            w => w.RemovedKeys ?? [],
            """
            DELETE FROM document_index d USING unnest(@i, @t, @k, @n) AS r(i, t, k, n), grain_state s
            WHERE s.grain_type = r.t AND s.grain_key = r.k AND s.nonce = r.n AND d.index_key = r.i AND d.grain_key = r.k
            """
        );
        AddIndex(
            batch,
            sorted,
            w => w.AddedKeys,
            """
            INSERT INTO document_index (index_key, grain_key)
            SELECT r.i, r.k FROM unnest(@i, @t, @k, @n) AS r(i, t, k, n) JOIN grain_state s ON s.grain_type = r.t AND s.grain_key = r.k AND s.nonce = r.n
            ON CONFLICT DO NOTHING
            """
        );
        var won = new HashSet<Guid>();
        await using (var reader = await batch.ExecuteReaderAsync())
        {
            do
            {
                while (await reader.ReadAsync())
                    won.Add(reader.GetGuid(0));
            } while (await reader.NextResultAsync());
        }
        return won;
    }

    async Task<Dictionary<RowKey, Guid>> Nonces(List<RowWrite> writes)
    {
        var found = new Dictionary<RowKey, Guid>();
        await using var command = _source.CreateCommand(
            "SELECT s.grain_type, s.grain_key, s.nonce FROM grain_state s JOIN unnest(@t, @k) AS r(t, k) ON s.grain_type = r.t AND s.grain_key = r.k"
        );
        AddArray(command.Parameters, "t", NpgsqlDbType.Text, writes, w => w.Key.GrainType);
        AddArray(command.Parameters, "k", NpgsqlDbType.Text, writes, w => w.Key.GrainKey);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            found[new RowKey(reader.GetString(0), reader.GetString(1))] = reader.GetGuid(2);
        return found;
    }

    static void AddRows(NpgsqlBatch batch, IEnumerable<RowWrite> writes, bool withState, string sql)
    {
        List<RowWrite> rows = [.. writes];
        if (rows.Count == 0)
            return;
        var command = new NpgsqlBatchCommand(sql);
        AddArray(command.Parameters, "t", NpgsqlDbType.Text, rows, w => w.Key.GrainType);
        AddArray(command.Parameters, "k", NpgsqlDbType.Text, rows, w => w.Key.GrainKey);
        AddArray(command.Parameters, "e", NpgsqlDbType.Bigint, rows, w => w.Expected);
        AddArray(command.Parameters, "r", NpgsqlDbType.Uuid, rows, w => w.Prior);
        AddArray(command.Parameters, "n", NpgsqlDbType.Uuid, rows, w => w.Nonce);
        if (withState)
        {
            AddArray(command.Parameters, "d", NpgsqlDbType.Bigint, rows, w => w.DueAt);
            AddArray(command.Parameters, "y", NpgsqlDbType.Integer, rows, w => w.RestDay);
            AddArray(command.Parameters, "p", NpgsqlDbType.Bytea, rows, w => w.Payload!);
        }
        batch.BatchCommands.Add(command);
    }

    static void AddIndex(
        NpgsqlBatch batch,
        List<RowWrite> writes,
        Func<RowWrite, IEnumerable<string>> keys,
        string sql
    )
    {
        var rows = writes
            .Where(w => w.Payload is not null)
            .SelectMany(w => keys(w).Select(index => (Index: index, Write: w)))
            .OrderBy(r => r.Index, StringComparer.Ordinal)
            .ThenBy(r => r.Write.Key.GrainKey, StringComparer.Ordinal)
            .ToList();
        if (rows.Count == 0)
            return;
        var command = new NpgsqlBatchCommand(sql);
        AddArray(command.Parameters, "i", NpgsqlDbType.Text, rows, r => r.Index);
        AddArray(command.Parameters, "t", NpgsqlDbType.Text, rows, r => r.Write.Key.GrainType);
        AddArray(command.Parameters, "k", NpgsqlDbType.Text, rows, r => r.Write.Key.GrainKey);
        AddArray(command.Parameters, "n", NpgsqlDbType.Uuid, rows, r => r.Write.Nonce);
        batch.BatchCommands.Add(command);
    }

    static void AddArray<TRow, T>(
        NpgsqlParameterCollection parameters,
        string name,
        NpgsqlDbType type,
        List<TRow> rows,
        Func<TRow, T> value
    )
    {
        var values = new T[rows.Count];
        for (var i = 0; i < values.Length; i++)
            values[i] = value(rows[i]);
        parameters.Add(new NpgsqlParameter<T[]>(name, NpgsqlDbType.Array | type) { TypedValue = values });
    }

    static async Task<List<OutboundMessage>> Messages(NpgsqlCommand command)
    {
        var messages = new List<OutboundMessage>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            messages.Add(
                new OutboundMessage(
                    reader.GetString(0),
                    reader.GetString(1),
                    reader.GetString(2),
                    MemberList.Read(reader.GetString(3)),
                    reader.IsDBNull(4) ? ReadOnlyMemory<byte>.Empty : reader.GetFieldValue<byte[]>(4),
                    DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(5))
                )
            );
        }
        return messages;
    }

    static async Task<int> Execute(
        NpgsqlConnection connection,
        string sql,
        params NpgsqlParameter[] parameters
    )
    {
        await using var command = Command(connection, sql, parameters);
        return await command.ExecuteNonQueryAsync();
    }

    static async Task<object?> Scalar(
        NpgsqlConnection connection,
        string sql,
        params NpgsqlParameter[] parameters
    )
    {
        await using var command = Command(connection, sql, parameters);
        return await command.ExecuteScalarAsync();
    }

    static NpgsqlCommand Command(NpgsqlConnection connection, string sql, NpgsqlParameter[] parameters)
    {
#pragma warning disable CA2100 // Constants and our own scripts; values are parameters.
        var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        command.Parameters.AddRange(parameters);
        return command;
    }
}
