using ClearanceEngine.Access;
using ClearanceEngine.Audit;
using ClearanceEngine.Silo.Accounts;
using ClearanceEngine.Silo.Audit;
using ClearanceEngine.Silo.Storage;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>
/// Changes of accounts from the host's command line: whoever may run it with the engine's settings has its database and its keys
/// anyway. Each is written to the audit trail before it is done, as every act is (ADR 030).
/// </summary>
static class HostAct
{
    /// <summary>What stands in the place of a network address.</summary>
    const string From = "host";

    const string Off =
        "引擎没有自己的账户，请设置 Access:Accounts:Issuer 为其公开地址（docs/accounts.zh-CN.md）。The engine has no accounts of its own: set Access:Accounts:Issuer to its public address (docs/accounts.md).";

    /// <summary>Looks, and writes nothing down.</summary>
    public static Task<ExitCode> Look(string[] settings, Func<IServiceProvider, Task> look) =>
        With(settings, async services =>
        {
            await using var scope = services.CreateAsyncScope();
            await look(scope.ServiceProvider);
        });

    /// <param name="settings">Of the engine.</param>
    /// <param name="subject">To whom it is done.</param>
    /// <param name="detail">What it is.</param>
    /// <param name="reason">Why; null where nothing was said.</param>
    /// <param name="act">Does it.</param>
    /// <exception cref="AccountRefusedException">It cannot be done.</exception>
    public static Task<ExitCode> Do(
        string[] settings,
        AuditSubject subject,
        string detail,
        string? reason,
        Func<IServiceProvider, Task> act
    )
    {
        var why = reason is null ? null : ActReason.Read(reason) ?? throw BadReason();
        return With(settings, services => Audited(services, subject, detail, why, act));
    }

    /// <summary>On an engine's parts that were built already.</summary>
    internal static async Task Audited(
        IServiceProvider services,
        AuditSubject subject,
        string detail,
        string? reason,
        Func<IServiceProvider, Task> act
    )
    {
        var trail = services.GetRequiredService<AuditTrail>();
        var written = new AuditedAct(
            entry => trail.Add(entry),
            new Caller(Actor(), CallerKind.Host, [Role.Administrator], []),
            Right.ManageAccess,
            From,
            services.GetRequiredService<TimeProvider>()
        );
        await written.Begin(subject, detail, reason);

        await using var scope = services.CreateAsyncScope();
        try
        {
            await act(scope.ServiceProvider);
        }
        catch (AccountRefusedException)
        {
            await written.End(AuditOutcome.Refused, ProblemCode.NotAllowed);
            throw;
        }
        catch (Exception)
        {
            await written.End(AuditOutcome.Failed, null);
            throw;
        }
        await written.End(AuditOutcome.Done, null);
    }

    static async Task<ExitCode> With(string[] settings, Func<IServiceProvider, Task> work)
    {
        // Nothing is signed here: the token's library need not be at hand.
        await using var app = StateVerb.PartsOfNew([.. settings, "--Hsm:Provider=Development"]);
        if (app.Services.GetService<TokenKeys>() is null)
            throw new AccountRefusedException(Off);

        var database = app.Services.GetRequiredService<IStateDatabase>();
        await StateVerb.Reading(database, async () =>
        {
            await database.Ping(CancellationToken.None);
            return true;
        });
        await EngineHost.PrepareDatabase(app.Services, null, CancellationToken.None);
        await work(app.Services);
        return ExitCode.Done;
    }

    /// <summary>As the system knows who runs the verb, and on which machine.</summary>
    static string Actor() => $"{Environment.UserName}@{Environment.MachineName}";

    static AccountRefusedException BadReason() =>
        new(
            $"原因（--reason）应为 1 至 {ActReason.MostCharacters} 字，不得有控制字符。The reason (--reason) must be a text of 1 to {ActReason.MostCharacters} characters without control characters."
        );
}
