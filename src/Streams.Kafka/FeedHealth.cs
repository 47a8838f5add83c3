using System.Collections.Concurrent;
using Confluent.Kafka;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ClearanceEngine.Streams.Kafka;

/// <summary>
/// What is wrong with a feed, in words that say what to do. What heals by itself (a broker that is away) degrades it; what does
/// not (a partition that stands still, a feed that ended) makes it unhealthy. Thread-safe.
/// </summary>
sealed class FeedHealth(string servers)
{
    readonly ConcurrentDictionary<(string Topic, int Partition), string> _stopped = new();
    readonly ConcurrentDictionary<(string Topic, int Partition, long Offset), string> _unparked = new();
    readonly ConcurrentDictionary<(string Topic, int Partition, long Offset), string> _doubtful = new();
    readonly ConcurrentDictionary<(string Topic, int Partition), string> _idle = new();
    readonly ConcurrentDictionary<string, string> _away = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<string, string> _unread = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<string, string> _topics = new(StringComparer.Ordinal);
    volatile string? _ended = "not started";
    volatile string? _broken;
    volatile string? _unreachable;

    /// <summary>The worst of what is wrong; null text when all is well.</summary>
    public (HealthStatus Status, string? Text) Now
    {
        get
        {
            if (StandsStill is { } still)
                return (HealthStatus.Unhealthy, still);
            return IsAway is { } away ? (HealthStatus.Degraded, away) : (HealthStatus.Healthy, null);
        }
    }

    /// <summary>The first of what does not heal by itself.</summary>
    string? StandsStill => _ended ?? First(_stopped) ?? First(_idle) ?? First(_unread);

    /// <summary>The first of what does.</summary>
    string? IsAway =>
        First(_away) ?? _broken ?? _unreachable ?? First(_topics) ?? First(_unparked) ?? First(_doubtful);

    static string? First<TKey>(ConcurrentDictionary<TKey, string> faults)
        where TKey : notnull => faults.Values.FirstOrDefault();

    public void Started() => _ended = null;

    public void Ended(string why) => _ended = why;

    /// <summary>The client had to be thrown away; a new one is being built.</summary>
    public void Broken(string why) => _broken = why;

    /// <summary>The broker answers.</summary>
    public void Reached() => (_unreachable, _broken) = (null, null);

    public void Unreachable(string why) =>
        _unreachable =
            $"Kafka at {servers} cannot be reached ({why}). Check that the broker runs and that BootstrapServers is right; the feed goes on by itself.";

    /// <summary>An error of the client. True when it means that no broker can be reached.</summary>
    public bool Heard(Error error)
    {
        if (error.Code is not (ErrorCode.Local_AllBrokersDown or ErrorCode.Local_Resolve))
            return false;
        Unreachable(error.Reason);
        return true;
    }

    public void TopicFailed(string topic, string why) =>
        _topics[topic] =
            $"Topic {topic} cannot be read: {why}. Create it or grant access; the feed goes on by itself.";

    /// <summary>A topic has so many partitions, and at most so many of them are read.</summary>
    public void Unread(string topic, int count, int read)
    {
        _topics.TryRemove(topic, out _);
        if (count <= read)
            _unread.TryRemove(topic, out _);
        else
            _unread[topic] =
                $"Topic {topic} has {count} partitions, but only the first {read} are read. Raise Partitions to {count} or more and restart every silo.";
    }

    /// <summary>A partition is ours, or no longer: what was wrong with it is history.</summary>
    public void Fresh(TopicPartition partition)
    {
        _topics.TryRemove(partition.Topic, out _);
        _stopped.TryRemove((partition.Topic, partition.Partition.Value), out _);
        _idle.TryRemove((partition.Topic, partition.Partition.Value), out _);
        Forget(_doubtful, partition);
        Forget(_unparked, partition);
    }

    static void Forget(
        ConcurrentDictionary<(string Topic, int Partition, long Offset), string> records,
        TopicPartition partition
    )
    {
        foreach (var record in records.Keys)
        {
            if (record.Topic == partition.Topic && record.Partition == partition.Partition.Value)
                records.TryRemove(record, out _);
        }
    }

    /// <summary>A part is away that records need.</summary>
    public void Away(string part, string why) =>
        _away[part] =
            $"The {part} is away ({why.TrimEnd('.')}). Records that need it wait, none is given up; it is asked until it is back. Check that it runs and can be reached.";

    public void Back(string part) => _away.TryRemove(part, out _);

    /// <summary>A record's tries are used up, but nothing else succeeds. True when that is news.</summary>
    public bool Doubtful(FeedRecord record, string why) =>
        _doubtful.TryAdd(
            (record.Topic, record.Partition, record.Offset),
            $"{record} fails again and again ({why.TrimEnd('.')}), and so does everything else: something is away, or the engine itself is wrong. It is not given up while nothing else succeeds; find the cause in the log."
        );

    public void NoLongerDoubtful(FeedRecord record) =>
        _doubtful.TryRemove((record.Topic, record.Partition, record.Offset), out _);

    /// <summary>A partition is paused for longer than it may be, though there is room and more to read.</summary>
    public void Idle(TopicPartition partition, long lag, TimeSpan time) =>
        _idle[(partition.Topic, partition.Partition.Value)] =
            $"{partition} is paused for {time.TotalSeconds:F0} s, though {lag} records wait and there is room. Restart this silo, and report it.";

    public void NoLongerIdle(TopicPartition partition) =>
        _idle.TryRemove((partition.Topic, partition.Partition.Value), out _);

    public void Stopped(FeedRecord record, string why) =>
        _stopped[(record.Topic, record.Partition)] =
            $"{record} stopped its partition ({why}). Remove the cause and restart, or let exhausted records go to the dead letters.";

    public void CannotPark(FeedRecord record, string topic, string why) =>
        _unparked[(record.Topic, record.Partition, record.Offset)] =
            $"{record} cannot be parked on {topic} ({why}). Its partition waits for that.";

    public void Parked(FeedRecord record) =>
        _unparked.TryRemove((record.Topic, record.Partition, record.Offset), out _);
}
