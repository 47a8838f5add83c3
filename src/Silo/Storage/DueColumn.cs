using ClearanceEngine.Storage;

namespace ClearanceEngine.Silo.Storage;

/// <summary>Where a database keeps the times of <see cref="IDueState"/>.</summary>
static class DueColumn
{
    public static string Of(DueFor what) => what == DueFor.Outbox ? "outbox_due_at" : "time_due_at";
}
