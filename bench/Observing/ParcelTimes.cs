namespace ClearanceEngine.Bench.Observing;

/// <summary>When what happened to a parcel, in Unix milliseconds by the clock of the broker; 0 for not yet.</summary>
sealed class ParcelTimes(int documents)
{
    readonly List<(long From, long To)> _atCustoms = new(7);

    /// <summary>Documents that were not fed yet.</summary>
    public int Unfed = documents;

    /// <summary>The last document was fed.</summary>
    public long Fed;

    /// <summary>The list went to customs.</summary>
    public long Declared;

    /// <summary>Which message that was: a fingerprint of its guid.</summary>
    public int DeclaredIn;

    /// <summary>The release was handed on.</summary>
    public long Released;

    /// <summary>The tax bill was handed on.</summary>
    public long Billed;

    public bool IsComplete => Released > 0 && Billed > 0;

    public long Completed => Math.Max(Released, Billed);

    public void WasAtCustoms(long from, long to) => _atCustoms.Add((from, to));

    /// <summary>Time from the last document to a moment, without the time in which customs had documents of the parcel.</summary>
    public double MillisecondsTo(long moment)
    {
        var (time, covered) = (moment - Fed, Fed);
        foreach (var (from, to) in _atCustoms.OrderBy(c => c.From))
        {
            var (start, end) = (Math.Max(from, covered), Math.Min(to, moment));
            if (end <= start)
                continue;
            time -= end - start;
            covered = end;
        }
        return Math.Max(0, time);
    }
}
