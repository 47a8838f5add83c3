using ClearanceEngine.Storage;
using Microsoft.Data.Sqlite;

namespace ClearanceEngine.Silo.Storage;

/// <content>Messages for customs, remembered before they are sent.</content>
sealed partial class SqliteDatabase
{
    const string MessageColumns =
        "SELECT guid, message_type, sender, members, body, created_at, finished, dissolved FROM outbound_message";

    public Task<ClaimAnswer> Claim(OutboundMessage message) => Writer.Run(() => ClaimMembers(message));

    public Task Finish(IReadOnlyList<string> messageGuids) =>
        Writer.Run(() =>
        {
            Writer.Transaction(() => FinishAll(messageGuids));
            return true;
        });

    bool FinishAll(IReadOnlyList<string> messageGuids)
    {
        foreach (var guid in messageGuids)
            Writer.Execute(
                "UPDATE outbound_message SET finished = 1, body = NULL WHERE guid = $g",
                ("$g", guid)
            );
        return true;
    }

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
                        (SELECT COUNT(*) FROM (SELECT 1 FROM grain_state WHERE outbox_due_at <= $u LIMIT $l)),
                        (SELECT COUNT(*) FROM (SELECT 1 FROM grain_state WHERE time_due_at <= $u LIMIT $l))
                    """,
                    r => new Backlog(r.GetInt64(0), Time(r, 1), r.GetInt64(2), r.GetInt64(3)),
                    ("$u", now.ToUnixTimeMilliseconds()),
                    ("$l", ClearanceEngine.Storage.Backlog.CountedUpTo)
                )
                .Single()
        );

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
            "INSERT INTO outbound_member (grain_key, effect_id, guid) VALUES ($k, $o, $g) ON CONFLICT DO NOTHING",
            ("$k", member.GrainKey),
            ("$o", member.EffectId),
            ("$g", messageGuid)
        ) > 0;

    /// <summary>Whose it is, and what became of that message.</summary>
    TakenMember Taken(OutboundMember member) =>
        Writer
            .Query(
                "SELECT m.guid, o.finished, o.dissolved FROM outbound_member m JOIN outbound_message o ON o.guid = m.guid WHERE m.grain_key = $k AND m.effect_id = $o",
                r => new TakenMember(member, r.GetString(0), Fate(r, 1)),
                ("$k", member.GrainKey),
                ("$o", member.EffectId)
            )
            .Single();

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
}
