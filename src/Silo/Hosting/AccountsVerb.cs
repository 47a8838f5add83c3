using System.Collections.Immutable;
using ClearanceEngine.Access;
using ClearanceEngine.Audit;
using ClearanceEngine.Silo.Accounts;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>The accounts of people: <c>accounts add|list|reset|unlock|disable|enable|remove</c>, with the engine's settings. No engine is started.</summary>
static class AccountsVerb
{
    public static Task<ExitCode> Add(
        string name,
        ImmutableArray<Role> roles,
        string? participant,
        string? reason,
        string[] settings,
        TextWriter output
    ) =>
        Do(name, "add", reason, settings, async (accounts, none) =>
            Tell(output, name, await accounts.Add(name, roles, participant, none))
        );

    public static Task<ExitCode> List(string[] settings, TextWriter output) =>
        HostAct.Look(settings, async services =>
        {
            foreach (var account in await Registry(services).List(CancellationToken.None))
                await output.WriteLineAsync(
                    $"{account.Name}  {Words(account.State)}  {account.Roles}  {account.Participant ?? "-"}  {(account.HasSecondFactor ? "第二重验证 second factor" : "-")}"
                );
        });

    public static Task<ExitCode> Reset(
        string name,
        bool alsoSecondFactor,
        string? reason,
        string[] settings,
        TextWriter output
    ) =>
        Do(
            name,
            alsoSecondFactor ? "reset with second factor" : "reset",
            reason,
            settings,
            async (accounts, none) => Tell(output, name, await accounts.Reset(name, alsoSecondFactor, none))
        );

    public static Task<ExitCode> Unlock(string name, string? reason, string[] settings) =>
        Do(name, "unlock", reason, settings, (accounts, none) => accounts.Unlock(name, none));

    public static Task<ExitCode> Enable(string name, bool isEnabled, string? reason, string[] settings) =>
        Do(name, isEnabled ? "enable" : "disable", reason, settings, (accounts, _) =>
            accounts.Enable(name, isEnabled)
        );

    public static Task<ExitCode> Remove(string name, string? reason, string[] settings) =>
        Do(name, "remove", reason, settings, (accounts, _) => accounts.Remove(name));

    static Task<ExitCode> Do(
        string name,
        string what,
        string? reason,
        string[] settings,
        Func<AccountRegistry, CancellationToken, Task> act
    ) =>
        HostAct.Do(settings, AuditSubject.Account(Clip.Quote(name)), what, reason, services =>
            act(Registry(services), CancellationToken.None)
        );

    static AccountRegistry Registry(IServiceProvider services) =>
        services.GetRequiredService<AccountRegistry>();

    static string Words(AccountState state) =>
        state switch
        {
            AccountState.Enabled => "启用 enabled",
            AccountState.Disabled => "停用 disabled",
            AccountState.Locked => "锁定 locked",
            _ => "待首次登录 new",
        };

    static void Tell(TextWriter output, string name, string password) =>
        output.WriteLine(
            $"name      {name}\npassword  {password}\n只显示这一次，首次登录（/account）须修改。It is shown this once, and must be changed at the first sign-in (/account)."
        );
}
