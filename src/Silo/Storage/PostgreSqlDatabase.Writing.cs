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
    /// commits when the last is done, so the rows count only after the reader has ended.
    /// </summary>
    /// <returns>Nonces of the writes that won.</returns>
    async Task<HashSet<Guid>> CommitRows(List<RowWrite> sorted)
    {
        await using var connection = await _source.OpenConnectionAsync();
        await using var batch = new NpgsqlBatch(connection);
        AddWritten(batch, sorted);
        AddCleared(batch, sorted);
        AddNamedAnew(batch, sorted);

        var won = new HashSet<Guid>();
        await using var reader = await batch.ExecuteReaderAsync();
        do
        {
            while (await reader.ReadAsync())
                won.Add(reader.GetGuid(0));
        } while (await reader.NextResultAsync());
        return won;
    }

    /// <summary>
    /// States with their journal and index rows, in one statement: each statement costs the database as much as a dozen rows.
    /// What stands beside a state is written if its write won, which the nonce says. That is asked of the nonces alone: a join of
    /// the rows themselves copied all of them, with their payloads, for each of them, since plans go by keys and hash nothing.
    /// </summary>
    static void AddWritten(NpgsqlBatch batch, List<RowWrite> sorted)
    {
        var rows = sorted.FindAll(w => w.Payload is not null);
        if (rows.Count == 0)
            return;

        var command = new NpgsqlBatchCommand(
            """
            WITH made AS (
                INSERT INTO grain_state (grain_type, grain_key, version, nonce, outbox_due_at, time_due_at, rest_day, payload)
                SELECT t, k, 1, n, d, w, y, p FROM unnest(@it, @ik, @in, @id, @iw, @iy, @ip) AS r(t, k, n, d, w, y, p)
                ON CONFLICT DO NOTHING RETURNING nonce),
            changed AS (
                UPDATE grain_state s
                SET version = s.version + 1, nonce = r.n, outbox_due_at = r.d, time_due_at = r.w, rest_day = r.y, payload = r.p
                FROM unnest(@ut, @uk, @ue, @ur, @un, @ud, @uw, @uy, @up) AS r(t, k, e, r, n, d, w, y, p)
                WHERE s.grain_type = r.t AND s.grain_key = r.k AND s.version = r.e AND (r.r IS NULL OR s.nonce = r.r)
                RETURNING s.nonce),
            won AS (SELECT nonce FROM made UNION ALL SELECT nonce FROM changed),
            entered AS (
                INSERT INTO grain_journal (grain_type, grain_key, version, payload)
                SELECT t, k, v, j FROM unnest(@jt, @jk, @jv, @jn, @jp) AS r(t, k, v, n, j)
                WHERE n = ANY(ARRAY(SELECT nonce FROM won))
                ON CONFLICT DO NOTHING),
            unnamed AS (
                DELETE FROM document_index i USING unnest(@ri, @rk, @rn) AS x(i, k, n)
                WHERE x.n = ANY(ARRAY(SELECT nonce FROM won)) AND i.index_key = x.i AND i.grain_key = x.k),
            named AS (
                INSERT INTO document_index (index_key, grain_key)
                SELECT i, k FROM unnest(@ai, @ak, @an) AS x(i, k, n)
                WHERE n = ANY(ARRAY(SELECT nonce FROM won))
                ON CONFLICT DO NOTHING)
            SELECT nonce FROM won
            """
        );
        AddStates(command.Parameters, "i", rows.FindAll(w => w.Expected == 0));

        var changed = rows.FindAll(w => w.Expected > 0);
        AddStates(command.Parameters, "u", changed);
        AddArray(command.Parameters, "ue", NpgsqlDbType.Bigint, changed, w => w.Expected);
        AddArray(command.Parameters, "ur", NpgsqlDbType.Uuid, changed, w => w.Prior);

        var journaled = rows.FindAll(w => w.Journal is not null);
        AddArray(command.Parameters, "jt", NpgsqlDbType.Text, journaled, w => w.Key.GrainType);
        AddArray(command.Parameters, "jk", NpgsqlDbType.Text, journaled, w => w.Key.GrainKey);
        AddArray(command.Parameters, "jv", NpgsqlDbType.Bigint, journaled, w => w.Version);
        AddArray(command.Parameters, "jn", NpgsqlDbType.Uuid, journaled, w => w.Nonce);
        AddArray(command.Parameters, "jp", NpgsqlDbType.Bytea, journaled, w => w.Journal);

        AddNames(command.Parameters, "r", rows, w => w.RemovedKeys ?? []);
        AddNames(command.Parameters, "a", rows, w => IsNamedAnew(w) ? [] : w.AddedKeys);
        batch.BatchCommands.Add(command);
    }

    /// <summary>What a row of states has, whether it is made or changed.</summary>
    static void AddStates(NpgsqlParameterCollection parameters, string prefix, List<RowWrite> rows)
    {
        AddArray(parameters, prefix + "t", NpgsqlDbType.Text, rows, w => w.Key.GrainType);
        AddArray(parameters, prefix + "k", NpgsqlDbType.Text, rows, w => w.Key.GrainKey);
        AddArray(parameters, prefix + "n", NpgsqlDbType.Uuid, rows, w => w.Nonce);
        AddArray(parameters, prefix + "d", NpgsqlDbType.Bigint, rows, w => w.OutboxDueAt);
        AddArray(parameters, prefix + "w", NpgsqlDbType.Bigint, rows, w => w.TimeDueAt);
        AddArray(parameters, prefix + "y", NpgsqlDbType.Integer, rows, w => w.RestDay);
        AddArray(parameters, prefix + "p", NpgsqlDbType.Bytea, rows, w => w.Payload);
    }

    static void AddCleared(NpgsqlBatch batch, List<RowWrite> sorted)
    {
        AddRows(
            batch,
            sorted.Where(w => w is { Payload: null, RemovedKeys: not null }),
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

    /// <summary>
    /// Which names it has in the index is not known: all are removed, then those that it has by now are added. Each needs a
    /// statement of its own, for within one neither sees what the other did.
    /// </summary>
    static void AddNamedAnew(NpgsqlBatch batch, List<RowWrite> sorted)
    {
        var rows = sorted.FindAll(IsNamedAnew);
        if (rows.Count == 0)
            return;

        AddRows(
            batch,
            rows,
            """
            DELETE FROM document_index d USING unnest(@t, @k, @e, @r, @n) AS r(t, k, e, r, n), grain_state s
            WHERE s.grain_type = r.t AND s.grain_key = r.k AND s.nonce = r.n AND d.grain_key = r.k
            """
        );
        var command = new NpgsqlBatchCommand(
            """
            INSERT INTO document_index (index_key, grain_key)
            SELECT x.i, x.k FROM unnest(@ai, @ak, @an) AS x(i, k, n) JOIN unnest(@t, @k, @n) AS r(t, k, n) ON r.n = x.n
            JOIN grain_state s ON s.grain_type = r.t AND s.grain_key = r.k AND s.nonce = r.n
            ON CONFLICT DO NOTHING
            """
        );
        AddArray(command.Parameters, "t", NpgsqlDbType.Text, rows, w => w.Key.GrainType);
        AddArray(command.Parameters, "k", NpgsqlDbType.Text, rows, w => w.Key.GrainKey);
        AddArray(command.Parameters, "n", NpgsqlDbType.Uuid, rows, w => w.Nonce);
        AddNames(command.Parameters, "a", rows, w => w.AddedKeys);
        batch.BatchCommands.Add(command);
    }

    static bool IsNamedAnew(RowWrite write) =>
        write is { Payload: not null, RemovedKeys: null, Expected: > 0 };

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

    static void AddRows(NpgsqlBatch batch, IEnumerable<RowWrite> writes, string sql)
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
        batch.BatchCommands.Add(command);
    }

    /// <summary>Names of several writes, each with the key of its grain and the nonce of its write, in three parameters.</summary>
    static void AddNames(
        NpgsqlParameterCollection parameters,
        string prefix,
        List<RowWrite> writes,
        Func<RowWrite, IReadOnlyList<string>> namesOf
    )
    {
        var names = new List<(string Name, RowWrite Write)>();
        foreach (var write in writes)
        {
            foreach (var name in namesOf(write))
                names.Add((name, write));
        }
        // Sorted, so that two transactions never wait for each other's rows crosswise.
        names.Sort(static (one, other) => string.CompareOrdinal(one.Name, other.Name));
        AddArray(parameters, prefix + "i", NpgsqlDbType.Text, names, n => n.Name);
        AddArray(parameters, prefix + "k", NpgsqlDbType.Text, names, n => n.Write.Key.GrainKey);
        AddArray(parameters, prefix + "n", NpgsqlDbType.Uuid, names, n => n.Write.Nonce);
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
