using System.Diagnostics;
using Xunit;

namespace ClearanceEngine.Tests.Chaos;

/// <summary>
/// What gathers while the signing token is away costs the store nothing while it waits, and is worked off in as long again
/// (rule 2, ADR 026). The large run is ten minutes at full rate: <c>CLEARANCE_CHAOS_PARCELS=180000 CLEARANCE_CHAOS_SECONDS=600</c>.
/// </summary>
public sealed class BacklogTests(ITestOutputHelper output)
{
    const string Waiting = "SELECT count(*) FROM grain_state WHERE outbox_due_at IS NOT NULL";

    [Fact]
    public async Task What_gathers_while_the_token_is_away_writes_nothing_and_is_worked_off_in_as_long_again()
    {
        var window = Settings.Window(Settings.Parcels(300));
        var workload = Workload.Make(Settings.Parcels(300), window, Settings.Seed, duplicates: 0);
        await using var port = await Port.Open(
            silos: 2,
            softHsm: true,
            more: ["--Recovery:LongestRest=00:00:30", "--Recovery:Period=00:00:05"]
        );
        port.TakeToken();
        await port.Feed(workload, TestContext.Current.CancellationToken);
        await TakenIn(port, window + TimeSpan.FromMinutes(1));

        var waiting = await port.Tables.Count(Waiting);
        var before = await Written(port);
        await Task.Delay(Settings.Away(20), TestContext.Current.CancellationToken);
        var written = await Written(port) - before;
        Say(
            $"{workload.Parcels.Length} parcels over {window}: {waiting} wait; {written} rows written in {Settings.Away(20)}"
        );
        Assert.True(waiting > workload.Parcels.Length / 2, "the token is away, and hardly anything waits");
        Assert.InRange(written, 0, waiting / 4);

        port.GiveTokenBack();
        var watch = Stopwatch.StartNew();
        while (await port.Tables.Count(Waiting) > waiting / 100)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
            Assert.True(
                watch.Elapsed < window + Settings.Away(20) + TimeSpan.FromSeconds(40),
                $"{await port.Tables.Count(Waiting)} of {waiting} wait still, {watch.Elapsed} after the token came back"
            );
        }
        Say($"worked off {watch.Elapsed.TotalSeconds:0} s after the token came back");
        await port.AssertWorkedOff(port.Checker(workload), TimeSpan.FromSeconds(120) + window);
    }

    /// <summary>Until nothing new comes in: what waits is what gathered.</summary>
    static async Task TakenIn(Port port, TimeSpan patience)
    {
        var watch = Stopwatch.StartNew();
        for (var last = -1L; watch.Elapsed < patience; await Task.Delay(TimeSpan.FromSeconds(5)))
        {
            var written = await Written(port);
            if (last >= 0 && written - last < 20)
                return;
            last = written;
        }
    }

    /// <summary>Snapshots and journals.</summary>
    static Task<long> Written(Port port) =>
        port.Tables.Count(
            "SELECT coalesce(sum(n_tup_ins + n_tup_upd), 0)::bigint FROM pg_stat_user_tables WHERE relname IN ('grain_state', 'grain_journal')"
        );

    void Say(string text) => output.WriteLine($"{DateTime.UtcNow:HH:mm:ss} {text}");
}
