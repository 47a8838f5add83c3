using System.Text.Json;
using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Simulator.Samples;
using ClearanceEngine.Terminal;
using Spectre.Console;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>How the demo's parcels ended, beside how they should.</summary>
/// <param name="expectations">How they should.</param>
/// <param name="views">Each parcel as it was last seen, by order number; null for one that is not there.</param>
sealed class DemoReport(
    IReadOnlyList<DemoExpectation> expectations,
    IReadOnlyDictionary<string, ParcelView?> views
)
{
    public IReadOnlyList<DemoExpectation> Missed { get; } =
    [.. expectations.Where(e => !IsReached(e, views[e.OrderNo]))];

    /// <summary>It is where it should be.</summary>
    public static bool IsReached(DemoExpectation expected, ParcelView? view)
    {
        if (view?.State is not { } state || WireName.Of(state) != expected.State)
            return false;
        if (expected.Reason is { } reason && !view.Problems.Any(p => p.Code == reason))
            return false;
        return expected.State != "released" || view.TaxBills.Length > 0;
    }

    /// <summary>It is where it should be, and nothing is left to be done for it.</summary>
    public static bool IsSettled(DemoExpectation expected, ParcelView? view) =>
        IsReached(expected, view) && view!.OutboxIds.Length == 0;

    public void Print(IAnsiConsole console, TimeSpan took)
    {
        var table = new Listing(
            "",
            "订单 order",
            "方式 mode",
            "状态 state",
            "额度 quota",
            "说明 what it shows, 原因 reason"
        );
        foreach (var expected in expectations)
            table.Add(Row(expected, views[expected.OrderNo]));
        console.Write(table);
        console.WriteLine();

        foreach (var missed in Missed)
            Explain(console, missed, views[missed.OrderNo]);
        if (Missed.Count == 0)
            console.Line(
                $"[green]{expectations.Count} 个包裹全部到达预期状态 all parcels reached their expected state[/] ({took.TotalSeconds:0.0} s)"
            );
        else
            console.Line(
                $"[red]{Missed.Count} 个包裹未到达预期状态 parcels did not reach their expected state[/]"
            );
        Next(console);
    }

    static Cell[] Row(DemoExpectation expected, ParcelView? view)
    {
        var isReached = IsReached(expected, view);
        var quota = view?.Quota is { } q ? $"{q.Stage} ¥{CebAmount.FromFen(q.AmountFen)}" : "";
        return
        [
            isReached ? Cell.Of("✓", Color.Green) : Cell.Of("✗", Color.Red),
            expected.OrderNo,
            view?.Mode,
            Cell.Of(
                view?.State is { } state ? WireName.Of(state) : "?",
                isReached ? Color.Default : Color.Red
            ),
            quota,
            string.Join(" | ", ((string[])[expected.Note, Reason(view)]).Where(t => t.Length > 0)),
        ];
    }

    static string Reason(ParcelView? view)
    {
        if (view is null)
            return "";
        if (view.Problems is [var first, ..])
            return first.Code;
        return view.Missing.Length > 0
            ? $"缺 missing: {string.Join(", ", view.Missing.Select(m => WireName.Of(m)))}"
            : "";
    }

    static void Explain(IAnsiConsole console, DemoExpectation expected, ParcelView? view)
    {
        console.Line($"[red]{expected.OrderNo}[/] 预期 expected {expected.State} {expected.Reason}");
        if (view is null)
            return;
        foreach (var pending in view.Outbox ?? [])
            console.Line($"{pending.Id}: {pending.Text}", indent: 2, hanging: 2);
        foreach (var entry in view.Timeline)
            console.Line(
                $"{entry.At.UtcDateTime:HH:mm:ss.fff}Z {WireName.Of(entry.State)} {entry.Text}",
                2,
                2
            );
    }

    /// <summary>The demo's engine is over, and its parcels are stored: they can be looked at, and an engine of one's own be started.</summary>
    void Next(IAnsiConsole console)
    {
        console.Line($"[grey]下一步 next:[/] 启动引擎 run the engine");
        console.Line($"dotnet run --project src/Silo", indent: 2);
        console.Line($"发送样例并查看 submit the sample, look at it");
        console.Line($"dotnet run --project src/Client -- submit samples/sample-order/*.xml", indent: 2);
        if (expectations is not [var first, ..])
            return;
        console.Line($"本次演示中的包裹 what is stored of a parcel of this demo");
        var key = GrainKey.Parcels(first.OrderNo);
        console.Line($"dotnet run --project src/Silo -- \\", indent: 2);
        console.Line($"state show {key} \\", indent: 4);
        console.Line($"--Engine:DataDirectory={DemoVerb.Directory}", indent: 4);
    }
}
