using Confluent.Kafka;

namespace ClearanceEngine.Streams.Kafka;

/// <summary>What the metrics tell of a partition that is read.</summary>
interface IPartitionProgress
{
    TopicPartition Partition { get; }

    /// <summary>Records of the broker above the position, as the client's statistics last said; -1 when unknown.</summary>
    long Lag { get; }

    /// <summary>Newest delivered offset less the oldest unfinished one, both counted.</summary>
    long Distance { get; }

    /// <summary>The oldest unfinished record and for how long it has been held; null when all is done.</summary>
    (long Offset, TimeSpan Age)? Oldest { get; }
}

/// <summary>Something that reads partitions: a feed, or a stream provider.</summary>
interface IKafkaReader
{
    string Name { get; }

    int InFlight { get; }

    long HeldBytes { get; }

    IEnumerable<IPartitionProgress> Partitions { get; }
}

/// <summary>The watermark of one partition, the age of what holds it, and the position that is still to be committed. Not thread-safe; its owner locks.</summary>
sealed class PartitionProgress(TopicPartition partition, TimeProvider time)
{
    readonly Watermark _watermark = new();
    readonly Queue<(long Offset, long Since)> _started = new();
    long? _taken;

    public long Next => _watermark.Next;

    public int Open => _watermark.Open;

    public long Distance => _watermark.Distance;

    public (long Offset, TimeSpan Age)? Oldest =>
        _started.TryPeek(out var head) ? (head.Offset, time.GetElapsedTime(head.Since)) : null;

    public void Start(long offset)
    {
        _watermark.Start(offset);
        _started.Enqueue((offset, time.GetTimestamp()));
    }

    public void Finish(long offset)
    {
        _watermark.Finish(offset);
        while (
            _started.TryPeek(out var head) && (_watermark.Oldest is not { } oldest || head.Offset < oldest)
        )
            _started.Dequeue();
    }

    /// <summary>The position to commit, if it moved since the last time.</summary>
    public TopicPartitionOffset? TakePosition()
    {
        if (_watermark.Position is not { } position || position == _taken)
            return null;
        _taken = position;
        return new TopicPartitionOffset(partition, position);
    }
}
