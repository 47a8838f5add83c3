namespace ClearanceEngine.Streams.Kafka;

/// <summary>
/// What one feed holds at once: handlers that run, and bytes of records held (those that wait for an earlier one of their
/// key, too). Only the reading thread enters; it looks for room first, so the bounds hold but for the bytes of one record.
/// </summary>
sealed class FeedGate(int handlers, long bytes)
{
    readonly object _lock = new();
    int _running;
    long _held;

    /// <summary>Handlers that run now.</summary>
    public int Running
    {
        get
        {
            lock (_lock) return _running;
        }
    }

    /// <summary>Bytes of the records held now.</summary>
    public long Held
    {
        get
        {
            lock (_lock) return _held;
        }
    }

    /// <summary>How long a reader that found no room looks away unless there is plenty before.</summary>
    static readonly TimeSpan Nap = TimeSpan.FromMilliseconds(1);

    bool HasRoom => _running < handlers && _held < bytes;

    /// <summary>Room for many: worth waking the reader for, who costs more to wake than a record to read.</summary>
    bool HasPlenty => _running <= handlers / 4 * 3 && _held <= bytes / 4 * 3;

    /// <summary>Waits until one more record may enter. False when there was no room in time.</summary>
    public bool WaitForRoom(TimeSpan patience)
    {
        lock (_lock)
        {
            var since = System.Diagnostics.Stopwatch.GetTimestamp();
            while (!HasRoom)
            {
                var left = patience - System.Diagnostics.Stopwatch.GetElapsedTime(since);
                if (left <= TimeSpan.Zero) return false;
                Monitor.Wait(_lock, left < Nap ? left : Nap);
            }
            return true;
        }
    }

    /// <summary>A record is held from now on; if it runs, it also takes a handler's place.</summary>
    public void Enter(int size, bool runs)
    {
        lock (_lock)
        {
            _held += size;
            if (runs) _running++;
        }
    }

    /// <summary>A record is no longer held; its place is free unless the next record of its key takes it over.</summary>
    public void Leave(int size, bool freesPlace)
    {
        lock (_lock)
        {
            _held -= size;
            if (freesPlace) _running--;
            if (HasPlenty) Monitor.Pulse(_lock);
        }
    }
}
