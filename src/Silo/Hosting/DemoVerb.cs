using System.Diagnostics;
using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Simulator.Samples;
using ClearanceEngine.Streams.Kafka;
using Microsoft.Extensions.Options;
using Spectre.Console;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>
/// Runs the engine, feeds the sample parcels of the repository through Kafka in random order, shows how they come
/// along, and checks that each reached its expected end.
/// </summary>
static class DemoVerb
{
    static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);

    public static async Task<ExitCode> Run(string[] arguments)
    {
        var directory = Path.Combine("data", "demo");
        if (Directory.Exists(directory))
            Directory.Delete(directory, recursive: true);
        // A fresh state, any free ports, and quick scans: a demo is over in a minute.
        await using var app = EngineHost.Build([
            $"--Engine:DataDirectory={directory}",
            "--Engine:DevelopmentBrokerPort=0",
            "--Recovery:Period=00:00:01",
            "--Logging:LogLevel:Default=Error",
            "--Logging:LogLevel:ClearanceEngine=Error",
            .. arguments,
        ]);
        RefuseRealParts(app.Services.GetRequiredService<PartsInUse>());
        await EngineHost.Prepare(app.Services, null, CancellationToken.None);
        await app.StartAsync();
        var code = await Play(
            app.Services,
            Path.Combine(AppContext.BaseDirectory, "samples", "demo"),
            AnsiConsole.Console,
            CancellationToken.None
        );
        await app.StopAsync();
        return code == 0 ? ExitCode.Done : ExitCode.Refused;
    }

    /// <summary>Invented declarations must not come to a real part, whatever the environment names.</summary>
    static void RefuseRealParts(PartsInUse parts)
    {
        if (parts.Real == EngineParts.None)
            return;
        throw new OptionsValidationException(
            "Engine",
            typeof(EngineOptions),
            [
                $"演示只在全部为开发用部件时运行,现有正式部件:{parts.Real}。The demo runs on development parts only; these are real: {parts.Real}. Take their settings away (environment, appsettings.Production.json).",
            ]
        );
    }

    /// <summary>Feeds and watches; 0 only if every parcel reached its expected end.</summary>
    public static async Task<int> Play(
        IServiceProvider services,
        string directory,
        IAnsiConsole console,
        CancellationToken cancellationToken
    )
    {
        var (files, expectations) = DemoSet.Read(directory);
        var producer = services.GetRequiredService<IKafkaProducer>();
        var grains = services.GetRequiredService<IGrainFactory>();
        var states = expectations.ToDictionary(
            e => e.OrderNo,
            _ => (ParcelView?)null,
            StringComparer.Ordinal
        );
        console.MarkupLineInterpolated(
            $"[bold]ClearanceEngine[/] 演示 demo: {expectations.Count} 个包裹 parcels, {files.Count} 份报文 messages"
        );
        var watch = Stopwatch.StartNew();
        await console
            .Progress()
            .AutoClear(false)
            .Columns(
                new TaskDescriptionColumn(),
                new ProgressBarColumn(),
                new PercentageColumn(),
                new SpinnerColumn()
            )
            .StartAsync(async progress =>
            {
                foreach (
                    var phase in expectations
                        .Select(e => e.Phase)
                        .Concat(files.Select(f => f.Phase))
                        .Distinct()
                        .Order()
                )
                {
                    var due = files.Where(f => f.Phase == phase).ToArray();
                    new Random(phase).Shuffle(due);
                    foreach (var file in due)
                        await producer.Produce(
                            TopicNames.Of(CebParser.Read(file.Content).Type)!,
                            null,
                            file.Content,
                            null,
                            cancellationToken
                        );
                    // What only ends with the next phase is not waited for in this one.
                    var open = expectations
                        .Where(e =>
                            e.Phase == phase && !files.Any(f => f.Phase > phase && f.Scenario == e.Name)
                        )
                        .Concat(
                            phase == 2
                                ? expectations.Where(e =>
                                    files.Any(f => f.Phase == 2 && f.Scenario == e.Name)
                                )
                                : []
                        )
                        .Distinct()
                        .ToList();
                    var task = progress.AddTask($"第 {phase} 批 phase {phase}", maxValue: open.Count);
                    while (open.Count > 0 && watch.Elapsed < Deadline)
                    {
                        foreach (var e in open.ToArray())
                        {
                            states[e.OrderNo] = await grains
                                .Grain<IParcelGrain>(GrainKey.Parcel(e.EbpCode, e.OrderNo))
                                .Show();
                            if (!Reached(e, states[e.OrderNo], settled: true))
                                continue;
                            open.Remove(e);
                            task.Increment(1);
                        }
                        await Task.Delay(200, cancellationToken);
                    }
                }
            });
        // Last look: a parcel that was to stay where it is must still be there.
        foreach (var e in expectations)
            states[e.OrderNo] = await grains
                .Grain<IParcelGrain>(GrainKey.Parcel(e.EbpCode, e.OrderNo))
                .Show();
        Print(console, expectations, states);
        var missed = expectations.Count(e => !Reached(e, states[e.OrderNo], settled: false));
        if (missed == 0)
            console.MarkupLineInterpolated(
                $"[green]{expectations.Count} 个包裹全部到达预期状态 all parcels reached their expected state[/] ({watch.Elapsed.TotalSeconds:0.0} s)"
            );
        else
        {
            foreach (
                var view in expectations
                    .Where(e => !Reached(e, states[e.OrderNo], settled: false))
                    .Select(e => states[e.OrderNo])
                    .OfType<ParcelView>()
            )
            {
                console.MarkupLineInterpolated(
                    $"[red]{view.OrderNo}[/] 待办 owes: {string.Join(", ", view.Owes)}"
                );
                foreach (var entry in view.Timeline)
                    console.MarkupLineInterpolated($"  {entry.At:HH:mm:ss.fff} {entry.State} {entry.Text}");
            }
            console.MarkupLineInterpolated(
                $"[red]{missed} 个包裹未到达预期状态 parcels did not reach their expected state[/]"
            );
        }
        return missed == 0 ? 0 : 1;
    }

    static bool Reached(DemoExpectation e, ParcelView? view, bool settled) =>
        view is not null
        && State(view.State) == e.State
        && (e.Reason is null || view.Problems.Any(p => p.Code == e.Reason))
        && (!settled || view.Owes.Length == 0)
        && (e.State != "released" || view.TaxBills.Length > 0);

    static string State(ParcelStatus status) =>
        char.ToLowerInvariant(status.ToString()[0]) + status.ToString()[1..];

    static void Print(
        IAnsiConsole console,
        IReadOnlyList<DemoExpectation> expectations,
        Dictionary<string, ParcelView?> states
    )
    {
        var table = new Table().Border(TableBorder.Rounded);
        foreach (
            var column in (string[])
                [
                    "订单 order",
                    "方式 mode",
                    "状态 state",
                    "原因 reason",
                    "额度 quota",
                    "说明 what it shows",
                    "",
                ]
        )
            table.AddColumn(column);
        foreach (var e in expectations)
        {
            var view = states[e.OrderNo];
            var ok = Reached(e, view, settled: false);
            var reason = view?.Problems.FirstOrDefault()?.Code
                ?? (
                    view?.Missing.Length > 0
                        ? $"缺 missing: {string.Join(", ", view.Missing.Select(m => m.ToString().ToLowerInvariant()))}"
                        : ""
                );
            table.AddRow(
                Markup.Escape(e.OrderNo),
                view?.Mode ?? "",
                view is null ? "?" : State(view.State),
                Markup.Escape(reason),
                view?.Quota is { } q ? $"{q.Stage} ¥{CebAmount.FromFen(q.AmountFen)}" : "",
                Markup.Escape(e.Note),
                ok ? "[green]✓[/]" : $"[red]✗ {e.State} {e.Reason}[/]"
            );
        }
        console.Write(table);
    }
}
