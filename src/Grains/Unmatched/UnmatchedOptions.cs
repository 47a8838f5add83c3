using System.ComponentModel.DataAnnotations;

namespace ClearanceEngine.Unmatched;

/// <summary>How long, and how much, waits for a parcel.</summary>
public sealed class UnmatchedOptions : IValidatableObject
{
    /// <summary>A document that waited this long is reported (log and metric); it goes on waiting. Default 24 h.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan ReportAfter { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How often a waiting document looks again by itself; the longest wait of a receipt between two looks. Default 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
    public TimeSpan LookAgain { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>When a waiting receipt looks for its parcel first; each further look waits twice as long. Default 2 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
    public TimeSpan FirstLook { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>A receipt that found no parcel for so long goes to the dead letters. Default 24 h.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "365.00:00:00")]
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Documents, or receipts, that may wait under one name. A further document is refused, a further receipt goes to the dead letters. Default 64.</summary>
    [Range(1, 100_000)]
    public int MostUnderOneName { get; set; } = 64;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        [
            .. SettingRule.NotBelow(nameof(LookAgain), LookAgain, nameof(FirstLook), FirstLook),
            .. SettingRule.NotBelow(nameof(GiveUpAfter), GiveUpAfter, nameof(FirstLook), FirstLook),
        ];
}
