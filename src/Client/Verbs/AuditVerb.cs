using System.CommandLine;
using ClearanceEngine.Contracts;
using ClearanceEngine.Terminal;

namespace ClearanceEngine.Client.Verbs;

/// <summary><c>clearance audit</c>: who did what, the newest first, a page at a time.</summary>
static class AuditVerb
{
    public const string Name = "audit";

    public static Command Command(VerbHost host)
    {
        var actor = new Option<string?>("--actor") { Description = "操作者 name of who acted" };
        var subject = new Option<string?>("--subject")
        {
            Description = "对象 to what: parcel/EBP/ORDER, person/HASH",
        };
        var right = new Option<string?>("--right")
        {
            Description = "权限 by which right, such as parcels:close (docs/rights.md)",
        };
        var since = new Option<string?>("--since")
        {
            Description = "起 from this time on, with its offset: 2026-11-11T00:00:00+08:00",
        };
        var until = new Option<string?>("--until") { Description = "止 before this time" };
        var limit = new Option<int?>("--limit") { Description = "每页条数 entries of a page" };
        var cursor = new Option<string?>("--cursor")
        {
            Description = "上一页给出的 what the page before calls next",
        };
        var command = new Command(Name, "审计记录：谁在何时做了什么 the audit trail: who did what, and when")
        {
            actor,
            subject,
            right,
            since,
            until,
            limit,
            cursor,
        };
        host.SetAction(command, async call =>
        {
            var question = new AuditQuestion(
                call.Value(actor),
                call.Value(subject),
                call.Value(right),
                call.Value(since),
                call.Value(until),
                call.Value(limit),
                call.Value(cursor)
            );
            var page = await call.Client.Audit(question, call.Token);
            if (call.AsJson)
                call.Print(page);
            else
                Draw(call, page);
            return CommandLine.Done;
        });
        return command;
    }

    static void Draw(VerbCall call, AuditPage page)
    {
        call.Say($"{Words.Clock}");
        var table = new Listing(
            "时间 at",
            "操作者 actor",
            "来自 from",
            "权限 right",
            "对象 subject",
            "结果 outcome",
            "原因 reason"
        );
        foreach (var entry in page.Entries)
            table.Add(
                Words.Time(entry.At),
                $"{entry.Actor} ({entry.ActorKind})",
                entry.From,
                entry.Right,
                entry.Detail is null ? entry.Subject : $"{entry.Subject} {entry.Detail}",
                entry.Code is null ? entry.Outcome : $"{entry.Outcome} {entry.Code}",
                entry.Reason
            );
        call.Console.Write(table);
        if (page.Next is { } next)
            call.Say($"[yellow]未列完 cut[/]: 下一页 next page: --cursor {next}");
    }
}
