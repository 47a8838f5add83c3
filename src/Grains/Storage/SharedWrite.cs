namespace ClearanceEngine.Storage;

/// <summary>
/// Writes of one reentrant grain: calls that come while a write is under way share the next one. What a caller changed
/// before it asked is in the write that it waits for.
/// </summary>
/// <param name="write">Writes the state of that moment.</param>
/// <param name="failed">Ends the activation: after a failed write memory is ahead of the store.</param>
public sealed class SharedWrite(Func<Task> write, Action failed)
{
    Task _running = Task.CompletedTask;
    Task? _next;

    /// <summary>Waits until everything changed so far is durable.</summary>
    public Task Changed() => _next ??= Next();

    /// <summary>Waits for what others changed before; no write of its own.</summary>
    public Task Settled() => _next ?? _running;

    async Task Next()
    {
        // Let the caller store this task as the next one before it may start.
        await Task.Yield();
        await _running;
        _next = null;
        _running = Write();
        await _running;
    }

    async Task Write()
    {
        try
        {
            await write();
        }
        catch
        {
            failed();
            throw;
        }
    }
}
