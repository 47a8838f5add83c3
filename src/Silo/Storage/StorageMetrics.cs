using System.Diagnostics.Metrics;

namespace ClearanceEngine.Silo.Storage;

/// <summary>Meter <c>ClearanceEngine.Storage</c>.</summary>
static class StorageMetrics
{
    public const string Name = "ClearanceEngine.Storage";

    static readonly Meter Meter = new(Name);
    static readonly Histogram<int> Batch = Meter.CreateHistogram<int>(
        "storage.batch",
        "{row}",
        "Rows of a transaction."
    );
    static readonly Histogram<double> Latency = Meter.CreateHistogram<double>(
        "storage.commit.duration",
        "ms",
        "Time of a transaction."
    );
    static readonly Counter<long> Conflicts = Meter.CreateCounter<long>(
        "storage.conflicts",
        "{write}",
        "Writes that lost their version."
    );
    static readonly Counter<long> Retries = Meter.CreateCounter<long>(
        "storage.retries",
        "{try}",
        "Transactions tried again after a lost connection."
    );
    static readonly Counter<long> Left = Meter.CreateCounter<long>(
        "storage.retired",
        "{row}",
        "Rows that left for the archive."
    );
    static readonly Counter<long> NotRead = Meter.CreateCounter<long>(
        "storage.unreadable",
        "{row}",
        "Reads of a state that this engine cannot read."
    );
    static Func<int> s_waiting = () => 0;

    static StorageMetrics() =>
        Meter.CreateObservableGauge("storage.queue", () => s_waiting(), "{write}", "Writes that wait.");

    public static void Watch(Func<int> waiting) => s_waiting = waiting;

    public static void Committed(int rows, TimeSpan took)
    {
        Batch.Record(rows);
        Latency.Record(took.TotalMilliseconds);
    }

    public static void Conflict() => Conflicts.Add(1);

    public static void Retired(int rows) => Left.Add(rows);

    public static void Unreadable() => NotRead.Add(1);

    public static void Retried() => Retries.Add(1);
}
