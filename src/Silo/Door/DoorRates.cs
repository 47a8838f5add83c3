using System.Globalization;
using System.Net;
using System.Threading.RateLimiting;
using ClearanceEngine.Access;
using ClearanceEngine.Silo.Access;
using Microsoft.AspNetCore.RateLimiting;

namespace ClearanceEngine.Silo.Door;

/// <summary>
/// Requests a second: by client before anybody asks who it is, by caller once that is known (ADR 029), and what is left of either as
/// headers of each answer (draft-ietf-httpapi-ratelimit-headers). A caller has its rate on each silo: to count over all of them, each
/// request would be a call of a grain.
/// </summary>
sealed class DoorRates(DoorOptions door) : IDisposable
{
    const string Policies = "RateLimit-Policy",
        Left = "RateLimit";

    /// <summary>Whoever saved nothing up has all again after it, in seconds.</summary>
    const int Window = 1;

    readonly PartitionedRateLimiter<HttpContext> _callers = PartitionedRateLimiter.Create<
        HttpContext,
        CallerIdentity
    >(context => DoorLimits.Rate(context.Caller().Identity, door.CallerRate));

    /// <summary>The limiter by client, which is the door's to ask first.</summary>
    public PartitionedRateLimiter<HttpContext> Clients { get; } =
        PartitionedRateLimiter.Create<HttpContext, IPAddress>(context =>
            DoorLimits.Rate(DoorClient.Of(context), door.ClientRate)
        );

    /// <summary>
    /// Before authentication: what the limiter passes over (a probe is answered when the door is full) has a bound all the same where
    /// it brings a credential, or that would be the place for guessing.
    /// </summary>
    public async Task PassCredential(HttpContext context, RequestDelegate next)
    {
        if (IsCounted(context) || !BringsCredential(context.Request))
        {
            await next(context);
            return;
        }

        using var lease = Clients.AttemptAcquire(context);
        if (lease.IsAcquired)
            await next(context);
        else
            await DoorLimits.Refuse(context, lease);
    }

    /// <summary>Behind authentication: a caller that asks too much is refused, wherever it asks from.</summary>
    public async Task Pass(HttpContext context, RequestDelegate next)
    {
        if (!IsCounted(context))
        {
            await next(context);
            return;
        }

        using var lease = context.CallerIfAny() is null ? null : _callers.AttemptAcquire(context);
        Tell(context);
        if (lease is { IsAcquired: false })
            await DoorLimits.Refuse(context, lease);
        else
            await next(context);
    }

    /// <summary>Says what the bounds are, and what is left of them.</summary>
    public void Tell(HttpContext context)
    {
        var bounds = new List<Bound> { Look("client", door.ClientRate, Clients, context) };
        if (context.CallerIfAny() is not null)
            bounds.Add(Look("caller", door.CallerRate, _callers, context));
        var headers = context.Response.Headers;
        headers[Policies] = string.Join(", ", bounds.Select(bound => bound.Policy));
        headers[Left] = string.Join(", ", bounds.Select(bound => bound.Left));
    }

    public void Dispose()
    {
        _callers.Dispose();
        Clients.Dispose();
    }

    static bool IsCounted(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<DisableRateLimitingAttribute>() is null;

    static bool BringsCredential(HttpRequest request) =>
        request.Headers.Authorization.Count > 0 || request.Headers.Cookie.Count > 0;

    static Bound Look(
        string name,
        int aSecond,
        PartitionedRateLimiter<HttpContext> limiter,
        HttpContext context
    )
    {
        var left = limiter.GetStatistics(context)?.CurrentAvailablePermits ?? aSecond;
        return new Bound(
            string.Create(CultureInfo.InvariantCulture, $"\"{name}\";q={aSecond};w={Window}"),
            string.Create(CultureInfo.InvariantCulture, $"\"{name}\";r={left};t={Window}")
        );
    }

    /// <summary>A bound as both headers tell it.</summary>
    readonly record struct Bound(string Policy, string Left);
}
