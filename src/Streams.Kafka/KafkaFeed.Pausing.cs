using Confluent.Kafka;

namespace ClearanceEngine.Streams.Kafka;

/// <summary>Back-pressure: what is paused at the broker's side of the client, and when it goes on. Reading thread only.</summary>
public sealed partial class KafkaFeed
{
    /// <summary>One partition has reached a bound of its own.</summary>
    void Pause(IConsumer<byte[]?, byte[]?> consumer, FeedPartition partition)
    {
        _paused.Add(partition);
        Halt(consumer, partition);
    }

    void ResumeRoomy(IConsumer<byte[]?, byte[]?> consumer)
    {
        if (_paused.Count == 0)
            return;
        foreach (var partition in _paused.Where(p => p.Roomy).ToList())
        {
            _paused.Remove(partition);
            if (!_allPaused)
                Resume(consumer, partition);
        }
    }

    void PauseAll(IConsumer<byte[]?, byte[]?> consumer)
    {
        if (!_allPaused)
            LogFull(_name, InFlight, HeldBytes);
        _allPaused = true;
        foreach (var partition in _partitions.Values)
            Halt(consumer, partition);
    }

    void ResumeAll(IConsumer<byte[]?, byte[]?> consumer)
    {
        _allPaused = false;
        foreach (var partition in _partitions.Values)
        {
            if (!_paused.Contains(partition))
                Resume(consumer, partition);
        }
    }

    void Halt(IConsumer<byte[]?, byte[]?> consumer, FeedPartition partition)
    {
        if (partition.Paused || !Tell(() => consumer.Pause([partition.Partition])))
            return;
        partition.Paused = true;
        KafkaMetrics.Paused(_name, partition.Partition.Topic);
    }

    static void Resume(IConsumer<byte[]?, byte[]?> consumer, FeedPartition partition)
    {
        if (partition.Paused)
            partition.Paused = !Tell(() => consumer.Resume([partition.Partition]));
    }

    /// <summary>False when the client does not have the partition (any more): it is just being taken away or not yet begun.</summary>
    static bool Tell(Action tell)
    {
        try
        {
            tell();
            return true;
        }
        catch (KafkaException)
        {
            return false;
        }
    }
}
