using System.Text.Json.Serialization;

namespace ClearanceEngine;

/// <summary>
/// The types of documents that a parcel has. What there is to know of each stands in its <see cref="DocumentDescriptor"/>; the
/// names in JSON are those of the HTTP contract.
/// </summary>
public enum DocumentType
{
    /// <summary>订单 CEB311.</summary>
    Order,

    /// <summary>支付单 CEB411.</summary>
    Payment,

    /// <summary>运单 CEB511.</summary>
    Waybill,

    /// <summary>清单 CEB621.</summary>
    [JsonStringEnumMemberName("list")]
    DeclarationList,

    /// <summary>入库明细单 CEB711, the line of this parcel's waybill (9610).</summary>
    [JsonStringEnumMemberName("entry")]
    InboundNote,

    /// <summary>撤销单 CEB623.</summary>
    [JsonStringEnumMemberName("cancel")]
    Cancellation,

    /// <summary>退货单 CEB625.</summary>
    Return,

    /// <summary>运单状态 CEB513.</summary>
    WaybillStatus,
}
