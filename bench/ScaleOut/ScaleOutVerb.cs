using ClearanceEngine.Bench.Pipeline;

namespace ClearanceEngine.Bench.ScaleOut;

/// <summary>Parcels a second with so many engine processes on this machine.</summary>
/// <param name="CpuMsPerParcel">Of all engines.</param>
/// <param name="CallsPerParcel">Messages between grains (a call and its answer are two), wherever they are.</param>
/// <param name="RemotePerParcel">Those between processes.</param>
/// <param name="RowsPerParcel">Rows written.</param>
/// <param name="MessagesPerParcel">Messages to customs.</param>
sealed record ScalePoint(
    int Silos,
    double ParcelsPerSecond,
    double CpuMsPerParcel,
    double CallsPerParcel,
    double RemotePerParcel,
    double RowsPerParcel,
    double WalBytesPerParcel,
    double MessagesPerParcel
)
{
    public static ScalePoint Of(int silos, Throughput measured)
    {
        var (used, parcels) = (measured.Used, Math.Max(1d, measured.Parcels));
        return new(
            silos,
            measured.Rate,
            used.App * 1000 / parcels,
            (used.Messages.Local + used.Messages.Remote) / parcels,
            used.Messages.Remote / parcels,
            used.Database.Rows / parcels,
            used.Database.WalBytes / parcels,
            measured.RecordsOut / parcels
        );
    }
}

/// <summary>
/// The same load on more engines. On one machine they share its cores, so more than one core's worth cannot be won; what
/// is seen is what working together costs, and whether one engine leaves cores idle.
/// </summary>
static class ScaleOutVerb
{
    public static async Task<IReadOnlyList<ScalePoint>> Run(
        Func<int, Task<Session>> open,
        int upTo,
        TimeSpan warmUp,
        double firstRate,
        TimeSpan time
    )
    {
        var points = new List<ScalePoint>();
        for (var silos = 1; silos <= upTo; silos++)
        {
            await using var session = await open(silos);
            await session.FindRate(warmUp, firstRate);
            var measured = await session.Throughput(time, session.Spread);
            points.Add(ScalePoint.Of(silos, measured));
        }
        return points;
    }
}
