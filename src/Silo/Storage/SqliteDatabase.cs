using System.Globalization;
using ClearanceEngine.Storage;
using Microsoft.Data.Sqlite;

namespace ClearanceEngine.Silo.Storage;

/// <summary>State in one SQLite file: a single writer, write-ahead log, fully synchronous commits.</summary>
sealed class SqliteDatabase : IStateDatabase
{
    readonly SqliteConnection _writer;
    readonly SqliteConnection _reader;
    readonly SemaphoreSlim _writing = new(1);
    readonly SemaphoreSlim _reading = new(1);
    readonly TimeProvider _time;

    public SqliteDatabase(string connectionString, TimeProvider time)
    {
        _time = time;
        var builder = new SqliteConnectionStringBuilder(connectionString) { Pooling = false };
        if (Path.GetDirectoryName(Path.GetFullPath(builder.DataSource)) is { Length: > 0 } directory) Directory.CreateDirectory(directory);
        _writer = Open(builder);
        _reader = Open(builder);
    }

    public Task Migrate(CancellationToken cancellationToken) => Writing(() =>
    {
        Execute(_writer, "CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at TEXT NOT NULL)");
        var found = Convert.ToInt32(Scalar(_writer, "SELECT COALESCE(MAX(version), 0) FROM schema_version"), CultureInfo.InvariantCulture);
        var scripts = Migrations.For("Sqlite");
        Migrations.RefuseNewer("SQLite", found, scripts[^1].Version);
        foreach (var (version, name, sql) in scripts.Where(s => s.Version > found))
        {
            using var transaction = _writer.BeginTransaction();
            Execute(_writer, sql);
            Execute(_writer, "INSERT INTO schema_version VALUES ($v, $n, $t)", ("$v", version), ("$n", name), ("$t", _time.GetUtcNow().ToString("O", CultureInfo.InvariantCulture)));
            transaction.Commit();
        }
        return true;
    });

    public Task<bool[]> Commit(IReadOnlyList<RowWrite> writes) => Writing(() =>
    {
        var won = new bool[writes.Count];
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        using var transaction = _writer.BeginTransaction();
        for (var i = 0; i < writes.Count; i++)
        {
            var w = writes[i];
            var changed = (w.Payload, w.Expected) switch
            {
                (null, _) => Execute(_writer, "DELETE FROM grain_state WHERE grain_type = $t AND grain_key = $k AND version = $e", ("$t", w.Key.GrainType), ("$k", w.Key.GrainKey), ("$e", w.Expected)),
                (_, 0) => Execute(_writer, "INSERT INTO grain_state VALUES ($t, $k, 1, $n, $d, $p, $w) ON CONFLICT DO NOTHING",
                    ("$t", w.Key.GrainType), ("$k", w.Key.GrainKey), ("$n", w.Nonce.ToByteArray()), ("$d", (object?)w.DueAt ?? DBNull.Value), ("$p", w.Payload), ("$w", now)),
                _ => Execute(_writer, "UPDATE grain_state SET version = version + 1, nonce = $n, due_at = $d, payload = $p, written_at = $w WHERE grain_type = $t AND grain_key = $k AND version = $e",
                    ("$t", w.Key.GrainType), ("$k", w.Key.GrainKey), ("$e", w.Expected), ("$n", w.Nonce.ToByteArray()), ("$d", (object?)w.DueAt ?? DBNull.Value), ("$p", w.Payload), ("$w", now)),
            };
            if (changed == 0)
            {
                var nonce = Scalar(_writer, "SELECT nonce FROM grain_state WHERE grain_type = $t AND grain_key = $k", ("$t", w.Key.GrainType), ("$k", w.Key.GrainKey)) as byte[];
                won[i] = w.Payload is null ? nonce is null : nonce is not null && new Guid(nonce) == w.Nonce;
                continue;
            }
            won[i] = true;
            if (w.RemovedKeys is null) Execute(_writer, "DELETE FROM document_index WHERE grain_key = $k", ("$k", w.Key.GrainKey));
            else foreach (var key in w.RemovedKeys) Execute(_writer, "DELETE FROM document_index WHERE index_key = $i AND grain_key = $k", ("$i", key), ("$k", w.Key.GrainKey));
            foreach (var key in w.AddedKeys) Execute(_writer, "INSERT INTO document_index VALUES ($i, $k) ON CONFLICT DO NOTHING", ("$i", key), ("$k", w.Key.GrainKey));
        }
        transaction.Commit();
        return won;
    });

    public Task<StateRow?[]> Read(IReadOnlyList<RowKey> keys) => Reading(() =>
    {
        var rows = new StateRow?[keys.Count];
        for (var i = 0; i < keys.Count; i++)
        {
            using var command = Command(_reader, "SELECT version, payload FROM grain_state WHERE grain_type = $t AND grain_key = $k", ("$t", keys[i].GrainType), ("$k", keys[i].GrainKey));
            using var reader = command.ExecuteReader();
            if (reader.Read()) rows[i] = new StateRow(reader.GetInt64(0), (byte[])reader[1]);
        }
        return rows;
    });

    public Task<IReadOnlyList<(string IndexKey, string GrainKey)>> Find(IReadOnlyCollection<string> keys) => Reading(() =>
    {
        var found = new List<(string, string)>();
        foreach (var key in keys)
        {
            using var command = Command(_reader, "SELECT grain_key FROM document_index WHERE index_key = $i", ("$i", key));
            using var reader = command.ExecuteReader();
            while (reader.Read()) found.Add((key, reader.GetString(0)));
        }
        return (IReadOnlyList<(string, string)>)found;
    });

    public Task<IReadOnlyList<DueGrain>> Due(DateTimeOffset until, int limit) => Reading(() =>
    {
        var due = new List<DueGrain>();
        using var command = Command(_reader, "SELECT grain_key, due_at FROM grain_state WHERE due_at <= $u ORDER BY due_at LIMIT $l", ("$u", until.ToUnixTimeMilliseconds()), ("$l", limit));
        using var reader = command.ExecuteReader();
        while (reader.Read()) due.Add(new DueGrain(reader.GetString(0), DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(1))));
        return (IReadOnlyList<DueGrain>)due;
    });

    public Task<IReadOnlyList<OutboundMember>> Claim(OutboundMessage message) => Writing(() =>
    {
        var taken = new List<OutboundMember>();
        using var transaction = _writer.BeginTransaction();
        foreach (var member in message.Members)
        {
            if (Execute(_writer, "INSERT INTO outbound_member VALUES ($k, $o, $g) ON CONFLICT DO NOTHING", ("$k", member.GrainKey), ("$o", member.OwedId), ("$g", message.Guid)) == 1) continue;
            if (Scalar(_writer, "SELECT guid FROM outbound_member WHERE grain_key = $k AND owed_id = $o", ("$k", member.GrainKey), ("$o", member.OwedId)) as string != message.Guid) taken.Add(member);
        }
        if (taken.Count > 0) return (IReadOnlyList<OutboundMember>)taken; // disposed uncommitted: nothing was claimed
        Execute(_writer, "INSERT INTO outbound_message VALUES ($g, $t, $s, $m, $b, $c, 0) ON CONFLICT DO NOTHING",
            ("$g", message.Guid), ("$t", message.MessageType), ("$s", message.Sender), ("$m", MemberList.Write(message.Members)), ("$b", message.Body.ToArray()), ("$c", message.CreatedAt.ToUnixTimeMilliseconds()));
        transaction.Commit();
        return taken;
    });

    public Task Release(string messageGuid) => Writing(() =>
    {
        using var transaction = _writer.BeginTransaction();
        Execute(_writer, "UPDATE outbound_message SET finished = 1, body = NULL WHERE guid = $g", ("$g", messageGuid));
        Execute(_writer, "DELETE FROM outbound_member WHERE guid = $g", ("$g", messageGuid));
        transaction.Commit();
        return true;
    });

    public Task<OutboundMessage?> FindMessage(string messageGuid) => Reading(() =>
    {
        using var command = Command(_reader, "SELECT guid, message_type, sender, members, body, created_at FROM outbound_message WHERE guid = $g", ("$g", messageGuid));
        return Messages(command).FirstOrDefault();
    });

    public Task<IReadOnlyList<OutboundMessage>> Unfinished(DateTimeOffset before, int limit) => Reading(() =>
    {
        using var command = Command(_reader, "SELECT guid, message_type, sender, members, body, created_at FROM outbound_message WHERE finished = 0 AND created_at < $b ORDER BY created_at LIMIT $l",
            ("$b", before.ToUnixTimeMilliseconds()), ("$l", limit));
        return (IReadOnlyList<OutboundMessage>)Messages(command);
    });

    public bool IsTransient(Exception error) => error is SqliteException { SqliteErrorCode: 5 or 6 }; // busy, locked

    public Task Ping(CancellationToken cancellationToken) => Reading(() => Scalar(_reader, "SELECT 1"));

    public ValueTask DisposeAsync()
    {
        _writer.Dispose();
        _reader.Dispose();
        _writing.Dispose();
        _reading.Dispose();
        return ValueTask.CompletedTask;
    }

    static List<OutboundMessage> Messages(SqliteCommand command)
    {
        var messages = new List<OutboundMessage>();
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            messages.Add(new OutboundMessage(reader.GetString(0), reader.GetString(1), reader.GetString(2), MemberList.Read(reader.GetString(3)),
                reader.IsDBNull(4) ? ReadOnlyMemory<byte>.Empty : (byte[])reader[4], DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(5))));
        }
        return messages;
    }

    static SqliteConnection Open(SqliteConnectionStringBuilder builder)
    {
        var connection = new SqliteConnection(builder.ConnectionString);
        connection.Open();
        Execute(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 10000;");
        return connection;
    }

    Task<T> Writing<T>(Func<T> work) => Exclusive(_writing, work);

    Task<T> Reading<T>(Func<T> work) => Exclusive(_reading, work);

    /// <summary>SQLite blocks on the disk: never on a grain's thread.</summary>
    static async Task<T> Exclusive<T>(SemaphoreSlim gate, Func<T> work)
    {
        await gate.WaitAsync().ConfigureAwait(false);
        try
        {
            return await Task.Run(work).ConfigureAwait(false);
        }
        finally
        {
            gate.Release();
        }
    }

    static SqliteCommand Command(SqliteConnection connection, string sql, params (string Name, object Value)[] parameters)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // The texts are constants and our own scripts; values are parameters.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in parameters) command.Parameters.AddWithValue(name, value);
        return command;
    }

    static int Execute(SqliteConnection connection, string sql, params (string Name, object Value)[] parameters)
    {
        using var command = Command(connection, sql, parameters);
        return command.ExecuteNonQuery();
    }

    static object? Scalar(SqliteConnection connection, string sql, params (string Name, object Value)[] parameters)
    {
        using var command = Command(connection, sql, parameters);
        return command.ExecuteScalar();
    }
}
