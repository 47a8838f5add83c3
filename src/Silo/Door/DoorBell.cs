using System.Collections.Concurrent;
using ClearanceEngine.Door;

namespace ClearanceEngine.Silo.Door;

/// <summary>Requests of this process that wait for intake's decision, and the grain through which it comes.</summary>
sealed class DoorBell(IServiceProvider services, DoorOptions options, TimeProvider time) : BackgroundService, IDoorBell
{
    readonly ConcurrentDictionary<string, TaskCompletionSource<DoorAnswer>> _waiting = new(StringComparer.Ordinal);

    /// <summary>Key of this process's door grain.</summary>
    public string Id { get; } = $"d/{Guid.NewGuid():N}";

    /// <summary>A place to wait; null when too many wait already.</summary>
    public (string Correlation, Task<DoorAnswer> Answer)? Enter()
    {
        if (_waiting.Count >= options.Waiting) return null;
        var correlation = Guid.NewGuid().ToString("N");
        var source = new TaskCompletionSource<DoorAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[correlation] = source;
        return (correlation, source.Task);
    }

    public void Leave(string correlation) => _waiting.TryRemove(correlation, out _);

    public void Ring(string correlation, DoorAnswer answer)
    {
        if (_waiting.TryRemove(correlation, out var source)) source.TrySetResult(answer);
    }

    /// <summary>The first call places the grain here; the others keep it.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMinutes(1), time);
        do
        {
            try
            {
                await services.GetRequiredService<IGrainFactory>().GetGrain<IDoorGrain>(Id).Stay();
            }
            catch (Exception) when (!stoppingToken.IsCancellationRequested)
            {
                // Without the grain, requests are answered 202 by their time-out; the next minute tries again.
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
