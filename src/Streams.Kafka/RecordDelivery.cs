using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace ClearanceEngine.Streams.Kafka;

/// <summary>
/// One record from delivery to its end: handled, or parked as a dead letter that the broker has. Retries with back-off and
/// jitter. Knows nothing of how records are read.
/// </summary>
sealed partial class RecordDelivery(
    string feed,
    KafkaFeedOptions options,
    IFeedHandler handler,
    IDeadLetters deadLetters,
    FeedHealth health,
    TimeProvider time,
    ILogger logger
)
{
    readonly DeadLetterParking _parking = new(feed, options, deadLetters, health, time, logger);

    /// <summary>
    /// True when the record is done. False when it is not and its offset must not be passed: the partition is handed over, or it
    /// stops here by option (then <paramref name="stop"/> is called).
    /// </summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> Deliver(FeedRecord record, PartitionLease lease, Action<FeedRecord> stop)
    {
        var since = time.GetTimestamp();
        using var activity = FeedTracing.Start(feed, options.Group, record);
        try
        {
            var done = await Try(record, lease, stop, since).ConfigureAwait(false);
            if (done)
                KafkaMetrics.Handled(feed, record.Topic, time.GetElapsedTime(since));
            return done;
        }
        catch (OperationCanceledException) when (lease.Draining.IsCancellationRequested)
        {
            // Another owner will have the partition, and the record with it.
            return false;
        }
        catch (Exception e)
        {
            activity?.SetStatus(ActivityStatusCode.Error, e.Message);
            LogStuck(e, feed, record);
            health.Stopped(record, e.Message);
            stop(record);
            return false;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    async ValueTask<bool> Try(FeedRecord record, PartitionLease lease, Action<FeedRecord> stop, long began)
    {
        Backoff? backoff = null;
        for (var attempt = 1; ; attempt++)
        {
            lease.Owned.ThrowIfCancellationRequested();
            record.Attempt = attempt;
            try
            {
                await handler.Handle(record, lease.Owned).ConfigureAwait(false);
                return true;
            }
            catch (Exception) when (lease.Owned.IsCancellationRequested)
            {
                throw new OperationCanceledException(lease.Owned);
            }
            catch (PoisonRecordException e)
            {
                LogPoison(feed, record, e.Reason, e.Detail);
                await _parking
                    .Park(
                        record,
                        lease,
                        new DeadLetter(e.Reason, e.Detail, attempt, e.InnerException) { Headers = e.Headers }
                    )
                    .ConfigureAwait(false);
                return true;
            }
            catch (Exception e)
            {
                Activity.Current?.AddException(e);
                if (attempt >= options.MaxAttempts || time.GetElapsedTime(began) >= options.MaxRetryTime)
                    return await Exhaust(record, lease, stop, attempt, e).ConfigureAwait(false);
                KafkaMetrics.Retried(feed, record.Topic);
                // A database that is away fails every record many times: the first failure of each is news, the others are not.
                if (attempt == 1)
                    LogFailed(e, feed, record);
                else
                    LogFailedAgain(e, feed, record, attempt);
                await (backoff ??= new Backoff(options.FirstBackoff, options.LongestBackoff))
                    .Wait(time, lease.Draining)
                    .ConfigureAwait(false);
            }
        }
    }

    async Task<bool> Exhaust(
        FeedRecord record,
        PartitionLease lease,
        Action<FeedRecord> stop,
        int attempt,
        Exception e
    )
    {
        LogExhausted(e, feed, record, attempt);
        if (options.Exhausted == ExhaustedRecord.StopPartition)
        {
            health.Stopped(record, e.Message);
            stop(record);
            return false;
        }
        await _parking
            .Park(record, lease, new DeadLetter("retries-exhausted", e.Message, attempt, e))
            .ConfigureAwait(false);
        return true;
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Feed {Feed}: {Record} goes to the dead letters: {Reason}: {Detail}"
    )]
    partial void LogPoison(string feed, FeedRecord record, string reason, string detail);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Feed {Feed}: {Record} failed; it is tried again.")]
    partial void LogFailed(Exception e, string feed, FeedRecord record);

    [LoggerMessage(
        Level = LogLevel.Debug,
        Message = "Feed {Feed}: {Record} failed (try {Attempt}); it is tried again."
    )]
    partial void LogFailedAgain(Exception e, string feed, FeedRecord record, int attempt);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "Feed {Feed}: {Record} failed {Attempt} times; its retries are used up."
    )]
    partial void LogExhausted(Exception e, string feed, FeedRecord record, int attempt);

    [LoggerMessage(
        Level = LogLevel.Critical,
        Message = "Feed {Feed}: {Record} stops its partition by an error of the feed itself."
    )]
    partial void LogStuck(Exception e, string feed, FeedRecord record);
}
