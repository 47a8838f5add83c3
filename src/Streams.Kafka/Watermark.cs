namespace ClearanceEngine.Streams.Kafka;

/// <summary>
/// What of a partition is done: the offset below which every record that was delivered is finished. Records finish in
/// any order and offsets may have gaps (compaction, transactions); the watermark never passes one that is unfinished.
/// Not thread-safe; its owner locks.
/// </summary>
public sealed class Watermark
{
    /// <summary>Ring of the records not yet passed, by rising offset; its length is a power of two.</summary>
    (long Offset, bool Done)[] _ring = new (long, bool)[16];
    int _first;

    /// <summary>Records started and not yet passed.</summary>
    public int Open { get; private set; }

    /// <summary>The lowest offset that may start next.</summary>
    public long Next { get; private set; } = -1;

    /// <summary>The offset to commit (the next to read); null before anything was finished.</summary>
    public long? Position { get; private set; }

    /// <summary>Oldest unfinished offset; null when all is done.</summary>
    public long? Oldest => Open > 0 ? At(0).Offset : null;

    /// <summary>How far the newest started offset is above the oldest unfinished one, both counted; 0 when all is done.</summary>
    public long Distance => Open > 0 ? Next - At(0).Offset : 0;

    /// <summary>A record is handed out. Offsets come in rising order.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The offset is not above the last one.</exception>
    public void Start(long offset)
    {
        if (offset < Next)
            throw new ArgumentOutOfRangeException(
                nameof(offset),
                offset,
                $"Offsets must rise; the last one was {Next - 1}."
            );
        if (Open == _ring.Length)
            Grow();
        Next = offset + 1;
        Open++;
        At(Open - 1) = (offset, false);
    }

    /// <summary>A record is finished. True when the watermark moved; one that was not started, or is passed, changes nothing.</summary>
    public bool Finish(long offset)
    {
        var index = Find(offset);
        if (index < 0)
            return false;
        At(index).Done = true;
        var moved = false;
        while (Open > 0 && At(0) is { Done: true } passed)
        {
            Position = passed.Offset + 1;
            _first = (_first + 1) & (_ring.Length - 1);
            Open--;
            moved = true;
        }
        return moved;
    }

    ref (long Offset, bool Done) At(int index) => ref _ring[(_first + index) & (_ring.Length - 1)];

    /// <summary>Where there are no gaps an offset lies as far from the first one as it is above it; with gaps, nearer.</summary>
    int Find(long offset)
    {
        if (Open == 0)
            return -1;
        int low = 0,
            high = (int)Math.Min(Open - 1, offset - At(0).Offset);
        for (var middle = high; low <= high; middle = (low + high) / 2)
        {
            var found = At(middle).Offset;
            if (found == offset)
                return middle;
            if (found < offset)
                low = middle + 1;
            else
                high = middle - 1;
        }
        return -1;
    }

    void Grow()
    {
        var larger = new (long, bool)[_ring.Length * 2];
        for (var i = 0; i < Open; i++)
            larger[i] = At(i);
        (_ring, _first) = (larger, 0);
    }
}
