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
        var resend = new Option<string?>("--resend")
        {
            Description =
                $"先向海关重发该单证 send this document to customs again first: {string.Join(", ", Enum.GetValues<DocumentType>().Select(type => WireName.Of(type)))}",
            HelpName = "DOCUMENT",
        };
        var which = new Option<string?>("--number")
        {
            Description =
                "重发单证的编号，同类有多份时必填 number of the document to send again, where there are several of it",
            HelpName = "NUMBER",
        };
        var close = new Option<string?>("--close")
        {
            Description =
                "先关闭该包裹，并写明原因，引擎不再处理 close it first, with a reason: the engine does no more for it",
            HelpName = "REASON",
        };
        var command = new Command(Name, "查询包裹，或令引擎处理 show a parcel, or order something for it")
        {
            ebp,
            order,
            ask,
            resend,
            which,
            close,
        };
        host.SetAction(command, async call =>
        {
            var (platform, number) = (call.Value(ebp)!, call.Value(order)!);
            if (call.Value(which) is not null && call.Value(resend) is null)
                throw VerbException.Usage(
                    "number-without-resend",
                    "--number 须与 --resend 同用。--number belongs to --resend."
                );
            if (call.Value(close) is { } given && string.IsNullOrWhiteSpace(given))
                throw VerbException.Usage(
                    ProblemCode.ReasonMissing,
                    "--close 须写明关闭原因。--close needs a reason; write why the parcel is closed."
                );
            if (call.Value(ask))
                await call.Client.Ask(platform, number, call.Token);
            if (call.Value(resend) is { } document)
                await call.Client.Resend(platform, number, document, call.Value(which), call.Token);
            if (call.Value(close) is { } reason)
                await call.Client.Close(platform, number, reason, call.Token);

            return await Show(call, platform, number);
        });
        return command;
    }

    static async Task<int> Show(VerbCall call, string platform, string number)
    {
        if (await call.Client.Parcel(platform, number, call.Token) is not { } parcel)
            throw VerbException.Refused(
                ProblemCode.ParcelNotFound,
                $"没有平台 {platform} 的订单 {number}，或本账户无权查看。There is no parcel of platform {platform} with order {number}, or none that this account may see; check both, or look among the dead letters: {call.Words(DeadLettersVerb.Name, "list")}"
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
