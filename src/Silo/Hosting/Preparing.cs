using ClearanceEngine.DevelopmentBroker;
using ClearanceEngine.Participants;
using ClearanceEngine.Silo.Access;
using ClearanceEngine.Silo.Intake;
using ClearanceEngine.Silo.Storage;
using ClearanceEngine.Streams.Kafka;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>What must be there before anything reads or writes: the database answers and was written with our keys, the topics exist.</summary>
static partial class Preparing
{
    static readonly TimeSpan BetweenTries = TimeSpan.FromSeconds(2);

    public static void WarnOfMixedParts(IServiceProvider services)
    {
        if (services.GetRequiredService<PartsInUse>().Warning() is { } text)
            LogMixed(Logger(services), text);
    }

    public static async Task AwaitDatabase(
        IServiceProvider services,
        Action<string>? waiting,
        CancellationToken cancellationToken
    )
    {
        var database = services.GetRequiredService<IStateDatabase>();
        var logger = Logger(services);
        while (true)
        {
            try
            {
                await database.Ping(cancellationToken);
                return;
            }
            catch (Exception e) when (database.IsTransient(e))
            {
                var text =
                    $"Waiting for {database.Place}: {e.Message.TrimEnd('.')}. Check that it runs and can be reached, and Storage:ConnectionString; it goes on by itself.";
                LogWaiting(logger, text);
                waiting?.Invoke(text);
                await Task.Delay(BetweenTries, cancellationToken);
            }
        }
    }

    /// <summary>Here and not while the host starts: a refusal is a line for the operator, which the host would log as a fault of its own.</summary>
    public static Task CheckKeys(IServiceProvider services) =>
        services.GetRequiredService<KeyGuard>().Check();

    /// <summary>Before the door opens: a file that does not serve is told at the start, not to the first caller.</summary>
    public static void MakeAccounts(IServiceProvider services) => services.GetService<DevelopmentAccounts>();

    public static async Task AwaitTopics(
        IServiceProvider services,
        Action<string>? waiting,
        CancellationToken cancellationToken
    )
    {
        var options = services.GetRequiredService<TopicOptions>();
        var engine = services.GetRequiredService<EngineOptions>();
        var registry = services.GetRequiredService<IParticipantRegistry>();
        var declarations = services.GetRequiredService<DeclarationTopics>();
        var topics = EngineTopics.Specifications(engine, options, registry, declarations);
        if (services.GetService<KafkaDevelopmentBroker>() is { } broker)
        {
            // It knows no settings of topics, and forgets them with its process.
            foreach (var topic in topics)
                broker.CreateTopic(topic.Name, topic.Partitions);
            return;
        }

        var kafka = services.GetRequiredService<KafkaTopics>();
        await kafka.Ensure(topics, engine.Replication, waiting, cancellationToken);
        var differences = await kafka.Differences(topics, waiting, cancellationToken);
        foreach (var warning in TopicVerdict.Of(differences, options))
            LogTopic(Logger(services), warning);
    }

    static ILogger Logger(IServiceProvider services) =>
        services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(EngineHost));

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Text}")]
    static partial void LogTopic(ILogger logger, string text);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Text}")]
    static partial void LogMixed(ILogger logger, string text);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Text}")]
    static partial void LogWaiting(ILogger logger, string text);
}
