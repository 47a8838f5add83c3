using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ClearanceEngine.Streams.Kafka;

/// <summary>Registration of feeds and producer.</summary>
public static class KafkaServiceCollectionExtensions
{
    /// <summary>Connection, producer, dead letters and topic creation.</summary>
    public static IServiceCollection AddKafka(this IServiceCollection services)
    {
        services.AddOptions<KafkaConnectionOptions>().ValidateOnStart();
        services.AddOptions<KafkaProducerOptions>().ValidateOnStart();
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<KafkaConnectionOptions>>(
                new KafkaOptionsValidator<KafkaConnectionOptions>("Kafka", o => o.Fault())
            )
        );
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<KafkaProducerOptions>>(
                new KafkaOptionsValidator<KafkaProducerOptions>("Kafka producer", o => o.Fault())
            )
        );
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IKafkaProducer>(sp => new KafkaProducer(
            Connection(sp),
            sp.GetRequiredService<IOptions<KafkaProducerOptions>>().Value,
            sp.GetRequiredService<ILogger<KafkaProducer>>()
        ));
        services.TryAddSingleton<IDeadLetters, DeadLetters>();
        services.TryAddSingleton(sp => new KafkaTopics(
            Connection(sp),
            sp.GetRequiredService<TimeProvider>(),
            sp.GetRequiredService<ILogger<KafkaTopics>>()
        ));
        services.TryAddSingleton(sp => new KafkaProbe(Connection(sp)));
        return services;
    }

    /// <summary>A feed: topics in, one call of the handler a record, offsets by watermark.</summary>
    public static IServiceCollection AddKafkaFeed(
        this IServiceCollection services,
        string name,
        Action<IServiceProvider, KafkaFeedOptions> configure,
        Func<IServiceProvider, IFeedHandler> handler
    )
    {
        services.AddKafka();
        services.AddKeyedSingleton(name, (sp, _) =>
        {
            var options = new KafkaFeedOptions();
            configure(sp, options);
            return new KafkaFeed(
                name,
                Connection(sp),
                options,
                handler(sp),
                sp.GetRequiredService<IDeadLetters>(),
                sp.GetRequiredService<TimeProvider>(),
                sp.GetRequiredService<ILogger<KafkaFeed>>()
            );
        });
        services.AddSingleton<IHostedService>(sp => sp.GetRequiredKeyedService<KafkaFeed>(name));
        services
            .AddHealthChecks()
            .Add(
                new HealthCheckRegistration(
                    $"kafka-feed-{name}",
                    sp => new KafkaFeedHealthCheck(sp.GetRequiredKeyedService<KafkaFeed>(name)),
                    HealthStatus.Unhealthy,
                    ["ready"]
                )
            );
        return services;
    }

    static KafkaConnectionOptions Connection(IServiceProvider services) =>
        services.GetRequiredService<IOptions<KafkaConnectionOptions>>().Value;
}
