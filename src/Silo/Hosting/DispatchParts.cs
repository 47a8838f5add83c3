using ClearanceEngine.Parcels;
using ClearanceEngine.Signing;
using ClearanceEngine.Silo.Dispatch;
using ClearanceEngine.Silo.Storage.Retention;
using ClearanceEngine.Streams.Kafka;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>What goes out: the dispatcher, the recovery that wakes who owes, and the retention of what has rested.</summary>
static class DispatchParts
{
    public static void AddDispatch(this IServiceCollection services, IConfiguration configuration)
    {
        var kafka = configuration.GetSection("Kafka").Get<KafkaConnectionOptions>() ?? new();
        services.AddSingleton(
            configuration.Checked<DispatchOptions>("Dispatch", o =>
                o.Fault() ?? o.Fault(kafka.MessageMaxBytes)
            )
        );
        services.AddSingleton(configuration.Checked<RecoveryOptions>("Recovery", o => o.Fault()));
        services.AddSingleton<IDispatchGrains, DispatchGrains>();
        services.AddSingleton<ReceiverBreakers>();
        services.AddSingleton<MessageGuids>();
        services.AddSingleton<ParcelNews>();
        services.AddSingleton<Departures>();
        services.AddSingleton(sp =>
            ActivatorUtilities.CreateInstance<DocumentSender>(
                sp,
                // Later: the signer knows grains, which know the dispatcher.
                new Func<IMessageSigner>(sp.GetRequiredService<IMessageSigner>)
            )
        );
        services.AddSingleton(sp =>
            ActivatorUtilities.CreateInstance<ReceiptSender>(
                sp,
                sp.GetRequiredKeyedService<IKafkaProducer>(Dispatcher.Receipts),
                sp.GetRequiredService<IKafkaProducer>()
            )
        );
        services.AddSingleton<Dispatcher>();
        services.AddSingleton<IDispatch>(sp => sp.GetRequiredService<Dispatcher>());
        services.AddHostedService(sp => sp.GetRequiredService<Dispatcher>());
        services.AddRecovery();
    }

    /// <summary>Two loops, and the watch over what they have before them.</summary>
    static void AddRecovery(this IServiceCollection services)
    {
        services.AddSingleton<MessageRecovery>();
        services.AddHostedService(sp => sp.GetRequiredService<MessageRecovery>());
        services.AddSingleton<GrainWaking>();
        services.AddHostedService(sp => sp.GetRequiredService<GrainWaking>());
        services.AddSingleton<BacklogWatch>();
        services.AddHostedService(sp => sp.GetRequiredService<BacklogWatch>());
        services.AddHealthChecks().AddCheck<BacklogHealthCheck>("dispatch", HealthStatus.Degraded, ["ready"]);
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
