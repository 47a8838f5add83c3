using ClearanceEngine.Bench.Pipeline;

namespace ClearanceEngine.Bench.ScaleOut;

/// <summary>Parcels a second with so many engine processes on this machine.</summary>
/// <param name="CpuMsPerParcel">Of all engines.</param>
sealed record ScalePoint(int Silos, double ParcelsPerSecond, double CpuMsPerParcel);

/// <summary>
/// The same load on more engines. On one machine they share its cores, so more than one core's worth cannot be won; what
/// is seen is what working together costs, and whether one engine leaves cores idle.
/// </summary>
static class ScaleOutVerb
{
    public static async Task<IReadOnlyList<ScalePoint>> Run(Func<int, Task<Session>> open, int upTo, TimeSpan warmUp, double firstRate, TimeSpan time)
    {
        var points = new List<ScalePoint>();
        for (var silos = 1; silos <= upTo; silos++)
        {
            await using var session = await open(silos);
            await session.FindRate(warmUp, firstRate);
            var measured = await session.Throughput(time, session.Spread);
            points.Add(new ScalePoint(silos, measured.Rate, measured.Used.App * 1000 / measured.Parcels));
        }
        return points;
    }
}
