using System.Collections.Immutable;

namespace ClearanceEngine.Access;

/// <summary>
/// Who may do what: each role has its row here and nowhere else. Policies ask it, <c>GET /api/v1/me</c> shows it, and the pages
/// <c>docs/rights</c> are written from it.
/// </summary>
public static class RightsTable
{
    /// <summary>In the order of <see cref="Role"/>.</summary>
    public static ImmutableArray<RoleRights> Rows { get; } =
    [
        new(Role.Company, new("企业", "company"), Own: [Right.SubmitDocuments, Right.ReadParcels], All: []),
        new(
            Role.Site,
            new("监管场所", "site"),
            Own: [Right.SubmitDocuments, Right.ReadParcels, Right.DepartGoods],
            All: []
        ),
        new(
            Role.Operator,
            new("经办人", "operator"),
            Own: [],
            All:
            [
                Right.ReadParcels,
                Right.AskCustoms,
                Right.ResendDocuments,
                Right.CloseParcels,
                Right.DepartGoods,
                Right.ReadQuota,
                Right.ReadDeadLetters,
                Right.RetryDeadLetters,
                Right.ReadHealthDetails,
            ]
        ),
        new(
            Role.Auditor,
            new("审计员", "auditor"),
            Own: [],
            All: [Right.ReadParcels, Right.ReadQuota, Right.ReadDeadLetters, Right.ReadAuditTrail]
        ),
        // No parcels and no quota: who can give a role to anybody is not to see what the role shows.
        new(
            Role.Administrator,
            new("管理员", "administrator"),
            Own: [],
            All: [Right.ManageAccess, Right.ReadAuditTrail, Right.ReadHealthDetails]
        ),
    ];

    /// <summary>How far a right reaches for a role.</summary>
    public static Reach Of(Role role, Right right) => RowOf(role).ReachOf(right);

    /// <summary>The roles that have a right, in the order of <see cref="Role"/>: whom to ask, or as whom to come.</summary>
    public static IEnumerable<RoleRights> With(Right right) =>
        Rows.Where(row => row.ReachOf(right) != Reach.None);

    /// <summary>All there is to know of a role.</summary>
    public static RoleRights RowOf(Role role) => Rows[(int)role];
}
