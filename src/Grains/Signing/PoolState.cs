using System.Collections.Immutable;

namespace ClearanceEngine.Signing;

/// <summary>What a silo may still have open: every lease that was given and neither ended nor followed by one that the silo goes by.</summary>
/// <param name="Holder">Identity of the silo process.</param>
/// <param name="Wanted">Sessions it asked for last.</param>
/// <param name="Grants">Leases in force, oldest first, each with a later deadline than the one before.</param>
[GenerateSerializer, Immutable, Alias("clearance.signing.kept-lease")]
public sealed record KeptLease(
    [property: Id(0)] string Holder,
    [property: Id(1)] int Wanted,
    [property: Id(2)] ImmutableArray<PermitLease> Grants
)
{
    /// <summary>The most that it can have open, whichever answers reached it.</summary>
    public int Held => Grants.Max(g => g.Permits);

    /// <summary>What it was told last.</summary>
    public PermitLease Latest => Grants[^1];
}

/// <summary>Stored leases of a token.</summary>
[GenerateSerializer, Alias("clearance.signing.pool-state")]
public sealed record PoolState
{
    /// <summary>By holder.</summary>
    [Id(0)]
    public ImmutableArray<KeptLease> Leases { get; init; } = [];
}
