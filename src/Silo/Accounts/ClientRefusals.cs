using ClearanceEngine.Silo.Access;
using ClearanceEngine.Silo.Door;
using Microsoft.AspNetCore;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using OpenIddict.Server.AspNetCore;

namespace ClearanceEngine.Silo.Accounts;

/// <summary>
/// What a client hears that gets no token: the same for an unknown id, one that cannot be, a wrong secret and a client that is
/// disabled, and after the same work. Otherwise the answer tells which clients there are.
/// </summary>
sealed class ClientRefusals(ClientManager clients, FailedSignIns failures)
    : IOpenIddictServerHandler<OpenIddictServerEvents.ProcessAuthenticationContext>,
        IOpenIddictServerHandler<OpenIddictServerEvents.ApplyTokenResponseContext>
{
    /// <summary>ASCII alone may stand there (RFC 6749, 5.2), since it is written into a header as well.</summary>
    public const string Text =
        "The client id or its secret is wrong, or the client is disabled; correct them, or ask an administrator of the engine.";

    /// <summary>Before OpenIddict looks the client up: what no id can be costs no query.</summary>
    public async ValueTask HandleAsync(OpenIddictServerEvents.ProcessAuthenticationContext context)
    {
        if (context.EndpointType != OpenIddictServerEndpointType.Token)
            return;
        if (context.ClientId is not { Length: > 0 } id)
            return;
        if (
            AccountRules.MayBeName(id)
            && await clients.FindByClientIdAsync(id, context.CancellationToken) is not null
        )
            return;

        await clients.CompareWithNobody(context.ClientSecret, context.CancellationToken);
        context.Reject(OpenIddictConstants.Errors.InvalidClient, Text);
    }

    public ValueTask HandleAsync(OpenIddictServerEvents.ApplyTokenResponseContext context)
    {
        if (context.Response.Error != OpenIddictConstants.Errors.InvalidClient)
            return default;

        context.Response.ErrorDescription = Text;
        context.Response.ErrorUri = null;
        if (context.Transaction.GetHttpRequest() is { } request)
            failures.Tell(CredentialFault.Unknown, DoorClient.Of(request.HttpContext));
        return default;
    }
}
