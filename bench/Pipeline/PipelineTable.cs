using Spectre.Console;

namespace ClearanceEngine.Bench.Pipeline;

/// <summary>The figures for people.</summary>
static class PipelineTable
{
    static readonly (string Name, Func<Figures, string> Value)[] Rows =
    [
        ("parcels/s", f => $"{f.ParcelsPerSecond:0}"),
        ("  by round", f => string.Join(" ", f.Rounds.Select(r => $"{r:0}"))),
        ("  back to back", f => f.BackToBackPerSecond is { } rate ? $"{rate:0}" : ""),
        ("  feed held back, share of time", f => $"{f.StalledShare:0.00}"),
        ("messages in/s, out/s", f => $"{f.MessagesPerSecond:0}, {f.OutboundPerSecond:0}"),
        ("load for latencies, parcels/s", f => $"{f.LoadParcelsPerSecond:0}"),
        ("last document to outbound p50, p99 ms", f => $"{f.P50Ms:0}, {f.P99Ms:0}"),
        ("last document to release p50, p99 ms", f => $"{f.ReleaseP50Ms:0}, {f.ReleaseP99Ms:0}"),
        ("rows, transactions a parcel", f => $"{f.RowsPerParcel:0.0}, {f.TransactionsPerParcel:0.00}"),
        ("WAL a parcel, kB; syncs/s", f => $"{f.WalBytesPerParcel / 1000:0.0}; {f.SyncsPerSecond:0}"),
        ("CPU a parcel, ms: app", f => $"{f.CpuMsPerParcel.App:0.000}"),
        ("  PostgreSQL", f => $"{f.CpuMsPerParcel.Postgres:0.000}"),
        ("  broker", f => $"{f.CpuMsPerParcel.Broker:0.000}"),
        ("  customs (apart)", f => $"{f.CpuMsPerParcel.Customs:0.000}"),
        ("  feed and observer (apart)", f => $"{f.CpuMsPerParcel.Harness:0.000}"),
        ("RSS, MB", f => $"{f.ResidentMb:0}"),
        ("allocated a parcel, kB", f => $"{f.AllocatedBytesPerParcel / 1000:0.0}"),
    ];

    public static void Print(IAnsiConsole console, Dictionary<string, Figures> members)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumn("");
        foreach (var name in members.Keys)
            table.AddColumn(new TableColumn(name).RightAligned());
        foreach (var (name, value) in Rows)
            table.AddRow([name, .. members.Values.Select(value)]);
        console.Write(table);
    }
}
