namespace ClearanceEngine.Bench.Feed;

/// <summary>How documents come.</summary>
/// <param name="Spread">A parcel's documents come apart by up to this, in random order.</param>
/// <param name="DirectShare">Share of parcels of 9610, which have an inbound note too.</param>
/// <param name="MessageMean">Documents of an incoming message, on average; 1 to 100.</param>
/// <param name="Window">When throughput is measured, so much work waits at most: parcels that are complete at the door and not yet released and billed, in time that the member needs for them, beyond that which customs takes.</param>
/// <param name="People">Buyers; quota is no limit.</param>
sealed record FeedOptions(
    TimeSpan Spread,
    double DirectShare,
    double MessageMean,
    TimeSpan Window,
    int People
);
