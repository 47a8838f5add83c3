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

/// <summary>Limits and habits of a feed.</summary>
public sealed class KafkaFeedOptions
{
    /// <summary>Topics to read; required.</summary>
    public IList<string> Topics { get; } = [];

    /// <summary>Consumer group; commits are fenced by its generation. Required.</summary>
    public string Group { get; set; } = "";

    /// <summary>Where records go that will never be right; required.</summary>
    public string DeadLetterTopic { get; set; } = "";

    /// <summary>Records handled at once in this process. Reaching it pauses reading. Default 256.</summary>
    public int InFlight { get; set; } = 256;

    /// <summary>Bytes of records held at once in this process. Default 64 MiB.</summary>
    public long InFlightBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>
    /// Records of a partition handled or finished above the oldest unfinished one: how far one slow record lets the others
    /// run ahead, and how many a crash repeats at most. Default 1,000.
    /// </summary>
    public int PartitionSpan { get; set; } = 1_000;

    /// <summary>Tries of a record before it counts as exhausted. Default 20.</summary>
    public int MaxAttempts { get; set; } = 20;

    /// <summary>Time after which a record that still fails counts as exhausted. Default 5 min.</summary>
    public TimeSpan MaxRetryTime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Wait after the first failure; doubled each time, with jitter. Default 50 ms.</summary>
    public TimeSpan FirstBackoff { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Longest wait between two tries. Default 10 s.</summary>
    public TimeSpan LongestBackoff { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>What becomes of exhausted records. Default dead letter.</summary>
    public ExhaustedRecord Exhausted { get; set; } = ExhaustedRecord.DeadLetter;

    /// <summary>How often positions are committed. Default 500 ms.</summary>
    public TimeSpan CommitInterval { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long records in flight may finish when a partition is handed over or the process stops. Default 10 s.</summary>
    public TimeSpan DrainTime { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest poll; bounds how late a finished commit or pause takes effect. Default 50 ms.</summary>
    public TimeSpan Poll { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Where a group without a position begins. Default at the earliest record.</summary>
    public AutoOffsetReset Begin { get; set; } = AutoOffsetReset.Earliest;

    internal string? Fault() =>
        Topics.Count == 0 ? "Topics is empty; name at least one topic."
        : Group.Length == 0 ? "Group is empty; name the consumer group."
        : DeadLetterTopic.Length == 0 ? "DeadLetterTopic is empty; name the topic for records that will never be right."
        : InFlight < 1 ? "InFlight must be at least 1."
        : InFlightBytes < 1 ? "InFlightBytes must be at least 1."
        : PartitionSpan < 1 ? "PartitionSpan must be at least 1."
        : MaxAttempts < 1 ? "MaxAttempts must be at least 1."
        : FirstBackoff <= TimeSpan.Zero || LongestBackoff < FirstBackoff ? "FirstBackoff must be above 0 and not above LongestBackoff."
        : CommitInterval <= TimeSpan.Zero || Poll <= TimeSpan.Zero || DrainTime < TimeSpan.Zero ? "CommitInterval and Poll must be above 0, DrainTime not below."
        : null;
}
