using Microsoft.IdentityModel.Tokens;

namespace ClearanceEngine.Silo.Access;

/// <summary>Why a credential was not taken. For metrics and logs; whoever brought it is not told, for it may be guessing.</summary>
enum CredentialFault
{
    /// <summary>It cannot be read.</summary>
    Malformed,

    Expired,

    NotYetValid,

    /// <summary>It would be valid for ever.</summary>
    WithoutEnd,

    /// <summary>It is for another service.</summary>
    Audience,

    Issuer,

    /// <summary>Unsigned, signed by another, or by a way that is not taken.</summary>
    Signature,

    /// <summary>A token that is not for asking with, such as one of a logout.</summary>
    Type,

    /// <summary>A token or certificate that is none of the known ones.</summary>
    Unknown,

    /// <summary>What it says of its holder cannot be.</summary>
    Claims,

    /// <summary>Its holder was disabled or removed, or its secret or password changed.</summary>
    Revoked,

    /// <summary>A session's cookie, with something that changes things, and nothing that shows that a page of ours sent it.</summary>
    Forged,

    /// <summary>A development token that did not come from this machine.</summary>
    NotLoopback,
}

/// <summary>A credential was not taken.</summary>
/// <param name="fault">Why.</param>
sealed class CredentialException(CredentialFault fault) : Exception(fault.ToString())
{
    public CredentialFault Fault => fault;
}

/// <summary>Whoever could check the credential is away; it may well be good.</summary>
/// <param name="inner">What the connection said.</param>
sealed class ProviderAwayException(Exception inner) : Exception(inner.Message, inner);

/// <summary>How the library's exceptions are told apart.</summary>
static class CredentialFaults
{
    /// <summary>Told by their types: their texts may quote the token.</summary>
    public static CredentialFault Of(Exception error) =>
        error switch
        {
            CredentialException own => own.Fault,
            SecurityTokenExpiredException => CredentialFault.Expired,
            SecurityTokenNotYetValidException => CredentialFault.NotYetValid,
            SecurityTokenNoExpirationException => CredentialFault.WithoutEnd,
            SecurityTokenInvalidAudienceException => CredentialFault.Audience,
            SecurityTokenInvalidIssuerException => CredentialFault.Issuer,
            SecurityTokenInvalidTypeException => CredentialFault.Type,
            SecurityTokenInvalidSignatureException => CredentialFault.Signature,
            SecurityTokenInvalidAlgorithmException => CredentialFault.Signature,
            _ => CredentialFault.Malformed,
        };
}
