using ClearanceEngine.Parcels;
using ClearanceEngine.Signing;
using ClearanceEngine.Silo.Dispatch;
using ClearanceEngine.Silo.Storage.Retention;
using ClearanceEngine.Storage;
using ClearanceEngine.Streams.Kafka;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>What goes out: the dispatcher, the recovery that wakes who is due, and the retention of what has rested.</summary>
static class DispatchParts
{
    public static void AddDispatch(this IServiceCollection services)
    {
        services.AddSingleton<IDispatchGrains, DispatchGrains>();
        services.AddSingleton<ReceiverBreakers>();
        services.AddSingleton<BrokerCheck>();
        services.AddSingleton<MessageGuids>();
        services.AddSingleton<ParcelNews>();
        services.AddSingleton<OutboundMessages>();
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
        services.AddSingleton<IOutboxDispatcher>(sp => sp.GetRequiredService<Dispatcher>());
        services.AddHostedService(sp => sp.GetRequiredService<Dispatcher>());
        services.AddRecovery();
    }

    /// <summary>Three loops, and the watch over what they have before them.</summary>
    static void AddRecovery(this IServiceCollection services)
    {
        services.AddSingleton<MessageRecovery>();
        services.AddHostedService(sp => sp.GetRequiredService<MessageRecovery>());
        foreach (var what in Enum.GetValues<DueFor>())
        {
            services.AddKeyedSingleton(what, (sp, _) =>
                ActivatorUtilities.CreateInstance<GrainWaking>(sp, what)
            );
            services.AddSingleton<IHostedService>(sp => sp.GetRequiredKeyedService<GrainWaking>(what));
        }
        services.AddSingleton<BacklogWatch>();
        services.AddHostedService(sp => sp.GetRequiredService<BacklogWatch>());
        services.AddHealthChecks().AddCheck<BacklogHealthCheck>("dispatch", HealthStatus.Degraded, ["ready"]);
    }

    public static void AddRetention(this IServiceCollection services, RetentionOptions retention)
    {
        services.AddSingleton(new Archive(retention.Directory));
        services.AddHostedService<RetentionService>();
    }
}
