namespace ClearanceEngine.Silo.Dispatch;

/// <summary>
/// What failed and is left alone for a while, longer each time. Its memory is bounded: when it is full of what still
/// rests, a further failure is not remembered and that item is simply tried in the next round.
/// </summary>
sealed class RestingItems(RecoveryOptions options, TimeProvider time)
{
    readonly Dictionary<string, Rest> _rests = new(StringComparer.Ordinal);
    readonly Lock _lock = new();

    public int Count
    {
        get
        {
            lock (_lock)
                return _rests.Count;
        }
    }

    public bool Rests(string key)
    {
        lock (_lock)
            return _rests.TryGetValue(key, out var rest) && time.GetUtcNow() < rest.Until;
    }

    /// <returns>How long it rests.</returns>
    public TimeSpan Failed(string key)
    {
        lock (_lock)
        {
            var last = _rests.GetValueOrDefault(key).Length;
            var length = last == TimeSpan.Zero ? options.FirstRest : last * 2;
            if (length > options.LongestRest)
                length = options.LongestRest;
            if (last == TimeSpan.Zero && !MakeRoom())
                return TimeSpan.Zero;
            _rests[key] = new Rest(time.GetUtcNow() + length, length);
            return length;
        }
    }

    public void Succeeded(string key)
    {
        lock (_lock)
            _rests.Remove(key);
    }

    /// <summary>Forgets what should have been tried again long ago and was not: it is done, or gone.</summary>
    bool MakeRoom()
    {
        if (_rests.Count < options.Remembered)
            return true;
        var longAgo = time.GetUtcNow() - options.LongestRest;
        foreach (var (key, rest) in _rests)
        {
            if (rest.Until < longAgo)
                _rests.Remove(key);
        }
        return _rests.Count < options.Remembered;
    }

    readonly record struct Rest(DateTimeOffset Until, TimeSpan Length);
}
