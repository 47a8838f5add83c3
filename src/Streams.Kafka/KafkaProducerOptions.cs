using Confluent.Kafka;

namespace ClearanceEngine.Streams.Kafka;

/// <summary>Limits and habits of a producer.</summary>
public sealed class KafkaProducerOptions
{
    /// <summary>How long a batch gathers. Default 5 ms.</summary>
    public TimeSpan Linger { get; set; } = TimeSpan.FromMilliseconds(5);

    /// <summary>A batch of so many bytes leaves at once. Default 1 MB.</summary>
    public int BatchBytes { get; set; } = 1_000_000;

    /// <summary>Records that wait for their acknowledgement at once; more wait for a place. Default 10,000.</summary>
    public int InFlight { get; set; } = 10_000;

    /// <summary>Bytes that wait for their acknowledgement at once; more wait for a place. Default 256 MiB.</summary>
    public long BufferBytes { get; set; } = 256 * 1024 * 1024;

    /// <summary>A record that found no place for so long was not sent; one without an acknowledgement for so long after that counts as not produced. Default 30 s.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Compression on the wire. Default lz4.</summary>
    public CompressionType Compression { get; set; } = CompressionType.Lz4;

    internal string? Fault() =>
        InFlight < 1 ? "InFlight must be at least 1."
        : Timeout < TimeSpan.FromMilliseconds(1) || Timeout > TimeSpan.FromHours(1)
            ? "Timeout must be between 1 ms and 1 h."
        : Linger < TimeSpan.Zero || Linger >= Timeout
            ? "Linger must not be below 0 and must be below Timeout."
        : BatchBytes < 1 ? "BatchBytes must be at least 1."
        : BufferBytes is < 1024 or > 2_147_482_624_000 ? "BufferBytes must be between 1 KiB and 2 TB."
        : null;
}
