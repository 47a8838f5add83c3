using System.Security.Cryptography;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace ClearanceEngine.Silo.Access;

/// <summary>
/// Certificates by which machines are known, each by itself (ADR 029): TLS has proved that the caller holds the key, the list says
/// whose it is. Who issued it does not matter, so no chain is built and no authority asked; taking it off the list revokes it.
/// </summary>
sealed class CertificateHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> monitor,
    UrlEncoder encoder,
    AccessOptions options,
    CallerReader callers,
    TimeProvider time
) : AuthenticationHandler<AuthenticationSchemeOptions>(monitor, NullLoggerFactory.Instance, encoder)
{
    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Authenticate());

    AuthenticateResult Authenticate()
    {
        if (Context.Connection.ClientCertificate is not { } certificate)
            return AuthenticateResult.NoResult();
        var thumbprint = certificate.GetCertHashString(HashAlgorithmName.SHA256);
        if (options.Certificates.FirstOrDefault(c => c.IsOf(thumbprint)) is not { } known)
            return Fail(CredentialFault.Unknown);
        var now = time.GetUtcNow();
        if (now < certificate.NotBefore.ToUniversalTime())
            return Fail(CredentialFault.NotYetValid);
        if (now > certificate.NotAfter.ToUniversalTime())
            return Fail(CredentialFault.Expired);

        var principal = callers.Principal(Scheme.Name, known.Name, known.Roles, known.Participants);
        return AuthenticateResult.Success(new AuthenticationTicket(principal, Scheme.Name));
    }

    static AuthenticateResult Fail(CredentialFault fault) =>
        AuthenticateResult.Fail(new CredentialException(fault));
}
