using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;

namespace ClearanceEngine.Streams.Kafka;

/// <summary>A topic that must be there.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Partitions">Partitions if it is created; an existing topic keeps its own.</param>
public readonly record struct TopicSpecification(string Name, int Partitions)
{
    /// <summary>Settings of the topic if it is created, by Kafka's names (<c>retention.ms</c> …).</summary>
    public IReadOnlyDictionary<string, string>? Settings { get; init; }
}

/// <summary>Creates topics that are missing.</summary>
public sealed partial class KafkaTopics(
    KafkaConnectionOptions connection,
    TimeProvider time,
    ILogger<KafkaTopics> logger
)
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>A broker that is away is named after this long; it is asked again and again.</summary>
    static readonly TimeSpan FirstWord = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Returns when all are there and the broker says so; waits, and says for what, while it cannot be reached. A broker that knows
    /// no topic creation (the development broker) is left as it is.
    /// </summary>
    /// <param name="topics">What must be there.</param>
    /// <param name="replication">Copies of each new topic; -1 is the broker's default.</param>
    /// <param name="waiting">Is told what is waited for, in words that say what to do.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The token ended.</exception>
    public async Task Ensure(
        IReadOnlyCollection<TopicSpecification> topics,
        short replication,
        Action<string>? waiting,
        CancellationToken cancellationToken
    )
    {
        using var admin = new AdminClientBuilder(connection.Apply(new AdminClientConfig(), connection.Admin))
            .SetErrorHandler((_, e) => LogError(connection.BootstrapServers, e.Reason))
            .SetLogHandler((_, _) => { })
            .Build();
        var backoff = new Backoff(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(5));
        while (true)
        {
            try
            {
                var missing = await Missing(admin, topics, cancellationToken).ConfigureAwait(false);
                if (missing.Count == 0)
                    return;
                await admin
                    .CreateTopicsAsync(
                        missing.Select(t => Creation(t, replication)),
                        new CreateTopicsOptions { RequestTimeout = Patience, OperationTimeout = Patience }
                    )
                    .ConfigureAwait(false);
                LogCreated(string.Join(", ", missing.Select(t => t.Name)));
                // Once more round: what the controller has created, the other brokers may not know yet.
            }
            catch (KafkaException e)
                when (e.Error.Code is ErrorCode.Local_UnsupportedFeature or ErrorCode.UnsupportedVersion)
            {
                LogUnsupported(connection.BootstrapServers, string.Join(", ", topics.Select(t => t.Name)));
                return;
            }
            catch (CreateTopicsException e)
                when (e.Results.All(r => r.Error.Code is ErrorCode.NoError or ErrorCode.TopicAlreadyExists))
            {
                // Another silo was quicker.
            }
            catch (CreateTopicsException e)
            {
                Waiting(
                    string.Join(
                        "; ",
                        e.Results.Where(r => r.Error.IsError).Select(r => $"{r.Topic}: {r.Error.Reason}")
                    )
                );
            }
            catch (KafkaException e)
            {
                Waiting(e.Error.Reason);
            }
            await backoff.Wait(time, cancellationToken).ConfigureAwait(false);
        }

        void Waiting(string reason)
        {
            var text =
                $"Waiting for Kafka at {connection.BootstrapServers}: {reason.TrimEnd('.')}. Check that the broker runs, that Kafka:BootstrapServers is right and that topics may be created; it goes on by itself.";
            LogWaiting(text);
            waiting?.Invoke(text);
        }
    }

    async Task<List<TopicSpecification>> Missing(
        IAdminClient admin,
        IReadOnlyCollection<TopicSpecification> topics,
        CancellationToken cancellationToken
    )
    {
        var metadata = await Task.Run(() => admin.GetMetadata(FirstWord), cancellationToken)
            .WaitAsync(cancellationToken)
            .ConfigureAwait(false);
        var known = metadata.Topics.ToDictionary(
            t => t.Topic,
            t => t.Partitions.Count,
            StringComparer.Ordinal
        );
        foreach (var topic in topics)
        {
            if (known.TryGetValue(topic.Name, out var partitions) && partitions < topic.Partitions)
                LogFewer(topic.Name, partitions, topic.Partitions);
        }
        return [.. topics.Where(t => !known.ContainsKey(t.Name))];
    }

    Confluent.Kafka.Admin.TopicSpecification Creation(TopicSpecification topic, short replication)
    {
        var settings = new Dictionary<string, string>
        {
            ["max.message.bytes"] = connection.TopicMaxBytes.ToString(CultureInfo.InvariantCulture),
        };
        foreach (var (name, value) in topic.Settings ?? new Dictionary<string, string>())
            settings[name] = value;
        return new()
        {
            Name = topic.Name,
            NumPartitions = topic.Partitions,
            ReplicationFactor = replication,
            Configs = settings,
        };
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Created topics {Topics}.")]
    partial void LogCreated(string topics);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Topic {Topic} has {Partitions} partitions, {Wanted} are configured. It is left as it is; more partitions would move keys between them."
    )]
    partial void LogFewer(string topic, int partitions, int wanted);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Kafka at {Servers} cannot create topics; {Topics} must be there or come by themselves."
    )]
    partial void LogUnsupported(string servers, string topics);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Text}")]
    partial void LogWaiting(string text);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Kafka at {Servers} says: {Reason}")]
    partial void LogError(string servers, string reason);
}
