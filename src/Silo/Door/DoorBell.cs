using System.Collections.Concurrent;
using ClearanceEngine.Door;

namespace ClearanceEngine.Silo.Door;

/// <summary>Requests of this silo that wait for intake's decision.</summary>
sealed class DoorBell(ILocalSiloDetails silo, DoorOptions options) : IDoorBell
{
    readonly ConcurrentDictionary<string, TaskCompletionSource<DoorAnswer>> _waiting = new(
        StringComparer.Ordinal
    );

    /// <summary>Key of this silo's door grain.</summary>
    public string Id => DoorPlacement.Key(silo.SiloAddress);

    /// <summary>A place to wait; null when too many wait already.</summary>
    public (string Correlation, Task<DoorAnswer> Answer)? Enter()
    {
        if (_waiting.Count >= options.Waiting)
            return null;
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
