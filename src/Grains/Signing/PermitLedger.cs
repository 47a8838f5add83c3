using System.Collections.Immutable;

namespace ClearanceEngine.Signing;

/// <summary>
/// Parcels out permits, pure: those that have not ended, grace included, never exceed the token's sessions, whichever
/// calls and answers are lost, late or doubled.
/// </summary>
public sealed class PermitLedger(SigningPoolOptions options)
{
    /// <summary>Grants that one holder may have in force; a holder that hears no answer for longer waits for its oldest to end.</summary>
    const int MostGrants = 16;

    /// <summary>Leases or renews; see <see cref="ISigningPoolGrain"/>.</summary>
    /// <param name="state">What is kept.</param>
    /// <param name="holder">Identity of the silo process.</param>
    /// <param name="wanted">Sessions it could use.</param>
    /// <param name="last">The lease that the silo says it goes by; null when none reached it yet.</param>
    /// <param name="now">The pool's clock.</param>
    public (PoolState State, PermitLease Lease) Lease(
        PoolState state,
        string holder,
        int wanted,
        PermitLease? last,
        DateTimeOffset now
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegative(wanted);
        ArgumentException.ThrowIfNullOrEmpty(holder);
        var live = Live(state.Leases, now);
        var others = live.RemoveAll(l => l.Holder == holder);
        if (wanted == 0)
            return (new PoolState { Leases = others }, new PermitLease(holder, 0, now));

        var mine = live.FirstOrDefault(l => l.Holder == holder)?.Grants ?? [];
        // Only a lease that we gave proves anything: one of before a restart of the pool, or a made-up one, ends nothing.
        if (last is not null && mine.Contains(last))
            mine = mine.RemoveAll(g => g.Deadline < last.Deadline);
        if (mine.Length >= MostGrants)
            return (
                new PoolState { Leases = Sorted(others.Add(new KeptLease(holder, wanted, mine))) },
                mine[^1]
            );

        var free = Math.Max(0, options.Sessions - others.Sum(l => l.Held));
        var permits = Math.Min(Share(others, holder, wanted), free);
        // Deadlines name grants, so they never repeat, even if the clock stands still or goes back.
        var deadline = now + options.LeaseLength;
        if (mine is [.., var latest] && latest.Deadline >= deadline)
            deadline = latest.Deadline.AddTicks(1);
        var lease = new PermitLease(holder, permits, deadline);
        return (
            new PoolState { Leases = Sorted(others.Add(new KeptLease(holder, wanted, mine.Add(lease)))) },
            lease
        );
    }

    ImmutableArray<KeptLease> Live(ImmutableArray<KeptLease> leases, DateTimeOffset now) =>
        [
            .. leases
                .Select(l => l with { Grants = l.Grants.RemoveAll(g => g.Deadline + options.Grace <= now) })
                .Where(l => l.Grants.Length > 0),
        ];

    /// <summary>
    /// The fair share: nobody gets more than it wants, and nobody gets less than it wants while another has more than
    /// it. What does not divide goes to the first by name, so that shares do not wander from renewal to renewal.
    /// </summary>
    int Share(ImmutableArray<KeptLease> others, string holder, int wanted)
    {
        var rest = options.Sessions;
        var waiting = others
            .Select(l => (l.Holder, l.Wanted))
            .Append((holder, wanted))
            .OrderBy(w => w.Item2)
            .ThenBy(w => w.Item1, StringComparer.Ordinal)
            .ToList();
        while (waiting.Count > 0 && waiting[0].Item2 <= rest / waiting.Count)
        {
            if (waiting[0].Item1 == holder)
                return wanted;
            rest -= waiting[0].Item2;
            waiting.RemoveAt(0);
        }
        var place = waiting.Select(w => w.Item1).Order(StringComparer.Ordinal).ToList().IndexOf(holder);
        return Math.Min(wanted, rest / waiting.Count + (place < rest % waiting.Count ? 1 : 0));
    }

    static ImmutableArray<KeptLease> Sorted(ImmutableArray<KeptLease> leases) =>
        leases.Sort((a, b) => string.CompareOrdinal(a.Holder, b.Holder));
}
