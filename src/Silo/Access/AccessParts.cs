using ClearanceEngine.Participants;
using ClearanceEngine.Silo.Accounts;
using ClearanceEngine.Silo.Hosting;
using ClearanceEngine.Silo.Settings;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.IdentityModel.Tokens;

namespace ClearanceEngine.Silo.Access;

/// <summary>Who callers are, and what they may do.</summary>
static class AccessParts
{
    /// <summary>What a token may say that it is (<c>typ</c>): an access token by RFC 9068, or what most issuers call it. Issuers sign more than that, such as logout tokens.</summary>
    static readonly string[] TokenTypes = ["at+jwt", "application/at+jwt", "JWT"];

    public static void AddAccess(this IServiceCollection services, EngineSettings settings)
    {
        var options = settings.Get<AccessOptions>();
        services.AddSingleton<CallerReader>();
        services.AddSingleton<FailedSignIns>();
        services.AddSingleton<ProviderFetch>();
        services.AddSingleton<IAuthorizationHandler, RightHandler>();
        services.AddAuthorizationBuilder().SetFallbackPolicy(RightRequirements.Nobody);

        var schemes = services.AddAuthentication(AccessSchemes.Any);
        schemes.AddScheme<AuthenticationSchemeOptions, AccessHandler>(AccessSchemes.Any, null);
        if (options.Authority is not null)
            schemes.AddJwtBearer(AccessSchemes.Provider, jwt => Provider(jwt, options));
        services.AddAccounts(options.Accounts);
        if (options.Accounts.IsOn)
        {
            schemes.AddJwtBearer(AccessSchemes.Own, _ => { });
            services
                .AddOptions<JwtBearerOptions>(AccessSchemes.Own)
                .Configure<TokenKeys>((jwt, keys) => Own(jwt, options, keys));
        }
        if (options.Certificates.Count > 0)
        {
            schemes.AddScheme<AuthenticationSchemeOptions, CertificateHandler>(
                AccessSchemes.Certificate,
                null
            );
        }
        if (options.IsReal)
            return;

        schemes.AddScheme<AuthenticationSchemeOptions, DevelopmentHandler>(AccessSchemes.Development, null);
        services.AddSingleton(sp =>
            DevelopmentAccounts.LoadOrCreate(
                settings.Get<EngineOptions>().DataDirectory,
                sp.GetRequiredService<IParticipantRegistry>()
            )
        );
    }

    static void Provider(JwtBearerOptions jwt, AccessOptions options)
    {
        Check(jwt, options, AccessSchemes.Provider, options.Authority, options.Audience);
        if (options.SigningKeysFile is { } file)
        {
            jwt.TokenValidationParameters.IssuerSigningKeys = SigningKeys.Read(SettingFile.Read(file).Bytes);
            return;
        }

        jwt.Authority = options.Authority;
        jwt.BackchannelTimeout = options.ProviderTimeout;
        // SettingsAcross lets a plain address through where it is this machine's, for development.
        jwt.RequireHttpsMetadata = !options.Authority!.StartsWith(
            "http://",
            StringComparison.OrdinalIgnoreCase
        );
        jwt.Events.OnMessageReceived = AwaitProvider;
    }

    /// <summary>Checked as a provider's, with the keys that are here anyway, and then whether its client is still the one that got it.</summary>
    static void Own(JwtBearerOptions jwt, AccessOptions options, TokenKeys keys)
    {
        var accounts = options.Accounts;
        Check(jwt, options, AccessSchemes.Own, accounts.IssuerAddress.AbsoluteUri, accounts.Audience);
        jwt.TokenValidationParameters.IssuerSigningKeyResolver = (_, _, _, _) => keys.Accepted;
        jwt.Events.OnTokenValidated = OwnTokens.RefuseRevoked;
    }

    /// <summary>Who signs tokens differs; what one must be does not.</summary>
    static void Check(
        JwtBearerOptions jwt,
        AccessOptions options,
        string scheme,
        string? issuer,
        string? audience
    )
    {
        jwt.MapInboundClaims = false;
        jwt.IncludeErrorDetails = false;
        jwt.Audience = audience;
        jwt.TokenValidationParameters = Checks(options, scheme, issuer);
        jwt.Events = new JwtBearerEvents { OnAuthenticationFailed = Failed };
    }

    static TokenValidationParameters Checks(AccessOptions options, string scheme, string? issuer) =>
        new()
        {
            AuthenticationType = scheme,
            ValidIssuer = issuer,
            ValidAlgorithms = SigningKeys.Algorithms,
            ValidTypes = TokenTypes,
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            ValidateAudience = true,
            ValidateIssuer = true,
            ValidateLifetime = true,
            ClockSkew = options.ClockSkew,
            NameClaimType = options.NameClaim,
            RoleClaimType = options.RoleClaim,
        };

    /// <summary>Without it, a token would be called unsigned where nobody could look at its signature.</summary>
    static async Task AwaitProvider(MessageReceivedContext context)
    {
        var (http, provider) = (context.HttpContext, context.Options.ConfigurationManager!);
        try
        {
            await http
                .RequestServices.GetRequiredService<ProviderFetch>()
                .Await(provider, http.RequestAborted);
        }
        catch (ProviderAwayException e)
        {
            context.Fail(e);
        }
    }

    /// <summary>The handler would throw what it does not know, and the token's fault be ours.</summary>
    static Task Failed(AuthenticationFailedContext context)
    {
        context.Fail(new CredentialException(CredentialFaults.Of(context.Exception)));
        return Task.CompletedTask;
    }
}
