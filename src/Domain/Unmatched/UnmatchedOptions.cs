using System.ComponentModel.DataAnnotations;

namespace ClearanceEngine.Unmatched;

/// <summary>How long, and how much, waits for a parcel.</summary>
public sealed class UnmatchedOptions : IValidatableObject
{
    /// <summary>A document that waited this long is reported to its sender, once, by a receipt of ours; it goes on waiting. Default 24 h.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan ReportAfter { get; set; } = TimeSpan.FromHours(24);

    /// <summary>A document that waited this long is refused, by a receipt of ours; it may be sent again. Default 7 days.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan EndAfter { get; set; } = TimeSpan.FromDays(7);

    /// <summary>The longest wait of a document or a receipt between two looks for its parcel. Default 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
    public TimeSpan LookAgain { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>When a waiting document or receipt looks for its parcel first; each further look waits twice as long. Default 2 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
    public TimeSpan FirstLook { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>A receipt that found no parcel for so long goes to the dead letters. Default 24 h.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "365.00:00:00")]
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Documents, or receipts, that may wait under one name. A further document is refused, a further receipt goes to the dead letters. Default 64.</summary>
    [Range(1, 100_000)]
    public int MostUnderOneName { get; set; } = 64;

    /// <summary>Of these, documents of one company. Further ones are refused. Default 8.</summary>
    [Range(1, 100_000)]
    public int MostOfOneSender { get; set; } = 8;

    /// <summary>Bytes of waybills that may wait under one order number. Further ones are refused. Default 1 MiB.</summary>
    [Range(4096, int.MaxValue)]
    public int MostBytesUnderOneName { get; set; } = 1024 * 1024;

    /// <summary>Of these, bytes of one company. Default 128 KiB.</summary>
    [Range(4096, int.MaxValue)]
    public int MostBytesOfOneSender { get; set; } = 128 * 1024;

    /// <summary>How long the next look waits after so many: each twice as long as the one before, up to <see cref="LookAgain"/>.</summary>
    public TimeSpan WaitAfter(int looks)
    {
        var wait = FirstLook * Math.Pow(2, Math.Min(looks, 30));
        return wait < LookAgain ? wait : LookAgain;
    }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        [
            .. SettingRule.NotBelow(nameof(EndAfter), EndAfter, nameof(ReportAfter), ReportAfter),
            .. SettingRule.NotBelow(nameof(LookAgain), LookAgain, nameof(FirstLook), FirstLook),
            .. SettingRule.NotBelow(nameof(GiveUpAfter), GiveUpAfter, nameof(FirstLook), FirstLook),
        ];
}
