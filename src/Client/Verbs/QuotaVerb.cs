using System.CommandLine;
using ClearanceEngine.Contracts;

namespace ClearanceEngine.Client.Verbs;

/// <summary><c>clearance quota</c>: a person's annual quota. The id number never is an argument, which others could see.</summary>
static class QuotaVerb
{
    public static Command Command(VerbHost host)
    {
        var idFile = new Option<FileInfo?>("--id-file")
        {
            Description =
                "含证件号码的文件，缺省读标准输入 file with the id number; standard input if left out (never an argument: arguments are visible to others)",
        };
        var year = new Option<int?>("--year") { Description = "年份 year" };
        var reason = new Option<string?>("--reason")
        {
            Description = "查询理由，记入审计记录 why it is looked at, for the audit trail",
        };
        var command = new Command("quota", "查询个人年度额度 a person's annual quota")
        {
            idFile,
            year,
            reason,
        };
        host.SetAction(command, async call =>
        {
            var id = call.Value(idFile) is { } file
                ? await File.ReadAllTextAsync(file.FullName, call.Token)
                : await Console.In.ReadToEndAsync(call.Token);
            var quota = await call.Client.Quota(id.Trim(), call.Value(year), call.Value(reason), call.Token);

            Show(call, quota);
            return CommandLine.Done;
        });
        return command;
    }

    static void Show(VerbCall call, QuotaResponse quota)
    {
        if (call.AsJson)
            call.Print(quota);
        call.Say(
            $"{quota.Year}: 限额 limit {Words.Yuan(quota.LimitFen)}, 已用 posted {Words.Yuan(quota.PostedFen)}, 预占 pending {Words.Yuan(quota.PendingFen)}, 剩余 remaining [bold]{Words.Yuan(quota.RemainingFen)}[/]"
        );
    }
}
