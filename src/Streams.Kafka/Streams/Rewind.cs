using System.Collections.Concurrent;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace ClearanceEngine.Streams.Kafka;

/// <summary>
/// Reads older records of one stream with a client of its own, a bounded number ahead of the consumer, until it reaches what
/// the cache still holds. A silo does a bounded number of these at once.
/// </summary>
sealed partial class Rewind(
    StreamCache cache,
    StreamId stream,
    KafkaSequenceToken from,
    StreamReading reading,
    SemaphoreSlim turn,
    ILogger logger
) : IDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    readonly ConcurrentQueue<FeedRecord> _records = new();
    readonly CancellationTokenSource _stop = new();
    readonly SemaphoreSlim _room = new(reading.Options.RewindBuffer);
    int _disposed;

    public void Start(StreamCursor cursor) => _ = Task.Run(() => Run(cursor));

    public bool TryTake(out FeedRecord record)
    {
        if (!_records.TryDequeue(out record!))
            return false;
        _room.Release();
        return true;
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
            _stop.Cancel();
    }

    async Task Run(StreamCursor cursor)
    {
        var backoff = new Backoff(reading.Options.FirstBackoff, reading.Options.LongestBackoff);
        long? position = null;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await turn.WaitAsync(_stop.Token).ConfigureAwait(false);
                try
                {
                    await Read(cursor, position, p => position = p).ConfigureAwait(false);
                    return;
                }
                finally
                {
                    turn.Release();
                }
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                LogFailed(e, reading.Provider, stream, cache.Partition);
                await backoff
                    .Wait(cache.Time, _stop.Token)
                    .ContinueWith(
                        _ => { },
                        CancellationToken.None,
                        TaskContinuationOptions.ExecuteSynchronously,
                        TaskScheduler.Default
                    )
                    .ConfigureAwait(false);
            }
        }
    }

    async Task Read(StreamCursor cursor, long? goOn, Action<long> reached)
    {
        using var consumer = reading.Build(cache.Partition, eof: true);
        var position = goOn ?? Find(consumer);
        LogBegins(reading.Provider, stream, cache.Partition, position);
        if (Join(cursor, position))
            return;
        consumer.Assign(new TopicPartitionOffset(cache.Partition, position));
        while (true)
        {
            _stop.Token.ThrowIfCancellationRequested();
            if (consumer.Consume(100) is not { } result)
            {
                if (Join(cursor, position))
                    return;
                continue;
            }
            // What lies between was compacted away, or marks a transaction.
            position = result.IsPartitionEOF ? Math.Max(position, result.Offset.Value) : result.Offset.Value;
            reached(position);
            if (Join(cursor, position))
                return;
            if (result.IsPartitionEOF)
                continue;
            if (reading.TryMap(FeedRecord.Of(result), out var of) is { } record && of == stream)
            {
                await _room.WaitAsync(_stop.Token).ConfigureAwait(false);
                var wasEmpty = _records.IsEmpty;
                _records.Enqueue(record);
                if (wasEmpty)
                    cursor.Woken();
            }
            reached(++position);
        }
    }

    bool Join(StreamCursor cursor, long position)
    {
        if (!cache.TryJoin(cursor, position))
            return false;
        cursor.Woken();
        return true;
    }

    /// <exception cref="KafkaException">The broker cannot say, or not now.</exception>
    long Find(IConsumer<byte[]?, byte[]?> consumer)
    {
        if (from.Time is { } time)
        {
            var found = consumer
                .OffsetsForTimes(
                    [
                        new TopicPartitionTimestamp(
                            cache.Partition,
                            new Timestamp(time.UtcDateTime, TimestampType.CreateTime)
                        ),
                    ],
                    Patience
                )[0]
                .Offset;
            // Nothing is that new: begin with what comes next.
            return found.IsSpecial
                ? consumer.QueryWatermarkOffsets(cache.Partition, Patience).High.Value
                : found.Value;
        }
        return Math.Max(
            from.SequenceNumber,
            consumer.QueryWatermarkOffsets(cache.Partition, Patience).Low.Value
        );
    }

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "Streams {Provider}: {Stream} is read again from {Partition}@{Offset}."
    )]
    partial void LogBegins(string provider, StreamId stream, TopicPartition partition, long offset);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Streams {Provider}: {Stream} could not be read again from {Partition}; it is tried again."
    )]
    partial void LogFailed(Exception e, string provider, StreamId stream, TopicPartition partition);
}
