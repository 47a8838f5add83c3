using ClearanceEngine.Audit;

namespace ClearanceEngine.Silo.Storage;

/// <summary>The table of the audit trail; batches and retries are shared.</summary>
public interface IAuditDatabase
{
    /// <summary>Adds entries in one transaction; those that are there already, by their id, are left as they are.</summary>
    Task AppendAudit(IReadOnlyList<AuditLine> entries);

    /// <summary>Entries, the newest first.</summary>
    Task<IReadOnlyList<AuditLine>> FindAudit(AuditQuery query);
}
