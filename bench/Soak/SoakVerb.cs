using System.Text.Json;
using ClearanceEngine.Bench.Feed;
using ClearanceEngine.Bench.Observing;
using ClearanceEngine.Bench.Pipeline;
using ClearanceEngine.Bench.Rig;
using Spectre.Console;

namespace ClearanceEngine.Bench.Soak;

/// <summary>A minute of the soak.</summary>
sealed record SoakMinute(int Minute, double ResidentMb, double P50Ms, double P99Ms, int Parcels);

/// <param name="Growth">Resident memory at the end over that after the first fifth; 1 is flat.</param>
sealed record SoakFigures(
    double LoadParcelsPerSecond,
    double Growth,
    double P99Ms,
    IReadOnlyList<SoakMinute> Minutes
);

/// <summary>Long at a steady load: memory must stay flat, latencies too.</summary>
static class SoakVerb
{
    public static async Task<SoakFigures> Run(
        Session session,
        TimeSpan time,
        double load,
        double? at,
        IAnsiConsole console,
        CancellationToken cancellation
    )
    {
        var rate = at ?? load * (await session.Throughput(TimeSpan.FromSeconds(10), session.Spread)).Rate;
        await session.Steady(rate);
        var slice = TimeSpan.FromSeconds(Math.Min(60, time.TotalSeconds / 5));
        var minutes = new List<SoakMinute>();
        for (var passed = TimeSpan.Zero; passed < time; passed += slice)
        {
            var from = Session.Now();
            await Task.Delay(slice, cancellation);
            var delays = session.Between(from, Session.Now());
            var outbound = Latencies.Of(delays.ToOutbound);
            minutes.Add(
                new SoakMinute(
                    minutes.Count + 1,
                    (await session.Rig.Use()).Resident / 1048576d,
                    outbound.P50,
                    outbound.P99,
                    outbound.Count
                )
            );
            console.MarkupLineInterpolated($"{JsonSerializer.Serialize(minutes[^1])}");
        }
        await session.Rest();
        return new SoakFigures(
            rate,
            minutes[^1].ResidentMb / minutes[minutes.Count / 5].ResidentMb,
            minutes.Max(m => m.P99Ms),
            minutes
        );
    }
}
