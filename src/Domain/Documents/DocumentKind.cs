using ClearanceEngine.Ceb;

namespace ClearanceEngine;

/// <summary>The documents of a parcel.</summary>
public enum DocumentKind
{
    /// <summary>订单 CEB311.</summary>
    Order,

    /// <summary>支付单 CEB411.</summary>
    Payment,

    /// <summary>运单 CEB511.</summary>
    Waybill,

    /// <summary>清单 CEB621.</summary>
    List,

    /// <summary>入库明细单 CEB711, the line of this parcel's waybill (9610).</summary>
    Entry,

    /// <summary>撤销单 CEB623.</summary>
    Cancel,

    /// <summary>退货单 CEB625.</summary>
    Return,

    /// <summary>运单状态 CEB513.</summary>
    WaybillStatus,
}

/// <summary>Which message carries which document, and which receipt answers it.</summary>
public static class DocumentKinds
{
    static readonly (DocumentKind Kind, CebType Message, CebType Receipt, string Chinese)[] Table =
    [
        (DocumentKind.Order, CebType.Order, CebType.OrderReceipt, "订单"),
        (DocumentKind.Payment, CebType.Payment, CebType.PaymentReceipt, "支付单"),
        (DocumentKind.Waybill, CebType.Waybill, CebType.WaybillReceipt, "运单"),
        (DocumentKind.List, CebType.List, CebType.ListReceipt, "清单"),
        (DocumentKind.Entry, CebType.EntryNote, CebType.EntryNoteReceipt, "入库明细单"),
        (DocumentKind.Cancel, CebType.Cancellation, CebType.CancellationReceipt, "撤销单"),
        (DocumentKind.Return, CebType.Return, CebType.ReturnReceipt, "退货单"),
        (DocumentKind.WaybillStatus, CebType.WaybillStatus, CebType.WaybillStatusReceipt, "运单状态"),
    ];

    /// <summary>The document that a declaration message carries, or null for receipts.</summary>
    public static DocumentKind? OfMessage(CebType type)
    {
        foreach (var row in Table)
            if (row.Message == type)
                return row.Kind;
        return null;
    }

    /// <summary>The document that a receipt answers; tax bills answer the list; null for CEB900.</summary>
    public static DocumentKind? OfReceipt(CebType type)
    {
        if (type is CebType.TaxBill or CebType.TaxBillState)
            return DocumentKind.List;
        foreach (var row in Table)
            if (row.Receipt == type)
                return row.Kind;
        return null;
    }

    public static CebType MessageType(this DocumentKind kind) => Table[(int)kind].Message;

    public static CebType ReceiptType(this DocumentKind kind) => Table[(int)kind].Receipt;

    public static string Chinese(this DocumentKind kind) => Table[(int)kind].Chinese;
}
