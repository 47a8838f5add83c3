using ClearanceEngine.Bench.Rig;

namespace ClearanceEngine.Bench.Pipeline;

/// <summary>What a phase at full rate brought.</summary>
/// <param name="Parcels">Completed: released and billed, both handed on.</param>
/// <param name="RecordsIn">Messages of participants.</param>
/// <param name="RecordsOut">Messages to customs.</param>
/// <param name="Stalled">Seconds for which the window held the feed back; near 0 the feed was the limit.</param>
/// <param name="Used">What it cost.</param>
sealed record Throughput(
    int Parcels,
    double Seconds,
    long RecordsIn,
    long RecordsOut,
    double Stalled,
    Usage Used
)
{
    public double Rate => Parcels / Seconds;

    public static Throughput Sum(IEnumerable<Throughput> parts) =>
        parts.Aggregate(
            (a, b) =>
                new(
                    a.Parcels + b.Parcels,
                    a.Seconds + b.Seconds,
                    a.RecordsIn + b.RecordsIn,
                    a.RecordsOut + b.RecordsOut,
                    a.Stalled + b.Stalled,
                    a.Used.And(b.Used)
                )
        );
}

/// <summary>Times of single parcels in milliseconds, customs' own taken out.</summary>
sealed record Delays(double[] ToOutbound, double[] ToRelease)
{
    public static Delays Sum(IEnumerable<Delays> parts) =>
        parts.Aggregate((a, b) => new([.. a.ToOutbound, .. b.ToOutbound], [.. a.ToRelease, .. b.ToRelease]));
}
