using System.Collections.Immutable;

namespace ClearanceEngine.Access;

/// <summary>The descriptors of all rights.</summary>
public static class Rights
{
    /// <summary>In the order of <see cref="Right"/>.</summary>
    public static ImmutableArray<RightDescriptor> All { get; } =
    [
        new(Right.SubmitDocuments, "documents", "submit", new("报送单证", "send documents")),
        new(Right.ReadParcels, "parcels", "read", new("查看包裹", "see parcels")),
        new(Right.AskCustoms, "parcels", "ask", new("要求向海关查询", "have customs asked")),
        new(Right.ResendDocuments, "documents", "resend", new("要求重发单证", "have a document sent again")),
        new(Right.CloseParcels, "parcels", "close", new("关闭包裹", "close parcels")),
        new(Right.DepartGoods, "goods", "depart", new("登记货物离区/离场", "say that goods have departed")),
        new(Right.ReadQuota, "quota", "read", new("查看个人额度", "see a person's quota")),
        new(Right.ReadDeadLetters, "deadLetters", "read", new("查看死信", "see dead letters")),
        new(Right.RetryDeadLetters, "deadLetters", "retry", new("重试死信", "try dead letters again")),
        new(Right.ReadAuditTrail, "audit", "read", new("查看审计记录", "see the audit trail")),
        new(
            Right.ReadHealthDetails,
            "health",
            "read",
            new("查看各部件状况", "see how each part of the engine is")
        ),
        new(Right.ManageAccess, "access", "manage", new("管理账户与权限", "manage accounts and rights")),
    ];

    /// <summary>All that change something, and every look at a person's quota. What participants send is in the journal of its parcel, whole.</summary>
    static readonly ImmutableArray<Right> Audited =
    [
        Right.AskCustoms,
        Right.ResendDocuments,
        Right.CloseParcels,
        Right.DepartGoods,
        Right.ReadQuota,
        Right.RetryDeadLetters,
        Right.ManageAccess,
    ];

    /// <summary>What there is to know of a right.</summary>
    public static RightDescriptor Descriptor(this Right right) => All[(int)right];

    /// <summary>What is done by it goes into the audit trail (ADR 030).</summary>
    public static bool IsAudited(this Right right) => Audited.Contains(right);

    /// <summary>The right of a name such as <c>parcels:read</c>; null when there is none.</summary>
    public static Right? Named(string name)
    {
        foreach (var descriptor in All)
        {
            if (descriptor.Name == name)
                return descriptor.Right;
        }
        return null;
    }
}
