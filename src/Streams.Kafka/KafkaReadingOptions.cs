using System.ComponentModel.DataAnnotations;
using Confluent.Kafka;

namespace ClearanceEngine.Streams.Kafka;

/// <summary>What becomes of a record whose retries are used up.</summary>
public enum ExhaustedRecord
{
    /// <summary>It goes to the dead-letter topic with its reason, and the partition moves on.</summary>
    DeadLetter,

    /// <summary>The partition stops at it until the process is started again.</summary>
    StopPartition,
}

/// <summary>What reading topics needs, whichever face the records are given.</summary>
public abstract class KafkaReadingOptions : IValidatableObject
{
    private protected KafkaReadingOptions() { }

    /// <summary>Topics to read; required.</summary>
    public IList<string> Topics { get; } = [];

    /// <summary>Consumer group whose offsets are read and committed. Required.</summary>
    [Required]
    public string Group { get; set; } = "";

    /// <summary>Where records go that will never be right; required.</summary>
    [Required]
    public string DeadLetterTopic { get; set; } = "";

    /// <summary>Tells which errors mean that a part is away, and whether it is back. Default: knows only what a handler itself calls away, and the broker.</summary>
    public IPartWatch Parts { get; set; } = new NoPartWatch();

    /// <summary>A part that was asked and says nothing for so long is away. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "01:00:00")]
    public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Wait after the first failure; doubled each time, with jitter. Default 50 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
    public TimeSpan FirstBackoff { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Longest wait between two tries. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
    public TimeSpan LongestBackoff { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>What becomes of exhausted records. Default dead letter.</summary>
    public ExhaustedRecord Exhausted { get; set; } = ExhaustedRecord.DeadLetter;

    /// <summary>How often positions are committed. Default 500 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "01:00:00")]
    public TimeSpan CommitInterval { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a broker holds a fetch that finds nothing; the development broker answers only at its end, a real one once there are <see cref="FetchBytes"/>. The broker is paid by requests, not by records. Default 30 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:02:00")]
    public TimeSpan FetchWait { get; set; } = TimeSpan.FromMilliseconds(30);

    /// <summary>A broker that has less than this holds a fetch, for <see cref="FetchWait"/> at most: fewer and fuller fetches. Default 64 KiB.</summary>
    [Range(1, int.MaxValue)]
    public int FetchBytes { get; set; } = 64 * 1024;

    /// <summary>How often a client reports lag and connections, for metrics and health. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "01:00:00")]
    public TimeSpan StatisticsInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>A record unfinished for so long is named in the log. Default 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
    public TimeSpan SlowAfter { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Where a group without a position begins. Default at the earliest record.</summary>
    public AutoOffsetReset Begin { get; set; } = AutoOffsetReset.Earliest;

    /// <inheritdoc/>
    public virtual IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Topics.Count == 0 || Topics.Any(string.IsNullOrWhiteSpace))
            yield return Fault(nameof(Topics), "is empty or holds an empty name; name at least one topic.");
        if (Topics.Distinct(StringComparer.Ordinal).Count() != Topics.Count)
            yield return Fault(nameof(Topics), "names a topic twice.");
        if (Topics.Contains(DeadLetterTopic))
            yield return Fault(
                nameof(DeadLetterTopic),
                $"{DeadLetterTopic} is also read; a dead letter would come back for ever."
            );
        if (LongestBackoff < FirstBackoff)
            yield return Fault(nameof(LongestBackoff), "must not be below FirstBackoff.");
    }

    private protected static ValidationResult Fault(string name, string text) => new(text, [name]);

    /// <summary>What every consumer of these options has; offsets are never stored or committed by the client itself.</summary>
    private protected ConsumerConfig Consumer(long readAheadBytes) =>
        new()
        {
            GroupId = Group,
            EnableAutoCommit = false,
            EnableAutoOffsetStore = false,
            AutoOffsetReset = Begin,
            AllowAutoCreateTopics = false,
            FetchMinBytes = FetchBytes,
            FetchWaitMaxMs = (int)FetchWait.TotalMilliseconds,
            QueuedMaxMessagesKbytes = (int)Math.Max(1, readAheadBytes / 1024),
            // A full read-ahead would rest for a second by default, in which a fast reader empties it and stands still.
            FetchQueueBackoffMs = 10,
            StatisticsIntervalMs = (int)StatisticsInterval.TotalMilliseconds,
            TopicMetadataRefreshIntervalMs = 10_000,
        };
}
