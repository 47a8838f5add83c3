using System.Collections.Immutable;

namespace ClearanceEngine.Signing;

/// <summary>Sessions of a token, and how long a lease of them lasts.</summary>
public sealed class SigningPoolOptions
{
    /// <summary>Sessions that the token admits in all. Default 64.</summary>
    public int Sessions { get; set; } = 64;

    /// <summary>A silo must renew within this time. Default 30 s.</summary>
    public TimeSpan LeaseLength { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>What the pool waits beyond the deadline before it gives a silent silo's permits to others: that silo closes its sessions at the deadline by its own clock. Default 15 s.</summary>
    public TimeSpan Grace { get; set; } = TimeSpan.FromSeconds(15);
}

/// <summary>A lease as the pool keeps it.</summary>
/// <param name="Lease">What the silo was told last.</param>
/// <param name="Held">What it may still have open: when a lease shrinks, the silo learns of it with the answer and has closed the others when it renews next.</param>
[GenerateSerializer, Immutable, Alias("clearance.signing.kept-lease")]
public sealed record KeptLease([property: Id(0)] PermitLease Lease, [property: Id(1)] int Held);

/// <summary>Stored leases of a token.</summary>
[GenerateSerializer, Alias("clearance.signing.pool-state")]
public sealed record PoolState
{
    [Id(0)] public ImmutableArray<KeptLease> Leases { get; init; } = [];
}

/// <summary>Parcels out permits, pure: those that have not ended, grace included, never exceed the token's sessions.</summary>
public sealed class PermitLedger(SigningPoolOptions options)
{
    /// <summary>Leases or renews; see <see cref="ISigningPoolGrain.Lease"/>.</summary>
    public (PoolState State, PermitLease Lease) Lease(PoolState state, string holder, int wanted, DateTimeOffset now)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(wanted);
        var live = state.Leases.RemoveAll(l => l.Lease.Deadline + options.Grace <= now);
        var mine = live.FirstOrDefault(l => l.Lease.Holder == holder);
        var others = live.RemoveAll(l => l.Lease.Holder == holder);
        var free = options.Sessions - others.Sum(l => l.Held);
        // With others present nobody takes more than a fair share, so that a newcomer finds room after a renewal.
        var share = Math.Max(1, options.Sessions / (others.Length + 1));
        var permits = Math.Max(0, Math.Min(wanted, Math.Min(free, share)));
        var held = Math.Max(permits, mine?.Lease.Permits ?? 0);
        var lease = new PermitLease(holder, permits, now + options.LeaseLength);
        return (new PoolState { Leases = wanted == 0 && held == 0 ? others : others.Add(new KeptLease(lease, held)) }, lease);
    }
}
