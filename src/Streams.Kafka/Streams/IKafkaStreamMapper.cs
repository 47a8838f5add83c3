using System.Globalization;
using Confluent.Kafka;
using Orleans.Runtime;

namespace ClearanceEngine.Streams.Kafka;

/// <summary>Where the records of a stream are written.</summary>
/// <param name="Topic">Topic.</param>
/// <param name="Key">Key of its records; null for none.</param>
/// <param name="Partition">Partition; null leaves it to the key (murmur2, as Java's producers do).</param>
public readonly record struct StreamPlace(string Topic, ReadOnlyMemory<byte>? Key, int? Partition);

/// <summary>
/// Which stream a record belongs to, whoever wrote it, and where a stream's events are written. Both must be stable: two
/// processes, and a later version, must answer alike. Thread-safe.
/// </summary>
public interface IKafkaStreamMapper
{
    /// <summary>The record's stream; null when it belongs to none and is passed over.</summary>
    /// <exception cref="PoisonRecordException">It belongs to a stream, but one cannot say to which: it goes to the dead letters.</exception>
    StreamId? StreamOf(FeedRecord record);

    /// <exception cref="ArgumentException">There is no place for such a stream.</exception>
    StreamPlace PlaceOf(StreamId stream);
}

/// <summary>A stream a key: topic ↔ namespace, record's key ↔ stream's key. A record without key belongs to the stream whose key is its partition's number.</summary>
public sealed class KeyStreams : IKafkaStreamMapper
{
    /// <inheritdoc/>
    public StreamId? StreamOf(FeedRecord record) =>
        record.Key is { Length: > 0 } key
            ? StreamId.Create(TopicNamespace.Utf8(record.Topic), key.Span)
            : StreamId.Create(record.Topic, record.Partition.ToString(CultureInfo.InvariantCulture));

    /// <inheritdoc/>
    public StreamPlace PlaceOf(StreamId stream) => new(TopicNamespace.Of(stream), stream.Key, null);
}

/// <summary>A stream a partition: topic ↔ namespace, partition's number ↔ stream's key.</summary>
public sealed class PartitionStreams : IKafkaStreamMapper
{
    /// <inheritdoc/>
    public StreamId? StreamOf(FeedRecord record) =>
        StreamId.Create(record.Topic, record.Partition.ToString(CultureInfo.InvariantCulture));

    /// <inheritdoc/>
    public StreamPlace PlaceOf(StreamId stream) =>
        int.TryParse(
            stream.GetKeyAsString(),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var partition
        )
            ? new(TopicNamespace.Of(stream), null, partition)
            : throw new ArgumentException(
                $"The stream {stream} has no partition: its key must be a partition's number.",
                nameof(stream)
            );
}

static class TopicNamespace
{
    public static string Of(StreamId stream) =>
        stream.GetNamespace() is { Length: > 0 } topic
            ? topic
            : throw new ArgumentException(
                $"The stream {stream} has no topic: its namespace must name one.",
                nameof(stream)
            );

    public static ReadOnlySpan<byte> Utf8(string topic) => System.Text.Encoding.UTF8.GetBytes(topic);
}
