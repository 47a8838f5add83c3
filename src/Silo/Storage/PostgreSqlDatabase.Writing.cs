using Npgsql;
using NpgsqlTypes;

namespace ClearanceEngine.Silo.Storage;

/// <content>One transaction a batch of rows.</content>
sealed partial class PostgreSqlDatabase
{
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

    /// <summary>
    /// All statements of the batch in one round trip. Without a transaction of ours they are one implicit transaction that
    /// commits when the last is done, so the rows count only after the reader has ended. Journal and index rows find out by
    /// the nonce whether their write won.
    /// </summary>
    /// <returns>Nonces of the writes that won.</returns>
    async Task<HashSet<Guid>> CommitRows(List<RowWrite> sorted)
    {
        await using var connection = await _source.OpenConnectionAsync();
        await using var batch = new NpgsqlBatch(connection);
        AddWritten(batch, sorted);
        AddCleared(batch, sorted);
        AddJournal(batch, sorted);
        AddIndexChanges(batch, sorted);

        var won = new HashSet<Guid>();
        await using var reader = await batch.ExecuteReaderAsync();
        do
        {
            while (await reader.ReadAsync())
                won.Add(reader.GetGuid(0));
        } while (await reader.NextResultAsync());
        return won;
    }

    static void AddWritten(NpgsqlBatch batch, List<RowWrite> sorted)
    {
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
            UPDATE grain_state s SET version = s.version + 1, nonce = r.n, due_at = r.d, rest_day = r.y, payload = r.p
            FROM unnest(@t, @k, @e, @r, @n, @d, @y, @p) AS r(t, k, e, r, n, d, y, p)
            WHERE s.grain_type = r.t AND s.grain_key = r.k AND s.version = r.e AND (r.r IS NULL OR s.nonce = r.r)
            RETURNING s.nonce
            """
        );
    }

    static void AddCleared(NpgsqlBatch batch, List<RowWrite> sorted)
    {
        AddRows(
            batch,
            sorted.Where(w => w is { Payload: null, RemovedKeys: not null }),
            withState: false,
            """
            WITH gone AS (
                DELETE FROM grain_state s USING unnest(@t, @k, @e, @r, @n) AS r(t, k, e, r, n)
                WHERE s.grain_type = r.t AND s.grain_key = r.k AND s.version = r.e AND (r.r IS NULL OR s.nonce = r.r)
                RETURNING s.grain_type, s.grain_key, r.n),
            unlogged AS (DELETE FROM grain_journal j USING gone g WHERE j.grain_type = g.grain_type AND j.grain_key = g.grain_key)
            SELECT n FROM gone
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
                RETURNING s.grain_type, s.grain_key, r.n),
            unlogged AS (DELETE FROM grain_journal j USING gone g WHERE j.grain_type = g.grain_type AND j.grain_key = g.grain_key),
            unlisted AS (DELETE FROM document_index d USING gone g WHERE d.grain_key = g.grain_key)
            SELECT n FROM gone
            """
        );
    }

    static void AddJournal(NpgsqlBatch batch, List<RowWrite> sorted)
    {
        var rows = sorted.FindAll(w => w is { Payload: not null, Journal: not null });
        if (rows.Count == 0)
            return;

        var command = new NpgsqlBatchCommand(
            """
            INSERT INTO grain_journal (grain_type, grain_key, version, payload)
            SELECT r.t, r.k, s.version, r.j FROM unnest(@t, @k, @n, @j) AS r(t, k, n, j) JOIN grain_state s ON s.grain_type = r.t AND s.grain_key = r.k AND s.nonce = r.n
            ON CONFLICT DO NOTHING
            """
        );
        AddArray(command.Parameters, "t", NpgsqlDbType.Text, rows, w => w.Key.GrainType);
        AddArray(command.Parameters, "k", NpgsqlDbType.Text, rows, w => w.Key.GrainKey);
        AddArray(command.Parameters, "n", NpgsqlDbType.Uuid, rows, w => w.Nonce);
        AddArray(command.Parameters, "j", NpgsqlDbType.Bytea, rows, w => w.Journal!);
        batch.BatchCommands.Add(command);
    }

    static void AddIndexChanges(NpgsqlBatch batch, List<RowWrite> sorted)
    {
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
}
