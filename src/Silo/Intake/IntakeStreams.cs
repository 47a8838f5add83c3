using ClearanceEngine.Silo.Hosting;
using ClearanceEngine.Streams.Kafka;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Orleans.Concurrency;
using Orleans.Configuration;
using Orleans.Streams;
using Orleans.Streams.Core;

namespace ClearanceEngine.Silo.Intake;

/// <summary>Intake by Orleans streams: one provider a source, a stream a partition, the same handlers, groups and dead letters as by the feed.</summary>
static class IntakeStreams
{
    /// <summary>Beyond this a batch would wait for too many.</summary>
    const int Batch = 1_000;

    public static void AddIntakeStreams(this ISiloBuilder silo, EngineOptions engine, IntakeOptions intake)
    {
        foreach (var source in (string[])[IntakeSources.Declarations, IntakeSources.Receipts])
            silo.AddSource(source, engine, intake);
    }

    static void AddSource(this ISiloBuilder silo, string source, EngineOptions engine, IntakeOptions intake)
    {
        silo.AddKafkaStreams(source, (SiloKafkaStreamConfigurator streams) => streams.ConfigureKafka(
                builder =>
                    builder.Configure<KafkaConnectionOptions, KafkaProducerOptions, DeclarationTopics>(
                        (options, connection, producing, declarations) =>
                        {
                            options.Connection = connection;
                            options.Producing = producing;
                            foreach (var topic in IntakeSources.Topics(source, declarations))
                                options.Topics.Add(topic);
                            Configure(options, source, engine, intake);
                        }
                    )
            ));
        silo.Services.Configure<StreamPubSubOptions>(source, o =>
            o.PubSubType = StreamPubSubType.ImplicitOnly
        );

        silo.Services.AddKeyedSingleton(source, (sp, _) => Handler(sp, source, engine, intake));
        silo.Services.AddHealthChecks()
            .Add(
                new HealthCheckRegistration(
                    $"{source}-intake",
                    sp => sp.GetRequiredKeyedService<StreamRecordHandler>(source),
                    HealthStatus.Unhealthy,
                    ["ready"]
                )
            );
    }

    static void Configure(
        KafkaStreamOptions options,
        string source,
        EngineOptions engine,
        IntakeOptions intake
    )
    {
        options.Group = IntakeSources.Group(source, engine);
        options.DeadLetterTopic = TopicNames.DeadLetters;
        options.Shape = KafkaStreamShape.Partition;
        options.Partitions = engine.Partitions;

        options.Poll = TimeSpan.FromMilliseconds(25);
        options.BatchSize = Math.Min(Batch, intake.PartitionSpan);
        options.CacheBytes = intake.InFlightBytes;
        options.Span = intake.PartitionSpan;
        // Intake itself decides what will never be right; Orleans only sees to it that a batch is not forgotten, however long a
        // part is away.
        options.MaxRetryTime = TimeSpan.FromDays(365);
    }

    static StreamRecordHandler Handler(
        IServiceProvider services,
        string source,
        EngineOptions engine,
        IntakeOptions intake
    )
    {
        var options = new KafkaFeedOptions();
        IntakeSources.Feed(options, source, engine, intake, services);
        return new StreamRecordHandler(
            $"{source}-intake",
            options,
            IntakeSources.Handler(services, source),
            services.GetRequiredService<IDeadLetters>(),
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<ILogger<StreamRecordHandler>>()
        );
    }
}

interface IIntakePartitionGrain : IGrainWithStringKey;

/// <summary>Takes the partitions of one number of all topics; each topic's batches come one after the other, those of different topics side by side.</summary>
[RegexImplicitStreamSubscription(@"^(declarations\..+|customs\.receipts)$"), Reentrant]
sealed class IntakePartitionGrain(IServiceProvider services)
    : Grain,
        IIntakePartitionGrain,
        IStreamSubscriptionObserver
{
    public async Task OnSubscribed(IStreamSubscriptionHandleFactory handleFactory)
    {
        var handler = services.GetRequiredKeyedService<StreamRecordHandler>(handleFactory.ProviderName);
        await handleFactory
            .Create<FeedRecord>()
            .ResumeAsync(batch => handler.Handle(batch.Select(item => item.Item)));
    }
}
