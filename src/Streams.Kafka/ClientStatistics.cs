using System.Text.Json;
using Confluent.Kafka;

namespace ClearanceEngine.Streams.Kafka;

/// <summary>What the client's own statistics (librdkafka, STATISTICS.md) say that a feed needs.</summary>
/// <param name="Connected">At least one broker connection is up.</param>
/// <param name="Lags">Records of the broker above the stored position, for each partition that is read and where it is known.</param>
readonly record struct ClientStatistics(
    bool Connected,
    IReadOnlyList<(TopicPartition Partition, long Lag)> Lags
)
{
    public static ClientStatistics Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        var connected = false;
        if (document.RootElement.TryGetProperty("brokers", out var brokers))
        {
            foreach (var broker in brokers.EnumerateObject())
                connected |= broker.Value.TryGetProperty("state", out var state) && state.ValueEquals("UP");
        }
        var lags = new List<(TopicPartition, long)>();
        if (document.RootElement.TryGetProperty("topics", out var topics))
        {
            foreach (var topic in topics.EnumerateObject())
                Read(topic, lags);
        }
        return new ClientStatistics(connected, lags);
    }

    static void Read(JsonProperty topic, List<(TopicPartition, long)> lags)
    {
        if (!topic.Value.TryGetProperty("partitions", out var partitions))
            return;
        foreach (var partition in partitions.EnumerateObject())
        {
            // -1 is the client's own partition for what has none yet.
            if (!int.TryParse(partition.Name, out var number) || number < 0)
                continue;
            var lag = Number(partition.Value, "consumer_lag_stored");
            if (lag < 0)
                lag = Number(partition.Value, "consumer_lag");
            if (lag >= 0)
                lags.Add((new TopicPartition(topic.Name, number), lag));
        }
    }

    static long Number(JsonElement of, string name) =>
        of.TryGetProperty(name, out var value) && value.TryGetInt64(out var number) ? number : -1;
}
