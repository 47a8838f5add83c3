using ClearanceEngine.Access;
using ClearanceEngine.Contracts;

namespace ClearanceEngine.Silo.Access;

/// <summary><c>GET /api/v1/me</c>: who the caller is to this engine, and what it may do.</summary>
static class MeEndpoint
{
    public static IResult Show(HttpContext context)
    {
        var caller = context.Caller();
        var rights = Rights
            .All.Where(right => caller.ReachOf(right.Right) != Reach.None)
            .Select(right => new RightResponse(right.Name, WireName.Of(caller.ReachOf(right.Right))));
        return Results.Json(
            new MeResponse(
                caller.Name,
                WireName.Of(caller.Kind),
                [.. caller.Roles.Select(role => WireName.Of(role))],
                [.. caller.Participants],
                [.. rights]
            )
        );
    }
}
