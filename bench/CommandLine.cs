using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using ClearanceEngine.Bench.Customs;
using ClearanceEngine.Bench.Feed;
using ClearanceEngine.Bench.Pipeline;
using ClearanceEngine.Bench.Rig;
using Spectre.Console;

namespace ClearanceEngine.Bench;

/// <summary>The verbs of the benchmark.</summary>
static class CommandLine
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static Task<int> Run(string[] arguments, IAnsiConsole console)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        var root = new RootCommand("Benchmarks of ClearanceEngine") { Pipeline(console), Customs() };
        // Whoever is told to stop still has servers to stop.
        return root.Parse(arguments).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(1) });
    }

    static Command Pipeline(IAnsiConsole console)
    {
        var common = new CommonOptions();
        var rounds = new Option<int>("--rounds") { Description = "turns that members take", DefaultValueFactory = _ => 3 };
        var warmUp = new Option<double>("--warm-up") { Description = "seconds before a member's first figure", DefaultValueFactory = _ => 40 };
        var rate = new Option<double>("--rate") { Description = "parcels a second with which the search for the rate begins", DefaultValueFactory = _ => 50 };
        var load = new Option<double>("--load") { Description = "share of the measured rate at which latencies are taken", DefaultValueFactory = _ => 0.7 };
        var ahead = new Option<int>("--ahead") { Description = "parcels that are made before anything is measured", DefaultValueFactory = _ => 100_000 };
        var names = new Option<string[]>("--members") { Description = $"of {string.Join(", ", Members.All.Select(m => m.Name))}; default all", AllowMultipleArgumentsPerToken = true };
        var command = new Command("pipeline", "parcels a second, latencies and costs, of the engine and of its peers in one run") { rounds, warmUp, rate, load, ahead, names };
        common.AddTo(command);
        command.SetAction(async (parsed, token) =>
        {
            var (feed, rig) = (common.Feed(parsed), common.Rig(parsed));
            var wanted = parsed.GetValue(names) is { Length: > 0 } some ? some : [.. Members.All.Select(m => m.Name)];
            console.MarkupLineInterpolated($"{(rig.KafkaHome is null ? "development broker (no Kafka was found: figures are not those of production)" : "Kafka")}, PostgreSQL with durable commits, {Environment.ProcessorCount} cores for everything");
            var stock = new Stock(feed);
            stock.Fill(parsed.GetValue(ahead));
            var options = new PipelineOptions(common.Seconds(parsed, 60), parsed.GetValue(rounds), TimeSpan.FromSeconds(parsed.GetValue(warmUp)), parsed.GetValue(rate), parsed.GetValue(load));
            var figures = await new PipelineRun(options, rig, feed, console).Run([.. Members.All.Where(m => wanted.Contains(m.Name))], stock, token);
            PipelineTable.Print(console, figures);
            await Save(common.Json(parsed), figures);
            return 0;
        });
        return command;
    }

    static Command Customs()
    {
        var kafka = new Option<string>("--kafka") { Required = true };
        var step = new Option<TimeSpan>("--step") { DefaultValueFactory = _ => TimeSpan.FromSeconds(1) };
        var command = new Command("customs", "the customs side; started by the others") { kafka, step };
        command.SetAction((parsed, token) => Task.Run(() => new CustomsSide(parsed.GetValue(kafka)!, parsed.GetValue(step)).Run(token), token));
        return command;
    }

    static async Task Save<T>(FileInfo? file, T figures)
    {
        if (file is not null) await File.WriteAllTextAsync(file.FullName, JsonSerializer.Serialize(figures, Json));
    }
}
