namespace ClearanceEngine.Silo.Storage;

/// <content>One transaction a batch of rows.</content>
sealed partial class SqliteDatabase
{
    public Task<bool[]> Commit(IReadOnlyList<RowWrite> writes) => Writer.Run(() => CommitRows(writes));

    bool[] CommitRows(IReadOnlyList<RowWrite> writes)
    {
        var won = new bool[writes.Count];
        Writer.Transaction(() =>
        {
            for (var i = 0; i < writes.Count; i++)
                won[i] = Write(writes[i]);
            return true;
        });
        return won;
    }

    bool Write(RowWrite write)
    {
        if (WriteRow(write) == 0)
            return IsWrittenAlready(write);

        WriteJournal(write);
        WriteIndex(write);
        return true;
    }

    void WriteJournal(RowWrite write)
    {
        if (write.Payload is null)
            RemoveJournal(write.Key);
        else if (write.Journal is { } entry)
            AddJournal(write.Key, new JournalRow(write.Version, entry));
    }

    void AddJournal(RowKey key, JournalRow row) =>
        Writer.Execute(
            "INSERT INTO grain_journal (grain_type, grain_key, version, payload) VALUES ($t, $k, $v, $p) ON CONFLICT DO NOTHING",
            ("$t", key.GrainType),
            ("$k", key.GrainKey),
            ("$v", row.Version),
            ("$p", row.Payload)
        );

    void RemoveJournal(RowKey key) =>
        Writer.Execute(
            "DELETE FROM grain_journal WHERE grain_type = $t AND grain_key = $k",
            ("$t", key.GrainType),
            ("$k", key.GrainKey)
        );

    /// <returns>1 when the row was as the writer expects it, else 0.</returns>
    int WriteRow(RowWrite write)
    {
        var prior = write.Prior?.ToByteArray();
        return (write.Payload, write.Expected) switch
        {
            (null, _) => Writer.Execute(
                "DELETE FROM grain_state WHERE grain_type = $t AND grain_key = $k AND version = $e AND ($r IS NULL OR nonce = $r)",
                ("$t", write.Key.GrainType),
                ("$k", write.Key.GrainKey),
                ("$e", write.Expected),
                ("$r", prior)
            ),
            (_, 0) => Writer.Execute(
                "INSERT INTO grain_state (grain_type, grain_key, version, nonce, outbox_due_at, time_due_at, rest_day, payload) VALUES ($t, $k, 1, $n, $d, $w, $y, $p) ON CONFLICT DO NOTHING",
                ("$t", write.Key.GrainType),
                ("$k", write.Key.GrainKey),
                ("$n", write.Nonce.ToByteArray()),
                ("$d", write.OutboxDueAt),
                ("$w", write.TimeDueAt),
                ("$y", write.RestDay),
                ("$p", write.Payload)
            ),
            _ => Writer.Execute(
                """
                UPDATE grain_state SET version = version + 1, nonce = $n, outbox_due_at = $d, time_due_at = $w, rest_day = $y, payload = $p
                WHERE grain_type = $t AND grain_key = $k AND version = $e AND ($r IS NULL OR nonce = $r)
                """,
                ("$t", write.Key.GrainType),
                ("$k", write.Key.GrainKey),
                ("$e", write.Expected),
                ("$r", prior),
                ("$n", write.Nonce.ToByteArray()),
                ("$d", write.OutboxDueAt),
                ("$w", write.TimeDueAt),
                ("$y", write.RestDay),
                ("$p", write.Payload)
            ),
        };
    }

    /// <summary>Whether an earlier try wrote it, whose answer got lost.</summary>
    bool IsWrittenAlready(RowWrite write)
    {
        var nonce =
            Writer.Scalar(
                "SELECT nonce FROM grain_state WHERE grain_type = $t AND grain_key = $k",
                ("$t", write.Key.GrainType),
                ("$k", write.Key.GrainKey)
            ) as byte[];
        if (write.Payload is null)
            return nonce is null;
        return nonce is not null && new Guid(nonce) == write.Nonce;
    }

    void WriteIndex(RowWrite write)
    {
        if (write.RemovedKeys is null)
            Writer.Execute("DELETE FROM document_index WHERE grain_key = $k", ("$k", write.Key.GrainKey));
        foreach (var key in write.RemovedKeys ?? [])
            Writer.Execute(
                "DELETE FROM document_index WHERE index_key = $i AND grain_key = $k",
                ("$i", key),
                ("$k", write.Key.GrainKey)
            );
        AddIndexKeys(write.AddedKeys, write.Key);
    }

    void AddIndexKeys(IEnumerable<string> keys, RowKey row)
    {
        foreach (var key in keys)
            Writer.Execute(
                "INSERT INTO document_index (index_key, grain_key) VALUES ($i, $k) ON CONFLICT DO NOTHING",
                ("$i", key),
                ("$k", row.GrainKey)
            );
    }
}
