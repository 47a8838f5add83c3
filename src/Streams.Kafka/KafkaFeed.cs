using System.Collections.Concurrent;
using System.Diagnostics;
using Confluent.Kafka;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ClearanceEngine.Streams.Kafka;

/// <summary>
/// Reads topics in a consumer group on one thread of its own and hands each record to its handler: a bounded number at
/// once, records of one key in order, others free. Offsets follow a contiguous watermark: what is committed is done.
/// </summary>
public sealed partial class KafkaFeed : BackgroundService
{
    readonly string _name;
    readonly KafkaConnectionOptions _connection;
    readonly KafkaFeedOptions _options;
    readonly IFeedHandler _handler;
    readonly IDeadLetters _deadLetters;
    readonly TimeProvider _time;
    readonly ILogger<KafkaFeed> _logger;
    readonly ConcurrentDictionary<TopicPartition, FeedPartition> _partitions = new();
    readonly CancellationTokenSource _abandon = new();
    int _inFlight;
    long _inFlightBytes;
    long _lastContact;

    public KafkaFeed(string name, KafkaConnectionOptions connection, KafkaFeedOptions options, IFeedHandler handler, IDeadLetters deadLetters, TimeProvider time, ILogger<KafkaFeed> logger)
    {
        if (options.Fault() is { } fault) throw new ArgumentException($"Kafka feed '{name}': {fault}", nameof(options));
        (_name, _connection, _options, _handler, _deadLetters, _time, _logger) = (name, connection, options, handler, deadLetters, time, logger);
        KafkaMetrics.Watch(this);
    }

    public string Name => _name;

    /// <summary>Why the feed is not working, or null.</summary>
    public string? Fault { get; private set; } = "not started";

    /// <summary>Records being handled now.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Lag behind the newest delivered record, by partition.</summary>
    internal IEnumerable<(TopicPartition Partition, long Lag)> Lags() => _partitions.Values.Select(p => (p.Partition, p.Lag));

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.Factory.StartNew(() => Run(stoppingToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    void Run(CancellationToken stopping)
    {
        var config = _connection.Apply(
            new ConsumerConfig
            {
                GroupId = _options.Group,
                EnableAutoCommit = false,
                EnableAutoOffsetStore = false,
                AutoOffsetReset = _options.Begin,
                PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky,
                AllowAutoCreateTopics = false,
                FetchWaitMaxMs = 20,
                TopicMetadataRefreshIntervalMs = 10_000,
            },
            _connection.Consumer);
        using var consumer = new ConsumerBuilder<byte[]?, byte[]?>(config)
            .SetErrorHandler((_, e) => Report(e))
            .SetLogHandler((_, m) => LogClient(m.Facility, m.Message))
            .SetPartitionsAssignedHandler((_, added) => Assign(added))
            .SetPartitionsRevokedHandler((c, gone) => HandOver(c, gone.Select(g => g.TopicPartition)))
            .SetPartitionsLostHandler((_, gone) => Lose(gone.Select(g => g.TopicPartition)))
            .Build();
        consumer.Subscribe(_options.Topics);
        Fault = null;
        var lastCommit = Stopwatch.GetTimestamp();
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                Throttle(consumer);
                var result = consumer.Consume(_options.Poll);
                if (result is { Message: not null }) Deliver(result);
                if (Stopwatch.GetElapsedTime(lastCommit) >= _options.CommitInterval)
                {
                    Commit(consumer, _partitions.Values);
                    lastCommit = Stopwatch.GetTimestamp();
                }
            }
            catch (ConsumeException e) when (!e.Error.IsFatal)
            {
                Report(e.Error);
            }
            catch (KafkaException e)
            {
                Report(e.Error);
                if (e.Error.IsFatal) throw;
            }
        }
        HandOver(consumer, [.. _partitions.Keys]);
        _abandon.Cancel();
        consumer.Close();
        Fault = "stopped";
    }

    void Assign(List<TopicPartition> added)
    {
        foreach (var partition in added) _partitions[partition] = new FeedPartition(partition, _abandon.Token);
        LogAssigned(_name, string.Join(", ", added));
        Fault = null;
    }

    /// <summary>An orderly hand-over: nothing new is read meanwhile, what is in flight may finish, and what is done is committed.</summary>
    void HandOver(IConsumer<byte[]?, byte[]?> consumer, IEnumerable<TopicPartition> gone)
    {
        var leaving = gone.Select(p => _partitions.GetValueOrDefault(p)).OfType<FeedPartition>().ToList();
        var since = Stopwatch.GetTimestamp();
        while (leaving.Any(p => p.Running > 0) && Stopwatch.GetElapsedTime(since) < _options.DrainTime) Thread.Sleep(5);
        Commit(consumer, leaving);
        Lose(leaving.Select(p => p.Partition));
    }

    void Lose(IEnumerable<TopicPartition> gone)
    {
        foreach (var partition in gone.ToList())
        {
            if (_partitions.TryRemove(partition, out var lost)) lost.Revoke();
        }
    }

    /// <summary>Back-pressure: partitions are paused while the process or the partition has all it may have in flight.</summary>
    void Throttle(IConsumer<byte[]?, byte[]?> consumer)
    {
        var full = InFlight >= _options.InFlight || Interlocked.Read(ref _inFlightBytes) >= _options.InFlightBytes;
        foreach (var partition in _partitions.Values)
        {
            var pause = full || partition.Stopped || partition.Span >= _options.PartitionSpan;
            if (pause == partition.Paused) continue;
            try
            {
                if (pause) consumer.Pause([partition.Partition]);
                else consumer.Resume([partition.Partition]);
                partition.Paused = pause;
            }
            catch (KafkaException)
            {
                // The partition is just being taken away.
            }
        }
    }

    void Deliver(ConsumeResult<byte[]?, byte[]?> result)
    {
        if (!_partitions.TryGetValue(result.TopicPartition, out var partition)) return;
        Interlocked.Exchange(ref _lastContact, Stopwatch.GetTimestamp());
        Fault = null;
        var record = new FeedRecord(
            result.Topic, result.Partition.Value, result.Offset.Value, new DateTimeOffset(result.Message.Timestamp.UtcDateTime, TimeSpan.Zero),
            result.Message.Key is { } key ? key : (ReadOnlyMemory<byte>?)null, result.Message.Value ?? [], result.Message.Headers ?? []);
        Interlocked.Increment(ref _inFlight);
        Interlocked.Add(ref _inFlightBytes, record.Size);
        _ = partition.Start(record, () => Task.Run(() => Handle(partition, record)));
    }

    async Task Handle(FeedPartition partition, FeedRecord record)
    {
        var since = Stopwatch.GetTimestamp();
        using var activity = KafkaMetrics.Source.StartActivity($"{record.Topic} process", ActivityKind.Consumer, record.Header("traceparent"));
        try
        {
            if (await Try(partition, record).ConfigureAwait(false))
            {
                partition.Finish(record.Offset);
                KafkaMetrics.Handled(record.Topic, Stopwatch.GetElapsedTime(since));
            }
        }
        catch (OperationCanceledException) when (partition.Owned.IsCancellationRequested)
        {
            // Another owner has the partition now, and the record with it.
        }
        catch (Exception e)
        {
            LogStuck(e, record.ToString());
            partition.Stopped = true;
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
            Interlocked.Add(ref _inFlightBytes, -record.Size);
        }
    }

    /// <summary>Tries until done, poison or exhausted. False leaves the record unfinished.</summary>
    async Task<bool> Try(FeedPartition partition, FeedRecord record)
    {
        var began = _time.GetTimestamp();
        var backoff = _options.FirstBackoff;
        for (var attempt = 1; ; attempt++)
        {
            partition.Owned.ThrowIfCancellationRequested();
            try
            {
                await _handler.Handle(record, partition.Owned).ConfigureAwait(false);
                return true;
            }
            catch (PoisonRecordException e)
            {
                LogPoison(record.ToString(), e.Reason, e.Detail);
                await Park(partition, record, new DeadLetter(e.Reason, e.Detail, attempt, e.InnerException)).ConfigureAwait(false);
                return true;
            }
            catch (Exception e) when (!partition.Owned.IsCancellationRequested)
            {
                if (attempt >= _options.MaxAttempts || _time.GetElapsedTime(began) >= _options.MaxRetryTime)
                {
                    LogExhausted(e, record.ToString(), attempt);
                    if (_options.Exhausted == ExhaustedRecord.StopPartition)
                    {
                        partition.Stopped = true;
                        return false;
                    }
                    await Park(partition, record, new DeadLetter("retries-exhausted", e.Message, attempt, e)).ConfigureAwait(false);
                    return true;
                }
                KafkaMetrics.Retried(record.Topic);
                LogRetry(e, record.ToString(), attempt);
#pragma warning disable CA5394 // Jitter needs no secure randomness.
                await Task.Delay(backoff * (0.5 + Random.Shared.NextDouble()), _time, partition.Owned).ConfigureAwait(false);
#pragma warning restore CA5394
                backoff = backoff * 2 < _options.LongestBackoff ? backoff * 2 : _options.LongestBackoff;
            }
        }
    }

    /// <summary>The partition moves on only when the broker has the dead letter; until then it is tried again.</summary>
    async Task Park(FeedPartition partition, FeedRecord record, DeadLetter letter)
    {
        for (var wait = _options.FirstBackoff; ; wait = wait * 2 < _options.LongestBackoff ? wait * 2 : _options.LongestBackoff)
        {
            partition.Owned.ThrowIfCancellationRequested();
            try
            {
                await _deadLetters.Park(_options.DeadLetterTopic, record, letter, partition.Owned).ConfigureAwait(false);
                KafkaMetrics.Parked(record.Topic, letter.Reason);
                return;
            }
            catch (Exception e) when (!partition.Owned.IsCancellationRequested)
            {
                LogParkFailed(e, record.ToString());
                await Task.Delay(wait, _time, partition.Owned).ConfigureAwait(false);
            }
        }
    }

    void Commit(IConsumer<byte[]?, byte[]?> consumer, IEnumerable<FeedPartition> partitions)
    {
        var moved = partitions.Select(p => (Partition: p, Offset: p.TakeCommit())).Where(p => p.Offset is not null).ToList();
        if (moved.Count == 0) return;
        try
        {
            consumer.Commit(moved.Select(m => m.Offset!));
        }
        catch (KafkaException e)
        {
            // Not lost: the position is offered again, and whoever owns the partition next repeats what was not committed.
            foreach (var (partition, _) in moved) partition.CommitFailed();
            LogCommitFailed(_name, e.Error.Reason);
        }
    }

    void Report(Error error)
    {
        if (error.Code is ErrorCode.Local_AllBrokersDown or ErrorCode.Local_Transport or ErrorCode.Local_Resolve)
            Fault = $"Kafka at {_connection.BootstrapServers} cannot be reached ({error.Reason}); check that the broker runs and Kafka:BootstrapServers is right.";
        else if (error.IsFatal) Fault = error.Reason;
        LogError(_name, _connection.BootstrapServers, error.Reason);
    }

    public override void Dispose()
    {
        _abandon.Dispose();
        base.Dispose();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Feed {Feed} reads {Partitions}.")]
    partial void LogAssigned(string feed, string partitions);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Feed {Feed}: Kafka at {Servers} says: {Reason}. It goes on by itself when the broker is back.")]
    partial void LogError(string feed, string servers, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "librdkafka {Facility}: {Text}")]
    partial void LogClient(string facility, string text);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Record} goes to the dead letters: {Reason}: {Detail}")]
    partial void LogPoison(string record, string reason, string detail);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Record} failed (try {Attempt}); it is tried again.")]
    partial void LogRetry(Exception e, string record, int attempt);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Record} failed {Attempt} times; its retries are used up.")]
    partial void LogExhausted(Exception e, string record, int attempt);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Record} could not be parked as a dead letter; it is tried again.")]
    partial void LogParkFailed(Exception e, string record);

    [LoggerMessage(Level = LogLevel.Critical, Message = "{Record} stops its partition.")]
    partial void LogStuck(Exception e, string record);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Feed {Feed}: a commit failed ({Reason}); it is offered again.")]
    partial void LogCommitFailed(string feed, string reason);
}
