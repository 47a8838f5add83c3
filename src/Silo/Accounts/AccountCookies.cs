using System.Globalization;
using System.Security.Claims;
using ClearanceEngine.Silo.Access;
using ClearanceEngine.Silo.Storage;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;

namespace ClearanceEngine.Silo.Accounts;

/// <summary>The cookies of a browser: the session, the steps of a sign-in, and what proves that a form is ours. All silos read them, by keys in the database.</summary>
static class AccountCookies
{
    /// <summary>Header by which a script of ours proves that it, and no other page, sends what changes something.</summary>
    public const string FormHeader = "X-Form-Token";

    public const string IdClaim = "account_id",
        StampClaim = ClientTokens.StampClaim;

    const string Began = "began";

    /// <summary>With https a browser takes such a name from this host alone, by https alone (RFC 6265bis).</summary>
    public static string SessionName(AccountOptions options) => Name(options, "session");

    public static void AddAccountCookies(this IServiceCollection services, AccountOptions options)
    {
        services
            .AddDataProtection()
            .SetApplicationName("ClearanceEngine")
            .PersistKeysToDbContext<AccountsContext>();
        services
            .AddOptions<KeyManagementOptions>()
            .Configure<StateProtection>(
                (keys, protection) => keys.XmlEncryptor = new StateKeyXml(protection)
            );
        services.AddAntiforgery(form =>
        {
            Harden(form.Cookie, options, "form");
            form.HeaderName = FormHeader;
            form.SuppressXFrameOptionsHeader = true;
        });
        services
            .AddAuthentication()
            .AddCookie(AccessSchemes.Session, cookie => Session(cookie, options))
            .AddCookie(AccessSchemes.SignInStep, cookie => Step(cookie, options));
    }

    /// <summary>Begins a session.</summary>
    public static Task Begin(HttpContext context, ClaimsPrincipal principal, DateTimeOffset now)
    {
        var properties = new AuthenticationProperties
        {
            Items = { [Began] = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture) },
        };
        return context.SignInAsync(AccessSchemes.Session, principal, properties);
    }

    static void Session(CookieAuthenticationOptions cookie, AccountOptions options)
    {
        Harden(cookie.Cookie, options, "session");
        cookie.ExpireTimeSpan = options.IdleTime;
        cookie.SlidingExpiration = true;
        cookie.Events.OnValidatePrincipal = context => Validate(context, options);
    }

    static void Step(CookieAuthenticationOptions cookie, AccountOptions options)
    {
        Harden(cookie.Cookie, options, "sign-in");
        cookie.ExpireTimeSpan = options.SignInTime;
        cookie.SlidingExpiration = false;
    }

    static void Harden(CookieBuilder cookie, AccountOptions options, string name)
    {
        cookie.Name = Name(options, name);
        cookie.Path = "/";
        cookie.HttpOnly = true;
        cookie.SameSite = SameSiteMode.Strict;
        cookie.SecurePolicy = options.IsPlain ? CookieSecurePolicy.SameAsRequest : CookieSecurePolicy.Always;
    }

    static string Name(AccountOptions options, string name) =>
        options.IsPlain ? $"clearance-{name}" : $"__Host-clearance-{name}";

    /// <summary>However busy it is, a session ends; and with its account's stamp it ends at once.</summary>
    static async Task Validate(CookieValidatePrincipalContext context, AccountOptions options)
    {
        var http = context.HttpContext;
        var now = http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        var began = long.Parse(context.Properties.Items[Began]!, CultureInfo.InvariantCulture);
        if (now >= DateTimeOffset.FromUnixTimeSeconds(began) + options.SessionTime)
        {
            context.RejectPrincipal();
            return;
        }

        var states = http.RequestServices.GetRequiredService<CredentialStates>();
        var id = context.Principal?.FindFirstValue(IdClaim) ?? "";
        var stamp = context.Principal?.FindFirstValue(StampClaim) ?? "";
        try
        {
            if (!await states.Serves(CredentialOwner.Person, id, stamp))
                context.RejectPrincipal();
        }
        catch (ProviderAwayException e)
        {
            http.Features.Set(e);
            context.RejectPrincipal();
        }
    }
}
