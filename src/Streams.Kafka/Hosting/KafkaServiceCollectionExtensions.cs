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
        services.AddOptions<KafkaConnectionOptions>()
            .Validate(o => o.BootstrapServers.Length > 0, "Kafka: BootstrapServers is empty; name the brokers as host:port.")
            .Validate(o => o.MessageMaxBytes >= 1_000, "Kafka: MessageMaxBytes must be at least 1000.")
            .ValidateOnStart();
        services.AddOptions<KafkaProducerOptions>()
            .Validate(o => o.InFlight > 0 && o.Timeout > TimeSpan.Zero && o.Linger >= TimeSpan.Zero, "Kafka producer: InFlight and Timeout must be above 0, Linger not below.")
            .ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IKafkaProducer>(sp => new KafkaProducer(Connection(sp), sp.GetRequiredService<IOptions<KafkaProducerOptions>>().Value, sp.GetRequiredService<ILogger<KafkaProducer>>()));
        services.TryAddSingleton<IDeadLetters, DeadLetters>();
        services.TryAddSingleton(sp => new KafkaTopics(Connection(sp), sp.GetRequiredService<TimeProvider>(), sp.GetRequiredService<ILogger<KafkaTopics>>()));
        return services;
    }

    /// <summary>A feed: topics in, one call of the handler a record, offsets by watermark.</summary>
    public static IServiceCollection AddKafkaFeed(this IServiceCollection services, string name, Action<IServiceProvider, KafkaFeedOptions> configure, Func<IServiceProvider, IFeedHandler> handler)
    {
        services.AddKafka();
        services.AddKeyedSingleton(name, (sp, _) =>
        {
            var options = new KafkaFeedOptions();
            configure(sp, options);
            return new KafkaFeed(name, Connection(sp), options, handler(sp), sp.GetRequiredService<IDeadLetters>(), sp.GetRequiredService<TimeProvider>(), sp.GetRequiredService<ILogger<KafkaFeed>>());
        });
        services.AddSingleton<IHostedService>(sp => sp.GetRequiredKeyedService<KafkaFeed>(name));
        services.AddHealthChecks().Add(new HealthCheckRegistration($"kafka-feed-{name}", sp => new KafkaFeedHealthCheck(sp.GetRequiredKeyedService<KafkaFeed>(name)), HealthStatus.Unhealthy, ["ready"]));
        return services;
    }

    static KafkaConnectionOptions Connection(IServiceProvider services) => services.GetRequiredService<IOptions<KafkaConnectionOptions>>().Value;
}

/// <summary>Unhealthy while a feed cannot read.</summary>
sealed class KafkaFeedHealthCheck(KafkaFeed feed) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(feed.Fault is { } fault ? HealthCheckResult.Unhealthy(fault) : HealthCheckResult.Healthy($"{feed.InFlight} in flight"));
}
