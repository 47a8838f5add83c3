using System.ComponentModel.DataAnnotations;

namespace ClearanceEngine.Silo.Dispatch;

/// <summary>How often, and how much, the scans look for what is unfinished and who is due.</summary>
public sealed class RecoveryOptions : IValidatableObject
{
    /// <summary>Time between two scans: so late, at most, what a crash left is found. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
    public TimeSpan Period { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Grains woken, or messages finished, by one round of a scan, oldest first; there are rounds until the period is over. Default 1,000.</summary>
    [Range(1, 1_000_000)]
    public int Limit { get; set; } = 1_000;

    /// <summary>Grains or messages of a round that are worked on at once. Default 32.</summary>
    [Range(1, 10_000)]
    public int AtOnce { get; set; } = 32;

    /// <summary>A message claimed this long ago and not finished is produced again. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan UnfinishedAfter { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>A grain or message that takes longer is left, so that others have its place. Default 40 s, above the producer's and Orleans' own time-outs.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "01:00:00")]
    public TimeSpan ItemTimeout { get; set; } = TimeSpan.FromSeconds(40);

    /// <summary>How long a grain or message that failed rests before it is tried again; doubled each time. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
    public TimeSpan FirstRest { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest rest of a grain or message that goes on failing. Default 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
    public TimeSpan LongestRest { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Grains or messages that failed and are remembered; more are tried in every round. Default 10,000.</summary>
    [Range(1, 10_000_000)]
    public int Remembered { get; set; } = 10_000;

    /// <summary>Time between two looks at how much is unfinished and due, for health and metrics. Default 15 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
    public TimeSpan WatchPeriod { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Health is degraded while a message is unfinished, or a grain due, for longer than this. Default 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "30.00:00:00")]
    public TimeSpan DegradedAfter { get; set; } = TimeSpan.FromMinutes(5);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        SettingRule.NotBelow(nameof(LongestRest), LongestRest, nameof(FirstRest), FirstRest);
}
