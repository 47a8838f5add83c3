using ClearanceEngine.Access;

namespace ClearanceEngine.Silo.Access;

/// <summary><c>GET /api/v1/me</c>: who the caller is to this engine, and what it may do.</summary>
static class MeEndpoint
{
    public const string Path = "/api/v1/me";

    /// <summary>The answer.</summary>
    /// <param name="Name">As its credential names it.</param>
    /// <param name="Kind">Account, machine or development account.</param>
    /// <param name="Roles">Those of the credential that are ours.</param>
    /// <param name="Participants">Companies that it speaks for; registered ones only.</param>
    /// <param name="Rights">Those that reach anything.</param>
    public sealed record MeResponse(
        string Name,
        CallerKind Kind,
        IReadOnlyList<Role> Roles,
        IReadOnlyCollection<string> Participants,
        IReadOnlyList<RightResponse> Rights
    );

    /// <summary>A right and how far it reaches.</summary>
    /// <param name="Right">By its name, such as <c>parcels:read</c>.</param>
    /// <param name="Reach">Its own participants' things, or everyone's.</param>
    public sealed record RightResponse(string Right, Reach Reach);

    public static IResult Show(HttpContext context)
    {
        var caller = context.Caller();
        var rights = Rights
            .All.Select(right => new RightResponse(right.Name, caller.ReachOf(right.Right)))
            .Where(right => right.Reach != Reach.None);
        return Results.Json(
            new MeResponse(caller.Name, caller.Kind, caller.Roles, caller.Participants, [.. rights])
        );
    }
}
