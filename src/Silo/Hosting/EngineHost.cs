using ClearanceEngine.Silo.Access;
using ClearanceEngine.Silo.Door;
using ClearanceEngine.Silo.Hsm;
using ClearanceEngine.Silo.Intake;
using ClearanceEngine.Silo.Settings;
using ClearanceEngine.Silo.Storage;
using ClearanceEngine.Silo.Storage.Retention;
using ClearanceEngine.Streams.Kafka;
using ClearanceEngine.Subscribers;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>The table of contents: every part of the engine by configuration, each in the file of its name beside this one.</summary>
public static class EngineHost
{
    /// <summary>Builds the engine. The development broker, if any, is started here, since everything else needs its address.</summary>
    /// <param name="arguments">Settings.</param>
    /// <param name="configure">Changes what is built.</param>
    /// <param name="isToStart">False where only its parts are wanted: its directories need not be writable.</param>
    public static WebApplication Build(
        string[] arguments,
        Action<WebApplicationBuilder>? configure = null,
        bool isToStart = true
    )
    {
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions { Args = arguments, ContentRootPath = AppContext.BaseDirectory }
        );
        configure?.Invoke(builder);
        var (services, configuration) = (builder.Services, builder.Configuration);

        var settings = EngineSettings.Read(configuration, isToStart);
        var engine = settings.Get<EngineOptions>();
        services.AddSettings(settings);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<IHostLifetime, EngineLifetime>();
        services.AddVisibleLog();

        services.AddDevelopmentBroker(configuration, settings);
        var intake = settings.Get<IntakeOptions>();
        services.AddDomain(settings);
        var storage = settings.Get<StorageOptions>();
        var keyFiles = EmbeddedKeys.FillIn(engine, storage, settings.Get<IdentityOptions>());
        services.AddSingleton(new ClusterMac(storage.Keys));
        services.AddSingleton(_ => new EngineKeys(storage.Keys, settings.Get<IdentityOptions>(), keyFiles));
        services.AddSingleton<KeyGuard>();

        // Started in this order and stopped in the reverse: the door closes, the feeds drain, the dispatcher finishes, the silo leaves.
        builder.AddEngineSilo(engine, intake, storage, settings.Get<HsmOptions>());
        services.AddRetention(settings.Get<RetentionOptions>());
        services.AddDispatch();
        services.AddProducers(settings);
        services.AddIntake(engine, intake);
        services.AddAccess(settings);
        services.AddChanges(settings);
        services.AddDoor(settings.Get<DoorOptions>(), intake, settings.Get<AccessOptions>());
        services.AddSimulator(settings);
        services.AddTelemetry(engine);
        services.AddShutdown();

        var app = builder.Build();
        app.UseDoor();
        return app;
    }

    /// <summary>Waits until the parts are there, the schema is up to date and the database knows the keys, before anything reads or writes.</summary>
    /// <param name="services">Of the built engine.</param>
    /// <param name="waiting">Is told what is waited for, where it should be, and what to do.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task Prepare(
        IServiceProvider services,
        Action<string>? waiting,
        CancellationToken cancellationToken
    )
    {
        await AwaitParts(services, waiting, cancellationToken);
        await PrepareDatabase(services, waiting, cancellationToken);
    }

    /// <summary>The first half of <see cref="Prepare"/>: the database answers and the topics are there.</summary>
    internal static async Task AwaitParts(
        IServiceProvider services,
        Action<string>? waiting,
        CancellationToken cancellationToken
    )
    {
        Preparing.WarnOfMixedParts(services);
        await Preparing.AwaitDatabase(services, waiting, cancellationToken);
        await Preparing.AwaitTopics(services, waiting, cancellationToken);
    }

    /// <summary>The second half: the schema is up to date, which takes as long as it takes (ADR 013), and the keys are its own.</summary>
    internal static async Task PrepareDatabase(
        IServiceProvider services,
        Action<string>? waiting,
        CancellationToken cancellationToken
    )
    {
        await services.GetRequiredService<StorageStartup>().Migrate(waiting, cancellationToken);
        await Preparing.CheckKeys(services);
        Preparing.MakeAccounts(services);
    }
}
