using System.ComponentModel.DataAnnotations;
using Confluent.Kafka;

namespace ClearanceEngine.Streams.Kafka;

/// <summary>Limits and habits of a feed.</summary>
public sealed class KafkaFeedOptions : KafkaReadingOptions
{
    /// <summary>How the group shares partitions. Default classic (cooperative-sticky); <c>Consumer</c> (KIP-848) needs Kafka 4 or later.</summary>
    public GroupProtocol Protocol { get; set; } = GroupProtocol.Classic;

    /// <summary>
    /// Name of this member that stays over restarts (static membership): a process that crashed and came back has its partitions
    /// at once, and one that stops keeps them until <see cref="SessionTimeout"/>. Two members must never share a name.
    /// Default none: a crash costs the session timeout, a stop nothing.
    /// </summary>
    public string? Instance { get; set; }

    /// <summary>
    /// A member of the group that is silent for so long has lost its partitions: how long a crash delays them. In the
    /// consumer protocol the broker's own setting counts. Default 10 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", LongestDrain)]
    public TimeSpan SessionTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Records this feed handles at once in this process. While it is reached, nothing is read. Default 256.</summary>
    [Range(1, int.MaxValue)]
    public int InFlight { get; set; } = 256;

    /// <summary>
    /// Records of one key are handled one after the other. False where the handler does not need their order: then a key that
    /// all records of a sender share does not make a line of them. Default true.
    /// </summary>
    public bool KeyOrder { get; set; } = true;

    /// <summary>Bytes of records this feed holds at once (handled, or waiting for a place or for an earlier one of their key). While it is reached, nothing is read. Default 64 MiB.</summary>
    [Range(typeof(long), "1", "9223372036854775807")]
    public long InFlightBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>Records of one partition handled at once. More wait in the partition and count to its span and bytes, but take no place from other partitions. Default 256, as many as <see cref="InFlight"/> by default: no bound of its own.</summary>
    [Range(1, int.MaxValue)]
    public int PartitionInFlight { get; set; } = 256;

    /// <summary>Bytes of one partition's records held at once. Reaching it pauses the partition, which throws away what the client has read ahead of it. Default 16 MiB.</summary>
    [Range(typeof(long), "1", "9223372036854775807")]
    public long PartitionBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>
    /// Records of a partition handled or finished above the oldest unfinished one: how far one slow record lets the others
    /// run ahead, how long the line behind a slow key may grow, and how many a crash repeats at most. Reaching it pauses the
    /// partition, as <see cref="PartitionBytes"/> does. Costs 32 bytes each. Default 10,000.
    /// </summary>
    [Range(1, int.MaxValue)]
    public int PartitionSpan { get; set; } = 10_000;

    /// <summary>Tries of a record before it counts as exhausted. Default 20.</summary>
    [Range(1, int.MaxValue)]
    public int MaxAttempts { get; set; } = 20;

    /// <summary>Time after which a record that still fails counts as exhausted. Default 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "365.00:00:00")]
    public TimeSpan MaxRetryTime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>A stream that hands over records by <see cref="StreamRecordHandler"/> is told after so long that they are not done; it comes again, and finds what is under way. Below Orleans' time-out of a call. Default 20 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "01:00:00")]
    public TimeSpan BatchPatience { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How long records in flight may finish when a partition is handed over or the process stops. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", LongestDrain)]
    public TimeSpan DrainTime { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Bytes the client reads ahead of this feed, all partitions together. Default 32 MiB.</summary>
    [Range(typeof(long), "1024", "9223372036854775807")]
    public long ReadAheadBytes { get; set; } = 32 * 1024 * 1024;

    /// <summary>A feed without room for so long pauses its partitions, so that the group's callbacks are served. Default 500 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00", LongestDrain)]
    public TimeSpan PauseAfter { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>A partition that is paused for so long, though it has more to read and there is room, makes the feed unhealthy. Default 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
    public TimeSpan IdleAfter { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Longest poll; bounds how late a finished commit or pause takes effect. Default 50 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "01:00:00")]
    public TimeSpan Poll { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The consumer of a feed: a member of its group, whose stored positions the client commits, fenced by the group's generation.</summary>
    internal ConsumerConfig Consumer()
    {
        var config = Consumer(ReadAheadBytes);
        config.GroupInstanceId = Instance;
        config.EnableAutoCommit = true;
        config.AutoCommitIntervalMs = (int)CommitInterval.TotalMilliseconds;
        config.GroupProtocol = Protocol;
        // In the new protocol the broker decides, and the client refuses these settings.
        if (Protocol != GroupProtocol.Classic)
            return config;
        config.PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky;
        config.SessionTimeoutMs = (int)SessionTimeout.TotalMilliseconds;
        config.HeartbeatIntervalMs = Math.Max(1, config.SessionTimeoutMs.Value / 5);
        return config;
    }

    /// <summary>Well below the client's <c>max.poll.interval.ms</c> of 5 min.</summary>
    const string LongestDrain = "00:02:00";
}
