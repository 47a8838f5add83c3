using System.ComponentModel.DataAnnotations;
using Confluent.Kafka;

namespace ClearanceEngine.Streams.Kafka;

/// <summary>Which streams the records of a topic make.</summary>
public enum KafkaStreamShape
{
    /// <summary>A stream a key: namespace is the topic, key is the record's key. Every key is a stream to Orleans, which costs it memory and a registration.</summary>
    Key,

    /// <summary>A stream a partition: namespace is the topic, key is the partition's number. Several times cheaper; one slow record holds up its partition.</summary>
    Partition,
}

/// <summary>Limits and habits of a stream provider.</summary>
public sealed class KafkaStreamOptions : KafkaReadingOptions
{
    /// <summary>How to reach Kafka.</summary>
    public KafkaConnectionOptions Connection { get; set; } = new();

    /// <summary>Limits and habits of the producing side.</summary>
    public KafkaProducerOptions Producing { get; set; } = new();

    /// <summary>Which streams the records make, unless a mapper is given. Default a stream a key.</summary>
    public KafkaStreamShape Shape { get; set; }

    /// <summary>
    /// Most partitions of one topic. Orleans fixes the number of queues when a silo starts, so there are as many queues; one whose
    /// partition is not there yet waits for it. The same for all silos. Partitions beyond it are not read (health says so). Default 32.
    /// </summary>
    [Range(1, 10_000)]
    public int Partitions { get; set; } = 32;

    /// <summary>How often partitions are counted: how late a new one is read. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "01:00:00")]
    public TimeSpan MetadataInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often each queue is asked for records; bounds the latency of a quiet one. Default 10 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "01:00:00")]
    public TimeSpan Poll { get; set; } = TimeSpan.FromMilliseconds(10);

    /// <summary>Records taken from the client at once. Default 500.</summary>
    [Range(1, int.MaxValue)]
    public int PullSize { get; set; } = 500;

    /// <summary>Records of one stream handed to a consumer in one call. 0 means by shape: 1 for a stream a key, 256 for a stream a partition. Default 0.</summary>
    [Range(0, int.MaxValue)]
    public int BatchSize { get; set; }

    /// <summary>Records of a partition that are held: undelivered ones, and as far as there is room delivered ones. While that many are undelivered, nothing is read. Default 4,096.</summary>
    [Range(1, int.MaxValue)]
    public int CacheSize { get; set; } = 4_096;

    /// <summary>Bytes of a partition's records that are held; like <see cref="CacheSize"/>, but for the records of one pull. Default 16 MiB.</summary>
    [Range(typeof(long), "1", "9223372036854775807")]
    public long CacheBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>
    /// How far delivery of a partition runs ahead of its oldest undelivered record: how long a slow key lets the others go on,
    /// and how many records a crash repeats at most. Default 20,000.
    /// </summary>
    [Range(1, int.MaxValue)]
    public int Span { get; set; } = 20_000;

    /// <summary>Time for which a delivery that fails is tried again. Default 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "365.00:00:00")]
    public TimeSpan MaxRetryTime { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>An owner of a partition that is silent for so long has lost it; one whose silo is known to be dead, at once. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "01:00:00")]
    public TimeSpan LeaseTime { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Bytes the client reads ahead of a partition's cache. Default 4 MiB.</summary>
    [Range(typeof(long), "1024", "9223372036854775807")]
    public long ReadAheadBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>Rewound subscriptions of a silo that read at once, each with a client of its own; more wait for their turn. Default 4.</summary>
    [Range(1, 10_000)]
    public int Rewinds { get; set; } = 4;

    /// <summary>Records that a rewound subscription reads ahead of its consumer. Default 256.</summary>
    [Range(1, int.MaxValue)]
    public int RewindBuffer { get; set; } = 256;

    internal int Batch =>
        BatchSize > 0 ? BatchSize
        : Shape == KafkaStreamShape.Key ? 1
        : 256;

    /// <inheritdoc/>
    public override IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (LeaseTime < CommitInterval * 3)
            yield return Fault(
                nameof(LeaseTime),
                "must be at least three times CommitInterval, which renews it."
            );
        var faults = base.Validate(validationContext)
            .Concat(OptionsFault.Of(nameof(Connection), Connection))
            .Concat(OptionsFault.Of(nameof(Producing), Producing));
        foreach (var fault in faults)
            yield return fault;
    }

    /// <summary>The consumer of one partition: assigned, never subscribed, because Orleans owns placement.</summary>
    internal ConsumerConfig Consumer()
    {
        var config = Consumer(ReadAheadBytes);
        // It is asked only while there is room; a slow consumer is not a dead one.
        config.MaxPollIntervalMs = 24 * 60 * 60 * 1000;
        return config;
    }
}
