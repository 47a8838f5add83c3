using System.Diagnostics;
using System.Net;
using System.Text.Json;
using ClearanceEngine.Ceb;
using ClearanceEngine.Simulator.Samples;
using Xunit;

namespace ClearanceEngine.Tests.Chaos;

/// <summary>Three silos, a broker of three nodes, and every part that may go and come back.</summary>
public sealed class ClusterTests(ITestOutputHelper output)
{
    readonly Stopwatch _watch = Stopwatch.StartNew();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Silos_that_are_killed_paused_and_restarted_under_load_lose_nothing_and_double_nothing(
        bool named
    )
    {
        var window = Settings.Window(Settings.Parcels(300)) * 2;
        var workload = Workload.Make(Settings.Parcels(300), window, Settings.Seed);
        await using var port = await Port.Open(silos: 3, seed: Settings.Seed, named: named);
        var checker = port.Checker(workload);
        Say(
            $"{workload.Parcels.Length} parcels, {workload.Records.Length} records over {window}, three silos, names that stay: {named}"
        );
        var feed = port.Feed(workload, TestContext.Current.CancellationToken);

        for (var round = 0; round < Settings.Kills(1); round++)
        {
            await Task.Delay(window / 6);
            var (killed, paused, restarted) = (
                port.Silos[round % 3],
                port.Silos[(round + 1) % 3],
                port.Silos[(round + 2) % 3]
            );
            killed.Kill();
            Say($"{killed.Name} killed");
            await port.AssertNothingLost(checker, "after a kill");
            killed.Start();
            await killed.Ready(TimeSpan.FromSeconds(90));

            // Longer than every patience of others: it is declared dead, its partitions are given away, and it wakes up in the past.
            paused.Pause();
            Say($"{paused.Name} paused");
            await Task.Delay(Settings.Away(25));
            paused.Continue();
            Say($"{paused.Name} goes on");
            await port.AssertNothingLost(checker, "after a pause");
            await port.Back(paused);

            var code = await restarted.Terminate(TimeSpan.FromSeconds(45));
            Say($"{restarted.Name} told to stop: exit code {code}");
            Assert.Equal(0, code);
            await port.AssertNothingLost(checker, "after a stop");
            restarted.Start();
            await restarted.Ready(TimeSpan.FromSeconds(90));
        }
        await feed;
        await port.AssertWorkedOff(checker, TimeSpan.FromSeconds(90) + (window * 2));
        Say("all came to rest; the checker found nothing wrong");
        await Answers(port);
    }

    [Fact]
    public async Task Broker_database_and_token_may_go_and_come_back()
    {
        var window = Settings.Window(Settings.Parcels(300)) * 2;
        var workload = Workload.Make(Settings.Parcels(300), window, Settings.Seed);
        await using var port = await Port.Open(silos: 2, nodes: 3, seed: Settings.Seed, softHsm: true);
        var checker = port.Checker(workload);
        Say(
            $"{workload.Parcels.Length} parcels, {workload.Records.Length} records over {window}, two silos, three nodes of Kafka, SoftHSM"
        );
        var feed = port.Feed(workload, TestContext.Current.CancellationToken);

        await Task.Delay(window / 6);
        port.Kafka.Kill(2);
        Say("node 2 of Kafka killed");
        await Task.Delay(Settings.Away(8));
        await port.AssertNothingLost(checker, "with a node of Kafka away");
        port.Kafka.Start(2);
        Say("node 2 of Kafka is back");

        port.Postgres.Stop(immediate: true);
        Say("PostgreSQL crashed");
        await Task.Delay(Settings.Away(8));
        port.Postgres.Start();
        Say("PostgreSQL is back");
        await port.AssertNothingLost(checker, "after PostgreSQL came back");
        await feed;
        foreach (var silo in port.Silos)
            await port.Back(silo);

        // Without the token nothing can be signed, but everything is taken in, checked and kept.
        var late = Workload.Make(
            Settings.Parcels(300) / 6,
            TimeSpan.FromSeconds(2),
            Settings.Seed + 1,
            first: 1_000_000
        );
        port.TakeToken();
        Say("the token is gone");
        await port.Feed(late, TestContext.Current.CancellationToken);
        await Task.Delay(Settings.Away(15));
        var parcels = await port.Tables.Parcels();
        Assert.All(late.Parcels, p =>
            Assert.True(
                parcels.TryGetValue(p.Key, out var state)
                    && state.Documents.Length + state.Refusals.Length >= 3,
                $"{p.Key} was not taken in while the token was away"
            )
        );
        var guids = late.ByGuid.Keys.ToHashSet(StringComparer.Ordinal);
        using (var topics = new Topics(port.Kafka.BootstrapServers))
            Assert.DoesNotContain(
                topics.Read(TopicNames.Outbound).SelectMany(r => CebReader.Read(r.Value).Documents),
                d => guids.Contains(d[d.Schema.Head.Find("guid")!] ?? "")
            );
        port.GiveTokenBack();
        Say("the token is back");

        await port.AssertWorkedOff(
            port.Checker(workload.And(late)),
            TimeSpan.FromSeconds(120) + (window * 2)
        );
        Say("all came to rest; the checker found nothing wrong");
    }

    /// <summary>Through the door of every silo: whichever of them decides, the answer comes back to the door that asked.</summary>
    static async Task Answers(Port port)
    {
        using var http = new HttpClient().SignIn(port.Silos[0].DataDirectory);
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 60),
            new ParallelOptions { MaxDegreeOfParallelism = 12 },
            async (number, cancellation) =>
            {
                var parcel = new SampleParcel
                {
                    OrderNo = $"DOOR-{number}",
                    Mode = "1210",
                    Person = 7_900 + number,
                    Serial = $"9{number:D8}",
                    At = new DateTimeOffset(2026, 11, 20, 2, 0, 0, TimeSpan.Zero),
                };
                var response = await http.PostAsync(
                    new Uri($"{port.Silos[number % port.Silos.Length].Url}/ceb"),
                    new ByteArrayContent(CebWriter.Write(SampleParcel.Message(parcel.Order()))),
                    cancellation
                );
                var text = await response.Content.ReadAsStringAsync(cancellation);
                Assert.True(response.StatusCode == HttpStatusCode.OK, $"{response.StatusCode}: {text}");
                Assert.Equal(
                    "accepted",
                    JsonDocument.Parse(text).RootElement[0].GetProperty("outcome").GetString()
                );
            }
        );
    }

    void Say(string what) => output.WriteLine($"{_watch.Elapsed.TotalSeconds, 6:0.0} s  {what}");
}
