using ClearanceEngine.Access;
using ClearanceEngine.Silo.Audit;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;

namespace ClearanceEngine.Silo.Access;

/// <summary>What a caller must be allowed to do, be it with its own things only.</summary>
/// <param name="Right">The right.</param>
sealed record RightRequirement(Right Right) : IAuthorizationRequirement;

/// <summary>By the table of rights, and by nothing else.</summary>
sealed class RightHandler : AuthorizationHandler<RightRequirement>
{
    protected override Task HandleRequirementAsync(
        AuthorizationHandlerContext context,
        RightRequirement requirement
    )
    {
        var caller = (context.Resource as HttpContext)?.CallerIfAny();
        if (caller is not null && caller.ReachOf(requirement.Right) != Reach.None)
            context.Succeed(requirement);
        return Task.CompletedTask;
    }
}

/// <summary>What endpoints want of their callers.</summary>
static class RightRequirements
{
    /// <summary>For callers that have a right; what is done by it is written to the audit trail where the right says so (ADR 030). How far it reaches, the endpoint asks by <see cref="Caller.ReachOf"/>.</summary>
    public static TBuilder RequireRight<TBuilder>(this TBuilder endpoint, Right right)
        where TBuilder : IEndpointConventionBuilder
    {
        var requirement = new RightRequirement(right);
        if (right.IsAudited())
            endpoint.AddEndpointFilter<TBuilder, AuditFilter>();
        return endpoint
            .RequireAuthorization(new AuthorizationPolicyBuilder().AddRequirements(requirement).Build())
            .WithMetadata(requirement);
    }

    /// <summary>
    /// Nobody, where an endpoint does not say for whom it is. What has no endpoint of ours goes on: routing's own answers, 404 and
    /// 405, tell nothing but what <c>GET /</c> tells everybody.
    /// </summary>
    public static AuthorizationPolicy Nobody { get; } =
        new AuthorizationPolicyBuilder()
            .RequireAssertion(context =>
                context.Resource is HttpContext http && http.GetEndpoint() is not RouteEndpoint
            )
            .Build();
}
