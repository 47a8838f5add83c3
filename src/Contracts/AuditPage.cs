using ClearanceEngine.Audit;

namespace ClearanceEngine.Contracts;

/// <summary>A page of the audit trail.</summary>
/// <param name="Entries">The newest first.</param>
/// <param name="Next">The cursor of the page after it; null when this is the last.</param>
public sealed record AuditPage(IReadOnlyList<AuditLine> Entries, string? Next);
