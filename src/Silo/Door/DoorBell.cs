using System.Collections.Concurrent;
using ClearanceEngine.Door;

namespace ClearanceEngine.Silo.Door;

/// <summary>Requests of this silo that wait for intake's decision. How many there may be, the limiter before it says (<see cref="DoorOptions.Waiting"/>).</summary>
sealed class DoorBell(ILocalSiloDetails silo) : IDoorBell
{
    readonly ConcurrentDictionary<string, TaskCompletionSource<DoorAnswer>> _waiting = new(
        StringComparer.Ordinal
    );

    /// <summary>Key of this silo's door grain.</summary>
    public string Id => DoorPlacement.Key(silo.SiloAddress);

    /// <summary>From now on until <see cref="Leave"/> the answer to this correlation is waited for.</summary>
    public (string Correlation, Task<DoorAnswer> Answer) Enter()
    {
        var correlation = Guid.NewGuid().ToString("N");
        var source = new TaskCompletionSource<DoorAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[correlation] = source;
        return (correlation, source.Task);
    }

    public void Leave(string correlation) => _waiting.TryRemove(correlation, out _);

    public void Ring(string correlation, DoorAnswer answer)
    {
        if (_waiting.TryRemove(correlation, out var source))
            source.TrySetResult(answer);
    }
}
