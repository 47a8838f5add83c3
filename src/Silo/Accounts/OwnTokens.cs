using System.Security.Claims;
using ClearanceEngine.Silo.Access;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.JsonWebTokens;

namespace ClearanceEngine.Silo.Accounts;

/// <summary>Tokens that the engine made itself.</summary>
static class OwnTokens
{
    static readonly JsonWebTokenHandler Reader = new();

    /// <summary>It says that it is ours. Nothing is believed of it yet.</summary>
    public static bool AreLike(string token, AccountOptions options)
    {
        try
        {
            return Reader.CanReadToken(token)
                && Reader.ReadJsonWebToken(token).Issuer == options.IssuerAddress.AbsoluteUri;
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            return false;
        }
    }

    /// <summary>A token holds until it ends, its client maybe not: who was disabled or removed, or has another secret, comes in no more.</summary>
    public static async Task RefuseRevoked(TokenValidatedContext context)
    {
        var states = context.HttpContext.RequestServices.GetRequiredService<CredentialStates>();
        try
        {
            var client = context.Principal?.FindFirstValue(JwtRegisteredClaimNames.Sub) ?? "";
            var stamp = context.Principal?.FindFirstValue(ClientTokens.StampClaim) ?? "";
            if (!await states.Serves(CredentialOwner.Client, client, stamp))
                context.Fail(new CredentialException(CredentialFault.Revoked));
        }
        catch (ProviderAwayException e)
        {
            context.Fail(e);
        }
    }
}
