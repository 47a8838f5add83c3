using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace ClearanceEngine.Streams.Kafka;

/// <summary>What all queues of a provider share: options, mapper, codec, health, and how a consumer is built.</summary>
sealed partial class StreamReading(
    string provider,
    KafkaStreamOptions options,
    IKafkaStreamMapper mapper,
    IKafkaEventCodec codec,
    FeedHealth health,
    ILogger<StreamReading> logger
)
{
    public string Provider => provider;

    public KafkaStreamOptions Options => options;

    public IKafkaStreamMapper Mapper => mapper;

    public IKafkaEventCodec Codec => codec;

    public FeedHealth Health => health;

    /// <summary>A consumer of one partition.</summary>
    /// <param name="partition">Whose; for the log.</param>
    /// <param name="eof">It tells when it has reached the end.</param>
    /// <param name="observe">Is given the client's statistics.</param>
    public IConsumer<byte[]?, byte[]?> Build(
        TopicPartition partition,
        bool eof = false,
        Action<ClientStatistics>? observe = null
    )
    {
        var config = options.Consumer();
        if (eof)
            config.EnablePartitionEof = true;
        if (observe is null)
            config.StatisticsIntervalMs = 0;
        return new ConsumerBuilder<byte[]?, byte[]?>(
            options.Connection.Apply(config, options.Connection.Consumer)
        )
            .SetErrorHandler((_, e) => Report(partition, e))
            .SetLogHandler((_, m) => logger.Client(m.Facility, m.Message))
            .SetStatisticsHandler((_, json) => observe?.Invoke(ClientStatistics.Parse(json)))
            .Build();
    }

    public void Report(TopicPartition partition, Error error)
    {
        if (health.Heard(error))
            LogUnreachable(provider, options.Connection.BootstrapServers, error.Reason);
        else
            LogError(provider, partition, options.Connection.BootstrapServers, error.Reason);
    }

    /// <summary>The record, if it belongs to a stream.</summary>
    public FeedRecord? TryMap(FeedRecord record, out StreamId stream)
    {
        stream = default;
        try
        {
            if (mapper.StreamOf(record) is not { } found)
                return null;
            stream = found;
            return record;
        }
        catch (Exception)
        {
            // It went to the dead letters when it came first.
            return null;
        }
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Streams {Provider}: no broker of {Servers} can be reached ({Reason}). Check that Kafka runs and that BootstrapServers is right; it goes on by itself."
    )]
    partial void LogUnreachable(string provider, string servers, string reason);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Streams {Provider}, {Partition}: Kafka at {Servers} says: {Reason}. It goes on by itself."
    )]
    partial void LogError(string provider, TopicPartition partition, string servers, string reason);
}
