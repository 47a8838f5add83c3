using System.Collections.Immutable;
using ClearanceEngine.Parcels;
using ClearanceEngine.Silo.Hosting;
using ClearanceEngine.Simulator.Samples;
using ClearanceEngine.Terminal;
using Spectre.Console.Rendering;

namespace ClearanceEngine.Tests.Hosting;

/// <summary>What the demo prints at its end fits a terminal of 80 cells, and a file.</summary>
public sealed class DemoReportTests
{
    static readonly IReadOnlyList<DemoExpectation> Expectations = DemoScenarios.Build().Expectations;

    [Fact]
    public void Every_line_fits_80_cells_and_every_order_number_is_whole()
    {
        var output = Printed(Expectations.ToDictionary(e => e.OrderNo, e => (ParcelView?)Reached(e)));
        Fits(output);
        foreach (var expected in Expectations)
            Assert.Contains(expected.OrderNo, output, StringComparison.Ordinal);
        Assert.Contains("全部到达预期状态", output, StringComparison.Ordinal);
    }

    [Fact]
    public void It_ends_with_what_to_do_next()
    {
        var output = Printed(Expectations.ToDictionary(e => e.OrderNo, e => (ParcelView?)Reached(e)));
        var end = output[output.IndexOf("下一步 next", StringComparison.Ordinal)..];
        Assert.Contains("dotnet run --project src/Silo\n", end, StringComparison.Ordinal);
        Assert.Contains($"state show p/{Expectations[0].OrderNo}", end, StringComparison.Ordinal);
    }

    [Fact]
    public void What_missed_its_end_is_explained_and_nothing_of_it_drives_the_terminal()
    {
        var views = Expectations.ToDictionary(e => e.OrderNo, e => (ParcelView?)Reached(e));
        var first = Expectations[0];
        views[first.OrderNo] = Reached(first) with
        {
            State = ParcelStatus.Collecting,
            Timeline = [new TimelineEntry(default, ParcelStatus.Collecting, "waiting", "a\u001B[2J\nforged")],
            Outbox =
            [
                new PendingView("order/1", DocumentType.Order, default, "to-customs", "it waits", null),
            ],
        };
        views[Expectations[1].OrderNo] = null;

        var output = Printed(views);
        Fits(output);
        Assert.Contains("2 个包裹未到达预期状态", output, StringComparison.Ordinal);
        Assert.Contains("order/1: it waits", output, StringComparison.Ordinal);
        Assert.Contains(@"a\u001B[2J\nforged", output, StringComparison.Ordinal);
    }

    static string Printed(Dictionary<string, ParcelView?> views)
    {
        var output = new StringWriter();
        new DemoReport(Expectations, views).Print(Consoles.Plain(output), TimeSpan.FromSeconds(12));
        return output.ToString();
    }

    static void Fits(string output)
    {
        Assert.Same(output, VisibleText.Lines(output));
        foreach (var line in output.Split('\n'))
        {
            Assert.True(new Segment(line).CellCount() <= Consoles.PipedWidth, line);
            Assert.Equal(line.TrimEnd(), line);
        }
    }

    static ParcelView Reached(DemoExpectation expected) =>
        new(
            expected.EbpCode,
            expected.OrderNo,
            Enum.GetValues<ParcelStatus>().Single(s => WireName.Of(s) == expected.State),
            "9610",
            1,
            ImmutableSortedDictionary<DocumentType, DocumentView>.Empty,
            [],
            expected.Reason is { } reason
                ? [new Problem(ProblemCode.Written(reason), DocumentType.DeclarationList, null, null, "…")]
                : [],
            null,
            null,
            new QuotaView(2026, 2_580_000, "reserving", 0, false),
            null,
            [],
            [new TaxBillView("T-1", "1", 0, 0, 0, null, default)],
            [],
            [],
            [],
            []
        );
}
