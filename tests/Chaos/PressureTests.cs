using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json;
using ClearanceEngine.Ceb;
using ClearanceEngine.Simulator.Samples;
using Xunit;

namespace ClearanceEngine.Tests.Chaos;

/// <summary>More than it can carry.</summary>
public sealed class PressureTests(ITestOutputHelper output)
{
    /// <summary>A heap that the backlog alone would burst, were it held in memory.</summary>
    const long HeapLimit = 400L * 1024 * 1024;

    [Fact]
    public async Task A_flood_is_worked_off_within_bounded_memory_and_the_door_says_when_it_is_full()
    {
        var parcels = Settings.Parcels(2_500);
        var workload = Workload.Make(parcels, TimeSpan.FromSeconds(1), Settings.Seed);
        await using var port = await Port.Open(
            environment: new Dictionary<string, string>
            {
                ["DOTNET_GCHeapHardLimit"] = HeapLimit.ToString("X", CultureInfo.InvariantCulture),
                ["DOTNET_gcServer"] = "0",
            },
            more:
            [
                "--Intake:InFlight=512",
                "--Door:Waiting=30",
                "--Door:Timeout=00:00:02",
                "--Parcel:AnswerTimeout=00:01:00",
                "--Parcel:LongestQuestionInterval=00:04:00",
                // What waits its turn in a flood is not handed over again as impatiently as other tests want it.
                "--Parcel:RedriveAfter=00:01:00",
            ]
        );
        var silo = port.Silos[0];
        var checker = port.Checker(workload);
        await port.Feed(workload, TestContext.Current.CancellationToken);

        // All at once through the door as well: some are answered, some are told that it takes longer, some to come again.
        var answers = new ConcurrentBag<(HttpStatusCode Status, TimeSpan? After)>();
        using var http = new HttpClient().SignIn(silo.DataDirectory);
        await Task.WhenAll(
            Enumerable
                .Range(0, 200)
                .Select(async number =>
                {
                    for (var attempt = 0; ; attempt++)
                    {
                        var response = await http.PostAsync(
                            new Uri($"{silo.Url}/ceb"),
                            new ByteArrayContent(
                                CebWriter.Write(SampleParcel.Message(Parcel(number).Order()))
                            )
                        );
                        answers.Add((response.StatusCode, response.Headers.RetryAfter?.Delta));
                        if (response.StatusCode != HttpStatusCode.TooManyRequests)
                            return;
                        await Task.Delay(response.Headers.RetryAfter!.Delta!.Value);
                    }
                })
        );
        var (refused, lag, resident) = (
            answers.Count(a => a.Status == HttpStatusCode.TooManyRequests),
            0L,
            0L
        );
        output.WriteLine(
            $"door: {string.Join(", ", answers.GroupBy(a => a.Status).Select(g => $"{g.Count()} x {(int)g.Key}"))}"
        );
        Assert.True(refused > 0);
        Assert.All(answers, a =>
            Assert.Contains(
                a.Status,
                (HttpStatusCode[])[HttpStatusCode.OK, HttpStatusCode.Accepted, HttpStatusCode.TooManyRequests]
            )
        );
        Assert.All(answers.Where(a => a.Status == HttpStatusCode.TooManyRequests), a =>
            Assert.True(a.After > TimeSpan.Zero)
        );

        using var watching = new CancellationTokenSource();
        var watcher = Task.Run(async () =>
        {
            while (!watching.IsCancellationRequested)
            {
                resident = Math.Max(resident, silo.ResidentBytes);
                if (await silo.Get("health/ready") is (_, var body))
                    lag = Math.Max(
                        lag,
                        JsonDocument
                            .Parse(body)
                            .RootElement.GetProperty("parts")
                            .GetProperty("kafka-feed-declarations")
                            .GetProperty("data")
                            .GetProperty("lag")
                            .GetInt64()
                    );
                await Task.Delay(200);
            }
        });
        await port.AssertWorkedOff(checker, TimeSpan.FromSeconds(120 + (parcels / 10)));
        await watching.CancelAsync();
        await watcher;
        output.WriteLine(
            $"{workload.Records.Length} records at once: lag up to {lag}, memory up to {resident / 1024 / 1024} MiB with a heap of at most {HeapLimit / 1024 / 1024} MiB"
        );
        Assert.True(lag > 0, "the flood never showed as lag");
        Assert.True(silo.IsRunning);
        for (var number = 0; number < 200; number++)
            Assert.Equal(
                HttpStatusCode.OK,
                (await silo.Get($"api/v1/parcels/{SampleParcel.Platform}/{Parcel(number).OrderNo}"))?.Status
            );
    }

    static SampleParcel Parcel(int number) =>
        new()
        {
            OrderNo = $"FLOOD-{number}",
            Mode = "1210",
            Person = 8_600 + (number % 300),
            Serial = $"8{number:D8}",
            At = new DateTimeOffset(2026, 11, 20, 2, 0, 0, TimeSpan.Zero),
        };
}
