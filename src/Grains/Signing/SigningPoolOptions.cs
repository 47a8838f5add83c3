using System.ComponentModel.DataAnnotations;

namespace ClearanceEngine.Signing;

/// <summary>Sessions of a token, and how long a lease of them lasts.</summary>
public sealed class SigningPoolOptions
{
    /// <summary>Sessions that the token admits in all silos together. Default 64.</summary>
    [Range(1, 10_000)]
    public int Sessions { get; set; } = 64;

    /// <summary>A silo must renew within this time; it asks at a third of it. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:03", "01:00:00")]
    public TimeSpan LeaseLength { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>What the pool waits beyond the deadline before it gives a silent silo's permits to others. A silo counts the lease from before it asked, so clocks need not agree; the grace covers the time that a session takes to close. Default 15 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "01:00:00")]
    public TimeSpan Grace { get; set; } = TimeSpan.FromSeconds(15);
}
