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
) : IDisposable
{
    readonly DeadLetterParking _parking = new(feed, options, deadLetters, health, time, logger);
    readonly FailureJudge _judge = new(feed, options, health, time, logger);

    /// <summary>Parts that are away.</summary>
    public AwayParts Parts => _judge.Parts;

    public void Dispose() => _judge.Dispose();

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
    async ValueTask<bool> Try(FeedRecord record, PartitionLease lease, Action<FeedRecord> stop, long came)
    {
        RecordFailures? failures = null;
        Backoff? backoff = null;
        try
        {
            while (true)
            {
                if (Parts.StopReading)
                {
                    await Parts.Return(lease.Draining).ConfigureAwait(false);
                    // The wait was for the part: it uses up nothing of the record's time (ADR 011).
                    came = time.GetTimestamp();
                    failures?.Forget(came);
                }
                lease.Owned.ThrowIfCancellationRequested();

                var began = failures is null ? came : time.GetTimestamp();
                record.Attempt = (failures?.Tries ?? 0) + 1;
                if (await Attempt(record, lease).ConfigureAwait(false) is not { } error)
                {
                    _judge.Neighbours.Succeeded(began, time.GetTimestamp());
                    return true;
                }
                if (error is PoisonRecordException poison)
                {
                    await ParkPoison(record, lease, poison).ConfigureAwait(false);
                    return true;
                }

                if (failures is null)
                {
                    failures = new RecordFailures(came);
                    _judge.Neighbours.FirstFailure();
                }
                var verdict = await Judge(record, error, failures, lease).ConfigureAwait(false);
                if (verdict == Verdict.Exhausted)
                    return await Exhaust(record, lease, stop, failures.Tries, error).ConfigureAwait(false);
                if (verdict == Verdict.Later)
                    await (backoff ??= new Backoff(options.FirstBackoff, options.LongestBackoff))
                        .Wait(time, lease.Draining)
                        .ConfigureAwait(false);
            }
        }
        finally
        {
            if (failures is not null)
            {
                _judge.Neighbours.FailingEnded();
                health.NoLongerDoubtful(record);
            }
        }
    }

    /// <summary>One try. Null when it went well; otherwise how it failed.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    async ValueTask<Exception?> Attempt(FeedRecord record, PartitionLease lease)
    {
        try
        {
            await handler.Handle(record, lease.Owned).ConfigureAwait(false);
            return null;
        }
        catch (Exception) when (lease.Owned.IsCancellationRequested)
        {
            throw new OperationCanceledException(lease.Owned);
        }
        catch (Exception e)
        {
            return e;
        }
    }

    async Task ParkPoison(FeedRecord record, PartitionLease lease, PoisonRecordException e)
    {
        LogPoison(feed, record, e.Reason, e.Detail);
        await _parking
            .Park(
                record,
                lease,
                new DeadLetter(e.Reason, e.Detail, record.Attempt, e.InnerException) { Headers = e.Headers }
            )
            .ConfigureAwait(false);
    }

    async ValueTask<Verdict> Judge(
        FeedRecord record,
        Exception error,
        RecordFailures failures,
        PartitionLease lease
    )
    {
        Activity.Current?.AddException(error);
        var verdict = await _judge
            .Judge(
                record,
                error,
                failures,
                othersFail: _judge.Neighbours.Failing > 1,
                options.MaxAttempts,
                options.MaxRetryTime,
                lease.Draining
            )
            .ConfigureAwait(false);
        if (verdict != Verdict.Later)
            return verdict;

        KafkaMetrics.Retried(feed, record.Topic);
        LogRetry(record, error, failures.Tries);
        return verdict;
    }

    /// <summary>What is wrong fails many times: the first failure is news, the others are not.</summary>
    void LogRetry(FeedRecord record, Exception error, int tries)
    {
        if (tries > 1)
            LogFailedAgain(error, feed, record, tries);
        // A part failed that answers when it is asked, such as a grain that just left memory: a start meets many, and no trace helps.
        else if (options.Parts.Away(error) is { } passing)
            LogPassing(feed, record, passing.Part, error.Message.Trim());
        else
            LogFailed(error, feed, record);
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
        Level = LogLevel.Information,
        Message = "Feed {Feed}: {Record} met a passing fault of {Part}; it is tried again: {Reason}"
    )]
    partial void LogPassing(string feed, FeedRecord record, string part, string reason);

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
