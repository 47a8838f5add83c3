using System.Globalization;
using System.Text;
using ClearanceEngine.Streams.Kafka;
using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Configuration;
using Orleans.Runtime;
using Orleans.Streams;
using Orleans.TestingHost;
using Xunit;

namespace ClearanceEngine.Tests;

/// <summary>A cluster with one Kafka stream provider, an outside observer of what consumers handle, and one of what is committed.</summary>
public sealed class StreamRig : IAsyncDisposable
{
    public const string Provider = "kafka";

    readonly int _partitions;
    readonly KafkaProducer _producer;
    readonly CommitWatch _watch;

    StreamRig(string servers, string prefix, int partitions)
    {
        Connection = new KafkaConnectionOptions { BootstrapServers = servers };
        _partitions = partitions;
        Topic = $"{prefix}-{Run}";
        Observer = Observer.Open(Run);
        _producer = new KafkaProducer(
            Connection,
            new KafkaProducerOptions(),
            NullLogger<KafkaProducer>.Instance
        );
        _watch = new CommitWatch(servers, Group, Topic, Dead, partitions, (partition, offset) =>
            Observer.Handled(Topic, partition, offset)
        );
    }

    public string Run { get; } = Guid.NewGuid().ToString("N")[..8];

    public string Topic { get; }

    public string Dead => $"dead-{Run}";

    public string Group => $"group-{Run}";

    public KafkaConnectionOptions Connection { get; }

    public Observer Observer { get; }

    public InProcessTestCluster Cluster { get; private set; } = null!;

    public IClusterClient Client => Cluster.Client;

    /// <summary>Lines of the silos' logs from warnings upwards.</summary>
    public LogLines Log { get; } = new();

    public static async Task<StreamRig> Start(
        TestBroker broker,
        KafkaStreamShape shape = KafkaStreamShape.Key,
        int silos = 1,
        int partitions = 4,
        Action<KafkaStreamOptions>? configure = null,
        Func<StreamRig, Task>? before = null,
        IKafkaStreamMapper? mapper = null
    )
    {
        var rig = new StreamRig(broker.Servers, shape == KafkaStreamShape.Key ? "keys" : "parts", partitions);
        await broker.CreateTopic(rig.Topic, partitions);
        await broker.CreateTopic(rig.Dead, 1);
        if (before is not null)
            await before(rig);
        var builder = new InProcessTestClusterBuilder((short)silos);
        builder.Options.ConfigureFileLogging = false;
        builder.ConfigureSiloHost(
            (_, host) => host.Logging.ClearProviders().AddProvider(rig.Log).SetMinimumLevel(LogLevel.Warning)
        );
        builder.ConfigureSilo(
            (_, silo) =>
            {
                silo.AddMemoryGrainStorage("PubSubStore");
                silo.Configure<ClusterMembershipOptions>(o =>
                    (
                        o.ProbeTimeout,
                        o.NumMissedProbesLimit,
                        o.TableRefreshTimeout,
                        o.IAmAliveTablePublishTimeout,
                        o.NumVotesForDeathDeclaration
                    ) = (
                        TimeSpan.FromMilliseconds(500),
                        2,
                        TimeSpan.FromSeconds(2),
                        TimeSpan.FromSeconds(2),
                        1
                    )
                );
                silo.AddKafkaStreams(Provider, (SiloKafkaStreamConfigurator c) =>
                {
                    c.ConfigureKafka(o => o.Configure(Options));
                    if (mapper is not null)
                        c.UseMapper((_, _) => mapper);
                });
            }
        );
        builder.ConfigureClient(client => client.AddKafkaStreams(Provider, Options));
        rig.Cluster = builder.Build();
        await rig.Cluster.DeployAsync();
        return rig;

        void Options(KafkaStreamOptions o)
        {
            o.Connection = rig.Connection;
            o.Topics.Add(rig.Topic);
            (o.Group, o.DeadLetterTopic, o.Shape) = (rig.Group, rig.Dead, shape);
            (o.Partitions, o.CommitInterval, o.MetadataInterval, o.MaxRetryTime) = (
                partitions,
                TimeSpan.FromMilliseconds(100),
                TimeSpan.FromSeconds(1),
                TimeSpan.FromSeconds(20)
            );
            configure?.Invoke(o);
        }
    }

    /// <summary>Records of a foreign producer.</summary>
    public Task Produce(int count, Func<int, string?> key, int from = 0) =>
        Task.WhenAll(
            Enumerable
                .Range(from, count)
                .Select(i => Produce(key(i), i.ToString(CultureInfo.InvariantCulture)))
        );

    public Task<TopicPartitionOffset> Produce(string? key, string value, Headers? headers = null) =>
        _producer.Produce(
            Topic,
            key is null ? null : Encoding.UTF8.GetBytes(key),
            Encoding.UTF8.GetBytes(value),
            headers
        );

    internal IEnumerable<StreamAdapterFactory> Providers =>
        Cluster
            .Silos.Where(s => s.IsActive)
            .Select(s =>
                (StreamAdapterFactory)
                    s.ServiceProvider.GetRequiredKeyedService<IQueueAdapterFactory>(Provider)
            );

    internal (HealthStatus Status, string? Text) Health => Providers.First().Health;

    /// <summary>What the group has committed, by partition.</summary>
    public Dictionary<int, long> Committed() =>
        CommitWatch.Committed(Connection.BootstrapServers, Group, Topic, _partitions);

    public Task<List<ConsumeResult<byte[], byte[]>>> Read(string topic, int count = int.MaxValue) =>
        TopicReader.Read(Connection.BootstrapServers, topic, topic == Dead ? 1 : _partitions, count);

    public Task Until(Func<bool> condition, int seconds = 30) =>
        Until(condition, seconds, () =>
            $"{Observer.Count} handled, committed {string.Join(" ", Committed().Select(c => $"{c.Key}:{c.Value}"))}, health {Health.Text}\n{Log.Tail()}"
        );

    public static async Task Until(Func<bool> condition, int seconds, Func<string> otherwise)
    {
        for (var deadline = DateTime.UtcNow.AddSeconds(seconds); !condition(); )
        {
            if (DateTime.UtcNow > deadline)
                Assert.Fail($"It did not happen within {seconds} s: {otherwise()}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>All partitions committed to their ends, none ever too far, and no cache miss anywhere.</summary>
    public async Task Settled()
    {
        var ends = (await Read(Topic))
            .GroupBy(r => r.Partition.Value)
            .ToDictionary(g => g.Key, g => g.Max(r => r.Offset.Value) + 1);
        await Until(() =>
            Committed() is var committed && ends.All(e => committed.GetValueOrDefault(e.Key) == e.Value)
        );
        NeverTooFar();
    }

    public void NeverTooFar()
    {
        _watch.NeverTooFar();
        Assert.DoesNotContain(Log.Lines, l => l.Contains("QueueCacheMiss", StringComparison.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        await _watch.DisposeAsync();
        await Cluster.DisposeAsync();
        _producer.Dispose();
        Observer.Dispose();
    }
}

/// <summary>Keeps the last lines of a log.</summary>
public sealed class LogLines : ILoggerProvider
{
    readonly System.Collections.Concurrent.ConcurrentQueue<string> _lines = [];

    public IReadOnlyCollection<string> Lines => _lines;

    public string Tail() => string.Join('\n', _lines.TakeLast(25).Select(l => l.Length > 600 ? l[..600] : l));

    public ILogger CreateLogger(string categoryName) => new Writer(this, categoryName);

    public void Dispose() { }

    sealed class Writer(LogLines lines, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            if (!IsEnabled(logLevel))
                return;
            lines._lines.Enqueue(
                $"{DateTime.UtcNow:HH:mm:ss.fff} {logLevel} {category}: {formatter(state, exception)} {exception}"
            );
            while (lines._lines.Count > 5_000)
                lines._lines.TryDequeue(out _);
        }
    }
}
