namespace ClearanceEngine.Contracts;

/// <summary>Who the caller is, and what it may do. Roles, kinds and reaches are names: new ones may come.</summary>
/// <param name="Name">As its credential names it.</param>
/// <param name="Kind">Account, machine or development account.</param>
/// <param name="Roles">Those of the credential that are ours.</param>
/// <param name="Participants">Companies that it speaks for; registered ones only.</param>
/// <param name="Rights">Those that reach anything.</param>
public sealed record MeResponse(
    string Name,
    string Kind,
    IReadOnlyList<string> Roles,
    IReadOnlyList<string> Participants,
    IReadOnlyList<RightResponse> Rights
);

/// <summary>A right and how far it reaches.</summary>
/// <param name="Right">By its name, such as <c>parcels:read</c>.</param>
/// <param name="Reach"><c>own</c>, its own participants' things, or <c>all</c>, everyone's.</param>
public sealed record RightResponse(string Right, string Reach);
