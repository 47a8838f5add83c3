using System.ComponentModel.DataAnnotations;

namespace ClearanceEngine.Silo.Storage.Retention;

/// <summary>When parcels at rest leave the store for the archive.</summary>
public sealed class RetentionOptions : IValidatableObject
{
    /// <summary>
    /// A parcel or signed message that has an empty outbox and was not written for so long leaves; at least 60 days, because returns
    /// may come that late. Zero: nothing ever leaves. Default zero.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "36500.00:00:00")]
    public TimeSpan After { get; set; } = TimeSpan.Zero;

    /// <summary>Directory of the archive; every silo needs it, on a volume that is backed up. Default <c>archive</c> in <c>Engine:DataDirectory</c>.</summary>
    public string Directory { get; set; } = "";

    /// <summary>Time between two looks for what may leave. Default 1 h.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan Every { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Rows that leave together, in a file and a transaction. Default 500.</summary>
    [Range(1, 10_000)]
    public int BatchSize { get; set; } = 500;

    /// <summary>Rest between two batches, so that the day's work goes on beside it. Default 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan Pause { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Finished messages that are old enough and still have a parcel in the store are looked at again after this long;
    /// those that grow old meanwhile are looked at each time. Default 1 day.
    /// </summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan LookAgain { get; set; } = TimeSpan.FromDays(1);

    static readonly TimeSpan ShortestRest = TimeSpan.FromDays(60);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (After > TimeSpan.Zero && After < ShortestRest)
            yield return new ValidationResult(
                $"应为 0（不归档）或至少 {ShortestRest:c}：60 天内仍可能有退货。It must be 0 (nothing leaves) or at least {ShortestRest:c}: returns may come that late.",
                [nameof(After)]
            );
        foreach (var fault in SettingRule.NotBelow(nameof(LookAgain), LookAgain, nameof(Every), Every))
            yield return fault;
    }
}
