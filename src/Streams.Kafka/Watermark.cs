namespace ClearanceEngine.Streams.Kafka;

/// <summary>
/// What of a partition is done: the offset below which every record that was delivered is finished. Records finish in
/// any order and offsets may have gaps (compaction, transactions); the watermark never passes one that is unfinished.
/// Not thread-safe; its owner locks.
/// </summary>
public sealed class Watermark
{
    readonly Queue<long> _started = new();
    readonly HashSet<long> _finished = [];
    long _next = -1;

    /// <summary>Records started and not yet passed.</summary>
    public int Open => _started.Count;

    /// <summary>The offset to commit (the next to read); null before anything was finished.</summary>
    public long? Position { get; private set; }

    /// <summary>Oldest unfinished offset; null when all is done.</summary>
    public long? Oldest => _started.TryPeek(out var offset) ? offset : null;

    /// <summary>A record is handed out. Offsets come in rising order.</summary>
    public void Start(long offset)
    {
        if (offset < _next) throw new ArgumentOutOfRangeException(nameof(offset), offset, $"Offsets must rise; the last one was {_next - 1}.");
        _next = offset + 1;
        _started.Enqueue(offset);
    }

    /// <summary>A record is finished. True when the watermark moved.</summary>
    public bool Finish(long offset)
    {
        if (_started.Count == 0 || offset < _started.Peek() || !_finished.Add(offset)) return false;
        var moved = false;
        while (_started.TryPeek(out var oldest) && _finished.Remove(oldest))
        {
            _started.Dequeue();
            Position = oldest + 1;
            moved = true;
        }
        return moved;
    }
}
