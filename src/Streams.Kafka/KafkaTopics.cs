using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;

namespace ClearanceEngine.Streams.Kafka;

/// <summary>Creates topics that are missing, and says where those that were there differ. It alters none.</summary>
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
        using var admin = Client();
        var backoff = NewBackoff();
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
                var refused = e.Results.Where(r => r.Error.IsError);
                Wait(string.Join("; ", refused.Select(r => $"{r.Topic}: {r.Error.Reason}")), waiting);
            }
            catch (KafkaException e)
            {
                Wait(e.Error.Reason, waiting);
            }
            await backoff.Wait(time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Where topics differ from what is wanted: settings, size of messages, partitions; a setting that the broker does not show us is
    /// one, too. Waits while the broker cannot be reached.
    /// </summary>
    /// <param name="topics">What is wanted; topics that are not there are left out.</param>
    /// <param name="waiting">Is told what is waited for, in words that say what to do.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The token ended.</exception>
    public async Task<IReadOnlyList<TopicDifference>> Differences(
        IReadOnlyCollection<TopicSpecification> topics,
        Action<string>? waiting,
        CancellationToken cancellationToken
    )
    {
        using var admin = Client();
        var backoff = NewBackoff();
        while (true)
        {
            try
            {
                var partitions = await Partitions(admin, cancellationToken).ConfigureAwait(false);
                var present = topics.Where(t => partitions.ContainsKey(t.Name)).ToList();
                var settings = await Settings(admin, present, cancellationToken).ConfigureAwait(false);
                return [.. present.SelectMany(t => Compare(t, partitions[t.Name], settings[t.Name]))];
            }
            catch (KafkaException e)
            {
                Wait(e.Error.Reason, waiting);
            }
            await backoff.Wait(time, cancellationToken).ConfigureAwait(false);
        }
    }

    IAdminClient Client() =>
        new AdminClientBuilder(connection.Apply(new AdminClientConfig(), connection.Admin))
            .SetErrorHandler((_, e) => LogError(connection.BootstrapServers, e.Reason))
            .SetLogHandler((_, _) => { })
            .Build();

    static Backoff NewBackoff() => new(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(5));

    void Wait(string reason, Action<string>? waiting)
    {
        var text =
            $"Waiting for Kafka at {connection.BootstrapServers}: {reason.TrimEnd('.')}. Check that the broker runs, that Kafka:BootstrapServers is right and that topics may be created; it goes on by itself.";
        LogWaiting(text);
        waiting?.Invoke(text);
    }

    static async Task<List<TopicSpecification>> Missing(
        IAdminClient admin,
        IReadOnlyCollection<TopicSpecification> topics,
        CancellationToken cancellationToken
    )
    {
        var known = await Partitions(admin, cancellationToken).ConfigureAwait(false);
        return [.. topics.Where(t => !known.ContainsKey(t.Name))];
    }

    /// <summary>Number of partitions by topic.</summary>
    static async Task<Dictionary<string, int>> Partitions(
        IAdminClient admin,
        CancellationToken cancellationToken
    )
    {
        var metadata = await Task.Run(() => admin.GetMetadata(FirstWord), cancellationToken)
            .WaitAsync(cancellationToken)
            .ConfigureAwait(false);
        return metadata.Topics.ToDictionary(t => t.Topic, t => t.Partitions.Count, StringComparer.Ordinal);
    }

    /// <summary>Settings by topic; none where we may not see them.</summary>
    static async Task<Dictionary<string, Dictionary<string, ConfigEntryResult>>> Settings(
        IAdminClient admin,
        List<TopicSpecification> topics,
        CancellationToken cancellationToken
    )
    {
        if (topics.Count == 0)
            return [];
        var asked = topics.Select(t => new ConfigResource { Type = ResourceType.Topic, Name = t.Name });
        var options = new DescribeConfigsOptions { RequestTimeout = Patience };
        IEnumerable<(ConfigResource Resource, Dictionary<string, ConfigEntryResult> Entries)> reports;
        try
        {
            var answers = await admin
                .DescribeConfigsAsync(asked, options)
                .WaitAsync(cancellationToken)
                .ConfigureAwait(false);
            reports = answers.Select(r => (r.ConfigResource, r.Entries));
        }
        catch (DescribeConfigsException e)
            when (e.Results.All(r => r.Error.Code is ErrorCode.NoError or ErrorCode.TopicAuthorizationFailed))
        {
            reports = e.Results.Select(r => (r.ConfigResource, r.Entries ?? []));
        }
        return reports.ToDictionary(r => r.Resource.Name, r => r.Entries, StringComparer.Ordinal);
    }

    IEnumerable<TopicDifference> Compare(
        TopicSpecification topic,
        int partitions,
        Dictionary<string, ConfigEntryResult> settings
    )
    {
        if (partitions != topic.Partitions)
            yield return new(topic.Name, TopicDifference.Partitions, $"{topic.Partitions}", $"{partitions}");
        foreach (var wanted in Wanted(topic))
        {
            var found = settings.TryGetValue(wanted.Name, out var entry) ? entry.Value ?? "" : "";
            if (!wanted.Fits(found))
                yield return new(topic.Name, wanted.Name, wanted.Value, found);
        }
    }

    IEnumerable<TopicSetting> Wanted(TopicSpecification topic)
    {
        var size = connection.TopicMaxBytes.ToString(CultureInfo.InvariantCulture);
        return (topic.Settings ?? []).Prepend(new("max.message.bytes", size, SettingMatch.AtLeast));
    }

    Confluent.Kafka.Admin.TopicSpecification Creation(TopicSpecification topic, short replication) =>
        new()
        {
            Name = topic.Name,
            NumPartitions = topic.Partitions,
            ReplicationFactor = replication,
            Configs = Wanted(topic).ToDictionary(s => s.Name, s => s.Value),
        };

    [LoggerMessage(Level = LogLevel.Information, Message = "Created topics {Topics}.")]
    partial void LogCreated(string topics);

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
