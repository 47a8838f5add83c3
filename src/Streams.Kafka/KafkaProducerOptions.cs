using System.ComponentModel.DataAnnotations;
using Confluent.Kafka;

namespace ClearanceEngine.Streams.Kafka;

/// <summary>Limits and habits of a producer.</summary>
public sealed class KafkaProducerOptions : IValidatableObject
{
    /// <summary>How long a batch gathers. Default 5 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan Linger { get; set; } = TimeSpan.FromMilliseconds(5);

    /// <summary>A batch of so many bytes leaves at once. Default 1 MB.</summary>
    [Range(1, int.MaxValue)]
    public int BatchBytes { get; set; } = 1_000_000;

    /// <summary>Records that wait for their acknowledgement at once; more wait for a place. Default 10,000.</summary>
    [Range(1, 10_000_000)]
    public int InFlight { get; set; } = 10_000;

    /// <summary>Bytes that wait for their acknowledgement at once; more wait for a place. Default 256 MiB.</summary>
    [Range(typeof(long), "1024", "2147482624000")]
    public long BufferBytes { get; set; } = 256 * 1024 * 1024;

    /// <summary>A record that found no place for so long was not sent; one without an acknowledgement for so long after that counts as not produced. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "01:00:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Compression on the wire. Default lz4.</summary>
    public CompressionType Compression { get; set; } = CompressionType.Lz4;

    /// <summary>The same, but for how long a batch gathers.</summary>
    public KafkaProducerOptions With(TimeSpan linger)
    {
        var changed = (KafkaProducerOptions)MemberwiseClone();
        changed.Linger = linger;
        return changed;
    }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Linger >= Timeout)
            yield return new ValidationResult(
                $"应小于 Timeout（{Timeout}）。It must be below Timeout ({Timeout}).",
                [nameof(Linger)]
            );
    }
}
