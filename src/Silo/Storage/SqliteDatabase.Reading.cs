using ClearanceEngine.Storage;

namespace ClearanceEngine.Silo.Storage;

/// <content>Looking up: rows, names, and who is due.</content>
sealed partial class SqliteDatabase
{
    /// <summary>In one snapshot: a write between row and journal would show one without the other.</summary>
    public Task<StateRow?[]> Read(IReadOnlyList<RowKey> keys) =>
        Reader.Run(() => Reader.Snapshot(() => keys.Select(Row).ToArray()));

    public Task<bool[]> Exist(IReadOnlyList<RowKey> keys) => Reader.Run(() => keys.Select(IsThere).ToArray());

    public Task<IReadOnlyList<(string IndexKey, string GrainKey)>> Find(IReadOnlyCollection<string> keys) =>
        Reader.Run<IReadOnlyList<(string, string)>>(() =>
        {
            var found = new List<(string, string)>();
            foreach (var key in keys)
                found.AddRange(
                    Reader.Query(
                        "SELECT grain_key FROM document_index WHERE index_key = $i",
                        r => (key, r.GetString(0)),
                        ("$i", key)
                    )
                );
            return found;
        });

    public Task<IReadOnlyList<DueGrain>> Due(DueFor what, DateTimeOffset until, DueGrain? after, int limit)
    {
        var column = DueColumn.Of(what);
        return Reader.Run<IReadOnlyList<DueGrain>>(() =>
            Reader.Query(
                $"SELECT grain_key, {column} FROM grain_state WHERE {column} <= $u AND {column} >= $d AND ({column}, grain_key) > ($d, $k) ORDER BY {column}, grain_key LIMIT $l",
                r => new DueGrain(r.GetString(0), DateTimeOffset.FromUnixTimeMilliseconds(r.GetInt64(1))),
                ("$u", until.ToUnixTimeMilliseconds()),
                ("$d", after?.DueAt.ToUnixTimeMilliseconds() ?? long.MinValue),
                ("$k", after?.GrainKey ?? ""),
                ("$l", limit)
            )
        );
    }

    StateRow? Row(RowKey key) =>
        Reader
            .Query(
                "SELECT version, nonce, payload FROM grain_state WHERE grain_type = $t AND grain_key = $k",
                r => new StateRow(r.GetInt64(0), new Guid((byte[])r[1]), (byte[])r[2])
                {
                    Journal = Journal(key).ConvertAll(j => j.Payload),
                },
                ("$t", key.GrainType),
                ("$k", key.GrainKey)
            )
            .SingleOrDefault();

    List<JournalRow> Journal(RowKey key) =>
        Reader.Query(
            "SELECT version, payload FROM grain_journal WHERE grain_type = $t AND grain_key = $k ORDER BY version",
            r => new JournalRow(r.GetInt64(0), (byte[])r[1]),
            ("$t", key.GrainType),
            ("$k", key.GrainKey)
        );

    bool IsThere(RowKey key) =>
        Reader.Scalar(
            "SELECT 1 FROM grain_state WHERE grain_type = $t AND grain_key = $k",
            ("$t", key.GrainType),
            ("$k", key.GrainKey)
        )
            is not null;
}
