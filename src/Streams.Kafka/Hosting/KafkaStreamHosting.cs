using ClearanceEngine.Streams.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime;
using Orleans.Runtime.Providers;
using Orleans.Streams;

namespace Orleans.Hosting;

/// <summary>Adds stream providers on Kafka.</summary>
public static class KafkaStreamHosting
{
    /// <summary>A provider that reads and writes.</summary>
    public static ISiloBuilder AddKafkaStreams(
        this ISiloBuilder silo,
        string name,
        Action<KafkaStreamOptions> options
    ) => silo.AddKafkaStreams(name, c => c.ConfigureKafka(o => o.Configure(options)));

    /// <summary>A provider that reads and writes.</summary>
    public static ISiloBuilder AddKafkaStreams(
        this ISiloBuilder silo,
        string name,
        Action<SiloKafkaStreamConfigurator> configure
    )
    {
        configure(new SiloKafkaStreamConfigurator(name, d => silo.ConfigureServices(d)));
        return silo;
    }

    /// <summary>A provider that writes and subscribes from a client; give it the options of the silos.</summary>
    public static IClientBuilder AddKafkaStreams(
        this IClientBuilder client,
        string name,
        Action<KafkaStreamOptions> options
    ) => client.AddKafkaStreams(name, c => c.ConfigureKafka(o => o.Configure(options)));

    /// <summary>A provider that writes and subscribes from a client; give it the options of the silos.</summary>
    public static IClientBuilder AddKafkaStreams(
        this IClientBuilder client,
        string name,
        Action<ClientKafkaStreamConfigurator> configure
    )
    {
        configure(new ClientKafkaStreamConfigurator(name, client));
        return client;
    }

    internal static void AddParts(IServiceCollection services, string name)
    {
        services.AddKeyedSingleton(name, (sp, _) =>
        {
            var options = sp.GetRequiredService<IOptionsMonitor<KafkaStreamOptions>>().Get(name);
            var mapper = sp.GetKeyedService<IKafkaStreamMapper>(name)
                ?? (options.Shape == KafkaStreamShape.Key ? new KeyStreams() : new PartitionStreams());

            return new StreamReading(
                name,
                options,
                mapper,
                sp.GetKeyedService<IKafkaEventCodec>(name) ?? new JsonEventCodec(),
                new FeedHealth(options.Connection.BootstrapServers),
                sp.GetRequiredService<ILogger<StreamReading>>()
            );
        });
        services.AddKeyedSingleton(name, (sp, _) =>
            new GroupOffsets(
                sp.GetRequiredKeyedService<StreamReading>(name),
                sp.GetService<TimeProvider>() ?? TimeProvider.System
            )
        );
        services.TryAddSingleton<KafkaBatchArrival>();

        services.AddTransient<IConfigurationValidator>(sp => new KafkaStreamValidator(
            name,
            sp.GetRequiredService<IOptionsMonitor<KafkaStreamOptions>>()
        ));
        services.ConfigureNamedOptionForLogging<KafkaStreamOptions>(name);
    }
}

/// <summary>Configures a provider on a silo.</summary>
public sealed class SiloKafkaStreamConfigurator : SiloPersistentStreamConfigurator
{
    internal SiloKafkaStreamConfigurator(string name, Action<Action<IServiceCollection>> configure)
        : base(name, configure, StreamAdapterFactory.Create)
    {
        ConfigureDelegate(services =>
        {
            KafkaStreamHosting.AddParts(services, name);
            ConfigureAgents(services, name);
            AddDeliveryFailures(services, name);
            AddHealthCheck(services, name);
        });
    }

    static void ConfigureAgents(IServiceCollection services, string name)
    {
        services
            .AddOptions<StreamPullingAgentOptions>(name)
            .Configure<IOptionsMonitor<KafkaStreamOptions>>((agent, all) => Configure(agent, all.Get(name)));
        services.AddKeyedSingleton<IMessageDeliveryBackoffProvider>(name, (sp, _) =>
            new StreamBackoff(sp.GetRequiredService<IOptionsMonitor<KafkaStreamOptions>>().Get(name))
        );
    }

    static void Configure(StreamPullingAgentOptions agent, KafkaStreamOptions options)
    {
        agent.GetQueueMsgsTimerPeriod = options.Poll;
        agent.BatchContainerBatchSize = options.Batch;
        agent.MaxEventDeliveryTime = options.MaxRetryTime;
    }

    static void AddDeliveryFailures(IServiceCollection services, string name)
    {
        services.TryAddSingleton(sp => new DeliveryFailures(
            sp.GetService<TimeProvider>() ?? TimeProvider.System
        ));
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<ILoggerProvider, DeliveryFailures>(sp =>
                sp.GetRequiredService<DeliveryFailures>()
            )
        );

        // Whatever else is logged: this listener hears what it needs.
        services.Configure<LoggerFilterOptions>(o =>
            o.Rules.Add(
                new LoggerFilterRule(
                    "KafkaDeliveryFailures",
                    DeliveryFailures.Category(name),
                    LogLevel.Warning,
                    null
                )
            )
        );
    }

    static void AddHealthCheck(IServiceCollection services, string name) =>
        services
            .AddHealthChecks()
            .Add(
                new HealthCheckRegistration(
                    $"kafka-streams-{name}",
                    sp => new KafkaStreamHealthCheck(
                        (StreamAdapterFactory)sp.GetRequiredKeyedService<IQueueAdapterFactory>(name)
                    ),
                    HealthStatus.Unhealthy,
                    ["ready"]
                )
            );

    /// <summary>The provider's options.</summary>
    public SiloKafkaStreamConfigurator ConfigureKafka(Action<OptionsBuilder<KafkaStreamOptions>> configure)
    {
        this.Configure(configure);
        return this;
    }

    /// <summary>Which stream a record belongs to, and where a stream is written; instead of <see cref="KafkaStreamOptions.Shape"/>.</summary>
    public SiloKafkaStreamConfigurator UseMapper(Func<IServiceProvider, string, IKafkaStreamMapper> mapper)
    {
        this.ConfigureComponent(mapper);
        return this;
    }

    /// <summary>Events as bytes; instead of JSON.</summary>
    public SiloKafkaStreamConfigurator UseCodec(Func<IServiceProvider, string, IKafkaEventCodec> codec)
    {
        this.ConfigureComponent(codec);
        return this;
    }
}

/// <summary>Configures a provider on a client.</summary>
public sealed class ClientKafkaStreamConfigurator : ClusterClientPersistentStreamConfigurator
{
    internal ClientKafkaStreamConfigurator(string name, IClientBuilder client)
        : base(name, client, StreamAdapterFactory.Create) =>
        ConfigureDelegate(services => KafkaStreamHosting.AddParts(services, name));

    /// <summary>The provider's options.</summary>
    public ClientKafkaStreamConfigurator ConfigureKafka(Action<OptionsBuilder<KafkaStreamOptions>> configure)
    {
        this.Configure(configure);
        return this;
    }

    /// <summary>The mapper of the silos.</summary>
    public ClientKafkaStreamConfigurator UseMapper(Func<IServiceProvider, string, IKafkaStreamMapper> mapper)
    {
        this.ConfigureComponent(mapper);
        return this;
    }

    /// <summary>The codec of the silos.</summary>
    public ClientKafkaStreamConfigurator UseCodec(Func<IServiceProvider, string, IKafkaEventCodec> codec)
    {
        this.ConfigureComponent(codec);
        return this;
    }
}

/// <summary>Fails the start of a silo or client with the first fault of a provider's options.</summary>
sealed class KafkaStreamValidator(string name, IOptionsMonitor<KafkaStreamOptions> options)
    : IConfigurationValidator
{
    public void ValidateConfiguration()
    {
        if (OptionsFault.First(options.Get(name)) is { } fault)
            throw new OrleansConfigurationException($"Kafka streams '{name}': {fault}");
    }
}

/// <summary>Degraded while the broker is away; unhealthy when a partition stands still or cannot be read.</summary>
sealed class KafkaStreamHealthCheck(StreamAdapterFactory provider) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    )
    {
        var (status, text) = provider.Health;
        var lag = provider.Partitions.Sum(p => Math.Max(0, p.Lag));
        var oldest = provider.Partitions.Select(p => p.Oldest?.Age ?? TimeSpan.Zero).DefaultIfEmpty().Max();
        var data = new Dictionary<string, object>
        {
            ["lag"] = lag,
            ["inFlight"] = provider.InFlight,
            ["heldBytes"] = provider.HeldBytes,
            ["oldestSeconds"] = Math.Round(oldest.TotalSeconds, 1),
        };
        return Task.FromResult(
            new HealthCheckResult(
                status,
                text ?? $"{provider.InFlight} undelivered, {lag} behind",
                data: data
            )
        );
    }
}
