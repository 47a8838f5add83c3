namespace ClearanceEngine.Signing;

/// <summary>
/// Parcels out the sessions of one signing token (key: the token's name) as permits: a native session cannot cross
/// processes, so a silo leases the right to open sessions and opens them itself. The sum of permits that have not
/// ended, grace included, never exceeds the token's session limit.
/// </summary>
[Alias("clearance.signing.pool")]
public interface ISigningPoolGrain : IGrainWithStringKey
{
    /// <summary>
    /// Leases. A silo asks for as many permits as it wants and gets what fits: its fair share when the token is short,
    /// less for now while others still hold what they have to give up.
    /// </summary>
    /// <param name="holder">Identity of the silo process.</param>
    /// <param name="wanted">Sessions it could use; 0 gives all back, and says that its sessions are closed.</param>
    [Alias("lease")]
    Task<PermitLease> Lease(string holder, int wanted);

    /// <summary>
    /// Renews. The silo names the lease that it goes by, so that the pool knows which answers reached it: an answer
    /// that got lost leaves the older, larger lease in force until its own deadline and grace.
    /// </summary>
    /// <param name="last">The last lease that reached the silo; it has closed what goes beyond.</param>
    /// <param name="wanted">Sessions it could use.</param>
    [Alias("renew")]
    Task<PermitLease> Renew(PermitLease last, int wanted);

    /// <summary>Who holds what, for dashboards and tests.</summary>
    [Alias("show")]
    Task<IReadOnlyList<PermitLease>> Show();
}

/// <summary>Permits of one silo.</summary>
/// <param name="Holder">Identity of the silo process.</param>
/// <param name="Permits">Sessions it may have open.</param>
/// <param name="Deadline">When it must have renewed; after this it closes its sessions. The pool waits a grace time longer before it gives them to others.</param>
[GenerateSerializer, Immutable, Alias("clearance.signing.lease")]
public sealed record PermitLease(
    [property: Id(0)] string Holder,
    [property: Id(1)] int Permits,
    [property: Id(2)] DateTimeOffset Deadline
);
