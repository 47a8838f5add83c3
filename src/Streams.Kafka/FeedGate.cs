namespace ClearanceEngine.Streams.Kafka;

/// <summary>
/// What one feed holds at once: handlers that run, and bytes of records held (those that wait for a place or an earlier one of their
/// key, too). Only the reading thread enters; it looks for room first, so the bounds hold but for the bytes of one record.
/// </summary>
sealed class FeedGate(int handlers, long bytes)
{
    readonly object _lock = new();
    int _running;
    long _held;
    bool _napping;

    /// <summary>Handlers that run now.</summary>
    public int Running
    {
        get
        {
            lock (_lock)
                return _running;
        }
    }

    /// <summary>Bytes of the records held now.</summary>
    public long Held
    {
        get
        {
            lock (_lock)
                return _held;
        }
    }

    /// <summary>One more record may enter.</summary>
    public bool HasRoom
    {
        get
        {
            lock (_lock)
                return IsRoomy;
        }
    }

    /// <summary>How long a reader that found no room waits for much of it, before it is content with any.</summary>
    static readonly TimeSpan Nap = TimeSpan.FromMilliseconds(1);

    bool IsRoomy => _running < handlers && _held < bytes;

    /// <summary>Room for many: to wake the reader costs more than to read a record.</summary>
    bool HasMuchRoom => _running <= handlers / 8 * 7 && _held <= bytes / 8 * 7;

    /// <summary>Waits until one more record may enter. False when there was no room in time.</summary>
    public bool WaitForRoom(TimeSpan patience)
    {
        lock (_lock)
        {
            if (IsRoomy)
                return true;
            _napping = true;
            Monitor.Wait(_lock, patience < Nap ? patience : Nap);
            _napping = false;
            return IsRoomy || (Monitor.Wait(_lock, patience) && IsRoomy);
        }
    }

    /// <summary>A record is held from now on; if it runs, it also takes a handler's place.</summary>
    public void Enter(int size, bool runs)
    {
        lock (_lock)
        {
            _held += size;
            if (runs)
                _running++;
        }
    }

    /// <summary>A record is no longer held; its place is free unless the next record of its key takes it over.</summary>
    public void Leave(int size, bool freesPlace)
    {
        lock (_lock)
        {
            _held -= size;
            if (freesPlace)
                _running--;
            if (_napping ? HasMuchRoom : IsRoomy)
                Monitor.Pulse(_lock);
        }
    }
}
