using System.ComponentModel.DataAnnotations;

namespace ClearanceEngine.Silo.Dispatch;

/// <summary>How often, and how much, the scans look for what is unfinished and who is due.</summary>
public sealed class RecoveryOptions : IValidatableObject
{
    /// <summary>Rest between two passes over a list: so late, at most, what a crash left is found. Longer where a list is so long that reading it would be more than a fifth of the time. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
    public TimeSpan Period { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Rows of a list that are read at once, oldest first. Default 1,000.</summary>
    [Range(1, 1_000_000)]
    public int PageSize { get; set; } = 1_000;

    /// <summary>Grains or messages of a list that a silo works on at once: how fast a backlog is worked off, and how much of the store that may take. Default 128.</summary>
    [Range(1, 10_000)]
    public int AtOnce { get; set; } = 128;

    /// <summary>A silo that is silent for so long has lost its share of the lists to the others. Default 15 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan LeaseTime { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>A message claimed this long ago and not finished is produced again. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan UnfinishedAfter { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>A grain or message that takes longer is left, so that others have its place. Default 40 s, above the producer's and Orleans' own time-outs.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "01:00:00")]
    public TimeSpan ItemTimeout { get; set; } = TimeSpan.FromSeconds(40);

    /// <summary>How long a grain or message that was tried, and is on its list still, rests before it is tried again; doubled each time. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
    public TimeSpan FirstRest { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest rest of what goes on being tried in vain: so late, at most, it goes on after a part was away. Default 2 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
    public TimeSpan LongestRest { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Grains or messages of a list that rest and are remembered by a silo, some 200 bytes each; more are tried in every pass. Default 200,000.</summary>
    [Range(1, 10_000_000)]
    public int Remembered { get; set; } = 200_000;

    /// <summary>Time between two looks at how much is unfinished and due, for health and metrics. Default 15 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
    public TimeSpan WatchPeriod { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Health is degraded while a message is unfinished for longer than this, or a grain that is due could not be woken for so long. Default 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "30.00:00:00")]
    public TimeSpan DegradedAfter { get; set; } = TimeSpan.FromMinutes(5);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        SettingRule.NotBelow(nameof(LongestRest), LongestRest, nameof(FirstRest), FirstRest);
}
