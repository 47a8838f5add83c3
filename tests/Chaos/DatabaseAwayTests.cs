using System.Diagnostics;
using Xunit;

namespace ClearanceEngine.Tests.Chaos;

/// <summary>The database stays away for much longer than any record's retries last, while documents keep coming.</summary>
public sealed class DatabaseAwayTests(ITestOutputHelper output)
{
    readonly Stopwatch _watch = Stopwatch.StartNew();

    [Fact]
    public async Task Documents_that_come_while_the_database_is_away_wait_and_none_is_a_dead_letter()
    {
        var (away, through) = (Settings.Away(10), Settings.Through);
        var workload = Workload.Make(Settings.Parcels(60), away + TimeSpan.FromSeconds(8), Settings.Seed);
        await using var port = await Port.Open(
            seed: Settings.Seed,
            more:
            [
                $"--Intake:Through={through}",
                // Retries that would be used up long before it is back.
                "--Intake:MaxAttempts=3",
                "--Intake:MaxRetryTime=00:00:05",
            ]
        );
        var (silo, checker) = (port.Silos[0], port.Checker(workload));
        Say(
            $"{workload.Parcels.Length} parcels, {workload.Records.Length} records over {away.TotalSeconds + 8:0} s, through {through}"
        );
        var feed = port.Feed(workload, TestContext.Current.CancellationToken);

        await Task.Delay(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        port.Postgres.Stop(immediate: true);
        Say("PostgreSQL crashed");
        await Task.Delay(away, TestContext.Current.CancellationToken);

        var (_, ready) = Assert.NotNull(await silo.Get("health/ready"));
        Assert.Contains("database is away", ready, StringComparison.Ordinal);
        using (var topics = new Topics(port.Kafka.BootstrapServers))
            Assert.Empty(topics.Read(TopicNames.DeadLetters));
        Say($"PostgreSQL was away for {away.TotalSeconds:0} s; memory {silo.ResidentBytes >> 20} MiB");
        port.Postgres.Start();
        Say("PostgreSQL is back");
        await port.AssertNothingLost(checker, "after PostgreSQL came back");

        await feed;
        await port.Back(silo);
        await port.AssertWorkedOff(checker, TimeSpan.FromSeconds(120) + away);
        using (var topics = new Topics(port.Kafka.BootstrapServers))
            Assert.Empty(topics.Read(TopicNames.DeadLetters));
        Say("all came to rest; no dead letters; the checker found nothing wrong");
    }

    void Say(string what) => output.WriteLine($"{_watch.Elapsed.TotalSeconds, 6:0.0} s  {what}");
}
