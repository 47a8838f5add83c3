namespace ClearanceEngine.Silo.Storage;

/// <content>Rows at rest leave for the archive, and come back.</content>
sealed partial class SqliteDatabase
{
    public async Task<int> Retire(
        int beforeDay,
        int limit,
        Func<IReadOnlyList<RetiredRow>, Task> keep,
        CancellationToken cancellationToken
    )
    {
        var rows = await Reader.Run(() => Reader.Snapshot(() => Resting(beforeDay, limit)));
        if (rows.Count == 0)
            return 0;

        await keep(rows);
        await Writer.Run(() => Remove(rows));
        return rows.Count;
    }

    /// <summary>Rows with all that hangs on them. In one snapshot: another session that takes one away takes its names, too.</summary>
    List<RetiredRow> Resting(int beforeDay, int limit) =>
        Reader
            .Query(
                "SELECT grain_type, grain_key, version, rest_day, payload FROM grain_state WHERE rest_day < $d ORDER BY rest_day LIMIT $l",
                r => new RetiredRow(
                    new RowKey(r.GetString(0), r.GetString(1)),
                    r.GetInt64(2),
                    r.GetInt32(3),
                    (byte[])r[4],
                    [],
                    [],
                    []
                ),
                ("$d", beforeDay),
                ("$l", limit)
            )
            .ConvertAll(row =>
                row with
                {
                    IndexKeys = Reader.Query(
                        "SELECT index_key FROM document_index WHERE grain_key = $k ORDER BY index_key",
                        r => r.GetString(0),
                        ("$k", row.Key.GrainKey)
                    ),
                    Sent = Reader.Query(
                        "SELECT effect_id, guid FROM outbound_member WHERE grain_key = $k ORDER BY effect_id",
                        r => new SentEffect(r.GetString(0), r.GetString(1)),
                        ("$k", row.Key.GrainKey)
                    ),
                    Journal = Journal(row.Key),
                }
            );

    public Task<bool> Restore(RetiredRow row) => Writer.Run(() => RestoreRow(row));

    public Task<MessageLook> ForgetMessages(
        MessagePlace? behind,
        DateTimeOffset before,
        int limit,
        CancellationToken cancellationToken
    ) =>
        Writer.Run(() =>
        {
            var looked = Writer.Query(
                """
                SELECT created_at, guid FROM outbound_message
                WHERE finished = 1 AND created_at < $b AND (created_at, guid) > ($c, $g)
                ORDER BY created_at, guid LIMIT $l
                """,
                r => new MessagePlace(r.GetInt64(0), r.GetString(1)),
                ("$b", before.ToUnixTimeMilliseconds()),
                ("$c", behind?.CreatedAt ?? long.MinValue),
                ("$g", behind?.Guid ?? ""),
                ("$l", limit)
            );
            return new MessageLook(looked.Count, Forget(looked), looked.LastOrDefault());
        });

    /// <returns>How many of them have no member any more, and are forgotten.</returns>
    int Forget(List<MessagePlace> messages)
    {
        var forgotten = 0;
        Writer.Transaction(() =>
        {
            foreach (var message in messages)
                forgotten += Writer.Execute(
                    """
                    DELETE FROM outbound_message WHERE guid = $g
                    AND NOT EXISTS (SELECT 1 FROM json_each(members) m JOIN outbound_member x ON x.grain_key = json_extract(m.value, '$[0]') AND x.effect_id = json_extract(m.value, '$[1]'))
                    """,
                    ("$g", message.Guid)
                );
            return true;
        });
        return forgotten;
    }

    /// <summary>Takes rows away with all that hangs on them; one that was written since it was read stays.</summary>
    bool Remove(List<RetiredRow> rows)
    {
        Writer.Transaction(() =>
        {
            foreach (var row in rows)
                Remove(row);
            return true;
        });
        return true;
    }

    void Remove(RetiredRow row)
    {
        var removed = Writer.Execute(
            "DELETE FROM grain_state WHERE grain_type = $t AND grain_key = $k AND version = $v",
            ("$t", row.Key.GrainType),
            ("$k", row.Key.GrainKey),
            ("$v", row.Version)
        );
        if (removed == 0)
            return;

        RemoveJournal(row.Key);
        Writer.Execute("DELETE FROM document_index WHERE grain_key = $k", ("$k", row.Key.GrainKey));
        Writer.Execute("DELETE FROM outbound_member WHERE grain_key = $k", ("$k", row.Key.GrainKey));
    }

    bool RestoreRow(RetiredRow row)
    {
        var restored = false;
        Writer.Transaction(() =>
        {
            restored = InsertRetired(row) > 0;
            if (!restored)
                return false;

            foreach (var entry in row.Journal)
                AddJournal(row.Key, entry);
            AddIndexKeys(row.IndexKeys, row.Key);
            foreach (var sent in row.Sent)
                Writer.Execute(
                    "INSERT INTO outbound_member (grain_key, effect_id, guid) VALUES ($k, $o, $g) ON CONFLICT DO NOTHING",
                    ("$k", row.Key.GrainKey),
                    ("$o", sent.EffectId),
                    ("$g", sent.MessageGuid)
                );
            return true;
        });
        return restored;
    }

    int InsertRetired(RetiredRow row) =>
        Writer.Execute(
            "INSERT INTO grain_state (grain_type, grain_key, version, nonce, rest_day, payload) VALUES ($t, $k, $v, $n, $y, $p) ON CONFLICT DO NOTHING",
            ("$t", row.Key.GrainType),
            ("$k", row.Key.GrainKey),
            ("$v", row.Version),
            ("$n", Guid.NewGuid().ToByteArray()),
            ("$y", row.RestDay),
            ("$p", row.Payload)
        );
}
