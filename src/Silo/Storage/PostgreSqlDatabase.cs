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
    const string PlanByKey = "-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off";

    internal const string ReadRows = "SELECT s.grain_type, s.grain_key, s.version, s.nonce, s.payload FROM grain_state s JOIN unnest(@t, @k) AS r(t, k) ON s.grain_type = r.t AND s.grain_key = r.k";

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
                var found = Convert.ToInt32(await Scalar(connection, "SELECT COALESCE(MAX(version), 0) FROM schema_version"), CultureInfo.InvariantCulture);
                Migrations.RefuseNewer("PostgreSql", Place, found);
                if (found >= migration.Version) continue;
            }
            await Execute(connection, migration.Sql);
            await transaction.CommitAsync(cancellationToken);
        }
    }

    public async Task<bool[]> Commit(IReadOnlyList<RowWrite> writes)
    {
        await using var connection = await _source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var won = new HashSet<RowKey>();
        // Sorted, so that two transactions never wait for each other's rows crosswise.
        var sorted = writes.OrderBy(w => w.Key.GrainType, StringComparer.Ordinal).ThenBy(w => w.Key.GrainKey, StringComparer.Ordinal).ToList();
        await Upsert(connection, [.. sorted.Where(w => w is { Payload: not null, Expected: 0 })], won,
            """
            INSERT INTO grain_state (grain_type, grain_key, version, nonce, due_at, payload)
            SELECT t, k, 1, n, d, p FROM unnest(@t, @k, @e, @r, @n, @d, @p) AS r(t, k, e, r, n, d, p)
            ON CONFLICT DO NOTHING RETURNING grain_type, grain_key
            """);
        await Upsert(connection, [.. sorted.Where(w => w is { Payload: not null, Expected: > 0 })], won,
            """
            UPDATE grain_state s SET version = s.version + 1, nonce = r.n, due_at = r.d, payload = r.p, written_at = now()
            FROM unnest(@t, @k, @e, @r, @n, @d, @p) AS r(t, k, e, r, n, d, p)
            WHERE s.grain_type = r.t AND s.grain_key = r.k AND s.version = r.e AND (r.r IS NULL OR s.nonce = r.r)
            RETURNING s.grain_type, s.grain_key
            """);
        var cleared = sorted.Where(w => w.Payload is null).ToList();
        if (cleared.Count > 0)
        {
            await using var command = new NpgsqlCommand("DELETE FROM grain_state s USING unnest(@t, @k, @e, @r) AS r(t, k, e, r) WHERE s.grain_type = r.t AND s.grain_key = r.k AND s.version = r.e AND (r.r IS NULL OR s.nonce = r.r) RETURNING s.grain_type, s.grain_key", connection);
            Keys(command, cleared);
            Priors(command, cleared);
            await Winners(command, won);
        }
        await WriteIndex(connection, [.. sorted.Where(w => won.Contains(w.Key))]);

        var lost = sorted.Where(w => !won.Contains(w.Key)).ToList();
        if (lost.Count > 0)
        {
            // A row that carries our own nonce was written by an earlier try whose answer got lost; a row to be cleared that is gone likewise.
            var found = new Dictionary<RowKey, Guid>();
            await using (var command = new NpgsqlCommand("SELECT s.grain_type, s.grain_key, s.nonce FROM grain_state s JOIN unnest(@t, @k, @e) AS r(t, k, e) ON s.grain_type = r.t AND s.grain_key = r.k", connection))
            {
                Keys(command, lost);
                await using var reader = await command.ExecuteReaderAsync();
                while (await reader.ReadAsync()) found[new RowKey(reader.GetString(0), reader.GetString(1))] = reader.GetGuid(2);
            }
            foreach (var write in lost)
            {
                var there = found.TryGetValue(write.Key, out var nonce);
                if (write.Payload is null ? !there : there && nonce == write.Nonce) won.Add(write.Key);
            }
        }
        await transaction.CommitAsync();
        return [.. writes.Select(w => won.Contains(w.Key))];
    }

    public async Task<StateRow?[]> Read(IReadOnlyList<RowKey> keys)
    {
        var found = new Dictionary<RowKey, StateRow>();
        await using var command = _source.CreateCommand(ReadRows);
        command.Parameters.AddWithValue("t", NpgsqlDbType.Array | NpgsqlDbType.Text, keys.Select(k => k.GrainType).ToArray());
        command.Parameters.AddWithValue("k", NpgsqlDbType.Array | NpgsqlDbType.Text, keys.Select(k => k.GrainKey).ToArray());
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync()) found[new RowKey(reader.GetString(0), reader.GetString(1))] = new StateRow(reader.GetInt64(2), reader.GetGuid(3), reader.GetFieldValue<byte[]>(4));
        return [.. keys.Select(k => found.GetValueOrDefault(k))];
    }

    public async Task<IReadOnlyList<(string IndexKey, string GrainKey)>> Find(IReadOnlyCollection<string> keys)
    {
        var found = new List<(string, string)>();
        await using var command = _source.CreateCommand("SELECT index_key, grain_key FROM document_index WHERE index_key = ANY(@k)");
        command.Parameters.AddWithValue("k", NpgsqlDbType.Array | NpgsqlDbType.Text, keys.ToArray());
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync()) found.Add((reader.GetString(0), reader.GetString(1)));
        return found;
    }

    public async Task<IReadOnlyList<DueGrain>> Due(DateTimeOffset until, int limit)
    {
        var due = new List<DueGrain>();
        await using var command = _source.CreateCommand("SELECT grain_key, due_at FROM grain_state WHERE due_at <= @u ORDER BY due_at LIMIT @l");
        command.Parameters.AddWithValue("u", until.ToUnixTimeMilliseconds());
        command.Parameters.AddWithValue("l", limit);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync()) due.Add(new DueGrain(reader.GetString(0), DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(1))));
        return due;
    }

    public async Task<IReadOnlyList<OutboundMember>> Claim(OutboundMessage message)
    {
        await using var connection = await _source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        // The message first: two claims of one guid wait for each other here, and the second finds that it is a repeat.
        var stored = await Execute(connection, "INSERT INTO outbound_message (guid, message_type, sender, members, body, created_at) VALUES (@g, @t, @s, @m::jsonb, @b, @c) ON CONFLICT DO NOTHING",
            new("g", message.Guid), new("t", message.MessageType), new("s", message.Sender), new("m", MemberList.Write(message.Members)), new("b", message.Body.ToArray()), new("c", message.CreatedAt.ToUnixTimeMilliseconds()));
        if (stored == 0)
        {
            MemberList.RefuseOther(message, (string)(await Scalar(connection, "SELECT members::text FROM outbound_message WHERE guid = @g", new NpgsqlParameter("g", message.Guid)))!);
            return [];
        }
        // Sorted, so that two claims never wait for each other's members crosswise.
        var wanted = message.Members.Distinct().OrderBy(m => m.GrainKey, StringComparer.Ordinal).ThenBy(m => m.OwedId, StringComparer.Ordinal).ToArray();
        var got = new HashSet<OutboundMember>();
        await using (var command = new NpgsqlCommand("INSERT INTO outbound_member (grain_key, owed_id, guid) SELECT k, o, @g FROM unnest(@k, @o) AS r(k, o) ON CONFLICT DO NOTHING RETURNING grain_key, owed_id", connection))
        {
            command.Parameters.AddWithValue("k", wanted.Select(m => m.GrainKey).ToArray());
            command.Parameters.AddWithValue("o", wanted.Select(m => m.OwedId).ToArray());
            command.Parameters.AddWithValue("g", message.Guid);
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync()) got.Add(new OutboundMember(reader.GetString(0), reader.GetString(1)));
        }
        OutboundMember[] taken = [.. wanted.Where(m => !got.Contains(m))];
        if (taken.Length == 0) await transaction.CommitAsync(); // else disposed uncommitted: nothing was claimed
        return taken;
    }

    public async Task Release(string messageGuid)
    {
        await using var connection = await _source.OpenConnectionAsync();
        await Execute(connection, "WITH m AS (UPDATE outbound_message SET finished = true, body = NULL WHERE guid = @g) DELETE FROM outbound_member WHERE guid = @g", new NpgsqlParameter("g", messageGuid));
    }

    public async Task<OutboundMessage?> FindMessage(string messageGuid)
    {
        await using var command = _source.CreateCommand("SELECT guid, message_type, sender, members::text, body, created_at FROM outbound_message WHERE guid = @g");
        command.Parameters.AddWithValue("g", messageGuid);
        return (await Messages(command)).FirstOrDefault();
    }

    public async Task<IReadOnlyList<OutboundMessage>> Unfinished(DateTimeOffset before, int limit)
    {
        await using var command = _source.CreateCommand("SELECT guid, message_type, sender, members::text, body, created_at FROM outbound_message WHERE NOT finished AND created_at < @b ORDER BY created_at LIMIT @l");
        command.Parameters.AddWithValue("b", before.ToUnixTimeMilliseconds());
        command.Parameters.AddWithValue("l", limit);
        return await Messages(command);
    }

    /// <summary>
    /// What Npgsql calls transient (connection lost, deadlock, resources, starting up), and: the server shut down,
    /// crashed, or is a standby now (25006), as it happens in a failover.
    /// </summary>
    public bool IsTransient(Exception error) =>
        error is NpgsqlException { IsTransient: true } or TimeoutException or IOException or PostgresException { SqlState: "57P01" or "57P02" or "57P03" or "57P05" or "25006" or "40001" or "40P01" };

    public async Task Ping(CancellationToken cancellationToken)
    {
        await using var command = _source.CreateCommand("SELECT 1");
        await command.ExecuteScalarAsync(cancellationToken);
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    internal static NpgsqlConnectionStringBuilder Connection(string connectionString, TimeSpan commandTimeout)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString) { CommandTimeout = (int)commandTimeout.TotalSeconds };
        if (builder.MaxAutoPrepare == 0) builder.MaxAutoPrepare = 50;
        builder.Options = $"{builder.Options} {PlanByKey}".Trim();
        return builder;
    }

    static async Task Upsert(NpgsqlConnection connection, List<RowWrite> rows, HashSet<RowKey> won, string sql)
    {
        if (rows.Count == 0) return;
#pragma warning disable CA2100 // The two texts above; values are parameters.
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        Keys(command, rows);
        Priors(command, rows);
        command.Parameters.AddWithValue("n", NpgsqlDbType.Array | NpgsqlDbType.Uuid, rows.Select(r => r.Nonce).ToArray());
        command.Parameters.AddWithValue("d", NpgsqlDbType.Array | NpgsqlDbType.Bigint, rows.Select(r => r.DueAt).ToArray());
        command.Parameters.AddWithValue("p", NpgsqlDbType.Array | NpgsqlDbType.Bytea, rows.Select(r => r.Payload!).ToArray());
        await Winners(command, won);
    }

    static void Keys(NpgsqlCommand command, List<RowWrite> rows)
    {
        command.Parameters.AddWithValue("t", NpgsqlDbType.Array | NpgsqlDbType.Text, rows.Select(r => r.Key.GrainType).ToArray());
        command.Parameters.AddWithValue("k", NpgsqlDbType.Array | NpgsqlDbType.Text, rows.Select(r => r.Key.GrainKey).ToArray());
        command.Parameters.AddWithValue("e", NpgsqlDbType.Array | NpgsqlDbType.Bigint, rows.Select(r => r.Expected).ToArray());
    }

    static void Priors(NpgsqlCommand command, List<RowWrite> rows) =>
        command.Parameters.AddWithValue("r", NpgsqlDbType.Array | NpgsqlDbType.Uuid, rows.Select(r => r.Prior).ToArray());

    static async Task Winners(NpgsqlCommand command, HashSet<RowKey> won)
    {
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync()) won.Add(new RowKey(reader.GetString(0), reader.GetString(1)));
    }

    static async Task WriteIndex(NpgsqlConnection connection, List<RowWrite> winners)
    {
        var replaced = winners.Where(w => w.RemovedKeys is null).Select(w => w.Key.GrainKey).ToArray();
        if (replaced.Length > 0) await Execute(connection, "DELETE FROM document_index WHERE grain_key = ANY(@g)", new NpgsqlParameter("g", replaced));
        var removed = Pairs(winners, w => w.RemovedKeys ?? []);
        if (removed.Length > 0)
            await Execute(connection, "DELETE FROM document_index d USING unnest(@i, @g) AS r(i, g) WHERE d.index_key = r.i AND d.grain_key = r.g", new("i", removed.Select(p => p.Index).ToArray()), new("g", removed.Select(p => p.Grain).ToArray()));
        var added = Pairs(winners, w => w.AddedKeys);
        if (added.Length > 0)
            await Execute(connection, "INSERT INTO document_index SELECT * FROM unnest(@i, @g) ON CONFLICT DO NOTHING", new("i", added.Select(p => p.Index).ToArray()), new("g", added.Select(p => p.Grain).ToArray()));

        static (string Index, string Grain)[] Pairs(List<RowWrite> rows, Func<RowWrite, IEnumerable<string>> keys) =>
            [.. rows.SelectMany(w => keys(w).Select(i => (i, w.Key.GrainKey))).OrderBy(p => p.i, StringComparer.Ordinal).ThenBy(p => p.GrainKey, StringComparer.Ordinal)];
    }

    static async Task<List<OutboundMessage>> Messages(NpgsqlCommand command)
    {
        var messages = new List<OutboundMessage>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            messages.Add(new OutboundMessage(reader.GetString(0), reader.GetString(1), reader.GetString(2), MemberList.Read(reader.GetString(3)),
                reader.IsDBNull(4) ? ReadOnlyMemory<byte>.Empty : reader.GetFieldValue<byte[]>(4), DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(5))));
        }
        return messages;
    }

    static async Task<int> Execute(NpgsqlConnection connection, string sql, params NpgsqlParameter[] parameters)
    {
        await using var command = Command(connection, sql, parameters);
        return await command.ExecuteNonQueryAsync();
    }

    static async Task<object?> Scalar(NpgsqlConnection connection, string sql, params NpgsqlParameter[] parameters)
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
