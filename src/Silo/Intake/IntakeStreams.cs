using ClearanceEngine.Silo.Hosting;
using ClearanceEngine.Streams.Kafka;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
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
        {
            silo.AddKafkaStreams(source, (SiloKafkaStreamConfigurator c) => c.ConfigureKafka(builder =>
                    builder.Configure<IOptions<KafkaConnectionOptions>, IOptions<KafkaProducerOptions>>(
                        (o, connection, producing) =>
                        {
                            foreach (var topic in IntakeSources.Topics(source))
                                o.Topics.Add(topic);
                            (o.Connection, o.Producing, o.Group, o.DeadLetterTopic) = (
                                connection.Value,
                                producing.Value,
                                IntakeSources.Group(source, engine),
                                TopicNames.DeadLetters
                            );
                            (o.Shape, o.Partitions, o.Poll) = (
                                KafkaStreamShape.Partition,
                                engine.Partitions,
                                TimeSpan.FromMilliseconds(25)
                            );
                            (o.BatchSize, o.CacheBytes, o.Span) = (
                                Math.Min(Batch, intake.PartitionSpan),
                                intake.InFlightBytes,
                                intake.PartitionSpan
                            );
                            // Intake itself decides what will never be right; Orleans only sees to it that a batch is not
                            // forgotten, however long a part is away.
                            o.MaxRetryTime = TimeSpan.FromDays(365);
                        }
                    )
                ));
            silo.Services.Configure<StreamPubSubOptions>(source, o =>
                o.PubSubType = StreamPubSubType.ImplicitOnly
            );
            silo.Services.AddHealthChecks()
                .Add(
                    new HealthCheckRegistration(
                        $"{source}-intake",
                        sp => sp.GetRequiredKeyedService<StreamRecordHandler>(source),
                        HealthStatus.Unhealthy,
                        ["ready"]
                    )
                );
            silo.Services.AddKeyedSingleton(source, (sp, _) =>
            {
                var options = new KafkaFeedOptions();
                IntakeSources.Feed(options, source, engine, intake, sp);
                return new StreamRecordHandler(
                    $"{source}-intake",
                    options,
                    IntakeSources.Handler(sp, source),
                    sp.GetRequiredService<IDeadLetters>(),
                    sp.GetRequiredService<TimeProvider>(),
                    sp.GetRequiredService<ILogger<StreamRecordHandler>>()
                );
            });
        }
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
