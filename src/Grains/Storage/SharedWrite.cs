namespace ClearanceEngine.Storage;

/// <summary>
/// Writes of one reentrant grain: calls that come while a write is under way share the next one. What a caller changed
/// before it asked is in the write that it waits for. A change that nobody is in a hurry for may wait a little for others
/// to share its write.
/// </summary>
/// <param name="write">Writes the state of that moment.</param>
/// <param name="failed">Ends the activation: after a failed write memory is ahead of the store, and nothing is written from it any more.</param>
/// <param name="patience">How long a change that may wait does so at most; zero never waits.</param>
/// <param name="time">For the patience.</param>
public sealed class SharedWrite(Func<Task> write, Action failed, TimeSpan patience = default, TimeProvider? time = null)
{
    Task _running = Task.CompletedTask;
    TaskCompletionSource? _next;
    bool _asked;

    /// <summary>Waits until everything changed so far is durable.</summary>
    /// <param name="mayWait">True when it may be stored with what comes next, within the patience.</param>
    public Task Changed(bool mayWait = false)
    {
        if (_running.IsFaulted) return _running;
        var isNew = _next is null;
        var next = _next ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!mayWait || patience <= TimeSpan.Zero || time is null) Ask();
        else if (isNew) AskLater(next, time);
        return next.Task;
    }

    /// <summary>Waits for what others changed before; no write of its own.</summary>
    /// <param name="mayWait">False when what may wait is to be stored now, for somebody waits for the answer.</param>
    public Task Settled(bool mayWait = true)
    {
        if (_next is not { } next) return _running;
        if (!mayWait) Ask();
        return next.Task;
    }

    void Ask()
    {
        if (_asked) return;
        _asked = true;
        Next().Ignore();
    }

    async void AskLater(TaskCompletionSource next, TimeProvider time)
    {
        await Task.Delay(patience, time);
        if (ReferenceEquals(next, _next)) Ask();
    }

    async Task Next()
    {
        // Whoever changes something in this turn shares the write, and so does who comes while another is under way.
        await Task.Yield();
        try
        {
            await _running;
        }
        catch
        {
            // Told to who waited for it; below, to who comes after it.
        }
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
            Fail(next, e);
            failed();
        }
    }

    static void Fail(TaskCompletionSource next, Exception reason)
    {
        next.SetException(reason);
        _ = next.Task.Exception; // there may be nobody who waits
    }
}
