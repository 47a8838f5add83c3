using System.Collections.Frozen;

namespace ClearanceEngine.Ceb;

/// <summary>The shape of one message type (SPEC22): its elements, limits and whether it is a declaration.</summary>
public sealed class CebSchema
{
    CebSchema(
        CebType type,
        string chineseName,
        string wrapper,
        CebEntity head,
        CebEntity? line,
        int maxDocuments,
        int maxLines,
        bool mustBeSigned
    )
    {
        Type = type;
        ChineseName = chineseName;
        Wrapper = wrapper;
        Head = head;
        Line = line;
        MaxDocuments = maxDocuments;
        MaxLines = maxLines;
        MustBeSigned = mustBeSigned;
        Root = $"CEB{(int)type}Message";
        RootTag = new CebTag(Root);
        WrapperTag = new CebTag(wrapper);
    }

    /// <summary>The namespace of every business element.</summary>
    public const string Namespace = "http://www.chinaport.gov.cn/ceb";

    public CebType Type { get; }

    /// <summary>For example 电子订单.</summary>
    public string ChineseName { get; }

    /// <summary>The root element, for example <c>CEB311Message</c>.</summary>
    public string Root { get; }

    /// <summary>The business entity, for example <c>Order</c>; repeated for each document.</summary>
    public string Wrapper { get; }

    internal CebTag RootTag { get; }

    internal CebTag WrapperTag { get; }

    /// <summary>The head; its element is <see cref="Wrapper"/> itself where the schema has no separate head.</summary>
    public CebEntity Head { get; }

    /// <summary>True when the head's fields stand directly in the wrapper.</summary>
    public bool HeadIsWrapper => Head.Name == Wrapper;

    /// <summary>The lines, or null for documents that have none.</summary>
    public CebEntity? Line { get; }

    /// <summary>Documents a message may carry.</summary>
    public int MaxDocuments { get; }

    /// <summary>Lines a document may carry.</summary>
    public int MaxLines { get; }

    /// <summary>True where the schema itself demands the signature (621, 623, 625, 711).</summary>
    public bool MustBeSigned { get; }

    /// <summary>Odd numbers are declarations with BaseTransfer; receipts and tax bills have only the business entity.</summary>
    public bool IsDeclaration =>
        Type
            is CebType.Order
                or CebType.Payment
                or CebType.Waybill
                or CebType.WaybillStatus
                or CebType.DeclarationList
                or CebType.Cancellation
                or CebType.Return
                or CebType.InboundNote;

    /// <summary>All message types of the import side.</summary>
    public static IReadOnlyList<CebSchema> All { get; } =
    [
        new(CebType.Order, "电子订单", "Order", OrderHead.Entity, OrderList.Entity, 100, 99, false),
        new(CebType.OrderReceipt, "电子订单回执", "OrderReturn", OrderReturn.Entity, null, 100, 0, false),
        new(CebType.Payment, "支付凭证", "Payment", PaymentHead.Entity, null, 100, 0, false),
        new(
            CebType.PaymentReceipt,
            "支付凭证回执",
            "PaymentReturn",
            PaymentReturn.Entity,
            null,
            100,
            0,
            false
        ),
        new(CebType.Waybill, "物流运单", "Logistics", LogisticsHead.Entity, null, 100, 0, false),
        new(
            CebType.WaybillReceipt,
            "物流运单回执",
            "LogisticsReturn",
            LogisticsReturn.Entity,
            null,
            100,
            0,
            false
        ),
        new(
            CebType.WaybillStatus,
            "物流运单状态",
            "LogisticsStatus",
            LogisticsStatus.Entity,
            null,
            100,
            0,
            false
        ),
        new(
            CebType.WaybillStatusReceipt,
            "物流运单状态回执",
            "LogisticsStatusReturn",
            LogisticsStatusReturn.Entity,
            null,
            100,
            0,
            false
        ),
        new(
            CebType.DeclarationList,
            "进口清单",
            "Inventory",
            InventoryHead.Entity,
            InventoryList.Entity,
            100,
            99,
            true
        ),
        new(
            CebType.DeclarationListReceipt,
            "进口清单回执",
            "InventoryReturn",
            InventoryReturn.Entity,
            null,
            100,
            0,
            false
        ),
        new(CebType.Cancellation, "撤销申请单", "InvtCancel", InvtCancel.Entity, null, 100, 0, true),
        new(
            CebType.CancellationReceipt,
            "撤销申请单回执",
            "InvtCancelReturn",
            InvtCancelReturn.Entity,
            null,
            100,
            0,
            false
        ),
        new(
            CebType.Return,
            "退货申请单",
            "InvtRefund",
            InvtRefundHead.Entity,
            InvtRefundList.Entity,
            100,
            99,
            true
        ),
        new(
            CebType.ReturnReceipt,
            "退货申请单回执",
            "InvtRefundReturn",
            InvtRefundReturn.Entity,
            null,
            100,
            0,
            false
        ),
        new(
            CebType.InboundNote,
            "入库明细单",
            "Delivery",
            DeliveryHead.Entity,
            DeliveryList.Entity,
            1,
            int.MaxValue,
            true
        ),
        new(
            CebType.InboundNoteReceipt,
            "入库明细单回执",
            "DeliveryReturn",
            DeliveryReturn.Entity,
            null,
            100,
            0,
            false
        ),
        new(CebType.TaxBill, "电子税单", "Tax", TaxHeadRd.Entity, TaxListRd.Entity, int.MaxValue, 99, false),
        new(CebType.TaxBillState, "电子税单状态", "Tax", TaxHeadStatus.Entity, null, int.MaxValue, 0, false),
        new(
            CebType.FormatError,
            "报文格式校验回执",
            "MessageReturn",
            MessageReturn.Entity,
            null,
            1,
            0,
            false
        ),
    ];

    static readonly FrozenDictionary<CebType, CebSchema> ByType = All.ToFrozenDictionary(s => s.Type);

    static readonly FrozenDictionary<string, CebSchema> ByRoot = All.ToFrozenDictionary(
        s => s.Root,
        StringComparer.Ordinal
    );

    /// <summary>The schema of a type.</summary>
    public static CebSchema Of(CebType type) => ByType[type];

    /// <summary>The schema of a root element's local name, or null when it is no message of the import side.</summary>
    public static CebSchema? OfRoot(string root) => ByRoot.GetValueOrDefault(root);
}
