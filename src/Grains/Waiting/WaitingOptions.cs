namespace ClearanceEngine.Waiting;

/// <summary>How long, and how much, waits for a parcel.</summary>
public sealed class WaitingOptions
{
    /// <summary>A document that waited this long is reported (log and metric); it goes on waiting. Default 24 h.</summary>
    public TimeSpan ReportAfter { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How often a waiting document looks again by itself; the longest wait of a receipt between two looks. Default 10 min.</summary>
    public TimeSpan LookAgain { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>When a waiting receipt looks for its parcel first; each further look waits twice as long. Default 2 s.</summary>
    public TimeSpan FirstLook { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>A receipt that found no parcel for so long goes to the dead letters. Default 24 h.</summary>
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Documents, or receipts, that may wait under one name. A further document is refused, a further receipt goes to the dead letters. Default 64.</summary>
    public int MostUnderOneName { get; set; } = 64;

    /// <summary>What cannot work, in words; null when nothing is wrong.</summary>
    public string? Fault() =>
        FirstLook <= TimeSpan.Zero || LookAgain < FirstLook || LookAgain > TimeSpan.FromDays(1)
            ? "Waiting: FirstLook must be above 0, LookAgain not below it and at most a day."
        : ReportAfter <= TimeSpan.Zero || GiveUpAfter < FirstLook
            ? "Waiting: ReportAfter must be above 0, GiveUpAfter not below FirstLook."
        : MostUnderOneName < 1 ? "Waiting:MostUnderOneName must be at least 1."
        : null;
}
