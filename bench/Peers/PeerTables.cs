using ClearanceEngine.Parcels;
using ClearanceEngine.Silo.Storage;
using ClearanceEngine.Storage.Forms;
using ClearanceEngine.Subscribers;
using Npgsql;
using NpgsqlTypes;

namespace ClearanceEngine.Bench.Peers;

/// <summary>A message that leaves: its guid, what it settles, its bytes.</summary>
sealed record PeerMessage(
    string Guid,
    IReadOnlyList<(string Parcel, string Effect)> Members,
    string Sender,
    byte[] Body
);

/// <summary>What a service keeps that needs no more than it must: states by key, names of documents, lines of inbound notes that came early, messages sent.</summary>
sealed class PeerTables(string connectionString, StateFormat format) : IAsyncDisposable
{
    const string Schema = """
        CREATE TABLE IF NOT EXISTS parcel (key text PRIMARY KEY, payload bytea NOT NULL);
        CREATE TABLE IF NOT EXISTS subscriber (key text PRIMARY KEY, payload bytea NOT NULL);
        CREATE TABLE IF NOT EXISTS name (name text NOT NULL, key text NOT NULL, PRIMARY KEY (name, key));
        CREATE TABLE IF NOT EXISTS early (name text NOT NULL, content bytea NOT NULL);
        CREATE INDEX IF NOT EXISTS early_name ON early (name);
        CREATE TABLE IF NOT EXISTS sent (guid text PRIMARY KEY, members text[] NOT NULL, body bytea NOT NULL, sent_at timestamptz NOT NULL DEFAULT now());
        """;

    readonly NpgsqlDataSource _source = NpgsqlDataSource.Create(
        $"{connectionString};Maximum Pool Size=40;Max Auto Prepare=40;Auto Prepare Min Usages=2"
    );

    public async Task Make()
    {
        await using var command = _source.CreateCommand(Schema);
        await command.ExecuteNonQueryAsync();
    }

    public ValueTask<NpgsqlConnection> Open() => _source.OpenConnectionAsync();

    /// <summary>States by key, locked in order until the transaction ends; keys that are not there are locked too.</summary>
    public async Task<Dictionary<string, T>> Load<T>(
        NpgsqlConnection connection,
        string table,
        IEnumerable<string> keys
    )
        where T : new()
    {
        string[] sorted = [.. keys.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        var states = sorted.ToDictionary(k => k, _ => new T(), StringComparer.Ordinal);
        if (sorted.Length == 0)
            return states;
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                Command(
                    "SELECT count(pg_advisory_xact_lock(hashtextextended(k, 0))) FROM unnest($1) k",
                    sorted
                ),
                Command($"SELECT key, payload FROM {table} WHERE key = ANY($1)", sorted),
            },
        };
        await using var reader = await batch.ExecuteReaderAsync();
        await reader.NextResultAsync();
        while (await reader.ReadAsync())
        {
            var key = reader.GetString(0);
            states[key] = format
                .Read<T>(new RowKey(table, key), new StateRow(0, default, reader.GetFieldValue<byte[]>(1)))
                .State;
        }
        return states;
    }

    /// <summary>
    /// Holds names until the transaction ends: a line of an inbound note that finds no parcel and the waybill that brings
    /// its name must not miss each other. Names and parcels are held in either order, so this may deadlock; then the
    /// whole is done again.
    /// </summary>
    public static async Task Hold(NpgsqlConnection connection, IEnumerable<string> names)
    {
        string[] sorted = [.. names.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        if (sorted.Length == 0)
            return;
        await using var command = new NpgsqlCommand(
            "SELECT count(pg_advisory_xact_lock(hashtextextended(k, 0))) FROM unnest($1) k",
            connection
        )
        {
            Parameters = { Array(sorted) },
        };
        await command.ExecuteScalarAsync();
    }

    /// <summary>The parcels that have a document of this name.</summary>
    public static async Task<ILookup<string, string>> Find(
        NpgsqlConnection connection,
        IEnumerable<string> names
    )
    {
        string[] wanted = [.. names.Distinct(StringComparer.Ordinal)];
        var found = new List<(string Name, string Key)>();
        if (wanted.Length > 0)
        {
            await using var command = new NpgsqlCommand(
                "SELECT name, key FROM name WHERE name = ANY($1)",
                connection
            )
            {
                Parameters = { Array(wanted) },
            };
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
                found.Add((reader.GetString(0), reader.GetString(1)));
        }
        return found.ToLookup(f => f.Name, f => f.Key, StringComparer.Ordinal);
    }

    /// <summary>All that a unit of work changed, in one round trip.</summary>
    public async Task Save(
        NpgsqlConnection connection,
        IReadOnlyDictionary<string, ParcelState> parcels,
        IReadOnlyDictionary<string, QuotaState> subscribers,
        IReadOnlyCollection<(string Name, string Key)> names,
        IReadOnlyCollection<(string Name, byte[] Content)> early
    )
    {
        await using var batch = new NpgsqlBatch(connection);
        Upsert(batch, "parcel", parcels);
        Upsert(batch, "subscriber", subscribers);
        if (names.Count > 0)
            batch.BatchCommands.Add(
                Command(
                    "INSERT INTO name SELECT * FROM unnest($1, $2) ON CONFLICT DO NOTHING",
                    [.. names.Select(n => n.Name)],
                    [.. names.Select(n => n.Key)]
                )
            );
        if (early.Count > 0)
        {
            var command = Command(
                "INSERT INTO early SELECT * FROM unnest($1, $2)",
                [.. early.Select(n => n.Name)]
            );
            command.Parameters.Add(
                new NpgsqlParameter<byte[][]> { TypedValue = [.. early.Select(e => e.Content)] }
            );
            batch.BatchCommands.Add(command);
        }
        if (batch.BatchCommands.Count > 0)
            await batch.ExecuteNonQueryAsync();
    }

    /// <summary>Takes out what came early under these names.</summary>
    public static async Task<List<(string Name, byte[] Content)>> TakeEarly(
        NpgsqlConnection connection,
        IEnumerable<string> names
    )
    {
        var taken = new List<(string, byte[])>();
        string[] wanted = [.. names];
        if (wanted.Length == 0)
            return taken;
        await using var command = new NpgsqlCommand(
            "DELETE FROM early WHERE name = ANY($1) RETURNING name, content",
            connection
        )
        {
            Parameters = { Array(wanted) },
        };
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            taken.Add((reader.GetString(0), reader.GetFieldValue<byte[]>(1)));
        return taken;
    }

    /// <summary>Remembers messages before they are sent.</summary>
    public async Task Remember(IReadOnlyCollection<PeerMessage> messages)
    {
        await using var connection = await Open();
        await using var batch = new NpgsqlBatch(connection);
        foreach (var message in messages)
        {
            var command = new NpgsqlBatchCommand(
                "INSERT INTO sent (guid, members, body) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
            );
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = message.Guid });
            command.Parameters.Add(Array([.. message.Members.Select(m => $"{m.Parcel}\n{m.Effect}")]));
            command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = message.Body });
            batch.BatchCommands.Add(command);
        }
        await batch.ExecuteNonQueryAsync();
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    void Upsert<T>(NpgsqlBatch batch, string table, IReadOnlyDictionary<string, T> states)
    {
        if (states.Count == 0)
            return;
        var sorted = states.OrderBy(s => s.Key, StringComparer.Ordinal).ToArray();
        var command = Command(
            $"INSERT INTO {table} SELECT * FROM unnest($1, $2) ON CONFLICT (key) DO UPDATE SET payload = excluded.payload",
            [.. sorted.Select(s => s.Key)]
        );
        command.Parameters.Add(
            new NpgsqlParameter<byte[][]>
            {
                TypedValue =
                [
                    .. sorted.Select(s =>
                        format
                            .Write(new RowKey(table, s.Key), s.Value, IndexNames.Of(s.Value), Shelf.Empty)
                            .Payload
                    ),
                ],
            }
        );
        batch.BatchCommands.Add(command);
    }

    static NpgsqlBatchCommand Command(string sql, params ReadOnlySpan<string[]> arrays)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var array in arrays)
            command.Parameters.Add(Array(array));
        return command;
    }

    static NpgsqlParameter<string[]> Array(string[] values) =>
        new() { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };
}
