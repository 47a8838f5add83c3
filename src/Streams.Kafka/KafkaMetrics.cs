using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace ClearanceEngine.Streams.Kafka;

/// <summary>Meter and traces of this package, both named <c>ClearanceEngine.Streams.Kafka</c>.</summary>
public static class KafkaMetrics
{
    public const string Name = "ClearanceEngine.Streams.Kafka";

    internal static readonly ActivitySource Source = new(Name);

    static readonly Meter Meter = new(Name);
    static readonly ConcurrentDictionary<IKafkaReader, byte> Feeds = new();
    static readonly Counter<long> HandledCount = Meter.CreateCounter<long>(
        "feed.handled",
        "{record}",
        "Records done: handled or parked."
    );
    static readonly Counter<long> RetryCount = Meter.CreateCounter<long>(
        "feed.retries",
        "{try}",
        "Tries that failed and were repeated."
    );
    static readonly Counter<long> DeadLetterCount = Meter.CreateCounter<long>(
        "feed.dead_letters",
        "{record}",
        "Records parked as dead letters."
    );
    static readonly Counter<long> CommitFailureCount = Meter.CreateCounter<long>(
        "feed.commit_failures",
        "{commit}",
        "Commits that failed; their positions are offered again."
    );
    static readonly Counter<long> PauseCount = Meter.CreateCounter<long>(
        "feed.pauses",
        "{pause}",
        "Partitions paused by a bound; each throws away what the client has read ahead."
    );
    static readonly Histogram<double> Latency = Meter.CreateHistogram<double>(
        "feed.duration",
        "ms",
        "From the start of a record's handling, retries included, to durable."
    );

    static KafkaMetrics()
    {
        Meter.CreateObservableGauge(
            "feed.in_flight",
            () => Feeds.Keys.Select(f => new Measurement<int>(f.InFlight, Feed(f.Name))),
            "{record}",
            "Records being handled."
        );
        Meter.CreateObservableGauge(
            "feed.held",
            () => Feeds.Keys.Select(f => new Measurement<long>(f.HeldBytes, Feed(f.Name))),
            "By",
            "Bytes of records handled, or waiting for a place or an earlier one of their key."
        );
        Meter.CreateObservableGauge(
            "feed.lag",
            () => Each(p => p.Lag).Where(m => m.Value >= 0),
            "{record}",
            "Records of the broker above the watermark; late by the client's statistics interval."
        );
        Meter.CreateObservableGauge(
            "feed.watermark_lag",
            () => Each(p => p.Distance),
            "{record}",
            "Newest delivered offset less the oldest unfinished one."
        );
        Meter.CreateObservableGauge(
            "feed.watermark_age",
            () => Each(p => p.Oldest?.Age.TotalSeconds ?? 0),
            "s",
            "For how long the oldest unfinished record has been held."
        );
    }

    internal static void Watch(IKafkaReader feed) => Feeds[feed] = 0;

    internal static void Forget(IKafkaReader feed) => Feeds.TryRemove(feed, out _);

    internal static void Handled(string feed, string topic, TimeSpan took)
    {
        HandledCount.Add(1, Feed(feed), Topic(topic));
        Latency.Record(took.TotalMilliseconds, Feed(feed), Topic(topic));
    }

    internal static void Retried(string feed, string topic) => RetryCount.Add(1, Feed(feed), Topic(topic));

    internal static void Parked(string feed, string topic, string reason) =>
        DeadLetterCount.Add(1, Feed(feed), Topic(topic), new("reason", reason));

    internal static void Paused(string feed, string topic) => PauseCount.Add(1, Feed(feed), Topic(topic));

    internal static void CommitFailed(string feed) => CommitFailureCount.Add(1, Feed(feed));

    static IEnumerable<Measurement<T>> Each<T>(Func<IPartitionProgress, T> read)
        where T : struct =>
        Feeds.Keys.SelectMany(f =>
            f.Partitions.Select(p => new Measurement<T>(
                read(p),
                Feed(f.Name),
                Topic(p.Partition.Topic),
                new("partition", p.Partition.Partition.Value)
            ))
        );

    static KeyValuePair<string, object?> Feed(string name) => new("feed", name);

    static KeyValuePair<string, object?> Topic(string name) => new("topic", name);
}
