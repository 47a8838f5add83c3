namespace ClearanceEngine.Bench.Observing;

/// <summary>All parcels of a feed. The feeder enters them, the observer follows them.</summary>
sealed class Book
{
    ParcelTimes?[] _parcels = new ParcelTimes?[1 << 16];
    long _fed,
        _completed,
        _declared,
        _recordsIn,
        _recordsOut,
        _doubled;

    /// <summary>Parcels entered.</summary>
    public int Count { get; private set; }

    /// <summary>Parcels that are complete at the door and not yet released and billed.</summary>
    public int Outstanding => (int)(Interlocked.Read(ref _fed) - Interlocked.Read(ref _completed));

    public long Completed => Interlocked.Read(ref _completed);

    public long Declared => Interlocked.Read(ref _declared);

    public long RecordsIn => Interlocked.Read(ref _recordsIn);

    public long RecordsOut => Interlocked.Read(ref _recordsOut);

    /// <summary>Lists that went to customs in two messages.</summary>
    public long Doubled => Interlocked.Read(ref _doubled);

    public ParcelTimes? this[int serial] =>
        serial < Volatile.Read(ref _parcels).Length ? Volatile.Read(ref _parcels)[serial] : null;

    public IEnumerable<ParcelTimes> Parcels => _parcels.Take(Count).OfType<ParcelTimes>();

    /// <summary>In words: how many parcels are not finished, and how far they came.</summary>
    public string Unfinished()
    {
        ParcelTimes[] open = [.. Parcels.Where(p => !p.IsComplete)];
        var examples = string.Join(
            ", ",
            Enumerable.Range(0, Count).Where(i => _parcels[i] is { IsComplete: false }).Take(5)
        );
        return $"{open.Length} of {Count} parcels ({open.Count(p => p.Unfed > 0)} not wholly fed, {open.Count(p => p.Declared == 0)} not declared, {open.Count(p => p.Released == 0)} not released, {open.Count(p => p.Billed == 0)} not billed; {examples})";
    }

    /// <summary>For the feeder alone.</summary>
    public void Enter(int serial, ParcelTimes times)
    {
        if (serial >= _parcels.Length)
        {
            var larger = new ParcelTimes?[_parcels.Length * 2];
            _parcels.CopyTo(larger, 0);
            Volatile.Write(ref _parcels, larger);
        }
        Volatile.Write(ref _parcels[serial], times);
        Count = Math.Max(Count, serial + 1);
    }

    public void WasFed() => Interlocked.Increment(ref _fed);

    public void WasCompleted() => Interlocked.Increment(ref _completed);

    public void WasDeclared() => Interlocked.Increment(ref _declared);

    public void WasDoubled() => Interlocked.Increment(ref _doubled);

    public void RecordIn() => Interlocked.Increment(ref _recordsIn);

    public void RecordOut() => Interlocked.Increment(ref _recordsOut);
}
