using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime;
using Orleans.Streams;

namespace ClearanceEngine.Streams.Kafka;

/// <summary>Makes a named provider of its options. On a client it only produces.</summary>
sealed class StreamAdapterFactory : IQueueAdapterFactory, IQueueAdapterCache, IKafkaReader, IDisposable
{
    readonly IServiceProvider _services;
    readonly StreamReading _reading;
    readonly QueueMap _map;
    readonly KafkaProducer _producer;
    readonly ConcurrentDictionary<QueueId, StreamQueue> _queues = new();
    readonly Lazy<StreamServices> _own;

    StreamAdapterFactory(IServiceProvider services, string name)
    {
        Name = name;
        _services = services;
        _reading = services.GetRequiredKeyedService<StreamReading>(name);
        var offsets = services.GetRequiredKeyedService<GroupOffsets>(name);
        _map = new QueueMap(name, _reading.Options, _reading.Mapper, offsets.Known);
        _producer = new KafkaProducer(
            _reading.Options.Connection,
            _reading.Options.Producing,
            services.GetRequiredService<ILogger<KafkaProducer>>()
        );
        _own = new(() => Own(offsets));
        KafkaMetrics.Watch(this);
    }

    public static StreamAdapterFactory Create(IServiceProvider services, string name) => new(services, name);

    public string Name { get; }

    public int InFlight => _queues.Values.Sum(q => q.Cache.Open);

    public long HeldBytes => _queues.Values.Sum(q => q.Cache.Held);

    public IEnumerable<IPartitionProgress> Partitions => _queues.Values;

    /// <summary>The worst of what is wrong; null text when all is well.</summary>
    public (HealthStatus Status, string? Text) Health => _reading.Health.Now;

    public Task<IQueueAdapter> CreateAdapter() => CreateAdapter(CancellationToken.None);

    public Task<IQueueAdapter> CreateAdapter(CancellationToken cancellationToken)
    {
        _reading.Health.Started();
        return Task.FromResult<IQueueAdapter>(
            new StreamAdapter(
                Name,
                _reading.Options,
                _reading.Mapper,
                _reading.Codec,
                _producer,
                q => new StreamReceiver(_queues[q])
            )
        );
    }

    public IQueueAdapterCache GetQueueAdapterCache() => this;

    public IStreamQueueMapper GetStreamQueueMapper() => _map;

    public Task<IStreamFailureHandler> GetDeliveryFailureHandler(QueueId queueId) =>
        Task.FromResult<IStreamFailureHandler>(
            new StreamFailureHandler(() => _queues.GetValueOrDefault(queueId))
        );

    /// <summary>Orleans asks for the cache first, then for the receiver; each time that it takes a queue. Both are faces of one thing.</summary>
    public IQueueCache CreateQueueCache(QueueId queueId)
    {
        var queue = new StreamQueue(_map.PartitionOf(queueId), _reading, _own.Value);
        _queues[queueId] = queue;
        return queue.Cache;
    }

    public void Dispose()
    {
        KafkaMetrics.Forget(this);
        foreach (var queue in _queues.Values)
            queue.Abandon();
        if (_own.IsValueCreated)
            _own.Value.Judge.Dispose();
        _producer.Dispose();
    }

    StreamServices Own(GroupOffsets offsets)
    {
        var options = _reading.Options;
        var time = _services.GetService<TimeProvider>() ?? TimeProvider.System;
        var agent = _services.GetRequiredService<IOptionsMonitor<StreamPullingAgentOptions>>().Get(Name);
        var log = _services.GetRequiredService<ILoggerFactory>().CreateLogger<StreamQueue>();
        var failures = _services.GetRequiredService<DeliveryFailures>();
        failures.Watch(Name);
        return new StreamServices(
            _services.GetRequiredService<IGrainFactory>(),
            _services.GetRequiredService<ILocalSiloDetails>().SiloAddress,
            offsets,
            new DeadLetterParking(Name, options, new DeadLetters(_producer), _reading.Health, time, log),
            new FailureJudge(Name, options, _reading.Health, time, log),
            failures,
            new SemaphoreSlim(options.Rewinds),
            agent.MaxEventDeliveryTime,
            agent.BatchContainerBatchSize <= 1,
            time,
            log
        );
    }
}
