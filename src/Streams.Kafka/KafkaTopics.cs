using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;

namespace ClearanceEngine.Streams.Kafka;

/// <summary>A topic that must be there.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Partitions">Partitions if it is created; an existing topic keeps its own.</param>
public readonly record struct TopicSpecification(string Name, int Partitions);

/// <summary>Creates topics that are missing.</summary>
public sealed partial class KafkaTopics(KafkaConnectionOptions connection, TimeProvider time, ILogger<KafkaTopics> logger)
{
    /// <summary>Returns when all are there; waits, and says so, while the broker cannot be reached.</summary>
    public async Task Ensure(IReadOnlyCollection<TopicSpecification> topics, short replication, CancellationToken cancellationToken)
    {
        using var admin = new AdminClientBuilder(connection.Apply(new AdminClientConfig()))
            .SetErrorHandler((_, e) => LogError(connection.BootstrapServers, e.Reason))
            .SetLogHandler((_, _) => { })
            .Build();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                var known = (await Task.Run(() => admin.GetMetadata(TimeSpan.FromSeconds(10)), cancellationToken)).Topics.Select(t => t.Topic).ToHashSet(StringComparer.Ordinal);
                var missing = topics.Where(t => !known.Contains(t.Name)).ToList();
                if (missing.Count == 0) return;
                await admin.CreateTopicsAsync(missing.Select(t => new Confluent.Kafka.Admin.TopicSpecification
                {
                    Name = t.Name,
                    NumPartitions = t.Partitions,
                    ReplicationFactor = replication,
                    Configs = new Dictionary<string, string> { ["max.message.bytes"] = connection.MessageMaxBytes.ToString(CultureInfo.InvariantCulture) },
                }));
                LogCreated(string.Join(", ", missing.Select(t => t.Name)));
                return;
            }
            catch (CreateTopicsException e) when (e.Results.All(r => r.Error.Code is ErrorCode.NoError or ErrorCode.TopicAlreadyExists))
            {
                return;
            }
            catch (KafkaException e)
            {
                LogWaiting(connection.BootstrapServers, e.Error.Reason);
                await Task.Delay(TimeSpan.FromSeconds(2), time, cancellationToken);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Created topics {Topics}.")]
    partial void LogCreated(string topics);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Waiting for Kafka at {Servers} to create topics: {Reason}. Check that the broker runs and Kafka:BootstrapServers is right.")]
    partial void LogWaiting(string servers, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Kafka at {Servers} says: {Reason}")]
    partial void LogError(string servers, string reason);
}
