using System.Collections.Concurrent;
using System.Diagnostics;
using Confluent.Kafka;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ClearanceEngine.Streams.Kafka;

/// <summary>
/// Reads topics in a consumer group on one thread of its own and hands each record to its handler: a bounded number at
/// once, records of one key in order, others free. Offsets follow a contiguous watermark: what is committed is done.
/// </summary>
public sealed partial class KafkaFeed : BackgroundService, IKafkaReader
{
    readonly string _name;
    readonly KafkaConnectionOptions _connection;
    readonly KafkaFeedOptions _options;
    readonly TimeProvider _time;
    readonly ILogger<KafkaFeed> _logger;
    readonly ConcurrentDictionary<TopicPartition, FeedPartition> _partitions = new();
    readonly HashSet<FeedPartition> _paused = [];
    readonly HashSet<FeedPartition> _untold = [];
    readonly FeedGate _gate;
    readonly FeedHealth _health;
    readonly RecordDelivery _delivery;
    bool _allPaused;

    public KafkaFeed(
        string name,
        KafkaConnectionOptions connection,
        KafkaFeedOptions options,
        IFeedHandler handler,
        IDeadLetters deadLetters,
        TimeProvider time,
        ILogger<KafkaFeed> logger
    )
    {
        if (OptionsFault.First(options) is { } fault)
            throw new ArgumentException($"Kafka feed '{name}': {fault}", nameof(options));

        _name = name;
        _connection = connection;
        _options = options;
        _time = time;
        _logger = logger;

        _gate = new FeedGate(options.InFlight, options.InFlightBytes);
        _health = new FeedHealth(connection.BootstrapServers);
        _delivery = new RecordDelivery(name, options, handler, deadLetters, _health, time, logger);
    }

    public string Name => _name;

    /// <summary>What is wrong with the feed and what to do, or null.</summary>
    public string? Fault => _health.Now.Text;

    /// <summary>Records being handled now.</summary>
    public int InFlight => _gate.Running;

    /// <summary>Bytes of the records held now: handled, or waiting for a place or for an earlier one of their key.</summary>
    public long HeldBytes => _gate.Held;

    /// <summary>Records not yet done in the partitions of this process, as the client last reported, and how long the oldest has been worked on.</summary>
    public (long Lag, TimeSpan Oldest) Backlog =>
        (
            _partitions.Values.Sum(p => Math.Max(0, p.Lag)),
            _partitions.Values.Select(p => p.Oldest?.Age ?? TimeSpan.Zero).DefaultIfEmpty().Max()
        );

    IEnumerable<IPartitionProgress> IKafkaReader.Partitions => _partitions.Values;

    internal (HealthStatus Status, string? Text) Health => _health.Now;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        KafkaMetrics.Watch(this);
        return base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        KafkaMetrics.Forget(this);
        _delivery.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Built here, so that a setting which the client refuses fails the start instead of a thread.
        var consumer = Build();
        _health.Started();
        return Task.Factory.StartNew(
            () => Run(consumer, stoppingToken),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );
    }

    /// <summary>Tests put something between the feed and its client here.</summary>
    internal Func<IConsumer<byte[]?, byte[]?>, IConsumer<byte[]?, byte[]?>> Through { get; init; } = c => c;

    IConsumer<byte[]?, byte[]?> Build()
    {
        var consumer = new ConsumerBuilder<byte[]?, byte[]?>(
            _connection.Apply(_options.Consumer(), _connection.Consumer)
        )
            .SetErrorHandler((_, e) => Report(e))
            .SetLogHandler((_, m) => _logger.Client(m.Facility, m.Message))
            .SetStatisticsHandler((_, json) => Observe(ClientStatistics.Parse(json)))
            .SetOffsetsCommittedHandler((_, committed) => Committed(committed))
            .SetPartitionsAssignedHandler((_, added) => Assign(added))
            .SetPartitionsRevokedHandler((c, gone) => HandOver(c, gone.Select(g => g.TopicPartition)))
            .SetPartitionsLostHandler((c, gone) => Lose(c, gone.Select(g => g.TopicPartition)))
            .Build();
        consumer.Subscribe(_options.Topics);
        return Through(consumer);
    }

    /// <summary>Reads until the stop; a client that broke is thrown away and another one goes on at the committed offsets.</summary>
    void Run(IConsumer<byte[]?, byte[]?> first, CancellationToken stopping)
    {
        Thread.CurrentThread.Name ??= $"kafka-feed-{_name}";
        var backoff = new Backoff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));
        IConsumer<byte[]?, byte[]?>? built = first;
        while (true)
        {
            try
            {
                // Building may fail, too, for as long as a file of its settings is missing.
                using var consumer = built ?? Build();
                built = null;
                Read(consumer, stopping);
                _health.Ended("stopped");
                return;
            }
            catch (Exception e) when (!stopping.IsCancellationRequested)
            {
                LogBroken(e, _name, _connection.BootstrapServers);
                _health.Broken(
                    $"The Kafka client of feed {_name} failed ({e.Message}); a new one is being built."
                );
            }
            catch (Exception e)
            {
                LogBroken(e, _name, _connection.BootstrapServers);
                _health.Ended("stopped");
                return;
            }
            Lose(null, _partitions.Keys);
            backoff
                .Wait(_time, stopping)
                .ContinueWith(
                    _ => { },
                    CancellationToken.None,
                    TaskContinuationOptions.ExecuteSynchronously,
                    TaskScheduler.Default
                )
                .Wait(CancellationToken.None);
        }
    }

    void Read(IConsumer<byte[]?, byte[]?> consumer, CancellationToken stopping)
    {
        var stored = Stopwatch.GetTimestamp();
        var room = stored;
        while (!stopping.IsCancellationRequested)
        {
            if (Stopwatch.GetElapsedTime(stored) >= _options.CommitInterval)
            {
                Store(consumer, _partitions.Values);
                stored = Stopwatch.GetTimestamp();
                LookForIdle();
            }
            ResumeRoomy(consumer);
            if (_untold.Count > 0)
                TellAgain(consumer);
            if (HasRoom())
            {
                room = Stopwatch.GetTimestamp();
                if (_allPaused)
                    ResumeAll(consumer);
                if (Poll(consumer, _options.Poll) is { } result)
                    Deliver(consumer, result);
            }
            // Short stops are waited out, because a pause throws away what the client has read ahead. In a long one the
            // partitions are paused, so that the group's callbacks can be served.
            else if (_allPaused || Stopwatch.GetElapsedTime(room) >= _options.PauseAfter)
            {
                PauseAll(consumer);
                // A partition that was assigned during the pause may bring a record before it is paused, too: it is taken all the same.
                if (Poll(consumer, TimeSpan.Zero) is { } early)
                    Deliver(consumer, early);
            }
        }
        HandOver(consumer, _partitions.Keys);
        // Commits what is stored and leaves the group.
        consumer.Close();
    }

    /// <summary>Waits a moment for room. None is left while a part is away that every record needs.</summary>
    bool HasRoom()
    {
        if (!_delivery.Parts.StopReading)
            return _gate.WaitForRoom(_options.Poll);

        _delivery.Parts.WaitForReturn(_options.Poll);
        return false;
    }

    ConsumeResult<byte[]?, byte[]?>? Poll(IConsumer<byte[]?, byte[]?> consumer, TimeSpan patience)
    {
        try
        {
            return consumer.Consume(patience) is { Message: not null } result ? result : null;
        }
        catch (ConsumeException e) when (!e.Error.IsFatal)
        {
            if (e.ConsumerRecord?.Topic is { Length: > 0 } topic)
                _health.TopicFailed(topic, e.Error.Reason);
            Report(e.Error);
            return null;
        }
    }

    void Deliver(IConsumer<byte[]?, byte[]?> consumer, ConsumeResult<byte[]?, byte[]?> result)
    {
        if (!_partitions.TryGetValue(result.TopicPartition, out var partition))
            return;
        if (result.Offset.Value < partition.Next)
        {
            LogRewound(_name, result.TopicPartition, partition.Next, result.Offset.Value);
            Lose(consumer, [result.TopicPartition]);
            partition = Take(result.TopicPartition);
        }
        var record = FeedRecord.Of(result);
        if (partition.Admit(record))
            _ = Work(partition, record);
        if (partition.Full)
            Pause(consumer, partition);
    }

    /// <summary>Handles a record and, in its place, those that waited for one.</summary>
    async Task Work(FeedPartition partition, FeedRecord first)
    {
        // Off the reading thread; cheaper than a task that is given to run.
        await Task.Yield();
        for (var record = first; record is not null; )
        {
            var done = await _delivery.Deliver(record, partition.Lease, partition.Stop).ConfigureAwait(false);
            record = partition.Complete(record, done);
        }
    }

    void Assign(List<TopicPartition> added)
    {
        foreach (var partition in added)
            Take(partition);
        if (added.Count > 0)
            LogAssigned(_name, PartitionRanges.Of(added));
        _health.Reached();
    }

    FeedPartition Take(TopicPartition partition)
    {
        _health.Fresh(partition);
        return _partitions[partition] = new FeedPartition(partition, _options, _gate, _time);
    }

    /// <summary>An orderly hand-over: nothing new begins, what runs may finish in a bounded time, and what is done is committed.</summary>
    void HandOver(IConsumer<byte[]?, byte[]?> consumer, IEnumerable<TopicPartition> gone)
    {
        var leaving = gone.Select(p => _partitions.GetValueOrDefault(p)).OfType<FeedPartition>().ToList();
        foreach (var partition in leaving)
            partition.Lease.Drain();
        var since = Stopwatch.GetTimestamp();
        foreach (var partition in leaving)
        {
            var left = _options.DrainTime - Stopwatch.GetElapsedTime(since);
            if (!partition.WaitIdle(left > TimeSpan.Zero ? left : TimeSpan.Zero))
                LogUndrained(_name, partition.Partition, partition.Oldest?.Offset, _options.DrainTime);
        }
        Store(consumer, leaving);
        if (leaving.Count > 0)
            LogHandedOver(_name, PartitionRanges.Of(leaving.Select(p => p.Partition)));
        Lose(consumer, leaving.Select(p => p.Partition));
    }

    /// <summary>The partitions are no longer ours. A pause ends with that: the client could keep it for the time when it has them again.</summary>
    void Lose(IConsumer<byte[]?, byte[]?>? consumer, IEnumerable<TopicPartition> gone)
    {
        foreach (var partition in gone.ToList())
        {
            if (!_partitions.TryRemove(partition, out var lost))
                continue;
            lost.End();
            _paused.Remove(lost);
            _untold.Remove(lost);
            if (consumer is not null && lost.Paused)
                Tell(() => consumer.Resume([partition]));
            _health.Fresh(partition);
        }
    }

    /// <summary>Gives the positions that moved to the client, which commits them.</summary>
    void Store(IConsumer<byte[]?, byte[]?> consumer, IEnumerable<FeedPartition> partitions)
    {
        foreach (var partition in partitions)
        {
            if (partition.TakePosition() is not { } position)
                continue;
            try
            {
                consumer.StoreOffset(position);
            }
            catch (KafkaException e)
            {
                // The partition is just being taken away; its next owner repeats what was not committed.
                LogNotStored(_name, position, e.Error.Reason);
            }
        }
    }

    void Committed(CommittedOffsets committed)
    {
        var failed = committed.Error.IsError
            ? committed.Error
            : committed.Offsets.Select(o => o.Error).FirstOrDefault(e => e.IsError);
        if (failed is null || failed.Code == ErrorCode.Local_NoOffset)
            return;
        KafkaMetrics.CommitFailed(_name);
        LogCommitFailed(_name, failed.Reason);
    }

    void Observe(ClientStatistics statistics)
    {
        if (statistics.Connected)
            _health.Reached();
        foreach (var (key, lag) in statistics.Lags)
        {
            if (_partitions.TryGetValue(key, out var partition))
                partition.Lag = lag;
        }
        foreach (var partition in _partitions.Values)
        {
            if (partition.Oldest is { } oldest && oldest.Age >= _options.SlowAfter)
                LogSlow(_name, partition.Partition, oldest.Offset, oldest.Age.TotalSeconds);
        }
    }

    void Report(Error error)
    {
        if (_health.Heard(error))
            LogUnreachable(_name, _connection.BootstrapServers, error.Reason);
        else
            LogError(_name, _connection.BootstrapServers, error.Reason);
    }
}
