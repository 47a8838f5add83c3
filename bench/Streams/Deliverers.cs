using System.Text;
using ClearanceEngine.Streams.Kafka;
using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;

namespace ClearanceEngine.Bench.Streams;

/// <summary>One way from Kafka into grains.</summary>
/// <param name="Name">As in the figures.</param>
/// <param name="Topic">What it reads.</param>
/// <param name="Configure">Its parts of a silo; the second is the group.</param>
sealed record Deliverer(string Name, string Topic, Action<ISiloBuilder, string, string> Configure)
{
    /// <summary>Calls on their way at once, for those that bound them.</summary>
    public const int InFlight = 256;

    /// <summary>A loop around the client that calls grains and remembers nothing: nothing is committed, retried, ordered by key or told.</summary>
    public static Deliverer Bare { get; } =
        new("bare", "bench-calls", (silo, servers, group) =>
            silo.Services.AddHostedService(sp => new BareLoop(
                servers,
                group,
                sp.GetRequiredService<IGrainFactory>()
            ))
        );

    public static Deliverer Feed { get; } = FeedOf("feed", _ => { });

    public static Deliverer FeedOf(string name, Action<KafkaFeedOptions> more) =>
        new(name, "bench-calls", (silo, servers, group) =>
        {
            silo.Services.AddKafka(new KafkaConnectionOptions { BootstrapServers = servers });
            silo.Services.AddKafkaFeed(
                "bench",
                (_, o) =>
                {
                    o.Topics.Add("bench-calls");
                    (o.Group, o.DeadLetterTopic, o.InFlight, o.PartitionInFlight) = (
                        group,
                        Topics.Dead,
                        InFlight,
                        InFlight
                    );
                    more(o);
                },
                sp => new TakingHandler(sp.GetRequiredService<IGrainFactory>())
            );
        });

    public static Deliverer KeyStreams { get; } = Streams("keyStreams", Topics.Keys, KafkaStreamShape.Key);

    public static Deliverer PartitionStreams { get; } =
        Streams("partitionStreams", Topics.Partitions, KafkaStreamShape.Partition);

    static Deliverer Streams(string name, string topic, KafkaStreamShape shape) =>
        new(name, topic, (silo, servers, group) => silo.AddKafkaStreams("bench", (KafkaStreamOptions o) =>
            {
                o.Connection.BootstrapServers = servers;
                o.Topics.Add(topic);
                (o.Group, o.DeadLetterTopic, o.Shape, o.Partitions) = (
                    group,
                    Topics.Dead,
                    shape,
                    Topics.PartitionCount
                );
            }));

    /// <summary>A silo of its own in this process that delivers until it is disposed.</summary>
    public async Task<IHost> Start(string servers, string group, CancellationToken cancellation)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders().AddConsole().SetMinimumLevel(LogLevel.Error);
        builder.UseOrleans(silo =>
        {
            var (port, gateway) = (ClearanceEngine.Tests.Ports.Free(), ClearanceEngine.Tests.Ports.Free());
            silo.UseLocalhostClustering(port, gateway, clusterId: group, serviceId: group);
            silo.Services.Configure<StreamPubSubOptions>("bench", o =>
                o.PubSubType = Orleans.Streams.StreamPubSubType.ImplicitOnly
            );
            Configure(silo, servers, group);
        });
        var host = builder.Build();
        await host.StartAsync(cancellation);
        return host;
    }

    sealed class BareLoop(string servers, string group, IGrainFactory grains) : BackgroundService
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
            Task.Factory.StartNew(
                () => Run(stoppingToken),
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default
            );

        void Run(CancellationToken stopping)
        {
            using var places = new SemaphoreSlim(InFlight);
            using var consumer = new ConsumerBuilder<byte[], byte[]>(
                new ConsumerConfig
                {
                    BootstrapServers = servers,
                    GroupId = group,
                    EnableAutoCommit = false,
                    EnableAutoOffsetStore = false,
                    AutoOffsetReset = AutoOffsetReset.Earliest,
                    FetchWaitMaxMs = 10,
                    FetchMinBytes = 64 * 1024,
                    QueuedMaxMessagesKbytes = 32 * 1024,
                    FetchQueueBackoffMs = 10,
                }
            ).SetLogHandler((_, _) => { }).Build();
            consumer.Assign(
                Enumerable
                    .Range(0, Topics.PartitionCount)
                    .Select(p => new TopicPartitionOffset("bench-calls", p, Offset.Beginning))
            );
            while (!stopping.IsCancellationRequested)
            {
                if (consumer.Consume(50) is not { } result)
                    continue;
                places.Wait(CancellationToken.None);
                _ = Call(result.Message, places);
            }
            for (var i = 0; i < InFlight; i++)
                places.Wait(CancellationToken.None);
        }

        async Task Call(Message<byte[], byte[]> message, SemaphoreSlim places)
        {
            try
            {
                await Task.Yield();
                await grains.GetGrain<ITakingGrain>(Encoding.UTF8.GetString(message.Key)).Take(message.Value);
            }
            finally
            {
                places.Release();
            }
        }
    }
}
