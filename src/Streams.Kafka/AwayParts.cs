using Microsoft.Extensions.Logging;

namespace ClearanceEngine.Streams.Kafka;

/// <summary>
/// Parts that are away, as the records of one reader noticed it. Who needs one waits here, and one question at a time is put to
/// the part itself, with back-off, until it answers: what waits is not tried meanwhile, however much it is. Thread-safe.
/// </summary>
sealed partial class AwayParts(
    string reader,
    KafkaReadingOptions options,
    FeedHealth health,
    TimeProvider time,
    ILogger logger
) : IDisposable
{
    readonly object _lock = new();
    readonly Dictionary<string, Absence> _absences = new(StringComparer.Ordinal);
    readonly CancellationTokenSource _closed = new();
    Task<string?> _asking = Task.FromResult<string?>(null);
    volatile Absence? _stopping;

    /// <summary>A part is away that every record needs: nothing more is to begin.</summary>
    public bool StopReading => _stopping is not null;

    /// <summary>Returns when no part is away any more that every record needs.</summary>
    /// <exception cref="OperationCanceledException">The token ended.</exception>
    public async Task Return(CancellationToken cancellationToken)
    {
        while (_stopping is { } absence)
            await absence.Over.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>As <see cref="Return"/>, for a thread; for so long at most.</summary>
    public void WaitForReturn(TimeSpan patience)
    {
        if (_stopping is { } absence)
            _ = Task.WaitAny([absence.Over.Task], patience);
    }

    /// <summary>
    /// An error tells that a part is away. The part is asked: false when it answers, so that the error must have another cause.
    /// True when it was away indeed, once it is back.
    /// </summary>
    /// <exception cref="OperationCanceledException">The token ended.</exception>
    public Task<bool> Wait(PartAwayException away, CancellationToken cancellationToken)
    {
        Absence? absence;
        lock (_lock)
        {
            if (!_absences.TryGetValue(away.Part, out absence))
            {
                _absences[away.Part] = absence = new Absence(away);
                _ = Watch(absence);
            }
            if (away.StopsReading)
                _stopping ??= absence;
        }
        return absence.Over.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Asks all parts, for all who want to know it now. Null when each answers; otherwise one that does not.</summary>
    public Task<string?> FindOneAway(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_asking.IsCompleted)
                _asking = Task.Run(AskAll);
            return _asking.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Nobody asks any more; who still waits is let go by the tokens.</summary>
    public void Dispose() => _closed.Cancel();

    async Task Watch(Absence absence)
    {
        var part = absence.Away.Part;
        var backoff = new Backoff(options.FirstBackoff, options.LongestBackoff);
        var wasAway = false;

        // Off the caller's lock.
        await Task.Yield();
        try
        {
            while (await Ask(part).ConfigureAwait(false) is { } why)
            {
                if (!wasAway)
                    LogAway(absence.Away, reader, part, why);
                wasAway = true;
                health.Away(part, why);
                await backoff.Wait(time, _closed.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            absence.Over.TrySetCanceled(CancellationToken.None);
            return;
        }

        if (wasAway)
            LogBack(reader, part);
        health.Back(part);
        lock (_lock)
        {
            _absences.Remove(part);
            if (_stopping == absence)
                _stopping = _absences.Values.FirstOrDefault(a => a.Away.StopsReading);
        }
        absence.Over.TrySetResult(wasAway);
    }

    async Task<string?> AskAll()
    {
        foreach (var part in options.Parts.Parts)
        {
            if (await Ask(part).ConfigureAwait(false) is not null)
                return part;
        }
        return null;
    }

    /// <summary>Null when the part answers; otherwise why it is taken to be away.</summary>
    async Task<string?> Ask(string part)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(_closed.Token);
        try
        {
            // The part's own client may not heed the token.
            await options
                .Parts.Probe(part, patience.Token)
                .WaitAsync(options.ProbeTimeout, time, _closed.Token)
                .ConfigureAwait(false);
            return null;
        }
        catch (Exception) when (_closed.IsCancellationRequested)
        {
            throw new OperationCanceledException(_closed.Token);
        }
        catch (TimeoutException)
        {
            return $"no answer within {options.ProbeTimeout}";
        }
        catch (Exception e)
        {
            return e.Message;
        }
        finally
        {
            await patience.CancelAsync().ConfigureAwait(false);
        }
    }

    /// <param name="away">What told of it first.</param>
    sealed class Absence(PartAwayException away)
    {
        public PartAwayException Away => away;

        /// <summary>Ends when the part answers; true when it did not at first.</summary>
        public TaskCompletionSource<bool> Over { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Reader}: the {Part} is away ({Why}). Records that need it wait and lose nothing by it; it is asked until it is back."
    )]
    partial void LogAway(Exception e, string reader, string part, string why);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Reader}: the {Part} is back.")]
    partial void LogBack(string reader, string part);
}
