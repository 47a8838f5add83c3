using ClearanceEngine.Access;
using Microsoft.AspNetCore.Http.Features;

namespace ClearanceEngine.Silo.Access;

/// <summary>Names of the ways in which a caller may prove who it is.</summary>
static class AccessSchemes
{
    /// <summary>Whichever of the others a request uses; the only one that anything else names.</summary>
    public const string Any = "Access";

    /// <summary>A token of the OpenID Connect provider.</summary>
    public const string Provider = "Provider";

    /// <summary>A token of the engine's own accounts.</summary>
    public const string Own = "Own";

    /// <summary>The cookie of a person's session.</summary>
    public const string Session = "Session";

    /// <summary>The cookie of a sign-in that is under way; it proves nothing to anybody else.</summary>
    public const string SignInStep = "SignInStep";

    /// <summary>A token of a development account.</summary>
    public const string Development = "Development";

    /// <summary>A certificate, over TLS.</summary>
    public const string Certificate = "Certificate";
}

/// <summary>Who sent a request.</summary>
static class CallerFeature
{
    /// <summary>Who asks, behind an endpoint that wants to know.</summary>
    /// <exception cref="InvalidOperationException">Nobody signed in: the endpoint is public.</exception>
    public static Caller Caller(this HttpContext context) => context.Features.GetRequiredFeature<Caller>();

    /// <summary>Who asks; null for a stranger.</summary>
    public static Caller? CallerIfAny(this HttpContext context) => context.Features.Get<Caller>();

    public static void SetCaller(this HttpContext context, Caller caller) => context.Features.Set(caller);
}
