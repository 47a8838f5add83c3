using System.Collections.Immutable;

namespace ClearanceEngine.Access;

/// <summary>A row of <see cref="RightsTable"/>.</summary>
/// <param name="Role">The role.</param>
/// <param name="Words">What it is called.</param>
/// <param name="Own">The rights that reach what is of the caller's participants.</param>
/// <param name="All">The rights that reach everyone's.</param>
public sealed record RoleRights(
    Role Role,
    ProblemWords Words,
    ImmutableArray<Right> Own,
    ImmutableArray<Right> All
)
{
    /// <summary>How far a right reaches for this role.</summary>
    public Reach ReachOf(Right right)
    {
        if (All.Contains(right))
            return Reach.All;
        return Own.Contains(right) ? Reach.Own : Reach.None;
    }
}
