using ClearanceEngine.Bench.Pipeline;
using Spectre.Console;

namespace ClearanceEngine.Bench.Growth;

/// <summary>What a parcel costs with so many stored.</summary>
/// <param name="StoredBytes">Of a parcel, with its buyer, names, messages and all indexes.</param>
sealed record GrowthPoint(
    long Stored,
    double StoredBytes,
    double ParcelsPerSecond,
    double CpuMsPerParcel,
    double WalBytesPerParcel
);

/// <param name="Leaving">What it costs to be rid of old ones.</param>
/// <param name="CostRatio">Processor time a parcel of engine and PostgreSQL, with many stored over with few.</param>
sealed record GrowthFigures(GrowthPoint Few, GrowthPoint Many, LeavingFigures Leaving, double CostRatio);

/// <summary>Does a parcel cost more when many are stored?</summary>
static class GrowthVerb
{
    public static async Task<GrowthFigures> Run(
        Session session,
        TimeSpan time,
        int few,
        int many,
        IAnsiConsole console,
        CancellationToken cancellation
    )
    {
        var first = await Measure(session, time, few, console, cancellation);
        var last = await Measure(session, time, many, console, cancellation);
        return new GrowthFigures(
            first,
            last,
            await Leaving.Measure(session, cancellation),
            last.CpuMsPerParcel / first.CpuMsPerParcel
        );
    }

    static async Task<GrowthPoint> Measure(
        Session session,
        TimeSpan time,
        int parcels,
        IAnsiConsole console,
        CancellationToken cancellation
    )
    {
        await session.Rest();
        await Prefill.Run(session.Rig.Database, parcels, cancellation);
        var stored = await Prefill.Count(session.Rig.Database, cancellation);
        console.MarkupLineInterpolated($"[grey]{stored} parcels are stored[/]");
        var bytes = await Prefill.Bytes(session.Rig.Database, cancellation);
        var measured = await session.Throughput(time, session.Spread);
        return new GrowthPoint(
            stored,
            bytes / (double)stored,
            measured.Rate,
            (measured.Used.App + measured.Used.Postgres) * 1000 / measured.Parcels,
            measured.Used.Database.WalBytes / (double)measured.Parcels
        );
    }
}
