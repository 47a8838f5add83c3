using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace ClearanceEngine.Tests.Chaos;

/// <summary>
/// kill -9 at random moments under load. A small run for each commit; the large one by
/// <c>CLEARANCE_CHAOS_PARCELS=20000 CLEARANCE_CHAOS_KILLS=12</c>.
/// </summary>
public sealed class CrashTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_silo_that_is_killed_again_and_again_loses_nothing_and_doubles_nothing()
    {
        var (parcels, kills, seed) = (Number("PARCELS", 400), Number("KILLS", 4), Number("SEED", 20261111));
        var window = TimeSpan.FromSeconds(Number("SECONDS", Math.Max(20, parcels / 100)));
        var workload = Workload.Make(parcels, window, seed);
        await using var port = await Port.Open(seed: seed);
        var checker = port.Checker(workload);
        output.WriteLine($"{workload.Parcels.Length} parcels, {workload.Records.Length} records over {window}, {kills} kills, seed {seed}");

        var watch = Stopwatch.StartNew();
        var feed = port.Feed(workload, TestContext.Current.CancellationToken);
        var random = new Random(seed);
        for (var kill = 1; kill <= kills; kill++)
        {
            await Task.Delay(window / kills * (0.4 + (0.8 * random.NextDouble())));
            port.Silos[0].Kill();
            var lost = await checker.Unstored(Port.DeclarationsGroup, Port.ReceiptsGroup);
            if (lost.Count > 0) port.Fail($"Killed at {watch.Elapsed.TotalSeconds:0.0} s: offsets are past unstored work", lost);
            output.WriteLine($"kill {kill} at {watch.Elapsed.TotalSeconds:0.0} s: nothing committed is unstored");
            port.Silos[0].Start();
            await port.Silos[0].Ready(TimeSpan.FromSeconds(60));
        }
        await feed;
        await port.AssertWorkedOff(checker, TimeSpan.FromSeconds(60) + (window * 3));
        output.WriteLine($"all came to rest after {watch.Elapsed.TotalSeconds:0.0} s; the checker found nothing wrong");
    }

    static int Number(string name, int otherwise) => Environment.GetEnvironmentVariable($"CLEARANCE_CHAOS_{name}") is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
