namespace ClearanceEngine.Silo.Storage;

/// <content>The keys that the rows depend on.</content>
sealed partial class SqliteDatabase
{
    public Task ChangeKeys(Func<IReadOnlyList<DatabaseKey>, IReadOnlyList<DatabaseKey>> change) =>
        Writer.Run(() =>
        {
            Writer.Transaction(() => KeepKeys(change));
            return true;
        });

    public Task<bool> HasRows(IReadOnlyList<string> grainTypes) =>
        Reader.Run(() =>
            grainTypes.Any(t =>
                Reader.Scalar("SELECT 1 FROM grain_state WHERE grain_type = $t LIMIT 1", ("$t", t))
                    is not null
            )
        );

    public Task<bool> IsEncryptedWith(byte key) =>
        Reader.Run(() =>
            Reader.Scalar(
                """
                SELECT 1 FROM grain_state WHERE substr(payload, 1, 1) = $k
                UNION ALL SELECT 1 FROM grain_journal WHERE substr(payload, 1, 1) = $k
                UNION ALL SELECT 1 FROM outbound_message WHERE substr(body, 1, 1) = $k
                LIMIT 1
                """,
                ("$k", new[] { key })
            )
                is not null
        );

    bool KeepKeys(Func<IReadOnlyList<DatabaseKey>, IReadOnlyList<DatabaseKey>> change)
    {
        var known = Writer.Query(
            "SELECT name, fingerprint, since, in_use FROM key_fingerprint ORDER BY name",
            r => new DatabaseKey(r.GetString(0), r.GetString(1), r.GetInt64(2), r.GetInt64(3) != 0)
        );
        var kept = change(known);

        foreach (var gone in known.ExceptBy(kept.Select(k => k.Name), k => k.Name))
            Writer.Execute("DELETE FROM key_fingerprint WHERE name = $n", ("$n", gone.Name));
        foreach (var key in kept.Except(known))
            Writer.Execute(
                "INSERT OR REPLACE INTO key_fingerprint (name, fingerprint, since, in_use) VALUES ($n, $f, $s, $u)",
                ("$n", key.Name),
                ("$f", key.Fingerprint),
                ("$s", key.Since),
                ("$u", key.InUse ? 1 : 0)
            );
        return true;
    }
}
