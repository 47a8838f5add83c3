namespace ClearanceEngine.Streams.Kafka;

/// <summary>
/// Which records of a partition run and which wait. Those of one key form a line (by option) of which only the head may run.
/// What may run takes one of the places; when all are taken it waits, first come, first served. Not thread-safe; its owner locks.
/// </summary>
sealed class RecordPlaces(int places, bool keyOrder)
{
    /// <summary>A key is here while its head runs or waits for a place; those behind the head are in its line.</summary>
    readonly Dictionary<ReadOnlyMemory<byte>, Queue<FeedRecord>?> _lines = new(KeyComparer.Instance);

    /// <summary>Heads that wait for a place.</summary>
    readonly Queue<FeedRecord> _ready = new();

    public int Running { get; private set; }

    /// <summary>True when it runs from now on; otherwise it waits.</summary>
    public bool Enter(FeedRecord record)
    {
        if (KeyOf(record) is { } key && !_lines.TryAdd(key, null))
        {
            (_lines[key] ??= new()).Enqueue(record);
            return false;
        }
        if (Running < places)
        {
            Running++;
            return true;
        }
        _ready.Enqueue(record);
        return false;
    }

    /// <summary>A record that ran is done: the one that takes over its place, or null. The next of its key waits its turn like others.</summary>
    public FeedRecord? HandOn(FeedRecord record)
    {
        if (KeyOf(record) is { } key)
        {
            if (_lines[key] is { Count: > 0 } line)
                _ready.Enqueue(line.Dequeue());
            else
                _lines.Remove(key);
        }
        if (_ready.TryDequeue(out var next))
            return next;
        Running--;
        return null;
    }

    /// <summary>A record that ran has ended and nothing takes over its place; its line stays closed.</summary>
    public void Close() => Running--;

    /// <summary>All that wait, who are let go.</summary>
    public IEnumerable<FeedRecord> Clear()
    {
        foreach (var line in _lines.Values.Append(_ready))
        {
            while (line is { Count: > 0 })
                yield return line.Dequeue();
        }
    }

    ReadOnlyMemory<byte>? KeyOf(FeedRecord record) => keyOrder ? record.Key : null;
}
