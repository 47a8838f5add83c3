using System.Collections.Concurrent;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace ClearanceEngine.Streams.Kafka;

/// <summary>
/// A feed's handler on records that come by a stream: retries and dead letters of each record are those of a feed, so that
/// poison is parked at once and its neighbours need not come again. For the batch observer of a stream of <see cref="FeedRecord"/>.
/// </summary>
public sealed class StreamRecordHandler : IHealthCheck, IDisposable
{
    readonly string _name;
    readonly KafkaFeedOptions _options;
    readonly TimeProvider _time;
    readonly FeedHealth _health;
    readonly RecordDelivery _delivery;
    readonly PartitionLease _lease = new();
    readonly ConcurrentDictionary<(string Topic, int Partition, long Offset), Lazy<Task<bool>>> _running =
        new();

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
        if (OptionsFault.First(options) is { } fault)
            throw new ArgumentException($"Stream record handler '{name}': {fault}", nameof(options));
        _name = name;
        _options = options;
        _time = time;
        _health = new FeedHealth(name);
        _health.Started();
        _delivery = new RecordDelivery(name, options, handler, deadLetters, _health, time, logger);
    }

    /// <summary>
    /// Returns when all are handled or parked; those of one key one after the other, by option. A record that is still being
    /// handled for an earlier call (whose caller lost its patience) is not begun anew: both calls wait for the same.
    /// </summary>
    /// <exception cref="InvalidOperationException">One is neither: it stops here by option, or this handler was disposed.</exception>
    /// <exception cref="TimeoutException">Not all were done in <see cref="KafkaFeedOptions.BatchPatience"/>: nothing is lost, call again.</exception>
    public async Task Handle(IEnumerable<FeedRecord> records)
    {
        using var patience = new CancellationTokenSource(_options.BatchPatience, _time);
        FeedRecord? undone = null;
        try
        {
            await Parallel
                .ForEachAsync(
                    Lines(records),
                    new ParallelOptions
                    {
                        MaxDegreeOfParallelism = _options.InFlight,
                        CancellationToken = patience.Token,
                    },
                    async (line, token) => undone = await Follow(line, token).ConfigureAwait(false) ?? undone
                )
                .ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            throw new TimeoutException(
                $"{_name}: not done within {_options.BatchPatience}; {_running.Count} are under way. {_health.Now.Text}"
            );
        }
        if (undone is not null)
            throw new InvalidOperationException($"{_name}: {undone} is not done. {_health.Now.Text}");
    }

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    )
    {
        var (status, text) = _health.Now;
        return Task.FromResult(new HealthCheckResult(status, text ?? $"{_running.Count} in flight"));
    }

    /// <summary>One after the other. Returns the one that is not done, if any.</summary>
    async Task<FeedRecord?> Follow(IReadOnlyList<FeedRecord> line, CancellationToken cancellationToken)
    {
        foreach (var record in line)
        {
            if (!await Running(record).WaitAsync(cancellationToken).ConfigureAwait(false))
                return record;
        }
        return null;
    }

    /// <summary>The handling of a record, begun now or by an earlier call.</summary>
    Task<bool> Running(FeedRecord record)
    {
        var place = (record.Topic, record.Partition, record.Offset);
        return _running.GetOrAdd(place, new Lazy<Task<bool>>(Handling)).Value;

        async Task<bool> Handling()
        {
            // Its entry is there before it can end.
            await Task.Yield();
            try
            {
                return await _delivery.Deliver(record, _lease, _ => { }).ConfigureAwait(false);
            }
            finally
            {
                _running.TryRemove(place, out _);
            }
        }
    }

    /// <summary>What waits for its next try gives up.</summary>
    public void Dispose()
    {
        _lease.End();
        _delivery.Dispose();
    }

    IEnumerable<IReadOnlyList<FeedRecord>> Lines(IEnumerable<FeedRecord> records) =>
        _options.KeyOrder
            ? records
                .GroupBy(r => r.Key ?? BitConverter.GetBytes(r.Offset).AsMemory(), KeyComparer.Instance)
                .Select(g => (IReadOnlyList<FeedRecord>)[.. g])
            : records.Select(r => (IReadOnlyList<FeedRecord>)[r]);
}
