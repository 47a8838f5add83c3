using System.CommandLine;
using System.Diagnostics;
using ClearanceEngine.Bench.Observing;
using ClearanceEngine.Bench.Rig;
using ClearanceEngine.Streams.Kafka;
using Spectre.Console;

namespace ClearanceEngine.Bench.Streams;

/// <param name="MessagesPerSecond">Into grains, while more wait than it can take.</param>
/// <param name="P50Ms">From the producer into the grain, at half that rate or at <see cref="StreamsVerb.MostTimed"/>, whichever is less.</param>
/// <param name="P99Ms">The same; one in a hundred is slower.</param>
/// <param name="CpuMicrosPerMessage">Processor time of the silo, client threads included, at the full rate.</param>
sealed record DelivererFigures(
    double MessagesPerSecond,
    double P50Ms,
    double P99Ms,
    double CpuMicrosPerMessage
);

/// <param name="MessagesPerSecond">With the same bounds and no slow key.</param>
/// <param name="WithSlowKeys">With one key in 500 that takes 4 s a message.</param>
/// <param name="Cost">What is lost by them, as a share.</param>
sealed record SlowKeyFigures(double MessagesPerSecond, double WithSlowKeys, double Cost);

sealed record StreamsFigures(
    DelivererFigures? Bare,
    DelivererFigures? Feed,
    DelivererFigures? KeyStreams,
    DelivererFigures? PartitionStreams,
    double? FeedOfBare,
    double? PartitionStreamsOfBare,
    SlowKeyFigures? SlowKeys
);

/// <summary>Messages a second into grains by the feed, by both shapes of the stream provider, and by a bare consumer loop.</summary>
static class StreamsVerb
{
    /// <summary>Messages a second while latencies are taken: with its producer in the same process, half of a member's rate is more than two cores can do.</summary>
    public const double MostTimed = 20_000;

    static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);

    public static Command Command(IAnsiConsole console)
    {
        var seconds = new Option<int>("--seconds")
        {
            Description = "measured time of each figure",
            DefaultValueFactory = _ => 20,
        };
        var json = new Option<FileInfo?>("--json") { Description = "file for the figures" };
        var kafka = new Option<string?>("--kafka-home") { Description = "see pipeline" };
        var messages = new Option<int>("--messages")
        {
            Description = "messages of 1,000 bytes in each topic before anything is measured",
            DefaultValueFactory = _ => 3_000_000,
        };
        var rounds = new Option<int>("--rounds")
        {
            Description = "turns that all take; the middle one counts",
            DefaultValueFactory = _ => 1,
        };
        var only = new Option<string[]>("--only")
        {
            Description = "of bare, feed, keyStreams, partitionStreams, slowKeys; default all",
            AllowMultipleArgumentsPerToken = true,
        };
        var command = new Command(
            "streams",
            "messages a second from Kafka into grains: feed, stream provider and a bare loop"
        )
        {
            seconds,
            json,
            kafka,
            messages,
            rounds,
            only,
        };
        command.SetAction(
            async (parsed, token) =>
            {
                var home = RigOptions.FindKafka(parsed.GetValue(kafka))
                    ?? throw new DirectoryNotFoundException(
                        "The verb streams needs a real Kafka: a development broker holds 5 MiB a partition. Name one with --kafka-home or CLEARANCE_KAFKA_HOME."
                    );
                var directory = Directory.CreateTempSubdirectory("clearance-bench-streams-").FullName;
                try
                {
                    using var server = KafkaServer.Start(directory, 1, home);
                    using var topics = new Topics(server.BootstrapServers);
                    var run = new Run(
                        server.BootstrapServers,
                        topics,
                        TimeSpan.FromSeconds(parsed.GetValue(seconds)),
                        parsed.GetValue(messages),
                        parsed.GetValue(only) ?? [],
                        console
                    );
                    await Output.Give(
                        console,
                        parsed.GetValue(json),
                        await run.All(parsed.GetValue(rounds), token)
                    );
                }
                finally
                {
                    Directory.Delete(directory, recursive: true);
                }
            }
        );
        return command;
    }

    sealed class Run(
        string servers,
        Topics topics,
        TimeSpan time,
        int messages,
        string[] only,
        IAnsiConsole console
    )
    {
        public async Task<StreamsFigures> All(int rounds, CancellationToken token)
        {
            (string Topic, string[] Read)[] all =
            [
                ("bench-calls", ["bare", "feed", "slowKeys"]),
                (Topics.Keys, ["keyStreams"]),
                (Topics.Partitions, ["partitionStreams"]),
            ];
            string[] filled = [.. all.Where(t => t.Read.Any(Wanted)).Select(t => t.Topic)];
            await topics.Create([.. filled, Topics.Dead]);
            foreach (var topic in filled)
                topics.Fill(topic, messages);
            var taken = new Dictionary<string, List<DelivererFigures>>(StringComparer.Ordinal);
            for (var round = 1; round <= rounds; round++)
            {
                foreach (
                    var deliverer in (Deliverer[])
                        [Deliverer.Bare, Deliverer.Feed, Deliverer.KeyStreams, Deliverer.PartitionStreams]
                )
                {
                    if (!Wanted(deliverer.Name))
                        continue;
                    var figures = await Measure(deliverer, latencies: true, token);
                    console.MarkupLineInterpolated(
                        $"[grey]round {round}, {deliverer.Name}: {figures.MessagesPerSecond:F0}/s, {figures.CpuMicrosPerMessage:F1} µs, p50 {figures.P50Ms:F1} ms, p99 {figures.P99Ms:F1} ms[/]"
                    );
                    if (!taken.TryGetValue(deliverer.Name, out var list))
                        taken[deliverer.Name] = list = [];
                    list.Add(figures);
                }
            }
            var slow = Wanted("slowKeys") ? await SlowKeys(rounds, token) : null;
            var (bare, feed, keys, parts) = (
                Middle("bare"),
                Middle("feed"),
                Middle("keyStreams"),
                Middle("partitionStreams")
            );
            return new(
                bare,
                feed,
                keys,
                parts,
                feed?.MessagesPerSecond / bare?.MessagesPerSecond,
                parts?.MessagesPerSecond / bare?.MessagesPerSecond,
                slow
            );

            DelivererFigures? Middle(string name) =>
                taken.TryGetValue(name, out var list) ? MiddleOf(list) : null;
        }

        static DelivererFigures MiddleOf(List<DelivererFigures> figures) =>
            figures.OrderBy(f => f.MessagesPerSecond).ElementAt(figures.Count / 2);

        bool Wanted(string name) => only.Length == 0 || only.Contains(name);

        async Task<DelivererFigures> Measure(Deliverer deliverer, bool latencies, CancellationToken token)
        {
            GC.Collect();
            var (before, there) = (Arrivals.Count, topics.Count(deliverer.Topic));
            using var host = await deliverer.Start(servers, $"bench-{Guid.NewGuid():N}", token);
            // All grains are there before anything is measured.
            await Until(() => Arrivals.Count - before >= Topics.KeyCount, token);
            await Task.Delay(WarmUp, token);
            var (cpu, count, since) = (Cpu(), Arrivals.Count, Stopwatch.GetTimestamp());
            while (Stopwatch.GetElapsedTime(since) < time && Arrivals.Count - before < there * 0.98)
                await Task.Delay(20, token);
            var (elapsed, delivered, used) = (
                Stopwatch.GetElapsedTime(since).TotalSeconds,
                Arrivals.Count - count,
                Cpu() - cpu
            );
            var rate = delivered / elapsed;
            double[] times = [];
            if (latencies)
            {
                // What is left of the backlog first.
                await Until(() => Arrivals.Count - before >= there, token);
                var half = Math.Min(rate / 2, MostTimed);
                await topics.Send(deliverer.Topic, half, TimeSpan.FromSeconds(2), token);
                Arrivals.BeginTiming();
                await topics.Send(deliverer.Topic, half, time / 2, token);
                times = Arrivals.EndTiming();
            }
            await host.StopAsync(token);
            var (p50, p99, _) = Latencies.Of(times);
            return new(rate, p50, p99, used * 1e6 / delivered);
        }

        /// <summary>
        /// With bounds that hold all that slow keys keep back in a run: they get a message a second and do one in 4 s, so that any
        /// bound is reached in the end. In turns, because a process grows faster with its age.
        /// </summary>
        async Task<SlowKeyFigures> SlowKeys(int rounds, CancellationToken token)
        {
            var roomy = Deliverer.FeedOf("slowKeys", o =>
                (o.InFlight, o.PartitionInFlight, o.PartitionSpan, o.PartitionBytes, o.InFlightBytes) = (
                    2_048,
                    2_048,
                    1_000_000,
                    256_000_000,
                    512_000_000
                )
            );
            List<DelivererFigures> without = [],
                with = [];
            for (var round = 1; round <= rounds; round++)
            {
                without.Add(await Measure(roomy, latencies: false, token));
                TakingGrain.SlowOneIn = 500;
                try
                {
                    with.Add(await Measure(roomy, latencies: false, token));
                }
                finally
                {
                    TakingGrain.SlowOneIn = 0;
                }
                console.MarkupLineInterpolated(
                    $"[grey]round {round}, slow keys: {without[^1].MessagesPerSecond:F0}/s without ({without[^1].CpuMicrosPerMessage:F1} µs), {with[^1].MessagesPerSecond:F0}/s with ({with[^1].CpuMicrosPerMessage:F1} µs)[/]"
                );
            }
            var (free, held) = (MiddleOf(without).MessagesPerSecond, MiddleOf(with).MessagesPerSecond);
            return new(free, held, 1 - (held / free));
        }

        static double Cpu() => Environment.CpuUsage.TotalTime.TotalSeconds;

        static async Task Until(Func<bool> condition, CancellationToken token)
        {
            for (var since = Stopwatch.GetTimestamp(); !condition(); )
            {
                if (Stopwatch.GetElapsedTime(since) > TimeSpan.FromMinutes(3))
                    throw new TimeoutException("The messages did not arrive within 3 minutes.");
                await Task.Delay(20, token);
            }
        }
    }
}
