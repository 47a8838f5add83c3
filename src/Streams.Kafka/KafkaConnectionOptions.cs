using Confluent.Kafka;

namespace ClearanceEngine.Streams.Kafka;

/// <summary>How to reach Kafka; shared by feeds, producers and topic creation.</summary>
public sealed class KafkaConnectionOptions
{
    /// <summary><c>host:port</c>, comma-separated; required.</summary>
    public string BootstrapServers { get; set; } = "";

    /// <summary>Most bytes of one message, headers included; topics and broker must allow as much. Default 4 MiB and 64 KiB.</summary>
    public int MessageMaxBytes { get; set; } = (4 * 1024 * 1024) + (64 * 1024);

    /// <summary>Settings of librdkafka for every client, by their own names (security.protocol, sasl.*, ssl.* …).</summary>
    public Dictionary<string, string> Common { get; } = new(StringComparer.Ordinal);

    /// <summary>Further settings for consumers.</summary>
    public Dictionary<string, string> Consumer { get; } = new(StringComparer.Ordinal);

    /// <summary>Further settings for producers.</summary>
    public Dictionary<string, string> Producer { get; } = new(StringComparer.Ordinal);

    internal T Apply<T>(T config, Dictionary<string, string>? own = null) where T : ClientConfig
    {
        config.BootstrapServers = BootstrapServers;
        config.MessageMaxBytes = MessageMaxBytes;
        foreach (var (name, value) in Common) config.Set(name, value);
        foreach (var (name, value) in own ?? []) config.Set(name, value);
        return config;
    }
}
