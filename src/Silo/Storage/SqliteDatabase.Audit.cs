using ClearanceEngine.Access;
using ClearanceEngine.Audit;

namespace ClearanceEngine.Silo.Storage;

/// <content>The audit trail.</content>
sealed partial class SqliteDatabase
{
    public Task AppendAudit(IReadOnlyList<AuditLine> entries) =>
        Writer.Run(() =>
        {
            Writer.Transaction(() => AppendAll(entries));
            return true;
        });

    public Task<IReadOnlyList<AuditLine>> FindAudit(AuditQuery query) =>
        Reader.Run<IReadOnlyList<AuditLine>>(() =>
            Reader.Query(
                $"""
                SELECT {AuditColumns.Names} FROM audit_entry
                WHERE ($actor IS NULL OR actor = $actor)
                    AND ($subject IS NULL OR subject = $subject)
                    AND ($right IS NULL OR act_right = $right)
                    AND at >= $since AND at < $until
                    AND (at, id) < ($before, $id)
                ORDER BY at DESC, id DESC LIMIT $limit
                """,
                AuditColumns.Read,
                ("$actor", query.Actor),
                ("$subject", query.Subject?.Text),
                ("$right", query.Right?.Descriptor().Name),
                ("$since", query.Since?.ToUnixTimeMilliseconds() ?? long.MinValue),
                ("$until", query.Until?.ToUnixTimeMilliseconds() ?? long.MaxValue),
                ("$before", query.Before?.At ?? long.MaxValue),
                ("$id", (query.Before?.Id ?? Guid.Empty).ToByteArray()),
                ("$limit", query.Limit)
            )
        );

    bool AppendAll(IReadOnlyList<AuditLine> entries)
    {
        foreach (var entry in entries)
            Writer.Execute(
                $"INSERT INTO audit_entry ({AuditColumns.Names}) VALUES ($id, $act, $at, $actor, $kind, $right, $subject, $detail, $from, $reason, $outcome, $code) ON CONFLICT (id) DO NOTHING",
                ("$id", entry.Id.ToByteArray()),
                ("$act", entry.Act.ToByteArray()),
                ("$at", entry.At.ToUnixTimeMilliseconds()),
                ("$actor", entry.Actor),
                ("$kind", entry.ActorKind),
                ("$right", entry.Right),
                ("$subject", entry.Subject),
                ("$detail", entry.Detail),
                ("$from", entry.From),
                ("$reason", entry.Reason),
                ("$outcome", entry.Outcome),
                ("$code", entry.Code)
            );
        return true;
    }
}
