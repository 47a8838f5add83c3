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
            AskLater(next, patience, _due = due, time);
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

    async void AskLater(TaskCompletionSource next, TimeSpan patience, DateTimeOffset due, TimeProvider time)
    {
        await Task.Delay(patience, time);
        if (ReferenceEquals(next, _next) && due == _due)
            Ask();
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
