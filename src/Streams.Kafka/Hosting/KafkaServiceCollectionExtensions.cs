using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ClearanceEngine.Streams.Kafka;

/// <summary>A feed to be registered.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Configure">Its options.</param>
/// <param name="Handler">What it calls with each record.</param>
public sealed record KafkaFeedRegistration(
    string Name,
    Action<IServiceProvider, KafkaFeedOptions> Configure,
    Func<IServiceProvider, IFeedHandler> Handler
);

/// <summary>Registration of feeds and producer.</summary>
public static class KafkaServiceCollectionExtensions
{
    /// <summary>Connection, producer, dead letters and topic creation.</summary>
    /// <param name="services">To add to.</param>
    /// <param name="connection">How to reach Kafka.</param>
    /// <param name="producing">Limits and habits of the producer; null for the defaults.</param>
    /// <exception cref="ArgumentException">The connection cannot work; the text names the setting.</exception>
    public static IServiceCollection AddKafka(
        this IServiceCollection services,
        KafkaConnectionOptions connection,
        KafkaProducerOptions? producing = null
    )
    {
        if (connection.FirstFault() is { } fault)
            throw new ArgumentException($"Kafka: {fault}", nameof(connection));
        services.TryAddSingleton(connection);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(sp => new KafkaProducer(
            connection,
            producing ?? new KafkaProducerOptions(),
            sp.GetRequiredService<ILogger<KafkaProducer>>()
        ));
        services.TryAddSingleton<IKafkaProducer>(sp => sp.GetRequiredService<KafkaProducer>());
        services.TryAddSingleton<IDeadLetters, DeadLetters>();
        services.TryAddSingleton(sp => new KafkaTopics(
            connection,
            sp.GetRequiredService<TimeProvider>(),
            sp.GetRequiredService<ILogger<KafkaTopics>>()
        ));
        services.TryAddSingleton(_ => new KafkaProbe(connection));
        return services;
    }

    /// <summary>A feed beside <see cref="AddKafka"/>: topics in, one call of the handler a record, offsets by watermark.</summary>
    public static IServiceCollection AddKafkaFeed(
        this IServiceCollection services,
        string name,
        Action<IServiceProvider, KafkaFeedOptions> configure,
        Func<IServiceProvider, IFeedHandler> handler
    ) =>
        services
            .AddFeed(new(name, configure, handler))
            .AddSingleton<IHostedService>(sp => sp.GetRequiredKeyedService<KafkaFeed>(name));

    /// <summary>Feeds that drain side by side when the host stops, where feeds added one by one drain one after the other.</summary>
    public static IServiceCollection AddKafkaFeeds(
        this IServiceCollection services,
        params KafkaFeedRegistration[] feeds
    )
    {
        foreach (var feed in feeds)
            services.AddFeed(feed);
        return services.AddSingleton<IHostedService>(sp => new KafkaFeedGroup([
            .. feeds.Select(f => sp.GetRequiredKeyedService<KafkaFeed>(f.Name)),
        ]));
    }

    static IServiceCollection AddFeed(this IServiceCollection services, KafkaFeedRegistration feed)
    {
        var name = feed.Name;
        services.AddKeyedSingleton(name, (sp, _) =>
        {
            var options = new KafkaFeedOptions();
            feed.Configure(sp, options);
            return new KafkaFeed(
                name,
                sp.GetRequiredService<KafkaConnectionOptions>(),
                options,
                feed.Handler(sp),
                sp.GetRequiredService<IDeadLetters>(),
                sp.GetRequiredService<TimeProvider>(),
                sp.GetRequiredService<ILogger<KafkaFeed>>()
            );
        });
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
}
