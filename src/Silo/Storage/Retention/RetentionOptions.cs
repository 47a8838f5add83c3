namespace ClearanceEngine.Silo.Storage.Retention;

/// <summary>When parcels at rest leave the store for the archive.</summary>
public sealed class RetentionOptions
{
    /// <summary>
    /// A parcel or signed message that owes nothing and was not written for so long leaves; at least 60 days, because returns
    /// may come that late. Zero: nothing ever leaves. Default zero.
    /// </summary>
    public TimeSpan After { get; set; } = TimeSpan.Zero;

    /// <summary>Directory of the archive; every silo needs it, on a volume that is backed up. Default <c>archive</c> in <c>Engine:DataDirectory</c>.</summary>
    public string Directory { get; set; } = "";

    /// <summary>Time between two looks for what may leave. Default 1 h.</summary>
    public TimeSpan Every { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Rows that leave together, in a file and a transaction. Default 500.</summary>
    public int BatchSize { get; set; } = 500;

    /// <summary>Rest between two batches, so that the day's work goes on beside it. Default 1 s.</summary>
    public TimeSpan Pause { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Finished messages that are old enough and still have a parcel in the store are looked at again after this long;
    /// those that grow old meanwhile are looked at each time. Default 1 day.
    /// </summary>
    public TimeSpan LookAgain { get; set; } = TimeSpan.FromDays(1);

    internal string? Fault() =>
        After != TimeSpan.Zero && After < TimeSpan.FromDays(60)
            ? $"Retention:After is {After}; it is 0 (nothing leaves) or at least 60 days."
        : Every < TimeSpan.FromMinutes(1) ? $"Retention:Every is {Every}; at least 1 minute."
        : BatchSize is < 1 or > 10_000 ? $"Retention:BatchSize is {BatchSize}; it is 1 to 10,000."
        : Pause < TimeSpan.Zero ? $"Retention:Pause is {Pause}; it is not negative."
        : LookAgain < Every ? $"Retention:LookAgain is {LookAgain}; it is at least Retention:Every ({Every})."
        : null;
}
