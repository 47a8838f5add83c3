namespace ClearanceEngine.Storage;

/// <summary>
/// Writes of one reentrant grain: calls that come while a write is under way share the next one. What a caller changed
/// before it asked is in the write that it waits for. A change that nobody is in a hurry for may wait a little for others
/// to share its write.
/// </summary>
/// <param name="write">Writes the state of that moment.</param>
/// <param name="failed">Ends the activation: after a failed write memory is ahead of the store, and nothing is written from it any more.</param>
/// <param name="time">For those who can wait; null: nobody can.</param>
public sealed class SharedWrite(Func<Task> write, Action failed, TimeProvider? time = null)
{
    Task _running = Task.CompletedTask;
    TaskCompletionSource? _next;
    DateTimeOffset _due;
    bool _asked;

    /// <summary>One for all waits, set anew: a delay of its own for each change was a timer and a task more for each.</summary>
    ITimer? _later;
    TaskScheduler? _grain;

    /// <summary>Waits until everything changed so far is durable.</summary>
    /// <param name="patience">How long the change may wait for others at most.</param>
    public Task Changed(TimeSpan patience = default)
    {
        if (_running.IsFaulted)
            return _running;
        var isFirst = _next is null;
        var next = _next ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (_asked)
            return next.Task;
        if (patience <= TimeSpan.Zero || time is null)
            Ask();
        else if (time.GetUtcNow() + patience is var due && (isFirst || due < _due))
        {
            _due = due;
            AskIn(patience, time);
        }
        return next.Task;
    }

    /// <summary>Waits for what others changed before; no write of its own.</summary>
    /// <param name="atOnce">True when somebody waits for the answer: what could wait is written now.</param>
    public Task Settled(bool atOnce = false)
    {
        if (_next is not { } next)
            return _running;
        if (atOnce)
            Ask();
        return next.Task;
    }

    void Ask()
    {
        if (_asked)
            return;
        _asked = true;
        Next().Ignore();
    }

    void AskIn(TimeSpan patience, TimeProvider time)
    {
        if (_later is not null)
        {
            _later.Change(patience, Timeout.InfiniteTimeSpan);
            return;
        }
        _grain = TaskScheduler.Current;
        // Nothing of the call that happens to come first belongs to the later ones.
        var isFlowing = !ExecutionContext.IsFlowSuppressed();
        if (isFlowing)
            ExecutionContext.SuppressFlow();
        try
        {
            _later = time.CreateTimer(BackInGrain, this, patience, Timeout.InfiniteTimeSpan);
        }
        finally
        {
            if (isFlowing)
                ExecutionContext.RestoreFlow();
        }
    }

    static void BackInGrain(object? write) =>
        Task.Factory.StartNew(
            static write => ((SharedWrite)write!).AskIfDue(),
            write,
            CancellationToken.None,
            TaskCreationOptions.DenyChildAttach,
            ((SharedWrite)write!)._grain!
        );

    /// <summary>What was waited for may have been written since, or may be waited for longer: then the timer was set anew.</summary>
    void AskIfDue()
    {
        if (_next is null || _asked)
            return;
        var left = _due - time!.GetUtcNow();
        if (left <= TimeSpan.Zero)
            Ask();
        else
            _later!.Change(left, Timeout.InfiniteTimeSpan);
    }

    async Task Next()
    {
        // Whoever changes something in this turn shares the write, and so does who comes while another is under way.
        await Task.Yield();
        // Its failure is told to who waited for it; below, to who comes after it.
        await _running.ConfigureAwait(
            ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext
        );
        var (next, before) = (_next!, _running);
        (_next, _asked) = (null, false);
        _running = next.Task;
        if (before.IsFaulted)
        {
            Fail(next, before.Exception!.InnerException!);
            return;
        }
        try
        {
            await write();
            next.SetResult();
        }
        catch (Exception e)
        {
            failed();
            Fail(next, e);
        }
    }

    static void Fail(TaskCompletionSource next, Exception reason)
    {
        next.SetException(reason);
        _ = next.Task.Exception; // there may be nobody who waits
    }
}
