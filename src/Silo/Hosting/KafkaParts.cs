using System.Net.Sockets;
using ClearanceEngine.DevelopmentBroker;
using ClearanceEngine.Silo.Dispatch;
using ClearanceEngine.Silo.Intake;
using ClearanceEngine.Silo.Settings;
using ClearanceEngine.Streams.Kafka;
using ClearanceEngine.Unmatched;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>Broker, producers, and the two feeds with their handlers.</summary>
static class KafkaParts
{
    /// <summary>Started while the engine is built, since everything else needs its address.</summary>
    public static void AddDevelopmentBroker(
        this IServiceCollection services,
        IConfiguration configuration,
        EngineSettings settings
    )
    {
        if (!settings.Parts.IsDevelopment(EngineParts.Broker))
            return;
        var broker = StartBroker(settings.Get<EngineOptions>().DevelopmentBrokerPort);
        services.AddSingleton(_ => broker);
        settings.Get<KafkaConnectionOptions>().BootstrapServers = broker.BootstrapServers;
        configuration["Kafka:BootstrapServers"] = broker.BootstrapServers;
    }

    /// <exception cref="AddressTakenException">Another program listens on the port: commands meant for this broker would reach that one.</exception>
    static KafkaDevelopmentBroker StartBroker(int port)
    {
        try
        {
            return KafkaDevelopmentBroker.Start(port);
        }
        catch (SocketException e)
        {
            throw new AddressTakenException(
                AddressTakenException.Text("Engine:DevelopmentBrokerPort", $"127.0.0.1:{port}", e)
            );
        }
    }

    public static void AddProducers(this IServiceCollection services, EngineSettings settings)
    {
        var (kafka, producing) = (
            settings.Get<KafkaConnectionOptions>(),
            settings.Get<KafkaProducerOptions>()
        );
        services.AddKafka(kafka, producing);

        var receipts = producing.With(settings.Get<DispatchOptions>().ReceiptsLinger);
        services.AddKeyedSingleton<IKafkaProducer>(Dispatcher.Receipts, (sp, _) =>
            new KafkaProducer(kafka, receipts, sp.GetRequiredService<ILogger<KafkaProducer>>())
        );
    }

    public static void AddIntake(this IServiceCollection services, EngineOptions engine, IntakeOptions intake)
    {
        services.AddSingleton<ClusterProbe>();
        services.AddSingleton<IPartWatch, PartWatch>();
        PartWatch.CarryErrors(services);
        services.AddSingleton<ArrivalTimes>();
        services.AddSingleton<IDeadLetters>(sp => new ArrivedLetters(
            ActivatorUtilities.CreateInstance<DeadLetters>(sp),
            sp.GetRequiredService<ArrivalTimes>()
        ));
        services.AddSingleton<DeclarationTopics>();
        services.AddSingleton<Admission>();
        services.AddSingleton<SignedIntake>();
        services.AddSingleton<RefusalReceipts>();
        services.AddSingleton<DeclarationIntake>();
        services.AddSingleton<FormatErrors>();
        services.AddSingleton<RecordHandOns>();
        services.AddSingleton<ReceiptIntake>();
        services.AddSingleton<IUnclaimedReceipts, UnclaimedReceipts>();
        if (intake.Through != IntakePath.Feed)
            return;
        services.AddKafkaFeeds(Source(IntakeSources.Declarations), Source(IntakeSources.Receipts));

        KafkaFeedRegistration Source(string source) =>
            new(
                source,
                (sp, o) => IntakeSources.Feed(o, source, engine, intake, sp),
                sp => IntakeSources.Handler(sp, source)
            );
    }
}
