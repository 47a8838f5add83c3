using System.Collections.Concurrent;

namespace ClearanceEngine.Silo.Intake;

/// <summary>Kinds that were told of already, so that what comes with every message is told once; bounded, since senders name them.</summary>
sealed class SeenKinds
{
    /// <summary>After so many nothing is new any more: whoever names without end is no news.</summary>
    public const int Most = 1_000;

    readonly ConcurrentDictionary<string, bool> _seen = new(StringComparer.Ordinal);

    /// <summary>True the first time.</summary>
    public bool IsNew(string kind) =>
        !_seen.ContainsKey(kind) && _seen.Count < Most && _seen.TryAdd(kind, true);
}
