using Microsoft.Extensions.Logging;

namespace ClearanceEngine.Streams.Kafka;

/// <summary>
/// A feed's handler on records that come by a stream: retries and dead letters of each record are those of a feed, so that
/// poison is parked at once and its neighbours need not come again. For the batch observer of a stream of <see cref="FeedRecord"/>.
/// </summary>
public sealed class StreamRecordHandler : IDisposable
{
    readonly string _name;
    readonly KafkaFeedOptions _options;
    readonly FeedHealth _health;
    readonly RecordDelivery _delivery;
    readonly PartitionLease _lease = new();

    /// <param name="name">Name in metrics and logs.</param>
    /// <param name="options">Bounds of retries, where records are parked, and how many are handled at once; what concerns reading is not used.</param>
    /// <param name="handler">Does the work.</param>
    /// <param name="deadLetters">Keeps what will never be right.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    /// <exception cref="ArgumentException">An option is wrong.</exception>
    public StreamRecordHandler(
        string name,
        KafkaFeedOptions options,
        IFeedHandler handler,
        IDeadLetters deadLetters,
        TimeProvider time,
        ILogger<StreamRecordHandler> logger
    )
    {
        if (options.Fault() is { } fault)
            throw new ArgumentException($"Stream record handler '{name}': {fault}", nameof(options));
        (_name, _options, _health) = (name, options, new FeedHealth(name));
        _delivery = new RecordDelivery(name, options, handler, deadLetters, _health, time, logger);
    }

    /// <summary>Returns when all are handled or parked; those of one key one after the other, by option.</summary>
    /// <exception cref="InvalidOperationException">One is neither: it stops here by option, or this handler was disposed.</exception>
    public async Task Handle(IEnumerable<FeedRecord> records)
    {
        FeedRecord? undone = null;
        await Parallel
            .ForEachAsync(
                Lines(records),
                new ParallelOptions { MaxDegreeOfParallelism = _options.InFlight },
                async (line, _) =>
                {
                    foreach (var record in line)
                    {
                        if (await _delivery.Deliver(record, _lease, _ => { }).ConfigureAwait(false))
                            continue;
                        undone = record;
                        return;
                    }
                }
            )
            .ConfigureAwait(false);
        if (undone is not null)
            throw new InvalidOperationException($"{_name}: {undone} is not done. {_health.Now.Text}");
    }

    /// <summary>What waits for its next try gives up.</summary>
    public void Dispose() => _lease.End();

    IEnumerable<IReadOnlyList<FeedRecord>> Lines(IEnumerable<FeedRecord> records) =>
        _options.KeyOrder
            ? records
                .GroupBy(r => r.Key ?? BitConverter.GetBytes(r.Offset).AsMemory(), KeyComparer.Instance)
                .Select(g => (IReadOnlyList<FeedRecord>)[.. g])
            : records.Select(r => (IReadOnlyList<FeedRecord>)[r]);
}
