using System.Security.Claims;
using ClearanceEngine.Silo.Access;
using OpenIddict.Abstractions;
using OpenIddict.Core;
using OpenIddict.Server;

namespace ClearanceEngine.Silo.Accounts;

/// <summary>What a client's token says of it; its secret was checked before.</summary>
sealed class ClientTokens(
    OpenIddictApplicationManager<MachineClient> clients,
    AccountOptions options,
    CallerReader callers
) : IOpenIddictServerHandler<OpenIddictServerEvents.HandleTokenRequestContext>
{
    /// <summary>The claim of the stamp with which the client had the token made.</summary>
    public const string StampClaim = "stamp";

    public async ValueTask HandleAsync(OpenIddictServerEvents.HandleTokenRequestContext context)
    {
        var client = await clients.FindByClientIdAsync(context.ClientId ?? "", context.CancellationToken);
        if (client is not { IsEnabled: true, ClientId: { } id })
        {
            context.Reject(OpenIddictConstants.Errors.InvalidClient, ClientRefusals.Text);
            return;
        }

        var principal = callers.Principal(
            AccessSchemes.Own,
            id,
            WireRoles.Read(client.Roles),
            client.Participants.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        );
        var identity = (ClaimsIdentity)principal.Identity!;
        if (!identity.HasClaim(claim => claim.Type == OpenIddictConstants.Claims.Subject))
            identity.AddClaim(new Claim(OpenIddictConstants.Claims.Subject, id));
        identity.AddClaim(new Claim(StampClaim, client.Stamp));
        principal.SetAudiences(options.Audience);
        principal.SetDestinations(_ => [OpenIddictConstants.Destinations.AccessToken]);
        context.SignIn(principal);
    }
}
