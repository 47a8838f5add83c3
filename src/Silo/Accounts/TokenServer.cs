using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Core;
using OpenIddict.Server;

namespace ClearanceEngine.Silo.Accounts;

/// <summary>The OAuth server (OpenIddict): <c>POST /connect/token</c> for clients with a secret, its discovery document and its keys. Errors are told in OAuth's own form (RFC 6749, 5.2), which clients' libraries read.</summary>
static class TokenServer
{
    public const string TokenPath = "/connect/token";

    public static void AddTokenServer(this IServiceCollection services, AccountOptions options)
    {
        services.AddSingleton<IConfigureOptions<OpenIddictServerOptions>>(sp =>
            sp.GetRequiredService<TokenKeys>()
        );
        services.AddSingleton<TokenDoor>();
        services.AddScoped(sp =>
            (ClientManager)sp.GetRequiredService<OpenIddictApplicationManager<MachineClient>>()
        );
        services.AddSingleton<IOptionsChangeTokenSource<OpenIddictServerOptions>>(sp =>
            sp.GetRequiredService<TokenKeys>()
        );
        services.AddOpenIddict().AddCore(Keep).AddServer(server => Configure(server, options));
    }

    static void Keep(OpenIddictCoreBuilder core)
    {
        core.UseEntityFrameworkCore()
            .UseDbContext<AccountsContext>()
            .ReplaceDefaultEntities<MachineClient, ClientGrant, ClientScope, ClientToken, string>();
        core.ReplaceApplicationManager<MachineClient, ClientManager>();
    }

    static void Configure(OpenIddictServerBuilder server, AccountOptions options)
    {
        server.SetIssuer(options.IssuerAddress);
        server.SetTokenEndpointUris(TokenPath[1..]);
        server.AllowClientCredentialsFlow();
        server.SetAccessTokenLifetime(options.TokenLifetime);
        server.RegisterAudiences(options.Audience);

        // Whoever has a token may read what it says of its holder: nothing that the holder does not know.
        server.DisableAccessTokenEncryption();
        // It serves nothing that is stored or shared; OpenIddict wants one to be there.
        server.AddEncryptionKey(new SymmetricSecurityKey(RandomNumberGenerator.GetBytes(32)));
        // A token of a client ends by itself, or with its client's stamp: no row is written for each.
        server.DisableTokenStorage();
        server.DisableAuthorizationStorage();
        server.AddEventHandler<OpenIddictServerEvents.HandleTokenRequestContext>(handler =>
            handler.UseScopedHandler<ClientTokens>()
        );
        server.AddEventHandler<OpenIddictServerEvents.ProcessAuthenticationContext>(handler =>
            handler
                .UseScopedHandler<ClientRefusals>()
                .SetOrder(OpenIddictServerHandlers.ValidateClientId.Descriptor.Order - 1)
        );
        server.AddEventHandler<OpenIddictServerEvents.ApplyTokenResponseContext>(handler =>
            handler.UseScopedHandler<ClientRefusals>().SetOrder(int.MinValue)
        );

        var door = server.UseAspNetCore();
        if (options.IsPlain)
            door.DisableTransportSecurityRequirement();
    }
}
