using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using ClearanceEngine.Bench.Customs;
using ClearanceEngine.Bench.Feed;
using ClearanceEngine.Bench.Peers;
using ClearanceEngine.Bench.Pipeline;
using ClearanceEngine.Bench.Rig;
using ClearanceEngine.Bench.StockAdoNet;
using Spectre.Console;

namespace ClearanceEngine.Bench;

/// <summary>The verbs of the benchmark.</summary>
static class CommandLine
{
    public static Task<int> Run(string[] arguments, IAnsiConsole console)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        // Its options are the engine's own.
        if (arguments is ["stock-engine", .. var rest])
            return StockEngine.Run(rest);
        var root = new RootCommand("Benchmarks of ClearanceEngine")
        {
            Pipeline(console),
            Customs(),
            Peer(),
            All(console),
            Streams.StreamsVerb.Command(console),
            Documents.DocumentsVerb.Command(console),
        };
        foreach (var verb in new OursVerbs(console).All())
            root.Add(verb);
        // Whoever is told to stop still has servers to stop.
        return root.Parse(arguments)
            .InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(1) });
    }

    static Command Pipeline(IAnsiConsole console)
    {
        var common = new CommonOptions();
        var rounds = new Option<int>("--rounds")
        {
            Description = "turns that members take",
            DefaultValueFactory = _ => 3,
        };
        var warmUp = new Option<double>("--warm-up")
        {
            Description =
                "seconds before a member's first figure; the engine compiles for more than a minute",
            DefaultValueFactory = _ => 90,
        };
        var rate = new Option<double>("--rate")
        {
            Description = "parcels a second with which the search for the rate begins",
            DefaultValueFactory = _ => 50,
        };
        var load = new Option<double>("--load")
        {
            Description = "share of the measured rate at which latencies are taken",
            DefaultValueFactory = _ => 0.7,
        };
        var ahead = new Option<int>("--ahead")
        {
            Description = "parcels that are made before anything is measured",
            DefaultValueFactory = _ => 100_000,
        };
        var names = new Option<string[]>("--members")
        {
            Description = $"of {string.Join(", ", Members.All.Select(m => m.Name))}; default all",
            AllowMultipleArgumentsPerToken = true,
        }.AcceptOnlyFromAmong([.. Members.All.Select(m => m.Name)]);
        var command = new Command(
            "pipeline",
            "parcels a second, latencies and costs, of the engine and of its peers in one run"
        )
        {
            rounds,
            warmUp,
            rate,
            load,
            ahead,
            names,
        };
        common.AddTo(command);
        command.SetAction(
            async (parsed, token) =>
            {
                var (feed, rig) = (common.Feed(parsed), common.Rig(parsed));
                var wanted = parsed.GetValue(names) is { Length: > 0 } some
                    ? some
                    : [.. Members.All.Select(m => m.Name)];
                console.MarkupLineInterpolated(
                    $"{(rig.KafkaHome is null ? "development broker (no Kafka was found: figures are not those of production)" : "Kafka")}, PostgreSQL with durable commits, {Environment.ProcessorCount} cores for everything"
                );
                var stock = new Stock(feed);
                stock.Fill(parsed.GetValue(ahead));
                var options = new PipelineOptions(
                    common.Seconds(parsed, 60),
                    parsed.GetValue(rounds),
                    TimeSpan.FromSeconds(parsed.GetValue(warmUp)),
                    parsed.GetValue(rate),
                    parsed.GetValue(load)
                );
                var figures = await new PipelineRun(options, rig, feed, console).Run(
                    [.. Members.All.Where(m => wanted.Contains(m.Name))],
                    stock,
                    token
                );
                PipelineTable.Print(console, figures);
                await Output.Save(common.Json(parsed), figures);
                return 0;
            }
        );
        return command;
    }

    static Command All(IAnsiConsole console)
    {
        var seconds = new Option<int?>("--seconds")
        {
            Description = "measured time of each figure; each verb's own default otherwise",
        };
        var json = new Option<FileInfo?>("--json") { Description = "file for the figures of all verbs" };
        var kafka = new Option<string?>("--kafka-home") { Description = "see pipeline" };
        var warmUp = new Option<double?>("--warm-up")
        {
            Description = "seconds before a member's first figure; each verb's own default otherwise",
        };
        var command = new Command("all", "every verb, one after the other") { seconds, json, kafka, warmUp };
        command.SetAction(
            async (parsed, token) =>
            {
                var figures = new Dictionary<string, JsonNode?>(StringComparer.Ordinal);
                string[] common =
                [
                    .. Given("--seconds", parsed.GetValue(seconds)),
                    .. Given("--kafka-home", parsed.GetValue(kafka)),
                ];
                string[] warm = Given("--warm-up", parsed.GetValue(warmUp));
                // Streams warms up by itself, and has no figures on a development broker.
                string[] streams = RigOptions.FindKafka(parsed.GetValue(kafka)) is null ? [] : ["streams"];
                foreach (
                    var verb in (string[])["pipeline", "recovery", "scale-out", "growth", "soak", .. streams]
                )
                {
                    var file = Path.GetTempFileName();
                    string[] arguments = [verb, "--json", file, .. common, .. verb == "streams" ? [] : warm];
                    console.MarkupLineInterpolated($"[bold]{verb}[/]");
                    if (await Run(arguments, console) is not 0 and var code)
                        return code;
                    figures[verb] = JsonNode.Parse(await File.ReadAllTextAsync(file, token));
                    File.Delete(file);
                }
                await Output.Save(parsed.GetValue(json), figures);
                return 0;
            }
        );
        return command;
    }

    static string[] Given<T>(string option, T? value) =>
        value is null ? [] : [option, string.Create(CultureInfo.InvariantCulture, $"{value}")];

    static Command Customs()
    {
        var kafka = new Option<string>("--kafka") { Required = true };
        var step = new Option<TimeSpan>("--step") { DefaultValueFactory = _ => TimeSpan.FromSeconds(1) };
        var command = new Command("customs", "the customs side; started by the others") { kafka, step };
        command.SetAction(
            (parsed, token) =>
                Task.Run(
                    () => new CustomsSide(parsed.GetValue(kafka)!, parsed.GetValue(step)).Run(token),
                    token
                )
        );
        return command;
    }

    static Command Peer()
    {
        var (kafka, database, directory) = (
            new Option<string>("--kafka") { Required = true },
            new Option<string>("--database") { Required = true },
            new Option<string>("--directory") { Required = true }
        );
        var (url, state, identity) = (
            new Option<string>("--url") { Required = true },
            new Option<string>("--state-key") { Required = true },
            new Option<string>("--identity-key") { Required = true }
        );
        var (workers, inputs, messages) = (
            new Option<int>("--workers"),
            new Option<int>("--inputs"),
            new Option<int>("--messages")
        );
        var command = new Command("peer", "a service without actors; started by the others")
        {
            kafka,
            database,
            directory,
            url,
            state,
            identity,
            workers,
            inputs,
            messages,
        };
        command.SetAction(
            (p, token) =>
                PeerHost.Run(
                    new PeerOptions(
                        p.GetValue(kafka)!,
                        p.GetValue(database)!,
                        p.GetValue(directory)!,
                        p.GetValue(state)!,
                        p.GetValue(identity)!,
                        p.GetValue(workers),
                        p.GetValue(inputs),
                        p.GetValue(messages)
                    ),
                    p.GetValue(url)!,
                    token
                )
        );
        return command;
    }
}
