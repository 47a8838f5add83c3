using Microsoft.Extensions.Logging;

namespace ClearanceEngine.Streams.Kafka;

/// <summary>What a failed try says.</summary>
enum Verdict
{
    /// <summary>Try again, now: a part was away and is back.</summary>
    Again,

    /// <summary>Try again after a pause; the try counts.</summary>
    Later,

    /// <summary>The record is what is wrong, and its tries are used up.</summary>
    Exhausted,
}

/// <summary>What is known of a record that failed and is not done yet.</summary>
sealed class RecordFailures(long came)
{
    /// <summary>When the record was first tried.</summary>
    public long Came { get; private set; } = came;

    /// <summary>When the try before the last failed, or the first one began.</summary>
    public long Before { get; private set; } = came;

    /// <summary>When the last try failed.</summary>
    public long Last { get; private set; } = came;

    /// <summary>Tries that count.</summary>
    public int Tries { get; private set; }

    public void Count(long now)
    {
        (Before, Last) = (Last, now);
        Tries++;
    }

    /// <summary>A part was away: what failed until now says nothing of the record.</summary>
    public void Forget(long now)
    {
        Came = now;
        Before = now;
        Last = now;
        Tries = 0;
    }
}

/// <summary>
/// Tells a record that is wrong from a part that is away. An error that names a part counts only if the part itself, when
/// asked, answers. Any other counts, but tries that are used up are held against the record only while its neighbours succeed;
/// where nothing else comes, while all parts that are known answer. See ADR 011.
/// </summary>
sealed partial class FailureJudge(
    string reader,
    KafkaReadingOptions options,
    FeedHealth health,
    TimeProvider time,
    ILogger logger
) : IDisposable
{
    /// <summary>Tries before a record's time counts.</summary>
    const int FewestTries = 3;

    public AwayParts Parts { get; } = new(reader, options, health, time, logger);

    public Neighbours Neighbours { get; } = new();

    /// <summary>A try failed. Returns at once, or, while a part is away that it needs, when that is back.</summary>
    /// <param name="record">The record.</param>
    /// <param name="error">How it failed.</param>
    /// <param name="failures">What is known of the record; brought up to date.</param>
    /// <param name="othersFail">Others fail, too, at this time.</param>
    /// <param name="most">Tries after which they count as used up.</param>
    /// <param name="longest">Time after which they count as used up.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The token ended.</exception>
    public async ValueTask<Verdict> Judge(
        FeedRecord record,
        Exception error,
        RecordFailures failures,
        bool othersFail,
        int most,
        TimeSpan longest,
        CancellationToken cancellationToken
    )
    {
        if (await WasAway(error, cancellationToken).ConfigureAwait(false))
        {
            failures.Forget(time.GetTimestamp());
            return Verdict.Again;
        }

        failures.Count(time.GetTimestamp());
        if (!AreUsedUp(failures, most, longest))
            return Verdict.Later;
        if (await IsWrong(failures, othersFail, cancellationToken).ConfigureAwait(false))
            return Verdict.Exhausted;

        if (health.Doubtful(record, error.Message))
            LogDoubtful(error, reader, record, failures.Tries);
        return Verdict.Later;
    }

    public void Dispose() => Parts.Dispose();

    /// <summary>
    /// Time alone says nothing of a record: in overload one call that is not answered may take all of it, and what is tried
    /// next succeeds (decision 10).
    /// </summary>
    bool AreUsedUp(RecordFailures failures, int most, TimeSpan longest)
    {
        if (failures.Tries >= most)
            return true;
        return failures.Tries >= FewestTries && time.GetElapsedTime(failures.Came) >= longest;
    }

    /// <summary>True, once it is back, when a part was away indeed of which the error tells.</summary>
    async ValueTask<bool> WasAway(Exception error, CancellationToken cancellationToken)
    {
        for (var away = options.Parts.Away(error); away is not null; away = away.OrElse)
        {
            if (await Parts.Wait(away, cancellationToken).ConfigureAwait(false))
                return true;
        }
        return false;
    }

    async ValueTask<bool> IsWrong(
        RecordFailures failures,
        bool othersFail,
        CancellationToken cancellationToken
    )
    {
        if (Neighbours.BeganAndSucceededSince(failures.Before))
            return true;

        // Nothing to compare it with: then it is asked whether all is there that handling may need.
        var allFail = othersFail && !Neighbours.SucceededSince(failures.Came);
        return !allFail && await Parts.FindOneAway(cancellationToken).ConfigureAwait(false) is null;
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Reader}: {Record} has failed {Tries} times, and nothing else succeeds or a part is away; it is not held against the record, which waits and is tried again."
    )]
    partial void LogDoubtful(Exception e, string reader, FeedRecord record, int tries);
}
