using ClearanceEngine.Storage;
using Microsoft.Data.Sqlite;

namespace ClearanceEngine.Silo.Storage;

/// <summary>State in one SQLite file: a single writer, write-ahead log, fully synchronous commits.</summary>
sealed partial class SqliteDatabase : IStateDatabase
{
    const string Product = "Sqlite";

    const string MessageColumns =
        "SELECT guid, message_type, sender, members, body, created_at, finished, dissolved FROM outbound_message";

    readonly string _path;
    readonly Lazy<SqliteSession> _writer;
    readonly Lazy<SqliteSession> _reader;
    readonly TimeProvider _time;

    public SqliteDatabase(string connectionString, TimeSpan commandTimeout, TimeProvider time)
    {
        _time = time;
        var builder = new SqliteConnectionStringBuilder(connectionString)
        {
            Pooling = false,
            DefaultTimeout = (int)commandTimeout.TotalSeconds,
        };
        _path = Path.GetFullPath(builder.DataSource);
        _writer = new(() => Open(builder.ConnectionString, "sqlite writer"));
        _reader = new(() => Open(builder.ConnectionString, "sqlite reader"));
    }

    public string Place => $"SQLite {_path}";

    SqliteSession Writer => _writer.Value;

    SqliteSession Reader => _reader.Value;

    public Task Migrate(Action<SchemaNews> tell, CancellationToken cancellationToken) =>
        Writer.Run(() =>
        {
            foreach (var script in Migrations.For(Product))
            {
                cancellationToken.ThrowIfCancellationRequested();
                Apply(script, tell);
            }
            Migrations.Check(SchemaState().Version, Migrations.Known(Product), Place, tell);
            return true;
        });

    public Task<bool[]> Commit(IReadOnlyList<RowWrite> writes) => Writer.Run(() => CommitRows(writes));

    public Task<StateRow?[]> Read(IReadOnlyList<RowKey> keys) => Reader.Run(() => keys.Select(Row).ToArray());

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

    public Task<IReadOnlyList<DueGrain>> Due(DateTimeOffset until, DueGrain? after, int limit) =>
        Reader.Run<IReadOnlyList<DueGrain>>(() =>
            Reader.Query(
                "SELECT grain_key, due_at FROM grain_state WHERE due_at <= $u AND due_at >= $d AND (due_at, grain_key) > ($d, $k) ORDER BY due_at, grain_key LIMIT $l",
                r => new DueGrain(r.GetString(0), DateTimeOffset.FromUnixTimeMilliseconds(r.GetInt64(1))),
                ("$u", until.ToUnixTimeMilliseconds()),
                ("$d", after?.DueAt.ToUnixTimeMilliseconds() ?? long.MinValue),
                ("$k", after?.GrainKey ?? ""),
                ("$l", limit)
            )
        );

    public Task<ClaimAnswer> Claim(OutboundMessage message) => Writer.Run(() => ClaimMembers(message));

    public Task Finish(string messageGuid) =>
        Writer.Run(() =>
            Writer.Execute(
                "UPDATE outbound_message SET finished = 1, body = NULL WHERE guid = $g",
                ("$g", messageGuid)
            )
        );

    public Task<bool> Dissolve(string messageGuid) =>
        Writer.Run(() =>
            Writer.Execute(
                "UPDATE outbound_message SET dissolved = 1 WHERE guid = $g AND (finished = 0 OR dissolved = 1)",
                ("$g", messageGuid)
            ) > 0
        );

    public Task<OutboundMessage?> FindMessage(string messageGuid) =>
        Reader.Run(() =>
            Reader.Query($"{MessageColumns} WHERE guid = $g", Message, ("$g", messageGuid)).SingleOrDefault()
        );

    public Task<IReadOnlyList<UnfinishedMessage>> Unfinished(
        DateTimeOffset before,
        UnfinishedMessage? after,
        int limit
    ) =>
        Reader.Run<IReadOnlyList<UnfinishedMessage>>(() =>
            Reader.Query(
                "SELECT guid, created_at FROM outbound_message WHERE finished = 0 AND created_at < $b AND created_at >= $c AND (created_at, guid) > ($c, $g) ORDER BY created_at, guid LIMIT $l",
                r => new UnfinishedMessage(
                    r.GetString(0),
                    DateTimeOffset.FromUnixTimeMilliseconds(r.GetInt64(1))
                ),
                ("$b", before.ToUnixTimeMilliseconds()),
                ("$c", after?.CreatedAt.ToUnixTimeMilliseconds() ?? long.MinValue),
                ("$g", after?.Guid ?? ""),
                ("$l", limit)
            )
        );

    public Task<Backlog> Backlog(DateTimeOffset now) =>
        Reader.Run(() =>
            Reader
                .Query(
                    """
                    SELECT
                        (SELECT COUNT(*) FROM outbound_message WHERE finished = 0),
                        (SELECT MIN(created_at) FROM outbound_message WHERE finished = 0),
                        (SELECT COUNT(*) FROM (SELECT 1 FROM grain_state WHERE due_at <= $u LIMIT $l)),
                        (SELECT MIN(due_at) FROM grain_state WHERE due_at <= $u)
                    """,
                    r => new Backlog(r.GetInt64(0), Time(r, 1), r.GetInt64(2), Time(r, 3)),
                    ("$u", now.ToUnixTimeMilliseconds()),
                    ("$l", ClearanceEngine.Storage.Backlog.CountedUpTo)
                )
                .Single()
        );

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
                        "SELECT owed_id, guid FROM outbound_member WHERE grain_key = $k ORDER BY owed_id",
                        r => new SentEffect(r.GetString(0), r.GetString(1)),
                        ("$k", row.Key.GrainKey)
                    ),
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

    /// <summary>Busy, locked, an I/O error, a full disk: none of them is the fault of what was written.</summary>
    public bool IsTransient(Exception error) =>
        error is SqliteException { SqliteErrorCode: 5 or 6 or 10 or 13 };

    public Task Ping(CancellationToken cancellationToken) =>
        Reader.Run(() => Reader.Scalar("SELECT 1")).WaitAsync(cancellationToken);

    public Task TryWrite(CancellationToken cancellationToken) =>
        Writer
            .Run(() =>
            {
                // Nobody waits for it any more: the disk is spared.
                cancellationToken.ThrowIfCancellationRequested();
                return Writer.Execute("UPDATE schema_version SET version = version WHERE version = 1");
            })
            .WaitAsync(cancellationToken);

    /// <summary>A file has no other server.</summary>
    public void Failed(Exception error) { }

    public ValueTask DisposeAsync()
    {
        if (_writer.IsValueCreated)
            Writer.Dispose();
        if (_reader.IsValueCreated)
            Reader.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>One writer at a time: another engine waits for this transaction, and then finds it done.</summary>
    void Apply(Migration script, Action<SchemaNews> tell) =>
        Writer.Transaction(() =>
        {
            var state = SchemaState();
            if (state.Version.Major > Migrations.Known(Product).Major)
                return false; // refused at the end, untouched
            if (state.Applied.Contains(script.Number))
                return false;

            tell(new SchemaNews.Applies(script.Name));
            Writer.Script(script.Sql);
            return true;
        });

    /// <summary>The first scripts stand in schema_version, later ones in schema_step, so that engines that know only the former run on.</summary>
    SchemaState SchemaState()
    {
        var steps = new List<(int Number, int Major)>();
        Add("schema_version", "SELECT version, 1 FROM schema_version");
        Add("schema_step", "SELECT number, major FROM schema_step");
        return Storage.SchemaState.Of(steps);

        void Add(string table, string select)
        {
            if (Writer.Scalar("SELECT 1 FROM sqlite_master WHERE name = $n", ("$n", table)) is null)
                return;
            steps.AddRange(Writer.Query(select, r => (r.GetInt32(0), r.GetInt32(1))));
        }
    }

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
                    AND NOT EXISTS (SELECT 1 FROM json_each(members) m JOIN outbound_member x ON x.grain_key = json_extract(m.value, '$[0]') AND x.owed_id = json_extract(m.value, '$[1]'))
                    """,
                    ("$g", message.Guid)
                );
            return true;
        });
        return forgotten;
    }

    StateRow? Row(RowKey key) =>
        Reader
            .Query(
                "SELECT version, nonce, payload FROM grain_state WHERE grain_type = $t AND grain_key = $k",
                r => new StateRow(r.GetInt64(0), new Guid((byte[])r[1]), (byte[])r[2]),
                ("$t", key.GrainType),
                ("$k", key.GrainKey)
            )
            .SingleOrDefault();

    bool IsThere(RowKey key) =>
        Reader.Scalar(
            "SELECT 1 FROM grain_state WHERE grain_type = $t AND grain_key = $k",
            ("$t", key.GrainType),
            ("$k", key.GrainKey)
        )
            is not null;

    bool[] CommitRows(IReadOnlyList<RowWrite> writes)
    {
        var won = new bool[writes.Count];
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        Writer.Transaction(() =>
        {
            for (var i = 0; i < writes.Count; i++)
                won[i] = Write(writes[i], now);
            return true;
        });
        return won;
    }

    bool Write(RowWrite write, long now)
    {
        if (WriteRow(write, now) == 0)
            return IsWrittenAlready(write);

        WriteIndex(write);
        return true;
    }

    /// <returns>1 when the row was as the writer expects it, else 0.</returns>
    int WriteRow(RowWrite write, long now)
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
                "INSERT INTO grain_state (grain_type, grain_key, version, nonce, due_at, rest_day, payload, written_at) VALUES ($t, $k, 1, $n, $d, $y, $p, $w) ON CONFLICT DO NOTHING",
                ("$t", write.Key.GrainType),
                ("$k", write.Key.GrainKey),
                ("$n", write.Nonce.ToByteArray()),
                ("$d", write.DueAt),
                ("$y", write.RestDay),
                ("$p", write.Payload),
                ("$w", now)
            ),
            _ => Writer.Execute(
                """
                UPDATE grain_state SET version = version + 1, nonce = $n, due_at = $d, rest_day = $y, payload = $p, written_at = $w
                WHERE grain_type = $t AND grain_key = $k AND version = $e AND ($r IS NULL OR nonce = $r)
                """,
                ("$t", write.Key.GrainType),
                ("$k", write.Key.GrainKey),
                ("$e", write.Expected),
                ("$r", prior),
                ("$n", write.Nonce.ToByteArray()),
                ("$d", write.DueAt),
                ("$y", write.RestDay),
                ("$p", write.Payload),
                ("$w", now)
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

    /// <summary>All members or none.</summary>
    ClaimAnswer ClaimMembers(OutboundMessage message)
    {
        var taken = new List<TakenMember>();
        ClaimAnswer? repeat = null;
        Writer.Transaction(() =>
        {
            var known = Writer
                .Query($"{MessageColumns} WHERE guid = $g", Message, ("$g", message.Guid))
                .SingleOrDefault();
            if (known is not null)
            {
                repeat = MemberList.Repeat(message, known);
                return false;
            }

            Insert(message);
            taken.AddRange(message.Members.Distinct().Where(m => !Take(m, message.Guid)).Select(Taken));
            return taken.Count == 0;
        });
        return repeat ?? new ClaimAnswer(taken.Count == 0 ? message : null, [.. taken]);
    }

    void Insert(OutboundMessage message) =>
        Writer.Execute(
            "INSERT INTO outbound_message (guid, message_type, sender, members, body, created_at) VALUES ($g, $t, $s, $m, $b, $c)",
            ("$g", message.Guid),
            ("$t", message.MessageType),
            ("$s", message.Sender),
            ("$m", MemberList.Write(message.Members)),
            ("$b", message.Body.ToArray()),
            ("$c", message.CreatedAt.ToUnixTimeMilliseconds())
        );

    /// <summary>Enters a member as this message's; false when it is another's.</summary>
    bool Take(OutboundMember member, string messageGuid) =>
        Writer.Execute(
            "INSERT INTO outbound_member (grain_key, owed_id, guid) VALUES ($k, $o, $g) ON CONFLICT DO NOTHING",
            ("$k", member.GrainKey),
            ("$o", member.EffectId),
            ("$g", messageGuid)
        ) > 0;

    /// <summary>Whose it is, and what became of that message.</summary>
    TakenMember Taken(OutboundMember member) =>
        Writer
            .Query(
                "SELECT m.guid, o.finished, o.dissolved FROM outbound_member m JOIN outbound_message o ON o.guid = m.guid WHERE m.grain_key = $k AND m.owed_id = $o",
                r => new TakenMember(member, r.GetString(0), Fate(r, 1)),
                ("$k", member.GrainKey),
                ("$o", member.EffectId)
            )
            .Single();

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

            AddIndexKeys(row.IndexKeys, row.Key);
            foreach (var sent in row.Sent)
                Writer.Execute(
                    "INSERT INTO outbound_member (grain_key, owed_id, guid) VALUES ($k, $o, $g) ON CONFLICT DO NOTHING",
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
            "INSERT INTO grain_state (grain_type, grain_key, version, nonce, rest_day, payload, written_at) VALUES ($t, $k, $v, $n, $y, $p, $w) ON CONFLICT DO NOTHING",
            ("$t", row.Key.GrainType),
            ("$k", row.Key.GrainKey),
            ("$v", row.Version),
            ("$n", Guid.NewGuid().ToByteArray()),
            ("$y", row.RestDay),
            ("$p", row.Payload),
            ("$w", _time.GetUtcNow().ToUnixTimeMilliseconds())
        );

    static OutboundMessage Message(SqliteDataReader row) =>
        new(
            row.GetString(0),
            row.GetString(1),
            row.GetString(2),
            MemberList.Read(row.GetString(3)),
            row.IsDBNull(4) ? ReadOnlyMemory<byte>.Empty : (byte[])row[4],
            DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(5)),
            Fate(row, 6)
        );

    /// <summary>Of the columns finished and dissolved, which stand side by side.</summary>
    static MessageFate Fate(SqliteDataReader row, int finished) =>
        MemberList.Fate(row.GetInt64(finished) != 0, row.GetInt64(finished + 1) != 0);

    static DateTimeOffset? Time(SqliteDataReader row, int column) =>
        row.IsDBNull(column) ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column));

    SqliteSession Open(string connectionString, string name)
    {
        try
        {
            if (Path.GetDirectoryName(_path) is { Length: > 0 } directory)
                Directory.CreateDirectory(directory);
            return new SqliteSession(connectionString, name);
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException(
                $"{Place} cannot be opened: {e.Message} Check Storage:ConnectionString and the rights on its directory.",
                e
            );
        }
    }
}
