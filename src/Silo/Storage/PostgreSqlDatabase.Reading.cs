using ClearanceEngine.Storage;
using Npgsql;
using NpgsqlTypes;

namespace ClearanceEngine.Silo.Storage;

/// <content>Looking up: rows, names, and who is due.</content>
sealed partial class PostgreSqlDatabase
{
    /// <summary>Rows and journals in one statement, so that they are of one moment. Without a journal it costs a step down one index.</summary>
    internal const string ReadRows = """
        SELECT s.grain_type, s.grain_key, s.version, s.nonce, s.payload, ARRAY(
            SELECT j.payload FROM grain_journal j
            WHERE j.grain_type = s.grain_type AND j.grain_key = s.grain_key AND j.version <= s.version
            ORDER BY j.version)
        FROM grain_state s JOIN unnest(@t, @k) AS r(t, k) ON s.grain_type = r.t AND s.grain_key = r.k
        """;

    public async Task<StateRow?[]> Read(IReadOnlyList<RowKey> keys)
    {
        var found = new Dictionary<RowKey, StateRow>();
        await using var command = OfRows(ReadRows, keys);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            found[new RowKey(reader.GetString(0), reader.GetString(1))] = new StateRow(
                reader.GetInt64(2),
                reader.GetGuid(3),
                reader.GetFieldValue<byte[]>(4)
            )
            {
                Journal = reader.GetFieldValue<byte[][]>(5),
            };
        return [.. keys.Select(k => found.GetValueOrDefault(k))];
    }

    public async Task<bool[]> Exist(IReadOnlyList<RowKey> keys)
    {
        var found = new HashSet<RowKey>();
        await using var command = OfRows(
            "SELECT s.grain_type, s.grain_key FROM grain_state s JOIN unnest(@t, @k) AS r(t, k) ON s.grain_type = r.t AND s.grain_key = r.k",
            keys
        );
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            found.Add(new RowKey(reader.GetString(0), reader.GetString(1)));
        return [.. keys.Select(found.Contains)];
    }

    NpgsqlCommand OfRows(string sql, IReadOnlyList<RowKey> keys)
    {
        var command = _source.CreateCommand(sql);
        const NpgsqlDbType Texts = NpgsqlDbType.Array | NpgsqlDbType.Text;
        command.Parameters.AddWithValue("t", Texts, keys.Select(k => k.GrainType).ToArray());
        command.Parameters.AddWithValue("k", Texts, keys.Select(k => k.GrainKey).ToArray());
        return command;
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

    public async Task<IReadOnlyList<DueGrain>> Due(
        DueFor what,
        DateTimeOffset until,
        DueGrain? after,
        int limit
    )
    {
        var column = DueColumn.Of(what);
        var due = new List<DueGrain>();
        await using var command = _source.CreateCommand(
            $"SELECT grain_key, {column} FROM grain_state WHERE {column} <= @u AND {column} >= @d AND ({column}, grain_key) > (@d, @k) ORDER BY {column}, grain_key LIMIT @l"
        );
        command.Parameters.AddWithValue("u", until.ToUnixTimeMilliseconds());
        command.Parameters.AddWithValue("d", after?.DueAt.ToUnixTimeMilliseconds() ?? long.MinValue);
        command.Parameters.AddWithValue("k", after?.GrainKey ?? "");
        command.Parameters.AddWithValue("l", limit);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            due.Add(
                new DueGrain(reader.GetString(0), DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(1)))
            );
        return due;
    }
}
