using System.Collections.Concurrent;
using System.Diagnostics;
using ClearanceEngine.Streams.Kafka;
using Confluent.Kafka;

namespace ClearanceEngine.Silo.Changes;

/// <summary>A record of a receipts topic as an event.</summary>
/// <param name="Offset">Where it stands.</param>
/// <param name="Bytes">Of the record behind it.</param>
/// <param name="Event">Without its reader's words.</param>
readonly record struct ReceiptRecord(long Offset, int Bytes, ChangeEvent Event);

/// <summary>Some records in their order.</summary>
/// <param name="Records">They.</param>
/// <param name="Next">The offset from which to go on; retention and transactions leave offsets without a record.</param>
readonly record struct ReceiptPage(IReadOnlyList<ReceiptRecord> Records, long Next);

/// <summary>
/// Reads old records for readers that are behind, with a few consumers that take turns: a consumer has threads and buffers of its
/// own, and one for each reader would be what a silo cannot bear (ADR 034 has the numbers).
/// </summary>
sealed class ReceiptPages(KafkaConnectionOptions kafka, ChangesOptions options) : IDisposable
{
    static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    readonly SemaphoreSlim _turns = new(options.CatchUps, options.CatchUps);
    readonly ConcurrentBag<IConsumer<byte[]?, byte[]?>> _idle = [];

    /// <summary>Where the records of a topic begin and end now.</summary>
    /// <exception cref="KafkaException">Kafka does not say.</exception>
    public Task<WatermarkOffsets> Bounds(string topic, CancellationToken cancellationToken) =>
        InTurn(
            consumer => consumer.QueryWatermarkOffsets(new TopicPartition(topic, 0), options.Patience),
            cancellationToken
        );

    /// <summary>A page of a topic.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="from">First offset.</param>
    /// <param name="until">Not this one any more.</param>
    /// <param name="limit">Most records.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="KafkaException">Kafka does not give it.</exception>
    public Task<ReceiptPage> Read(
        string topic,
        long from,
        long until,
        int limit,
        CancellationToken cancellationToken
    ) =>
        InTurn(
            consumer => Read(consumer, new TopicPartitionOffset(topic, 0, from), until, limit),
            cancellationToken
        );

    public void Dispose()
    {
        while (_idle.TryTake(out var consumer))
            consumer.Dispose();
        _turns.Dispose();
    }

    ReceiptPage Read(IConsumer<byte[]?, byte[]?> consumer, TopicPartitionOffset from, long until, int limit)
    {
        var (records, next, bytes) = (new List<ReceiptRecord>(), from.Offset.Value, 0);
        var since = Stopwatch.GetTimestamp();
        consumer.Assign(from);
        while (records.Count < limit && bytes < options.PageBytes && next < until)
        {
            if (consumer.Consume(Poll) is not { } record)
            {
                if (Stopwatch.GetElapsedTime(since) < options.Patience)
                    continue;
                if (records.Count > 0)
                    break;
                throw new KafkaException(Confluent.Kafka.ErrorCode.Local_TimedOut);
            }
            if (record.IsPartitionEOF || record.Offset.Value >= until)
            {
                next = Math.Min(record.Offset.Value, until);
                break;
            }
            var size = record.Message.Value?.Length ?? 0;
            records.Add(new ReceiptRecord(record.Offset.Value, size, ReceiptEvents.Of(record)));
            (bytes, next) = (bytes + size, record.Offset.Value + 1);
        }
        consumer.Unassign();
        return new ReceiptPage(records, next);
    }

    /// <summary>The client's calls block, on as many threads as there are turns.</summary>
    async Task<T> InTurn<T>(Func<IConsumer<byte[]?, byte[]?>, T> work, CancellationToken cancellationToken)
    {
        if (!await _turns.WaitAsync(options.Patience, cancellationToken))
            throw new KafkaUnavailableException("Too many readers of the change feed are behind.");
        try
        {
            return await Task.Run(() => With(work), cancellationToken);
        }
        finally
        {
            _turns.Release();
        }
    }

    /// <summary>A consumer that failed does not go back.</summary>
    T With<T>(Func<IConsumer<byte[]?, byte[]?>, T> work)
    {
        var consumer = _idle.TryTake(out var idle) ? idle : ReceiptConsumers.Build(kafka);
        try
        {
            var done = work(consumer);
            _idle.Add(consumer);
            return done;
        }
        catch
        {
            consumer.Dispose();
            throw;
        }
    }
}
