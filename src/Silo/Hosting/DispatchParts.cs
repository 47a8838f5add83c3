using ClearanceEngine.Parcels;
using ClearanceEngine.Silo.Dispatch;
using ClearanceEngine.Silo.Storage.Retention;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>What goes out: the dispatcher, the recovery that wakes who owes, and the retention of what has rested.</summary>
static class DispatchParts
{
    public static void AddDispatch(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(configuration.Checked<DispatchOptions>("Dispatch", o => o.Fault()));
        services.AddSingleton(configuration.Checked<RecoveryOptions>("Recovery", o => o.Fault()));
        services.AddSingleton<Dispatcher>();
        services.AddSingleton<IDispatch>(sp => sp.GetRequiredService<Dispatcher>());
        services.AddHostedService(sp => sp.GetRequiredService<Dispatcher>());
        services.AddHostedService<RecoveryService>();
    }

    public static void AddRetention(
        this IServiceCollection services,
        IConfiguration configuration,
        EngineOptions engine
    )
    {
        var retention = configuration.Checked<RetentionOptions>("Retention", o => o.Fault());
        if (retention.Directory.Length == 0)
            retention.Directory = Path.Combine(engine.DataDirectory, "archive");
        services.AddSingleton(retention);
        services.AddSingleton(new Archive(retention.Directory));
        services.AddHostedService<RetentionService>();
    }
}
