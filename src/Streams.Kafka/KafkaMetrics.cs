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
    static readonly ConcurrentDictionary<string, KafkaFeed> Feeds = new(StringComparer.Ordinal);
    static readonly Counter<long> HandledCount = Meter.CreateCounter<long>("feed.handled", "{record}", "Records handled.");
    static readonly Counter<long> RetryCount = Meter.CreateCounter<long>("feed.retries", "{try}", "Tries that failed and were repeated.");
    static readonly Counter<long> DeadLetterCount = Meter.CreateCounter<long>("feed.dead_letters", "{record}", "Records parked as dead letters.");
    static readonly Histogram<double> Latency = Meter.CreateHistogram<double>("feed.duration", "ms", "From delivery to durable.");

    static KafkaMetrics()
    {
        Meter.CreateObservableGauge("feed.in_flight", () => Feeds.Values.Select(f => new Measurement<int>(f.InFlight, new KeyValuePair<string, object?>("feed", f.Name))), "{record}", "Records being handled.");
        Meter.CreateObservableGauge("feed.watermark_lag", () => Feeds.Values.SelectMany(f => f.Lags().Select(l => new Measurement<long>(l.Lag,
            new KeyValuePair<string, object?>("topic", l.Partition.Topic), new KeyValuePair<string, object?>("partition", l.Partition.Partition.Value)))), "{record}", "Newest delivered record less the watermark.");
    }

    internal static void Watch(KafkaFeed feed) => Feeds[feed.Name] = feed;

    internal static void Handled(string topic, TimeSpan took)
    {
        HandledCount.Add(1, new KeyValuePair<string, object?>("topic", topic));
        Latency.Record(took.TotalMilliseconds, new KeyValuePair<string, object?>("topic", topic));
    }

    internal static void Retried(string topic) => RetryCount.Add(1, new KeyValuePair<string, object?>("topic", topic));

    internal static void Parked(string topic, string reason) => DeadLetterCount.Add(1, new KeyValuePair<string, object?>("topic", topic), new KeyValuePair<string, object?>("reason", reason));
}
