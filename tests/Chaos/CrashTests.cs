using System.Diagnostics;
using Xunit;

namespace ClearanceEngine.Tests.Chaos;

/// <summary>kill -9 at random moments under load.</summary>
public sealed class CrashTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_silo_that_is_killed_again_and_again_loses_nothing_and_doubles_nothing()
    {
        var (kills, seed) = (Settings.Kills(3), Settings.Seed);
        var window = Settings.Window(Settings.Parcels(400));
        var workload = Workload.Make(Settings.Parcels(400), window, seed);
        await using var port = await Port.Open(seed: seed);
        var checker = port.Checker(workload);
        output.WriteLine(
            $"{workload.Parcels.Length} parcels, {workload.Records.Length} records over {window}, {kills} kills, seed {seed}"
        );

        var watch = Stopwatch.StartNew();
        var feed = port.Feed(workload, TestContext.Current.CancellationToken);
        var random = new Random(seed);
        for (var kill = 1; kill <= kills; kill++)
        {
            await Task.Delay(window / kills * (0.4 + (0.8 * random.NextDouble())));
            port.Silos[0].Kill();
            await port.AssertNothingLost(checker, $"killed at {watch.Elapsed.TotalSeconds:0.0} s");
            output.WriteLine(
                $"kill {kill} at {watch.Elapsed.TotalSeconds:0.0} s: nothing committed is unstored"
            );
            port.Silos[0].Start();
            await port.Silos[0].Ready(TimeSpan.FromSeconds(60));
        }
        await feed;
        await port.AssertWorkedOff(checker, TimeSpan.FromSeconds(60) + (window * 3));
        output.WriteLine(
            $"all came to rest after {watch.Elapsed.TotalSeconds:0.0} s; the checker found nothing wrong"
        );
    }
}
