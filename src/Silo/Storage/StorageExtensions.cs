using ClearanceEngine.Storage;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Orleans.Providers;
using Orleans.Runtime.Hosting;
using Orleans.Serialization;
using Orleans.Storage;

namespace ClearanceEngine.Silo.Storage;

/// <summary>Registration of storage.</summary>
public static class StorageExtensions
{
    /// <summary>The name under which the grains of the hot path find their storage; it is the default storage too.</summary>
    public const string Parcels = "parcels";

    /// <summary>The name for grains that write rarely.</summary>
    public const string Settings = "settings";

    /// <summary>
    /// Group commit under <see cref="Parcels"/>, document index, due scan and outbound log; the schema is brought up to
    /// date before the silo starts. <see cref="Settings"/> is Orleans' AdoNet storage on PostgreSQL; on SQLite, which
    /// has one writer anyhow, the group commit serves it too.
    /// </summary>
    public static ISiloBuilder AddClearanceStorage(this ISiloBuilder silo, StorageOptions options)
    {
        var services = silo.Services;
        services.TryAddSingleton(options);
        services.AddSingleton(new StateProtection(options.Keys));
        services.AddSingleton<IStateDatabase>(_ =>
            options.Provider == StorageProvider.Sqlite
                ? new SqliteDatabase(options.ConnectionString, options.CommandTimeout)
                : new PostgreSqlDatabase(options.ConnectionString, options.CommandTimeout)
        );
        services.AddSingleton<DatabaseRetry>();
        services.AddSingleton<WriteProbe>();
        services.AddSingleton<IWriteProbe>(sp => sp.GetRequiredService<WriteProbe>());
        services.AddSingleton<IndexCache>();
        services.AddSingleton<StateFormat>();
        services.AddSingleton<GroupCommitStorage>();
        services.AddSingleton<StorageStartup>();
        services.AddHostedService(sp => sp.GetRequiredService<StorageStartup>());
        services.AddGrainStorage(Parcels, GroupCommit);
        services.AddGrainStorage(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME, GroupCommit);
        services.AddSingleton<IDocumentIndex, DocumentIndex>();
        services.AddSingleton<StoredGrains>();
        services.AddSingleton<IDueGrains, DueGrains>();
        services.AddSingleton<IOutboundLog, OutboundLog>();
        services.AddSingleton<IBacklog, StoredBacklog>();
        services.AddHealthChecks().AddCheck<StorageHealthCheck>("storage", HealthStatus.Unhealthy, ["ready"]);
        if (options.Provider == StorageProvider.Sqlite)
            services.AddGrainStorage(Settings, GroupCommit);
        else
        {
            silo.AddAdoNetGrainStorage(Settings, builder => builder.Configure<Serializer>(
                    (ado, serializer) =>
                    {
                        ado.Invariant = "Npgsql";
                        ado.ConnectionString = options.ConnectionString;
                        ado.GrainStorageSerializer = new OrleansGrainStorageSerializer(serializer);
                    }
                ));
        }
        return silo;
    }

    static GroupCommitStorage GroupCommit(IServiceProvider services, string name) =>
        services.GetRequiredService<GroupCommitStorage>();
}
