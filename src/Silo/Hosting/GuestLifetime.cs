namespace ClearanceEngine.Silo.Hosting;

/// <summary>
/// For a host within the engine's process: it ends when its owner says so. Signals are meant for the engine; a guest that answered
/// them would close, and nothing would end.
/// </summary>
sealed class GuestLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
