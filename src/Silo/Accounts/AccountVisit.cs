using System.Security.Claims;
using ClearanceEngine.Access;
using ClearanceEngine.Audit;
using ClearanceEngine.Silo.Access;
using ClearanceEngine.Silo.Audit;
using ClearanceEngine.Silo.Door;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;

namespace ClearanceEngine.Silo.Accounts;

/// <summary>Who is at a page of accounts, and how far it has come; one a request.</summary>
sealed class AccountVisit(
    UserManager<Account> accounts,
    AccountTries tries,
    SignIn signIn,
    CredentialStates states,
    CallerReader callers,
    FailedSignIns failures,
    SignInLog log,
    AuditTrail trail,
    IAntiforgery antiforgery,
    TimeProvider time
)
{
    const string SecondFactorClaim = "second_factor";

    /// <summary>Whose password was right; null for a stranger.</summary>
    public Account? Account { get; private set; }

    /// <summary>It has a session, and nothing is left to be done for it.</summary>
    public bool IsSignedIn { get; private set; }

    bool HasSecondFactor { get; set; }

    /// <summary>What is still to be done.</summary>
    public SignInStep Next => Account is null ? SignInStep.None : signIn.Next(Account, HasSecondFactor);

    /// <summary>Reads the cookies. Forms are bound to whoever it finds.</summary>
    public async Task Read(HttpContext context)
    {
        var session = await context.AuthenticateAsync(AccessSchemes.Session);
        IsSignedIn = session.Succeeded;
        var shown = session.Succeeded ? session : await context.AuthenticateAsync(AccessSchemes.SignInStep);
        context.User = shown.Principal ?? new ClaimsPrincipal(new ClaimsIdentity());

        var id = context.User.FindFirstValue(AccountCookies.IdClaim);
        var account = id is null ? null : await accounts.FindByIdAsync(id);
        var stamp = context.User.FindFirstValue(AccountCookies.StampClaim);
        if (account is { IsEnabled: true } && account.SecurityStamp == stamp)
            Account = account;
        IsSignedIn &= Account is not null;
        HasSecondFactor = IsSignedIn || context.User.HasClaim(SecondFactorClaim, "true");
    }

    /// <summary>Its password was right, or its second factor as well: the next step, or the session.</summary>
    public async Task<SignInStep> Advance(HttpContext context, Account account, bool hasSecondFactor)
    {
        (Account, HasSecondFactor) = (account, hasSecondFactor);
        if (Next != SignInStep.None)
        {
            context.User = Step(account, hasSecondFactor);
            await context.SignInAsync(AccessSchemes.SignInStep, context.User);
            return Next;
        }

        if (!IsSignedIn)
            log.SignedIn(account);
        await context.SignOutAsync(AccessSchemes.SignInStep);
        await tries.Forget(account.Id, context.RequestAborted);
        // Its stamp may have just changed: the new session is not to be compared with the former one.
        states.Forget(CredentialOwner.Person, account.Id);
        context.User = Principal(account);
        await AccountCookies.Begin(context, context.User, time.GetUtcNow());
        return SignInStep.None;
    }

    /// <summary>As <see cref="Advance(HttpContext, Account, bool)"/>, of who is here; after a change its stamp is another.</summary>
    public Task<SignInStep> Advance(HttpContext context) => Advance(context, Account!, HasSecondFactor);

    /// <summary>Ends the sessions of who is here on the server as well: a copy of the cookie serves no more. Who is part of the way in ends none of another's.</summary>
    public async Task Leave(HttpContext context)
    {
        if (IsSignedIn)
        {
            AccountChange.Done(await accounts.UpdateSecurityStampAsync(Account!));
            states.Forget(CredentialOwner.Person, Account!.Id);
            log.SignedOut(Account);
        }
        context.Response.Headers["Clear-Site-Data"] = "\"cache\"";
        await context.SignOutAsync(AccessSchemes.Session);
        await context.SignOutAsync(AccessSchemes.SignInStep);
    }

    /// <summary>What a form of a page brings, so that no other page can send it.</summary>
    public AntiforgeryTokenSet FormToken(HttpContext context) => antiforgery.GetAndStoreTokens(context);

    public Task<bool> IsOurForm(HttpContext context) => antiforgery.IsRequestValidAsync(context);

    /// <summary>Somebody guesses, or has mistyped.</summary>
    public void TellFailure(HttpContext context) =>
        failures.Tell(CredentialFault.Unknown, DoorClient.Of(context));

    /// <summary>What a person changes of its own account stands in the trail, as what is done by right.</summary>
    public async Task<T> Written<T>(HttpContext context, string detail, Func<Task<T>> change)
        where T : struct
    {
        var account = Account!;
        var act = new AuditedAct(
            entry => trail.Add(entry),
            callers.Read(Principal(account))!,
            Right.ManageAccess,
            AuditFilter.AddressOf(context),
            time
        );
        await act.Begin(AuditSubject.Account(account.UserName!), detail);
        var done = await change();
        await act.End(done.Equals(default(T)) ? AuditOutcome.Refused : AuditOutcome.Done, null);
        return done;
    }

    ClaimsPrincipal Principal(Account account)
    {
        var principal = callers.Principal(
            AccessSchemes.Session,
            account.UserName!,
            WireRoles.Read(account.Roles),
            account.Participant is null ? [] : [account.Participant]
        );
        ((ClaimsIdentity)principal.Identity!).AddClaims(Proof(account));
        return principal;
    }

    static ClaimsPrincipal Step(Account account, bool hasSecondFactor) =>
        new(
            new ClaimsIdentity(
                [.. Proof(account), new Claim(SecondFactorClaim, hasSecondFactor ? "true" : "false")],
                AccessSchemes.SignInStep
            )
        );

    static Claim[] Proof(Account account) =>
        [
            new(AccountCookies.IdClaim, account.Id),
            new(AccountCookies.StampClaim, account.SecurityStamp ?? ""),
        ];
}
