using ClearanceEngine.Parcels;
using ClearanceEngine.Silo.Hosting;
using ClearanceEngine.Silo.Hsm;
using ClearanceEngine.Silo.Intake;
using ClearanceEngine.Silo.Storage;
using ClearanceEngine.Silo.Storage.Retention;
using ClearanceEngine.Streams.Kafka;

namespace ClearanceEngine.Silo.Settings;

/// <summary>What nobody gave and follows from other settings. Makes no file.</summary>
static class DerivedSettings
{
    public static void FillIn(EngineSettings settings)
    {
        var (engine, parts) = (settings.Get<EngineOptions>(), settings.Parts);
        engine.DevelopmentBroker ??= parts.IsDevelopment(EngineParts.Broker);
        engine.Simulator ??= parts.IsDevelopment(EngineParts.Simulator);
        FillInPlaces(settings, engine);

        var storage = settings.Get<StorageOptions>();
        storage.StartTimeout = engine.StartTimeout;
        var kafka = settings.Get<KafkaConnectionOptions>();
        if (parts.IsDevelopment(EngineParts.Broker) && kafka.BootstrapServers.Length == 0)
            kafka.BootstrapServers = $"127.0.0.1:{engine.DevelopmentBrokerPort}";
        if (
            parts.IsDevelopment(EngineParts.Broker)
            || settings.Get<IntakeOptions>().Through == IntakePath.Streams
        )
            StoreAtOnce(settings);
        if (parts.IsDevelopment(EngineParts.Broker) && parts.IsDevelopment(EngineParts.Simulator))
            AskSoon(settings);
    }

    /// <summary>The simulator answers within a second: what it has not said by then was lost with a process that was killed.</summary>
    static void AskSoon(EngineSettings settings)
    {
        var parcel = settings.Get<ParcelOptions>();
        if (settings.Sources.Of($"Parcel:{nameof(parcel.AnswerTimeout)}") is null)
            parcel.AnswerTimeout = SimulatorTimeout;
    }

    static readonly TimeSpan SimulatorTimeout = TimeSpan.FromSeconds(4);

    static void FillInPlaces(EngineSettings settings, EngineOptions engine)
    {
        var storage = settings.Get<StorageOptions>();
        if (storage is { Provider: StorageProvider.Sqlite, ConnectionString.Length: 0 })
            storage.ConnectionString = $"Data Source={Path.Combine(engine.DataDirectory, "clearance.db")}";
        var hsm = settings.Get<HsmOptions>();
        if (hsm.Provider == HsmProvider.Development && settings.Sources.Of("Hsm:Directory") is null)
            hsm.Directory = Path.Combine(engine.DataDirectory, "token");
        var retention = settings.Get<RetentionOptions>();
        if (retention.Directory.Length == 0)
            retention.Directory = Path.Combine(engine.DataDirectory, "archive");
    }

    /// <summary>
    /// The development broker forgets with its process: nothing is left there for longer than it must. A batch of a stream
    /// waits for its slowest record: what waited to be stored with the next would hold up the next.
    /// </summary>
    static void StoreAtOnce(EngineSettings settings)
    {
        var parcel = settings.Get<ParcelOptions>();
        if (settings.Sources.Of($"Parcel:{nameof(parcel.DocumentsWait)}") is null)
            parcel.DocumentsWait = TimeSpan.Zero;
        if (settings.Sources.Of($"Parcel:{nameof(parcel.ReceiptsWait)}") is null)
            parcel.ReceiptsWait = TimeSpan.Zero;
    }
}
