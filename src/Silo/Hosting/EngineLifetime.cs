namespace ClearanceEngine.Silo.Hosting;

/// <summary>
/// Ctrl-C, SIGTERM and SIGQUIT for the engine's host. One that comes while the host starts waits for the start to end, for a while:
/// a silo that is cut off half-way stays among the members, so that the others call it in vain, and fills the log with stack
/// traces. .NET's own lifetime cuts it off.
/// </summary>
sealed class EngineLifetime(IHostApplicationLifetime life, TimeProvider time) : IHostLifetime, IDisposable
{
    /// <summary>A start that takes longer hangs, such as on a neighbour that does not answer: then it is cut off.</summary>
    public static readonly TimeSpan StartMayTake = TimeSpan.FromSeconds(10);

    EndSignals? _signals;

    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        _signals = new EndSignals();
        _ = StopWhen(_signals.Told);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _signals?.Dispose();

    internal async Task StopWhen(Task told)
    {
        await told;
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (life.ApplicationStarted.Register(() => started.TrySetResult()))
            await Task.WhenAny(started.Task, Task.Delay(StartMayTake, time));

        life.StopApplication();
    }
}
