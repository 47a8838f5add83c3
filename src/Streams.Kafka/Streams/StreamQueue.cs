using System.Collections.Concurrent;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Orleans.Streams;

namespace ClearanceEngine.Streams.Kafka;

/// <summary>
/// One queue of Orleans, which is one partition: waits until the partition is there and ours, reads it on demand, commits
/// what is done on a timer, and lets go in order. Thread-safe.
/// </summary>
#pragma warning disable CA1001 // Its loop looks at the token to the end; a source without timer holds nothing to give back.
sealed partial class StreamQueue : IStreamCacheOwner, IPartitionProgress
#pragma warning restore CA1001
{
    readonly TopicPartition _partition;
    readonly StreamReading _reading;
    readonly StreamServices _services;
    readonly string _owner = Guid.NewGuid().ToString("N");
    readonly CancellationTokenSource _stopping = new();
    readonly Lock _lock = new();
    readonly ConcurrentQueue<StreamId> _nudged = new();
    readonly List<FailedDelivery> _failing = [];
    readonly ILogger _logger;
    IConsumer<byte[]?, byte[]?>? _consumer;
    PartitionLease _lease = new();
    Task _run = Task.CompletedTask;
    bool _abandoned;

    public StreamQueue(TopicPartition partition, StreamReading reading, StreamServices services)
    {
        _partition = partition;
        _reading = reading;
        _services = services;
        _logger = services.Log;

        Cache = new StreamCache(partition, reading.Options, services.OneByOne, this, services.Time);
    }

    public StreamCache Cache { get; }

    public TopicPartition Partition => _partition;

    public long Lag { get; private set; } = -1;

    public long Distance => Cache.Distance;

    public (long Offset, TimeSpan Age)? Oldest => Cache.Oldest;

    string IStreamCacheOwner.Provider => _reading.Provider;

    IKafkaEventCodec IStreamCacheOwner.Codec => _reading.Codec;

    public void Start() => _run = Task.Run(Run);

    /// <summary>Lets go in order: nothing more is read, what is done is committed, and the next owner may begin.</summary>
    public async Task Stop(TimeSpan patience)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _run.WaitAsync(patience, _services.Time).ConfigureAwait(false);
    }

    /// <summary>Lets go at once: the process ends, or this silo was declared dead. Nothing is committed.</summary>
    public void Abandon()
    {
        _abandoned = true;
        _stopping.Cancel();
    }

    /// <summary>What has come, without waiting for it.</summary>
    public IList<IBatchContainer> Pull(int most)
    {
        var pulled = new List<IBatchContainer>();
        while (_nudged.TryDequeue(out var stream))
            pulled.Add(
                new StreamNudge(stream, KafkaSequenceToken.OfRecord(_partition.Partition.Value, Cache.Next))
            );
        lock (_lock)
        {
            if (_consumer is not { } consumer)
                return pulled;
            var room = Cache.RoomBytes;
            for (var n = 0; n < most && room > 0; n++)
            {
                if (Consume(consumer) is not { } result)
                    break;
                if (!Cache.Start(result.Offset.Value))
                {
                    LogRewound(_reading.Provider, _partition, Cache.Next, result.Offset.Value);
                    pulled.Clear();
                    Cache.Begin(result.Offset.Value);
                    Cache.Start(result.Offset.Value);
                }
                var record = FeedRecord.Of(result);
                room -= record.Size;
                if (Map(record) is { } stream)
                    pulled.Add(new CacheEntry(stream, record));
            }
        }
        return pulled;
    }

    /// <summary>Orleans gave up on a delivery. Returns when the record may be passed, or must not be.</summary>
    public async Task Failed(GuidId subscription, StreamId stream, StreamSequenceToken? token)
    {
        // Of a group there is nothing to decide yet: its records are tried one by one.
        if (Take(stream, token?.SequenceNumber) is not { } failed)
            return;
        // It gave up because this silo lets go of the partition; the next owner goes on.
        if (
            _services.Time.GetElapsedTime(failed.Since) < _services.MaxDeliveryTime
            || _stopping.IsCancellationRequested
        )
            return;
        try
        {
            await Decide(subscription, failed).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The next owner has the record.
        }
    }

    async Task Decide(GuidId subscription, FailedDelivery failed)
    {
        var (exception, attempts) = _services.Failures.Take(subscription);
        var error = exception ?? new InvalidOperationException("the consumer failed");
        var verdict = await _services
            .Judge.Judge(
                failed.Record,
                error,
                new RecordFailures(failed.Since),
                _services.Failures.OthersFailed(subscription, _reading.Options.LongestBackoff * 2),
                most: 1,
                longest: TimeSpan.Zero,
                _lease.Draining
            )
            .ConfigureAwait(false);
        if (verdict != Verdict.Exhausted)
        {
            failed.Again = true;
            return;
        }

        LogExhausted(exception, _reading.Provider, failed.Record, failed.Stream, attempts);
        _reading.Health.NoLongerDoubtful(failed.Record);
        if (_reading.Options.Exhausted == ExhaustedRecord.StopPartition)
        {
            _reading.Health.Stopped(failed.Record, error.Message);
            Cache.Stop(failed.Record);
            return;
        }

        var letter = new DeadLetter("retries-exhausted", error.Message, attempts, exception)
        {
            Headers = new Dictionary<string, string>
            {
                ["stream"] = failed.Stream.ToString(),
                ["subscription"] = subscription.ToString(),
            },
        };
        await _services.Parking.Park(failed.Record, _lease, letter).ConfigureAwait(false);
        failed.Resolved = true;
    }

    Rewind IStreamCacheOwner.Rewind(StreamCache cache, StreamId stream, KafkaSequenceToken from) =>
        new(cache, stream, from, _reading, _services.RewindTurns, _services.Log);

    void IStreamCacheOwner.Nudge(StreamId stream) => _nudged.Enqueue(stream);

    void IStreamCacheOwner.Delivered(StreamId stream, FeedRecord record, long since)
    {
        KafkaMetrics.Handled(_reading.Provider, record.Topic, _services.Time.GetElapsedTime(since));
        _services.Judge.Neighbours.Succeeded(since, _services.Time.GetTimestamp());
        _reading.Health.NoLongerDoubtful(record);
    }

    void IStreamCacheOwner.Failing(FailedDelivery failed)
    {
        lock (_failing)
            _failing.Add(failed);
    }

    FailedDelivery? Take(StreamId stream, long? offset)
    {
        lock (_failing)
        {
            var found = _failing.FirstOrDefault(f => f.Stream == stream && f.Record.Offset == offset);
            if (found is not null)
                _failing.Remove(found);
            return found;
        }
    }

    async Task Run()
    {
        var backoff = new Backoff(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(5));
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                if (!await IsThere().ConfigureAwait(false))
                    continue;
                if (await Acquire().ConfigureAwait(false) is not { } grant)
                    continue;
                backoff = new Backoff(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(5));
                await Own(grant).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                LogTroubled(e, _reading.Provider, _partition);
                _reading.Health.Broken(
                    $"{_partition} of streams {_reading.Provider} cannot be read ({e.Message}); it is tried again."
                );
                if (!_stopping.IsCancellationRequested)
                    await Pause(backoff).ConfigureAwait(false);
            }
        }
    }

    async Task<bool> IsThere()
    {
        if (
            await _services.Offsets.Count(_partition.Topic, _stopping.Token).ConfigureAwait(false)
            > _partition.Partition.Value
        )
            return true;
        _reading.Health.Reached();
        await Task.Delay(_reading.Options.MetadataInterval, _services.Time, _stopping.Token)
            .ConfigureAwait(false);
        return false;
    }

    async Task<PartitionGrant?> Acquire()
    {
        var grant = await Fence.Acquire(_owner, _services.Silo).ConfigureAwait(false);
        if (grant.Epoch is not null)
            return grant;
        await Task.Delay(_reading.Options.CommitInterval / 2, _services.Time, _stopping.Token)
            .ConfigureAwait(false);
        return null;
    }

    async Task Own(PartitionGrant grant)
    {
        var consumer = _reading.Build(_partition, observe: Observe);
        try
        {
            var start = grant.Offset ?? await Task.Run(() => FirstPosition(consumer)).ConfigureAwait(false);
            _lease = new PartitionLease();
            Cache.Begin(start);
            consumer.Assign(new TopicPartitionOffset(_partition, start));
            lock (_lock)
                _consumer = consumer;
            _reading.Health.Fresh(_partition);
            _reading.Health.Reached();
            LogOwned(_reading.Provider, _partition, start, grant.Epoch!.Value);
            await Keep(grant.Epoch.Value).ConfigureAwait(false);
        }
        finally
        {
            lock (_lock)
                _consumer = null;
            Cache.End();
            _lease.End();
            Lag = -1;
            await Task.Run(consumer.Dispose).ConfigureAwait(false);
        }
    }

    /// <summary>Commits and renews until the stop or until another owner has begun.</summary>
    async Task Keep(long epoch)
    {
        TopicPartitionOffset? due = null;
        long? named = null;
        while (true)
        {
            try
            {
                await Task.Delay(_reading.Options.CommitInterval, _services.Time, _stopping.Token)
                    .ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                if (!_abandoned)
                    await LetGo(epoch, due).ConfigureAwait(false);
                return;
            }
            if (
                Cache.Oldest is { } oldest
                && oldest.Age >= _reading.Options.SlowAfter
                && oldest.Offset != named
            )
            {
                named = oldest.Offset;
                LogSlow(_reading.Provider, _partition, oldest.Offset, oldest.Age.TotalSeconds);
            }
            due = Cache.TakePosition() ?? due;
            try
            {
                // One of a topic's queues watches its growth beyond what there are queues for.
                if (_partition.Partition.Value == 0)
                    await _services.Offsets.Count(_partition.Topic, _stopping.Token).ConfigureAwait(false);
                if (!await Fence.Keep(_owner, _services.Silo, epoch, due?.Offset.Value).ConfigureAwait(false))
                {
                    LogFenced(_reading.Provider, _partition, epoch);
                    return;
                }
                due = null;
            }
            catch (Exception e) when (!_stopping.IsCancellationRequested)
            {
                KafkaMetrics.CommitFailed(_reading.Provider);
                LogCommitFailed(e, _reading.Provider, _partition, due?.Offset.Value);
            }
            catch (Exception)
            {
                // The loop goes round once more and lets go.
            }
        }
    }

    async Task LetGo(long epoch, TopicPartitionOffset? due)
    {
        // From here on nothing is read, so that the position is the last.
        lock (_lock)
            _consumer = null;
        _lease.Drain();
        due = Cache.TakePosition() ?? due;
        Cache.End();
        try
        {
            await Fence.Release(_owner, _services.Silo, epoch, due?.Offset.Value).ConfigureAwait(false);
            LogLetGo(_reading.Provider, _partition, due?.Offset.Value);
        }
        catch (Exception e)
        {
            KafkaMetrics.CommitFailed(_reading.Provider);
            LogCommitFailed(e, _reading.Provider, _partition, due?.Offset.Value);
        }
    }

    IPartitionGrain Fence =>
        _services.Grains.GetGrain<IPartitionGrain>(PartitionGrain.Key(_reading.Provider, _partition));

    long FirstPosition(IConsumer<byte[]?, byte[]?> consumer)
    {
        var ends = consumer.QueryWatermarkOffsets(_partition, TimeSpan.FromSeconds(10));
        return _reading.Options.Begin switch
        {
            AutoOffsetReset.Earliest => ends.Low.Value,
            AutoOffsetReset.Latest => ends.High.Value,
            _ => throw new InvalidOperationException(
                $"Group {_reading.Options.Group} has no position in {_partition}, and Begin says that this is an error."
            ),
        };
    }

    ConsumeResult<byte[]?, byte[]?>? Consume(IConsumer<byte[]?, byte[]?> consumer)
    {
        while (true)
        {
            try
            {
                if (consumer.Consume(0) is not { } result)
                    return null;
                if (result.Message is not null)
                    return result;
            }
            catch (ConsumeException e) when (!e.Error.IsFatal)
            {
                _reading.Health.TopicFailed(_partition.Topic, e.Error.Reason);
                _reading.Report(_partition, e.Error);
                return null;
            }
        }
    }

    StreamId? Map(FeedRecord record)
    {
        try
        {
            if (_reading.Mapper.StreamOf(record) is { } stream)
                return stream;
            Cache.Skip(record.Offset);
        }
        catch (Exception e)
        {
            LogPoison(e, _reading.Provider, record);
            _ = ParkUnmapped(
                record,
                e is PoisonRecordException poison
                    ? new DeadLetter(poison.Reason, poison.Detail, 1, poison.InnerException)
                    {
                        Headers = poison.Headers,
                    }
                    : new DeadLetter("no-stream", e.Message, 1, e)
            );
        }
        return null;
    }

    async Task ParkUnmapped(FeedRecord record, DeadLetter letter)
    {
        try
        {
            await _services.Parking.Park(record, _lease, letter).ConfigureAwait(false);
            Cache.Skip(record.Offset);
        }
        catch (OperationCanceledException)
        {
            // The next owner has the record.
        }
    }

    void Observe(ClientStatistics statistics)
    {
        if (statistics.Connected)
            _reading.Health.Reached();
        foreach (var (partition, lag) in statistics.Lags)
        {
            if (partition == _partition)
                Lag = lag + Cache.Open;
        }
    }

    async Task Pause(Backoff backoff)
    {
        try
        {
            await backoff.Wait(_services.Time, _stopping.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The loop ends.
        }
    }
}
