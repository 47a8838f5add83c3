using System.Net;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace ClearanceEngine.Silo.Access;

/// <summary>Tokens of development accounts, from this machine only: whoever reads the file may use them, and nobody from elsewhere.</summary>
sealed class DevelopmentHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> monitor,
    UrlEncoder encoder,
    DevelopmentAccounts accounts,
    CallerReader callers
) : AuthenticationHandler<AuthenticationSchemeOptions>(monitor, NullLoggerFactory.Instance, encoder)
{
    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Authenticate());

    AuthenticateResult Authenticate()
    {
        if (Context.Connection.RemoteIpAddress is not { } from || !IPAddress.IsLoopback(from))
            return Fail(CredentialFault.NotLoopback);
        if (accounts.Find(BearerToken.Of(Request) ?? "") is not { } account)
            return Fail(CredentialFault.Unknown);

        var principal = callers.Principal(Scheme.Name, account.Name, account.Roles, account.Participants);
        return AuthenticateResult.Success(new AuthenticationTicket(principal, Scheme.Name));
    }

    static AuthenticateResult Fail(CredentialFault fault) =>
        AuthenticateResult.Fail(new CredentialException(fault));
}
