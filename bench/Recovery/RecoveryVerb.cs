using System.Diagnostics;
using ClearanceEngine.Bench.Pipeline;

namespace ClearanceEngine.Bench.Recovery;

/// <param name="FirstSeconds">From the kill to the first parcel that was completed after it.</param>
/// <param name="CaughtUpSeconds">From the kill until no more waited than before it.</param>
/// <param name="Lost">Parcels that never came to their end.</param>
/// <param name="Doubled">Lists that went to customs in two messages.</param>
sealed record RecoveryFigures(
    double LoadParcelsPerSecond,
    double FirstSeconds,
    double CaughtUpSeconds,
    int Lost,
    long Doubled,
    IReadOnlyList<double> Kills
);

/// <summary>kill -9 under load: how long until work goes on, and is anything lost or doubled?</summary>
static class RecoveryVerb
{
    /// <summary>Longest wait for work to go on.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    public static async Task<RecoveryFigures> Run(
        Session session,
        TimeSpan time,
        int kills,
        double load,
        CancellationToken cancellation
    )
    {
        var rate = load * (await session.Throughput(TimeSpan.FromSeconds(10), session.Spread)).Rate;
        await session.Steady(rate);
        var (first, caughtUp) = (new List<double>(), 0d);
        for (var kill = 0; kill < kills; kill++)
        {
            await Task.Delay(time / kills, cancellation);
            var (program, waited, completed, watch) = (
                session.Rig.Programs[0],
                session.Book.Outstanding,
                session.Book.Completed,
                Stopwatch.StartNew()
            );
            program.Kill();
            // What left before the kill is still on its way to the observer.
            await Task.Delay(500, cancellation);
            completed = session.Book.Completed;
            program.Start();
            await Until(() => session.Book.Completed > completed);
            first.Add(watch.Elapsed.TotalSeconds);
            await Until(() => session.Book.Outstanding <= Math.Max(waited, rate));
            caughtUp = Math.Max(caughtUp, watch.Elapsed.TotalSeconds);

            async Task Until(Func<bool> reached)
            {
                while (!reached() && watch.Elapsed < Patience)
                    await Task.Delay(20, cancellation);
            }
        }
        var lost = await session.TryRest() ? 0 : session.Book.Count - (int)session.Book.Completed;
        return new RecoveryFigures(rate, first.Max(), caughtUp, lost, session.Book.Doubled, first);
    }
}
