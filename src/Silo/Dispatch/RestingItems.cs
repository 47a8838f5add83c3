using ClearanceEngine.Recovery;

namespace ClearanceEngine.Silo.Dispatch;

/// <summary>
/// What was tried and is still on the list: it rests, longer each time, and nothing is written for that (ADR 026). What a pass
/// does not meet is done, gone or another silo's, and forgotten. The memory is bounded: what finds no room in it is simply
/// tried again in the next pass. After a restart everything is.
/// </summary>
sealed class RestingItems(RecoveryOptions options, TimeProvider time)
{
    readonly Dictionary<string, Rest> _rests = new(StringComparer.Ordinal);
    readonly HashSet<string> _driven = new(StringComparer.Ordinal);
    readonly Lock _lock = new();
    int _pass;

    /// <summary>Items whose last try failed.</summary>
    public int Failing
    {
        get
        {
            lock (_lock)
                return _rests.Values.Count(r => r.FailingSince is not null);
        }
    }

    /// <summary>How long the first of them has failed; zero for none.</summary>
    public TimeSpan FailingFor
    {
        get
        {
            lock (_lock)
                return time.GetUtcNow() - (_rests.Values.Min(r => r.FailingSince) ?? time.GetUtcNow());
        }
    }

    /// <summary>Slices of which something is being driven on.</summary>
    public SliceSet Busy
    {
        get
        {
            lock (_lock)
                return _driven.Aggregate(SliceSet.None, (all, key) => all.With(SliceSet.Of(key)));
        }
    }

    public int Count
    {
        get
        {
            lock (_lock)
                return _rests.Count;
        }
    }

    /// <summary>An item is met on the list.</summary>
    /// <returns>Whether it is to be driven on: it does not rest, and is not being driven on.</returns>
    public bool Meet(string key)
    {
        lock (_lock)
        {
            if (!_rests.TryGetValue(key, out var rest))
                return !_driven.Contains(key);
            _rests[key] = rest with { Pass = _pass };
            return rest.Until <= time.GetUtcNow() && !_driven.Contains(key);
        }
    }

    public void Begin(string key)
    {
        lock (_lock)
            _driven.Add(key);
    }

    /// <summary>It is not driven on after all.</summary>
    public void Leave(string key)
    {
        lock (_lock)
            _driven.Remove(key);
    }

    /// <summary>An item was tried, and may be on the list still.</summary>
    /// <returns>How long it rests.</returns>
    public TimeSpan Tried(string key, bool hasFailed)
    {
        lock (_lock)
        {
            _driven.Remove(key);
            if (!_rests.TryGetValue(key, out var last) && _rests.Count >= options.Remembered)
                return TimeSpan.Zero;

            var now = time.GetUtcNow();
            var length = last.Length == TimeSpan.Zero ? options.FirstRest : last.Length * 2;
            if (length > options.LongestRest)
                length = options.LongestRest;
            var since = hasFailed ? last.FailingSince ?? now : (DateTimeOffset?)null;
            _rests[key] = new Rest(now + length, length, since, _pass);
            return length;
        }
    }

    /// <summary>A pass has met everything that is on the list.</summary>
    public void EndPass()
    {
        lock (_lock)
        {
            foreach (var (key, rest) in _rests)
            {
                if (rest.Pass != _pass)
                    _rests.Remove(key);
            }
            _pass++;
        }
    }

    /// <param name="Until">It is tried again from then on.</param>
    /// <param name="Length">Of its last rest.</param>
    /// <param name="FailingSince">The first of the tries that failed one after the other; null when the last did not.</param>
    /// <param name="Pass">In which it was met last.</param>
    readonly record struct Rest(
        DateTimeOffset Until,
        TimeSpan Length,
        DateTimeOffset? FailingSince,
        int Pass
    );
}
