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
        if (!_allPaused && !_delivery.Parts.StopReading)
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
        if (partition.Paused)
            return;
        if (!Tell(() => consumer.Pause([partition.Partition])))
        {
            _untold.Add(partition);
            return;
        }
        partition.Paused = true;
        KafkaMetrics.Paused(_name, partition.Partition.Topic);
    }

    void Resume(IConsumer<byte[]?, byte[]?> consumer, FeedPartition partition)
    {
        if (!partition.Paused)
            return;
        if (Tell(() => consumer.Resume([partition.Partition])))
            partition.Paused = false;
        else
            _untold.Add(partition);
    }

    /// <summary>What the client did not take: a partition that stays paused would stand still for ever.</summary>
    void TellAgain(IConsumer<byte[]?, byte[]?> consumer)
    {
        var untold = _untold.ToList();
        _untold.Clear();
        foreach (var partition in untold)
        {
            if (_allPaused || _paused.Contains(partition))
                Halt(consumer, partition);
            else
                Resume(consumer, partition);
        }
    }

    /// <summary>A partition that has more to read and room for it, and is paused all the same, is a fault of ours that somebody must see.</summary>
    void LookForIdle()
    {
        foreach (var partition in _partitions.Values)
        {
            var isIdle =
                partition is { Paused: true, Lag: > 0, Roomy: true }
                && _gate.HasRoom
                && !_delivery.Parts.StopReading;
            if (!isIdle)
            {
                partition.IdleSince = null;
                _health.NoLongerIdle(partition.Partition);
                continue;
            }

            partition.IdleSince ??= _time.GetTimestamp();
            var idle = _time.GetElapsedTime(partition.IdleSince.Value);
            if (idle >= _options.IdleAfter)
                _health.Idle(partition.Partition, partition.Lag, idle);
        }
    }

    /// <summary>False when the client does not have the partition (any more), or did not take it for another reason.</summary>
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
