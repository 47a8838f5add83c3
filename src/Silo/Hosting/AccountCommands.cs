using System.Collections.Immutable;
using System.CommandLine;
using ClearanceEngine.Access;
using ClearanceEngine.Silo.Accounts;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>The words of the verbs that say who may come in.</summary>
static class AccountCommands
{
    static readonly string RoleNames = string.Join(
        ", ",
        Enum.GetValues<Role>().Select(role => WireName.Of(role))
    );

    public static Command Clients()
    {
        var list = new Command("list", "列出客户端 all of them");
        list.SetAction(p =>
            HostCommandLine.Code(
                ClientsVerb.List(HostCommandLine.Settings(p), p.InvocationConfiguration.Output)
            )
        );
        return new Command("clients", "系统登录用的 OAuth 客户端 OAuth clients, by which machines come in")
        {
            AddClient(),
            list,
            Named(
                "rotate",
                "更换密钥，原密钥与令牌即告失效 give it another secret; the former one and its tokens end",
                (p, name, reason) =>
                    ClientsVerb.Rotate(
                        name,
                        reason,
                        HostCommandLine.Settings(p),
                        p.InvocationConfiguration.Output
                    )
            ),
            Named("disable", "停用 keep it out", (p, name, reason) =>
                ClientsVerb.Enable(name, false, reason, HostCommandLine.Settings(p))
            ),
            Named("enable", "重新启用 let it in again", (p, name, reason) =>
                ClientsVerb.Enable(name, true, reason, HostCommandLine.Settings(p))
            ),
            Named("remove", "删除 take it out", (p, name, reason) =>
                ClientsVerb.Remove(name, reason, HostCommandLine.Settings(p))
            ),
        };
    }

    public static Command Accounts()
    {
        var list = new Command("list", "列出账户 all of them");
        list.SetAction(p =>
            HostCommandLine.Code(
                AccountsVerb.List(HostCommandLine.Settings(p), p.InvocationConfiguration.Output)
            )
        );
        return new Command("accounts", "人员的账户 accounts of people")
        {
            AddAccount(),
            list,
            ResetAccount(),
            Named("unlock", "解除锁定 let it try again at once", (p, name, reason) =>
                AccountsVerb.Unlock(name, reason, HostCommandLine.Settings(p))
            ),
            Named("disable", "停用 keep it out", (p, name, reason) =>
                AccountsVerb.Enable(name, false, reason, HostCommandLine.Settings(p))
            ),
            Named("enable", "重新启用 let it in again", (p, name, reason) =>
                AccountsVerb.Enable(name, true, reason, HostCommandLine.Settings(p))
            ),
            Named("remove", "删除 take it out", (p, name, reason) =>
                AccountsVerb.Remove(name, reason, HostCommandLine.Settings(p))
            ),
        };
    }

    static Command AddAccount()
    {
        var (name, roles, reason) = (NameArgument(), RoleOption(), ReasonOption());
        var participant = new Option<string?>("--participant")
        {
            Description = "所代表的企业代码 code of the participant that it speaks for",
        };
        var command = new Command(
            "add",
            "新增，并显示其首个密码一次 add one; its first password is shown once"
        )
        {
            name,
            roles,
            participant,
            reason,
        };
        command.SetAction(p =>
            HostCommandLine.Code(
                AccountsVerb.Add(
                    p.GetRequiredValue(name),
                    Roles(p.GetValue(roles)),
                    p.GetValue(participant),
                    p.GetValue(reason),
                    HostCommandLine.Settings(p),
                    p.InvocationConfiguration.Output
                )
            )
        );
        return command;
    }

    static Command ResetAccount()
    {
        var (name, reason) = (NameArgument(), ReasonOption());
        var factor = new Option<bool>("--second-factor")
        {
            Description = "第二重验证也已遗失 its second factor is lost as well",
        };
        var command = new Command("reset", "重新给出首个密码 give it a first password again")
        {
            name,
            factor,
            reason,
        };
        command.SetAction(p =>
            HostCommandLine.Code(
                AccountsVerb.Reset(
                    p.GetRequiredValue(name),
                    p.GetValue(factor),
                    p.GetValue(reason),
                    HostCommandLine.Settings(p),
                    p.InvocationConfiguration.Output
                )
            )
        );
        return command;
    }

    static Command AddClient()
    {
        var (name, roles, reason) = (NameArgument(), RoleOption(), ReasonOption());
        var participants = new Option<string[]>("--participant")
        {
            Description = "所代表的企业代码，可多个 codes of the participants that it speaks for",
        };
        var command = new Command("add", "新增，并显示其密钥一次 add one; its secret is shown once")
        {
            name,
            roles,
            participants,
            reason,
        };
        command.SetAction(p =>
            HostCommandLine.Code(
                ClientsVerb.Add(
                    p.GetRequiredValue(name),
                    Roles(p.GetValue(roles)),
                    [.. p.GetValue(participants) ?? []],
                    p.GetValue(reason),
                    HostCommandLine.Settings(p),
                    p.InvocationConfiguration.Output
                )
            )
        );
        return command;
    }

    static Command Named(
        string verb,
        string description,
        Func<ParseResult, string, string?, Task<ExitCode>> act
    )
    {
        var (name, reason) = (NameArgument(), ReasonOption());
        var command = new Command(verb, description) { name, reason };
        command.SetAction(p => HostCommandLine.Code(act(p, p.GetRequiredValue(name), p.GetValue(reason))));
        return command;
    }

    static Argument<string> NameArgument() => new("name") { Description = "名称 its name" };

    static Option<string[]> RoleOption() => new("--role") { Description = $"角色 roles: {RoleNames}" };

    static Option<string?> ReasonOption() =>
        new("--reason") { Description = "原因，写入审计记录 why, for the audit trail" };

    static ImmutableArray<Role> Roles(string[]? names) =>
        [
            .. (names ?? []).Select(name =>
                WireRoles.Named(name)
                ?? throw new AccountRefusedException(
                    $"没有角色 {Clip.Quote(name)}，应为 {RoleNames}。There is no role {Clip.Quote(name)}; it must be one of {RoleNames}."
                )
            ),
        ];
}
