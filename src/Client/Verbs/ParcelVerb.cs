using System.CommandLine;
using System.Text.Json;
using ClearanceEngine.Parcels;

namespace ClearanceEngine.Client.Verbs;

/// <summary><c>clearance parcel EBP ORDER</c>: where a parcel stands, what it waits for and why, and all there is of it.</summary>
static class ParcelVerb
{
    public const string Name = "parcel";

    /// <summary>What is in an outbox for longer was tried and failed.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    public static Command Command(VerbHost host)
    {
        var ebp = new Argument<string>("ebp") { Description = "电商平台代码 platform code" };
        var order = new Argument<string>("order") { Description = "订单编号 order number" };
        var ask = new Option<bool>("--ask") { Description = "先向海关查询 ask customs first" };
        var command = new Command(Name, "查询包裹 show a parcel") { ebp, order, ask };
        host.SetAction(command, async call =>
        {
            var (platform, number) = (call.Value(ebp)!, call.Value(order)!);
            if (call.Value(ask))
                await call.Client.Ask(platform, number, call.Token);

            return await Show(call, platform, number);
        });
        return command;
    }

    static async Task<int> Show(VerbCall call, string platform, string number)
    {
        if (await call.Client.Parcel(platform, number, call.Token) is not { } parcel)
            throw VerbException.Refused(
                "parcel-not-found",
                $"没有平台 {platform} 的订单 {number}。There is no parcel of platform {platform} with order {number}; check both, or look among the dead letters: {call.Words(DeadLettersVerb.Name, "list")}"
            );

        if (call.AsJson)
        {
            call.Print(parcel);
            return CommandLine.Done;
        }

        var view = parcel.Deserialize<ParcelView>(ClearanceClient.Json)!;
        if (view.EbpCode is null || view.OrderNo is null)
            throw new JsonException("no ebpCode, no orderNo");

        var away = IsLate(view, call.Time.GetUtcNow()) ? await Away(call) : [];
        new ParcelPage(call.Console, call.Words, view, away).Draw();
        return CommandLine.Done;
    }

    /// <summary>Something should have left long ago: some part of the engine is in its way.</summary>
    static bool IsLate(ParcelView view, DateTimeOffset now) =>
        view.Outbox?.Any(entry => now - entry.Since > Patience) is true;

    static async Task<IReadOnlyList<PartHealth>> Away(VerbCall call)
    {
        try
        {
            return [.. (await call.Client.Readiness(call.Token)).Where(p => p.Status != "Healthy")];
        }
        catch (Exception e) when (e is HttpRequestException or JsonException)
        {
            // What was asked for is there; this only adds to it.
            return [];
        }
    }
}
