using System.Net;
using ClearanceEngine.DevelopmentBroker;
using ClearanceEngine.Door;
using ClearanceEngine.Parcels;
using ClearanceEngine.Participants;
using ClearanceEngine.Rules;
using ClearanceEngine.SignedMessages;
using ClearanceEngine.Signing;
using ClearanceEngine.Silo.Dispatch;
using ClearanceEngine.Silo.Door;
using ClearanceEngine.Silo.Hsm;
using ClearanceEngine.Silo.Intake;
using ClearanceEngine.Silo.Storage;
using ClearanceEngine.Silo.Storage.Retention;
using ClearanceEngine.Simulator;
using ClearanceEngine.Streams.Kafka;
using ClearanceEngine.Subscribers;
using ClearanceEngine.Waiting;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using Orleans.Configuration;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>The composition root: every part of the engine by configuration.</summary>
public static class EngineHost
{
    /// <summary>Builds the engine. The development broker, if any, is started here, since everything else needs its address.</summary>
    public static WebApplication Build(string[] arguments, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions { Args = arguments, ContentRootPath = AppContext.BaseDirectory }
        );
        configure?.Invoke(builder);
        var configuration = builder.Configuration;
        var engine = Checked(Section<EngineOptions>(configuration, "Engine"), o => o.Fault());
        var services = builder.Services;
        services.AddSingleton(engine);
        services.AddSingleton(TimeProvider.System);
        if (engine.DevelopmentBroker)
        {
            var broker = KafkaDevelopmentBroker.Start(engine.DevelopmentBrokerPort);
            services.AddSingleton(_ => broker);
            configuration["Kafka:BootstrapServers"] = broker.BootstrapServers;
        }
        var intake = Checked(Section<IntakeOptions>(configuration, "Intake"), o => o.Fault());
        services.AddSingleton(intake);
        Domain(services, configuration, engine, intake);
        var storage = Section<StorageOptions>(configuration, "Storage");
        var hsm = Section<HsmOptions>(configuration, "Hsm");
        Embed(engine, storage, hsm, configuration);
        // Started in this order and stopped in the reverse: the door closes, the feeds drain, the dispatcher finishes, the silo leaves.
        builder.Host.UseOrleans(silo =>
        {
            Orleans(silo, engine, storage, hsm);
            if (intake.Through == IntakePath.Streams)
                silo.AddIntakeStreams(engine, intake);
        });
        services.AddSingleton(Checked(Section<DispatchOptions>(configuration, "Dispatch"), o => o.Fault()));
        services.AddSingleton(Checked(Section<RecoveryOptions>(configuration, "Recovery"), o => o.Fault()));
        services.AddSingleton(Checked(Section<DoorOptions>(configuration, "Door"), o => o.Fault()));
        var retention = Checked(Section<RetentionOptions>(configuration, "Retention"), o => o.Fault());
        if (retention.Directory.Length == 0)
            retention.Directory = Path.Combine(engine.DataDirectory, "archive");
        services.AddSingleton(retention);
        services.AddHostedService<RetentionService>();
        services.AddSingleton<Dispatcher>();
        services.AddSingleton<IDispatch>(sp => sp.GetRequiredService<Dispatcher>());
        services.AddHostedService(sp => sp.GetRequiredService<Dispatcher>());
        services.AddHostedService<RecoveryService>();
        Kafka(services, configuration, engine, intake);
        services.AddSingleton<DoorBell>();
        services.AddSingleton<IDoorBell>(sp => sp.GetRequiredService<DoorBell>());
        services.AddProblemDetails();
        services.ConfigureHttpJsonOptions(o => DoorJson.Configure(o.SerializerOptions));
        if (engine.Simulator)
            services.AddCustomsSimulator(
                Section<CustomsSimulatorOptions>(configuration, "Simulator"),
                Speaks
            );
        Telemetry(services, engine);
        services.AddHealthChecks().AddCheck<RuntimeHealthCheck>("runtime", tags: ["ready"]);
        services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(30));

        var app = builder.Build();
        app.UseExceptionHandler();
        app.MapDoor();
        return app;
    }

    /// <summary>Waits until the database answers and the topics are there, before anything reads or writes.</summary>
    /// <param name="services">Of the built engine.</param>
    /// <param name="waiting">Is told which part is away, where it should be, and what to do.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task Prepare(
        IServiceProvider services,
        Action<string>? waiting,
        CancellationToken cancellationToken
    )
    {
        var engine = services.GetRequiredService<EngineOptions>();
        var database = services.GetRequiredService<IStateDatabase>();
        var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(EngineHost));
        while (true)
        {
            try
            {
                await database.Ping(cancellationToken);
                break;
            }
            catch (Exception e) when (database.IsTransient(e))
            {
                var text =
                    $"Waiting for {database.Place}: {e.Message.TrimEnd('.')}. Check that it runs and can be reached, and Storage:ConnectionString; it goes on by itself.";
                HostLog.Waiting(logger, text);
                waiting?.Invoke(text);
                await Task.Delay(TimeSpan.FromSeconds(2), cancellationToken);
            }
        }
        var participants = services.GetRequiredService<IParticipantRegistry>();
        TopicSpecification[] topics =
        [
            .. TopicNames
                .Declarations.Append(TopicNames.Outbound)
                .Append(TopicNames.Receipts)
                .Append(TopicNames.Queries)
                .Select(t => new TopicSpecification(t, engine.Partitions)),
            new(TopicNames.DeadLetters, 1),
            .. participants
                .All.Select(p => p.Topic)
                .Distinct()
                .Order(StringComparer.Ordinal)
                .Select(t => new TopicSpecification(t, 1)),
        ];
        if (services.GetService<KafkaDevelopmentBroker>() is { } broker)
        {
            foreach (var topic in topics)
                broker.CreateTopic(topic.Name, topic.Partitions);
        }
        else
            await services
                .GetRequiredService<KafkaTopics>()
                .Ensure(topics, engine.Replication, waiting, cancellationToken);
    }

    /// <summary>The simulated customs knows the certificates of the registry and of our token, as the real one knows those it issued.</summary>
    static Func<string, SigningCertificate, bool> Speaks(IServiceProvider services) =>
        (company, certificate) =>
            services
                .GetRequiredService<IParticipantRegistry>()
                .Find(company)
                ?.Certificates.Contains(Convert.ToBase64String(certificate.Der)) == true
            || services
                .GetRequiredService<ISigningCertificates>()
                .For(company)
                ?.Der.AsSpan()
                .SequenceEqual(certificate.Der) == true;

    static void Domain(
        IServiceCollection services,
        IConfiguration configuration,
        EngineOptions engine,
        IntakeOptions intake
    )
    {
        var registry = ParticipantRegistry.Load(engine.ParticipantsFile);
        services.AddSingleton<IParticipantRegistry>(registry);
        var port = Section<PortOptions>(configuration, "Port");
        services.AddSingleton(port);
        services.AddSingleton(
            engine.Limits.Count == 0
                ? LimitTable.Default
                : new LimitTable([
                    new(new DateOnly(2016, 4, 8), 200_000, 2_000_000),
                    new(new DateOnly(2019, 1, 1), 500_000, 2_600_000),
                    .. engine.Limits.Select(l => new PurchaseLimit(l.From, l.SingleFen, l.AnnualFen)),
                ])
        );
        services.AddSingleton(sp =>
        {
            var tax = Section<TaxOptions>(configuration, "Tax");
            if (tax.RatesFile is null)
                return new TaxCalculator(TaxRates.Sample, tax);
            using var file = File.OpenRead(tax.RatesFile);
            return new TaxCalculator(TaxRates.Read(file), tax);
        });
        services.AddSingleton(_ => new SubscriberIdentity(
            Section<IdentityOptions>(configuration, "Identity")
        ));
        // The development broker forgets with its process: nothing is left there for longer than it must. A batch of a stream
        // waits for its slowest record: what waited to be stored with the next would hold up the next.
        var waits =
            engine.DevelopmentBroker || intake.Through == IntakePath.Streams
                ? new ParcelOptions { DocumentsWait = TimeSpan.Zero, ReceiptsWait = TimeSpan.Zero }
                : new ParcelOptions();
        var parcel = Checked(Section(configuration, "Parcel", waits), o => o.Fault());
        services.AddSingleton(sp => new ParcelRules(
            port,
            parcel,
            sp.GetRequiredService<LimitTable>(),
            sp.GetRequiredService<TaxCalculator>(),
            sp.GetRequiredService<SubscriberIdentity>()
        ));
        services.AddSingleton(
            Options.Create(Checked(Section<QuotaOptions>(configuration, "Quota"), o => o.Fault()))
        );
        services.AddSingleton(
            Options.Create(Checked(Section<WaitingOptions>(configuration, "Waiting"), o => o.Fault()))
        );
        services.AddSingleton(
            Options.Create(
                Checked(Section<SignedMessageOptions>(configuration, "SignedMessages"), o => o.Fault())
            )
        );
        services.AddSingleton(
            Options.Create(Checked(Section<SigningPoolOptions>(configuration, "SigningPool"), o => o.Fault()))
        );
    }

    static void Kafka(
        IServiceCollection services,
        IConfiguration configuration,
        EngineOptions engine,
        IntakeOptions intake
    )
    {
        services.AddKafka();
        // The library's own validators see values only, not names that nobody knows.
        const string Producing = "Producing";
        var kafka = new ConfigurationBuilder()
            .AddInMemoryCollection(
                configuration
                    .GetSection("Kafka")
                    .AsEnumerable(makePathsRelative: true)
                    .Where(s => !s.Key.StartsWith(Producing, StringComparison.OrdinalIgnoreCase))
                    .Select(s => KeyValuePair.Create($"Kafka:{s.Key}", s.Value))
            )
            .Build();
        _ = Section<KafkaConnectionOptions>(kafka, "Kafka");
        _ = Section<KafkaProducerOptions>(configuration, $"Kafka:{Producing}");
        services.Configure<KafkaConnectionOptions>(configuration.GetSection("Kafka"));
        services.Configure<KafkaProducerOptions>(configuration.GetSection("Kafka:Producing"));
        services.AddKeyedSingleton<IKafkaProducer>(Dispatcher.Receipts, (sp, _) =>
        {
            var producing = Section<KafkaProducerOptions>(configuration, "Kafka:Producing");
            producing.Linger = sp.GetRequiredService<DispatchOptions>().ReceiptsLinger;
            return new KafkaProducer(
                sp.GetRequiredService<IOptions<KafkaConnectionOptions>>().Value,
                producing,
                sp.GetRequiredService<ILogger<KafkaProducer>>()
            );
        });
        services.AddSingleton<MessageGate>();
        services.AddSingleton<DeclarationIntake>();
        services.AddSingleton<ReceiptIntake>();
        services.AddSingleton<IUnclaimedReceipts, UnclaimedReceipts>();
        if (intake.Through != IntakePath.Feed)
            return;
        services.AddKafkaFeed(
            IntakeSources.Declarations,
            (_, o) => IntakeSources.Feed(o, IntakeSources.Declarations, engine, intake),
            sp => sp.GetRequiredService<DeclarationIntake>()
        );
        services.AddKafkaFeed(
            IntakeSources.Receipts,
            (_, o) => IntakeSources.Feed(o, IntakeSources.Receipts, engine, intake),
            sp => sp.GetRequiredService<ReceiptIntake>()
        );
    }

    /// <summary>Fills in what the embedded default needs: database file, keys and token below the data directory.</summary>
    static void Embed(
        EngineOptions engine,
        StorageOptions storage,
        HsmOptions hsm,
        IConfiguration configuration
    )
    {
        if (storage is { Provider: StorageProvider.Sqlite, ConnectionString.Length: 0 })
            storage.ConnectionString = $"Data Source={Path.Combine(engine.DataDirectory, "clearance.db")}";
        if (hsm.Provider == HsmProvider.Development && configuration["Hsm:Directory"] is null)
            hsm.Directory = Path.Combine(engine.DataDirectory, "token");
        if (storage.Keys.Ring.Count > 0 && configuration["Identity:HmacKey"] is not null)
            return;
        if (storage.Provider != StorageProvider.Sqlite)
            throw new OptionsValidationException(
                "Storage",
                typeof(StorageOptions),
                [
                    "Storage:Keys:Ring and Identity:HmacKey are required with PostgreSQL: base64 of 32 random bytes each, the same for every silo.",
                ]
            );
        var keys = DevelopmentKeys.LoadOrCreate(engine.DataDirectory);
        if (storage.Keys.Ring.Count == 0)
            storage.Keys.Ring["1"] = keys.StateKey;
        if (configuration["Identity:HmacKey"] is null)
            configuration["Identity:HmacKey"] = keys.IdentityKey;
    }

    static void Orleans(ISiloBuilder silo, EngineOptions engine, StorageOptions storage, HsmOptions hsm)
    {
        silo.Configure<ClusterOptions>(o =>
        {
            o.ClusterId = engine.ClusterId;
            o.ServiceId = "clearance-engine";
        });
        if (engine.Cluster)
        {
            if (storage.Provider != StorageProvider.PostgreSql)
                throw new OptionsValidationException(
                    "Engine",
                    typeof(EngineOptions),
                    ["Engine:Cluster needs Storage:Provider PostgreSql."]
                );
            silo.UseAdoNetClustering(o =>
            {
                o.Invariant = "Npgsql";
                o.ConnectionString = storage.ConnectionString;
            });
            if (engine.AdvertisedAddress is { } address)
                silo.ConfigureEndpoints(
                    IPAddress.Parse(address),
                    engine.SiloPort,
                    engine.GatewayPort,
                    listenOnAnyHostAddress: true
                );
            else
                silo.ConfigureEndpoints(engine.SiloPort, engine.GatewayPort, listenOnAnyHostAddress: true);
        }
        else
            silo.UseLocalhostClustering(
                engine.SiloPort,
                engine.GatewayPort,
                serviceId: "clearance-engine",
                clusterId: engine.ClusterId
            );
        silo.AddPlacementDirector<DoorPlacement, DoorPlacementDirector>();
        silo.AddClearanceStorage(storage);
        silo.AddClearanceSigning(hsm);
        silo.Configure<GrainCollectionOptions>(o => o.CollectionAge = engine.IdleAfter);
        silo.Configure<GrainDirectoryOptions>(o => o.CacheSize = engine.DirectoryCacheSize);
    }

    static void Telemetry(IServiceCollection services, EngineOptions engine)
    {
        var telemetry = services
            .AddOpenTelemetry()
            .WithMetrics(m =>
                m.AddMeter(
                        EngineMetrics.Name,
                        KafkaMetrics.Name,
                        "ClearanceEngine.Storage",
                        "ClearanceEngine.Signing",
                        "Microsoft.Orleans"
                    )
                    .AddAspNetCoreInstrumentation()
                    .AddRuntimeInstrumentation()
            )
            .WithTracing(t =>
                t.AddSource(KafkaMetrics.Name, "Microsoft.Orleans.Runtime", "Microsoft.Orleans.Application")
                    .AddAspNetCoreInstrumentation()
            );
        if (engine.OtlpEndpoint is { } endpoint)
            telemetry.UseOtlpExporter(OpenTelemetry.Exporter.OtlpExportProtocol.Grpc, new Uri(endpoint));
    }

    static T Section<T>(IConfiguration configuration, string name, T? defaults = null)
        where T : class, new()
    {
        var options = defaults ?? new T();
        try
        {
            configuration.GetSection(name).Bind(options, b => b.ErrorOnUnknownConfiguration = true);
        }
        catch (InvalidOperationException e)
        {
            throw new OptionsValidationException(
                name,
                typeof(T),
                [$"Configuration section {name}: {e.Message}"]
            );
        }
        return options;
    }

    static T Checked<T>(T options, Func<T, string?> fault) =>
        fault(options) is { } text
            ? throw new OptionsValidationException(typeof(T).Name, typeof(T), [text])
            : options;
}

static partial class HostLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "{Text}")]
    public static partial void Waiting(ILogger logger, string text);
}
