namespace ClearanceEngine.Signing;

/// <summary>Sessions of a token, and how long a lease of them lasts.</summary>
public sealed class SigningPoolOptions
{
    /// <summary>Sessions that the token admits in all silos together. Default 64.</summary>
    public int Sessions { get; set; } = 64;

    /// <summary>A silo must renew within this time; it asks at a third of it. Default 30 s.</summary>
    public TimeSpan LeaseLength { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>What the pool waits beyond the deadline before it gives a silent silo's permits to others. A silo counts the lease from before it asked, so clocks need not agree; the grace covers the time that a session takes to close. Default 15 s.</summary>
    public TimeSpan Grace { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>What is wrong with these options, or null.</summary>
    public string? Fault() =>
        Sessions < 1 ? "SigningPool:Sessions must be at least 1; it is what the token admits."
        : LeaseLength < TimeSpan.FromSeconds(3)
            ? "SigningPool:LeaseLength must be at least 3 s; silos renew every third of it."
        : Grace <= TimeSpan.Zero ? "SigningPool:Grace must be above 0; silos close their sessions within it."
        : null;
}
