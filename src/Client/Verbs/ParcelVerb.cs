using System.CommandLine;
using System.Text.Json;
using Spectre.Console;

namespace ClearanceEngine.Client.Verbs;

/// <summary><c>clearance parcel EBP ORDER</c>: documents, state, problems and timeline of a parcel.</summary>
static class ParcelVerb
{
    public static Command Command(VerbHost host)
    {
        var ebp = new Argument<string>("ebp") { Description = "电商平台代码 platform code" };
        var order = new Argument<string>("order") { Description = "订单编号 order number" };
        var ask = new Option<bool>("--ask") { Description = "先向海关查询 ask customs first" };
        var command = new Command("parcel", "查询包裹 show a parcel") { ebp, order, ask };
        host.SetAction(command, async call =>
        {
            var (platform, number) = (call.Value(ebp)!, call.Value(order)!);
            if (call.Value(ask))
                await call.Client.Ask(platform, number, call.Token);

            return Show(call, await call.Client.Parcel(platform, number, call.Token));
        });
        return command;
    }

    static int Show(VerbCall call, JsonElement? found)
    {
        if (found is not { } parcel)
        {
            if (call.AsJson)
                call.Raw("null");
            call.Say($"[red]没有这个包裹 there is no such parcel[/]");
            return CommandLine.Refused;
        }

        if (call.AsJson)
            call.Print(parcel);
        else
            Draw(call.Console, parcel);
        return CommandLine.Done;
    }

    static void Draw(IAnsiConsole console, JsonElement parcel)
    {
        console.MarkupLineInterpolated(
            $"[bold]{parcel.GetProperty("ebpCode")} {parcel.GetProperty("orderNo")}[/] {parcel.GetProperty("mode")} [green]{parcel.GetProperty("state")}[/] {parcel.GetProperty("invtNo")}"
        );
        foreach (var problem in parcel.GetProperty("problems").EnumerateArray())
            console.MarkupLineInterpolated(
                $"[red]{problem.GetProperty("code")}[/] {problem.GetProperty("text")}"
            );

        var table = new Table().AddColumns("时间 time", "状态 state", "事件 event");
        foreach (var entry in parcel.GetProperty("timeline").EnumerateArray())
            table.AddRow(
                Markup.Escape($"{entry.GetProperty("at").GetDateTimeOffset():yyyy-MM-dd HH:mm:ss.fff}"),
                Markup.Escape(entry.GetProperty("state").GetString()!),
                Markup.Escape(entry.GetProperty("text").GetString()!)
            );
        console.Write(table);
    }
}
