using System.Text.Encodings.Web;
using ClearanceEngine.Access;
using ClearanceEngine.Silo.Accounts;
using ClearanceEngine.Silo.Door;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace ClearanceEngine.Silo.Access;

/// <summary>
/// Chooses the scheme by what a request brings, makes the <see cref="Caller"/> of whoever it names, and answers who is not let in.
/// A credential that is brought must hold: a request with a wrong token is not taken for one of whoever's certificate is there. Of
/// failures <see cref="FailedSignIns"/> tells; the framework would write a line for each, and whoever guesses fill the log.
/// </summary>
sealed class AccessHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> monitor,
    UrlEncoder encoder,
    AccessOptions options,
    CallerReader callers,
    FailedSignIns failures
) : AuthenticationHandler<AuthenticationSchemeOptions>(monitor, NullLoggerFactory.Instance, encoder)
{
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Request.Headers.ContainsKey(HeaderNames.Authorization))
            return await ByToken();
        if (
            options.Accounts.IsOn && Request.Cookies.ContainsKey(AccountCookies.SessionName(options.Accounts))
        )
            return await BySession();
        return options.Certificates.Count > 0 && Context.Connection.ClientCertificate is not null
            ? await By(AccessSchemes.Certificate)
            : AuthenticateResult.NoResult();
    }

    async Task<AuthenticateResult> ByToken()
    {
        if (BearerToken.Of(Request) is not { } token)
            return Failed(new CredentialException(CredentialFault.Malformed));
        return SchemeOf(token) is { } scheme
            ? await By(scheme)
            : Failed(new CredentialException(CredentialFault.Unknown));
    }

    /// <summary>By whom the token says that it is; whether it says the truth is for that scheme to find out.</summary>
    string? SchemeOf(string token)
    {
        if (
            options.Accounts.IsOn && (options.Authority is null || OwnTokens.AreLike(token, options.Accounts))
        )
            return AccessSchemes.Own;
        if (options.Authority is not null)
            return AccessSchemes.Provider;
        return options.IsReal ? null : AccessSchemes.Development;
    }

    /// <summary>A browser sends its cookie with whatever any page has it send: what changes something wants a proof that our page did.</summary>
    async Task<AuthenticateResult> BySession()
    {
        // The pages look at their own forms, and at cookies that are none of a caller's yet.
        if (Request.Path.StartsWithSegments(AccountPages.Root))
            return AuthenticateResult.NoResult();
        if (!HttpMethods.IsGet(Request.Method) && !HttpMethods.IsHead(Request.Method) && !await IsOurPages())
            return Failed(new CredentialException(CredentialFault.Forged));
        return await By(AccessSchemes.Session);
    }

    /// <summary>The proof is bound to the session. In the header alone: a body is not read for it.</summary>
    async Task<bool> IsOurPages()
    {
        if (!Request.Headers.ContainsKey(AccountCookies.FormHeader))
            return false;
        var session = await Context.AuthenticateAsync(AccessSchemes.Session);
        if (!session.Succeeded)
            return false;

        // The proof is looked at as the session's; whoever it proves nothing for stays a stranger.
        var stranger = Context.User;
        Context.User = session.Principal;
        var antiforgery = Context.RequestServices.GetRequiredService<IAntiforgery>();
        var isOurs = await antiforgery.IsRequestValidAsync(Context);
        Context.User = stranger;
        return isOurs;
    }

    async Task<AuthenticateResult> By(string scheme)
    {
        var result = await Context.AuthenticateAsync(scheme);
        if (!result.Succeeded)
            return Failed(
                Context.Features.Get<ProviderAwayException>()
                    ?? result.Failure
                    ?? new CredentialException(CredentialFault.Unknown)
            );
        if (callers.Read(result.Principal) is not { } caller)
            return Failed(new CredentialException(CredentialFault.Claims));

        Context.SetCaller(caller);
        return AuthenticateResult.Success(new AuthenticationTicket(result.Principal, Scheme.Name));
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var failure = (await HandleAuthenticateOnceAsync()).Failure;
        await AccessProblems.Unauthenticated(Context, failure).ExecuteAsync(Context);
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        AccessProblems.Forbidden(Context).ExecuteAsync(Context);

    AuthenticateResult Failed(Exception failure)
    {
        if (failure is not ProviderAwayException)
            failures.Tell(CredentialFaults.Of(failure), DoorClient.Of(Context));
        return AuthenticateResult.Fail(failure);
    }
}
