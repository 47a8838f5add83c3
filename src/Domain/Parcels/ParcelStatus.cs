using System.Text.Json.Serialization;

namespace ClearanceEngine.Parcels;

/// <summary>Where a parcel stands. Edges between the states: <c>ParcelTable</c>.</summary>
public enum ParcelStatus
{
    /// <summary>暂存: every document so far is only staged (appStatus 1).</summary>
    Staged,

    /// <summary>收单中: documents are missing, or do not match yet.</summary>
    Collecting,

    /// <summary>已匹配: all documents are there and match; the quota is being reserved.</summary>
    Matched,

    /// <summary>额度已预占: quota reserved; the list waits for customs to accept the other documents.</summary>
    Reserved,

    /// <summary>已申报: the list is on its way to customs or with the E-Port (1–4).</summary>
    Declared,

    /// <summary>海关审核: stored or under review at customs (120, 300, 399, 400).</summary>
    AtCustoms,

    /// <summary>查验 (500).</summary>
    Inspected,

    /// <summary>扣留/挂起 (501–600).</summary>
    [JsonStringEnumMemberName("held")]
    Detained,

    /// <summary>放行 (800).</summary>
    Released,

    /// <summary>已离区/离场: the goods have left the zone or site.</summary>
    [JsonStringEnumMemberName("left")]
    Departed,

    /// <summary>结关 (899).</summary>
    Closed,

    /// <summary>退单: refused by customs (100) or over quota; may be declared again as a new attempt.</summary>
    Rejected,

    /// <summary>撤销申请中 (CEB623 sent).</summary>
    CancelRequested,

    /// <summary>已撤销 (624 = 399).</summary>
    Cancelled,

    /// <summary>退货申请中 (CEB625 sent).</summary>
    ReturnRequested,

    /// <summary>已退货: all of it (626 = 399 or 800).</summary>
    Returned,

    /// <summary>部分退货 (626 = 399 or 800 for a part).</summary>
    PartlyReturned,

    /// <summary>退运: back abroad (700), 9610 only.</summary>
    ReturnedAbroad,
}
