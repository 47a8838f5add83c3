namespace ClearanceEngine.Recovery;

/// <summary>
/// Who works on which slices of a list. Every silo gets its share; a slice changes hands only when its silo is done with it, or is
/// silent for as long as its lease. Pure.
/// </summary>
public sealed class SliceLedger
{
    readonly string?[] _owners = new string?[SliceSet.Slices];
    readonly Dictionary<string, Lease> _silos = new(StringComparer.Ordinal);

    /// <param name="Until">Then the silo has lost its slices.</param>
    /// <param name="Given">What it was told that it may begin with.</param>
    readonly record struct Lease(DateTimeOffset Until, SliceSet Given);

    /// <summary>A silo shows that it is there.</summary>
    /// <param name="silo">Its name.</param>
    /// <param name="busy">Slices of which it still works on something.</param>
    /// <param name="now">The time.</param>
    /// <param name="lease">For how long the answer holds.</param>
    /// <returns>The slices of which it may begin something.</returns>
    public SliceSet Renew(string silo, SliceSet busy, DateTimeOffset now, TimeSpan lease)
    {
        Forget(now);
        // It may have begun something of these just now, while it asked.
        var before = _silos.GetValueOrDefault(silo).Given;
        _silos[silo] = default;

        var share = (SliceSet.Slices + _silos.Count - 1) / _silos.Count;
        var given = SliceSet.None;
        foreach (var slice in Candidates(silo, busy))
        {
            var isGiven = given.Count < share;
            if (isGiven)
                given = given.With(slice);
            _owners[slice] = isGiven || busy.Contains(slice) || before.Contains(slice) ? silo : null;
        }
        _silos[silo] = new Lease(now + lease, given);
        return given;
    }

    /// <summary>First what it works on, then what it has, then what nobody has.</summary>
    int[] Candidates(string silo, SliceSet busy) =>
        [
            .. Enumerable
                .Range(0, SliceSet.Slices)
                .Where(slice => _owners[slice] is null || _owners[slice] == silo)
                .OrderBy(slice =>
                    busy.Contains(slice) ? 0
                    : _owners[slice] == silo ? 1
                    : 2
                ),
        ];

    void Forget(DateTimeOffset now)
    {
        foreach (var (silo, lease) in _silos)
        {
            if (now < lease.Until)
                continue;
            _silos.Remove(silo);
            for (var slice = 0; slice < _owners.Length; slice++)
                _owners[slice] = _owners[slice] == silo ? null : _owners[slice];
        }
    }
}
