using System.Globalization;
using Orleans.Streams;

namespace ClearanceEngine.Streams.Kafka;

/// <summary>
/// Where in a partition an event lies, or where a subscription is to begin. An event's own token, given to a subscription,
/// begins at that event; <see cref="FromOffset"/>, <see cref="FromTime"/> and <see cref="FromBeginning"/> begin where they say.
/// </summary>
[GenerateSerializer, Immutable, Alias("kafka.token")]
public sealed class KafkaSequenceToken : StreamSequenceToken
{
    const int Any = -1;
    const int Before = -1;

    [Id(0)]
    readonly long _offset;

    [Id(1)]
    readonly int _event;

    [Id(2)]
    readonly int _partition;

    [Id(3)]
    readonly DateTimeOffset? _time;

    [Id(4)]
    readonly bool _internal;

    KafkaSequenceToken(
        int partition,
        long offset,
        int eventIndex,
        DateTimeOffset? time = null,
        bool @internal = false
    )
    {
        _partition = partition;
        _offset = offset;
        _event = eventIndex;
        _time = time;
        _internal = @internal;
    }

    /// <summary>Begin at the first record of the stream whose offset is not below this one.</summary>
    public static KafkaSequenceToken FromOffset(long offset) =>
        offset >= 0
            ? new(Any, offset, Before)
            : throw new ArgumentOutOfRangeException(nameof(offset), offset, "An offset is not below 0.");

    /// <summary>Begin at the first record of the stream whose Kafka time is not before this one. Needs a broker that can find offsets by time.</summary>
    public static KafkaSequenceToken FromTime(DateTimeOffset time) => new(Any, 0, Before, time);

    /// <summary>Begin at the oldest record that the topic still holds.</summary>
    public static KafkaSequenceToken FromBeginning { get; } = new(Any, 0, Before);

    /// <summary>The token that an event's handler sees.</summary>
    internal static KafkaSequenceToken OfEvent(int partition, long offset, int eventIndex) =>
        new(partition, offset, eventIndex);

    /// <summary>The token of a whole record, which Orleans keeps between provider and consumer and no handler sees.</summary>
    internal static KafkaSequenceToken OfRecord(int partition, long offset) =>
        new(partition, offset, 0, @internal: true);

    /// <inheritdoc/>
    public override long SequenceNumber
    {
        get => _offset;
        protected set => throw new NotSupportedException("A Kafka token never changes.");
    }

    /// <inheritdoc/>
    public override int EventIndex
    {
        get => _event;
        protected set => throw new NotSupportedException("A Kafka token never changes.");
    }

    /// <summary>Partition of the event; -1 for a token that only says where to begin.</summary>
    public int Partition => _partition;

    internal DateTimeOffset? Time => _time;

    /// <summary>What a consumer and a pulling agent agree on between themselves: it asks for nothing that was delivered already.</summary>
    internal bool IsInternal => _internal;

    /// <inheritdoc/>
    public override bool Equals(StreamSequenceToken? other) =>
        other is KafkaSequenceToken t
        && t._offset == _offset
        && t._event == _event
        && t._partition == _partition
        && t._time == _time;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as StreamSequenceToken);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_offset, _event, _partition, _time);

    /// <summary>
    /// By offset, then by event. Offsets of two partitions have no order; each counts as later than the other, so that Orleans
    /// skips nothing of a stream that came to another partition when there were more of them.
    /// </summary>
    public override int CompareTo(StreamSequenceToken? other)
    {
        if (
            other is null
            || (
                other is KafkaSequenceToken { _partition: >= 0 } token
                && _partition >= 0
                && token._partition != _partition
            )
        )
            return 1;
        var byOffset = SequenceNumber.CompareTo(other.SequenceNumber);
        return byOffset != 0 ? byOffset : EventIndex.CompareTo(other.EventIndex);
    }

    /// <inheritdoc/>
    public override string ToString() =>
        _time is { } time ? $"from {time.ToString("O", CultureInfo.InvariantCulture)}"
        : _event == Before ? $"from offset {_offset}"
        : $"{_partition}@{_offset}.{_event}";
}
