namespace ClearanceEngine.Silo.Dispatch;

/// <summary>How often, and how much, the scans look for what is unfinished and who owes.</summary>
public sealed class RecoveryOptions
{
    /// <summary>Time between two scans. Default 5 s.</summary>
    public TimeSpan Period { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Grains woken, or messages finished, by one round of a scan, oldest first; there are rounds until the period is over. Default 1,000.</summary>
    public int Limit { get; set; } = 1_000;

    /// <summary>Of these, how many at once. Default 32.</summary>
    public int AtOnce { get; set; } = 32;

    /// <summary>A message claimed this long ago and not finished is produced again. Default 30 s.</summary>
    public TimeSpan UnfinishedAfter { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>A grain or message that takes longer is left, so that others have its place. Default 40 s, above the producer's and Orleans' own time-outs.</summary>
    public TimeSpan ItemTimeout { get; set; } = TimeSpan.FromSeconds(40);

    /// <summary>How long a grain or message that failed rests before it is tried again; doubled each time. Default 5 s.</summary>
    public TimeSpan FirstRest { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest such rest. Default 5 min.</summary>
    public TimeSpan LongestRest { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Grains or messages that failed and are remembered; more are tried in every round. Default 10,000.</summary>
    public int Remembered { get; set; } = 10_000;

    /// <summary>Time between two looks at how much is unfinished and due, for health and metrics. Default 15 s.</summary>
    public TimeSpan WatchPeriod { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Health is degraded while a message is unfinished, or a grain due, for longer than this. Default 5 min.</summary>
    public TimeSpan DegradedAfter { get; set; } = TimeSpan.FromMinutes(5);

    internal string? Fault() =>
        Period <= TimeSpan.Zero || UnfinishedAfter < TimeSpan.Zero || Limit < 1 || AtOnce < 1
            ? "Recovery: Period must be above 0, UnfinishedAfter not below, Limit and AtOnce at least 1."
        : ItemTimeout <= TimeSpan.Zero || FirstRest <= TimeSpan.Zero || LongestRest < FirstRest
            ? "Recovery: ItemTimeout and FirstRest must be above 0, LongestRest not below FirstRest."
        : Remembered < 1 || WatchPeriod <= TimeSpan.Zero || DegradedAfter <= TimeSpan.Zero
            ? "Recovery: Remembered must be at least 1, WatchPeriod and DegradedAfter above 0."
        : null;
}
