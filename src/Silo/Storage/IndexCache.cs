using System.Collections.Concurrent;

namespace ClearanceEngine.Silo.Storage;

/// <summary>
/// A bounded memory of found names. What this silo's own writes change is forgotten at once; what other silos change
/// after <see cref="StorageOptions.IndexCacheTime"/> at the latest.
/// </summary>
public sealed class IndexCache(StorageOptions options, TimeProvider time)
{
    const int Stripes = 1024;

    /// <summary>Counts changes by hash of the name, so that a look-up that was under way meanwhile is not remembered.</summary>
    readonly long[] _changes = new long[Stripes];

    /// <summary>Two generations: when the young one has half of the bound, the old one is dropped. What is still asked for moves to the young one.</summary>
    volatile ConcurrentDictionary<string, Entry> _young = new(StringComparer.Ordinal);
    volatile ConcurrentDictionary<string, Entry> _old = new(StringComparer.Ordinal);

    /// <summary>Entries put into the young one, replaced ones included: the dictionary's own count locks all of it.</summary>
    int _put;

    readonly record struct Entry(string[] Grains, long At);

    public string[]? Find(string key)
    {
        if (!_young.TryGetValue(key, out var entry))
        {
            if (!_old.TryGetValue(key, out entry))
                return null;
            Keep(key, entry, Mark(key));
        }
        return time.GetElapsedTime(entry.At) < options.IndexCacheTime ? entry.Grains : null;
    }

    /// <summary>Taken before a look-up starts and given to <see cref="Remember"/> with what it found.</summary>
    public long Mark(string key) => Interlocked.Read(ref _changes[Stripe(key)]);

    public void Remember(string key, string[] grains, long mark) =>
        Keep(key, new Entry(grains, time.GetTimestamp()), mark);

    /// <summary>The rows of these names were written: whatever is remembered of them may be wrong.</summary>
    public void Changed(IReadOnlyList<string> keys)
    {
        foreach (var key in keys)
        {
            Interlocked.Increment(ref _changes[Stripe(key)]);
            _young.TryRemove(key, out _);
            _old.TryRemove(key, out _);
        }
    }

    void Keep(string key, Entry entry, long mark)
    {
        if (Interlocked.Increment(ref _put) == Math.Max(1, options.IndexCacheSize / 2) + 1)
        {
            Volatile.Write(ref _put, 1);
            (_old, _young) = (_young, new(StringComparer.Ordinal));
        }
        _young[key] = entry;
        // A change that came between the mark and the line above may have looked for the entry too early.
        if (Mark(key) != mark)
            _young.TryRemove(key, out _);
    }

    static int Stripe(string key) => (int)((uint)key.GetHashCode(StringComparison.Ordinal) % Stripes);
}
