using Microsoft.Net.Http.Headers;
using NetEscapades.AspNetCore.SecurityHeaders.Infrastructure;

namespace ClearanceEngine.Silo.Door;

/// <summary>What every answer tells a browser: nothing here is to be framed, guessed at, kept or led elsewhere.</summary>
static class SecurityHeaders
{
    /// <summary>Policy of pages that are made here: their own style, and no script.</summary>
    public const string Page = "page";

    /// <summary>Policy of pages with a form, which leads to this host and nowhere else.</summary>
    public const string Form = "form";

    /// <summary>Policy of the contract's page, whose script is the host's and asks the host alone.</summary>
    public const string Docs = "docs";

    /// <summary>How long a browser that came by https comes by nothing else: a year, as RFC 6797's preload lists want it at least.</summary>
    const int HttpsOnlySeconds = 365 * 24 * 60 * 60;

    public static void AddSecurityHeaders(this IServiceCollection services) =>
        services
            .AddSecurityHeaderPolicies()
            .SetDefaultPolicy(Answers)
            .AddPolicy(Page, Pages)
            .AddPolicy(Form, Forms)
            .AddPolicy(Docs, Reference);

    /// <summary>Stands first: whoever answers, an error's page too, answers with them.</summary>
    public static void UseSecurityHeaders(this WebApplication app)
    {
        SecurityHeadersMiddlewareExtensions.UseSecurityHeaders(app);
        app.Use(KeepNothing);
    }

    static void Answers(HeaderPolicyCollection headers)
    {
        Common(headers);
        headers.AddContentSecurityPolicy(Nothing);
    }

    static void Pages(HeaderPolicyCollection headers)
    {
        Common(headers);
        headers.AddContentSecurityPolicy(csp =>
        {
            Nothing(csp);
            csp.AddStyleSrc().WithNonce();
            csp.AddImgSrc().Self().Data();
        });
    }

    static void Forms(HeaderPolicyCollection headers)
    {
        Common(headers);
        headers.AddContentSecurityPolicy(csp =>
        {
            csp.AddDefaultSrc().None();
            csp.AddBaseUri().None();
            csp.AddFormAction().Self();
            csp.AddFrameAncestors().None();
            csp.AddStyleSrc().WithNonce();
        });
    }

    /// <summary>The page's library writes style elements as it goes, so style has no nonce here; script has.</summary>
    static void Reference(HeaderPolicyCollection headers)
    {
        Common(headers);
        headers.AddContentSecurityPolicy(csp =>
        {
            Nothing(csp);
            csp.AddScriptSrc().Self().WithNonce();
            csp.AddStyleSrc().Self().UnsafeInline();
            csp.AddConnectSrc().Self();
            csp.AddFontSrc().Self().Data();
            csp.AddImgSrc().Self().Data();
        });
    }

    static void Common(HeaderPolicyCollection headers)
    {
        headers.AddStrictTransportSecurityMaxAge(HttpsOnlySeconds);
        headers.AddContentTypeOptionsNoSniff();
        headers.AddFrameOptionsDeny();
        headers.AddReferrerPolicyNoReferrer();
        headers.AddCrossOriginOpenerPolicy(policy => policy.SameOrigin());
        headers.AddCrossOriginResourcePolicy(policy => policy.SameOrigin());
        headers.AddPermissionsPolicyWithDefaultSecureDirectives();
    }

    static void Nothing(CspBuilder csp)
    {
        csp.AddDefaultSrc().None();
        csp.AddBaseUri().None();
        csp.AddFormAction().None();
        csp.AddFrameAncestors().None();
    }

    /// <summary>Parcels and quotas are not to lie in caches; an endpoint whose answers may says so itself.</summary>
    static Task KeepNothing(HttpContext context, RequestDelegate next)
    {
        context.Response.OnStarting(() =>
        {
            if (!context.Response.Headers.ContainsKey(HeaderNames.CacheControl))
                context.Response.Headers.CacheControl = "no-store";
            return Task.CompletedTask;
        });
        return next(context);
    }
}
