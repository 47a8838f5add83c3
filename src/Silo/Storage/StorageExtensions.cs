using ClearanceEngine.Storage;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Orleans.Runtime.Hosting;
using Orleans.Storage;

namespace ClearanceEngine.Silo.Storage;

/// <summary>Registration of storage.</summary>
public static class StorageExtensions
{
    /// <summary>The name under which the grains of the hot path find their storage.</summary>
    public const string Parcels = "parcels";

    /// <summary>The name for grains that write rarely.</summary>
    public const string Settings = "settings";

    /// <summary>
    /// Group commit under <see cref="Parcels"/>, document index, due scan and outbound log. <see cref="Settings"/> is
    /// Orleans' AdoNet storage on PostgreSQL; on SQLite, for which Orleans ships no scripts, the group commit serves it too.
    /// </summary>
    public static ISiloBuilder AddClearanceStorage(this ISiloBuilder silo, StorageOptions options)
    {
        var services = silo.Services;
        if (Fault(options) is { } fault) throw new OptionsValidationException("Storage", typeof(StorageOptions), [fault]);
        services.AddSingleton(options);
        services.AddSingleton(new StateProtection(options.Keys));
        services.AddSingleton<IStateDatabase>(sp => options.Provider == StorageProvider.Sqlite
            ? new SqliteDatabase(options.ConnectionString, sp.GetRequiredService<TimeProvider>())
            : new PostgreSqlDatabase(options.ConnectionString, options.CommandTimeout));
        services.AddSingleton<GroupCommitStorage>();
        services.AddGrainStorage(Parcels, (sp, _) => sp.GetRequiredService<GroupCommitStorage>());
        services.AddSingleton<IDocumentIndex, DocumentIndex>();
        services.AddSingleton<IDueGrains, DueGrains>();
        services.AddSingleton<IOutboundLog, OutboundLog>();
        services.AddHealthChecks().AddCheck<StorageHealthCheck>("storage", HealthStatus.Unhealthy, ["ready"]);
        if (options.Provider == StorageProvider.Sqlite) services.AddGrainStorage(Settings, (sp, _) => sp.GetRequiredService<GroupCommitStorage>());
        else
        {
            silo.AddAdoNetGrainStorage(Settings, ado =>
            {
                ado.Invariant = "Npgsql";
                ado.ConnectionString = options.ConnectionString;
            });
        }
        return silo;
    }

    static string? Fault(StorageOptions o) =>
        o.ConnectionString.Length == 0 ? "Storage:ConnectionString is empty; give an Npgsql connection string, or 'Data Source=path' for SQLite."
        : o.BatchSize < 1 || o.Writers < 1 || o.QueueLimit < 1 || o.Retries < 1 || o.IndexCacheSize < 1 || o.MaxStateBytes < 1024 ? "Storage: BatchSize, Writers, QueueLimit, Retries, IndexCacheSize must be at least 1, MaxStateBytes at least 1024."
        : o.CommandTimeout <= TimeSpan.Zero || o.FirstBackoff <= TimeSpan.Zero ? "Storage: CommandTimeout and FirstBackoff must be above 0."
        : null;
}

/// <summary>Unhealthy while the database does not answer.</summary>
sealed class StorageHealthCheck(IStateDatabase database, StorageOptions options) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await database.Ping(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (Exception e)
        {
            return HealthCheckResult.Unhealthy($"{options.Provider} does not answer: {e.Message}");
        }
    }
}
