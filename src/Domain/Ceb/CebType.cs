namespace ClearanceEngine.Ceb;

/// <summary>The messages of the import side; the value is the number in the message's name (<c>CEB311Message</c>).</summary>
public enum CebType
{
    /// <summary>CEB311 电子订单.</summary>
    Order = 311,

    /// <summary>CEB312 电子订单回执.</summary>
    OrderReceipt = 312,

    /// <summary>CEB411 支付凭证.</summary>
    Payment = 411,

    /// <summary>CEB412 支付凭证回执.</summary>
    PaymentReceipt = 412,

    /// <summary>CEB511 物流运单.</summary>
    Waybill = 511,

    /// <summary>CEB512 物流运单回执.</summary>
    WaybillReceipt = 512,

    /// <summary>CEB513 物流运单状态.</summary>
    WaybillStatus = 513,

    /// <summary>CEB514 物流运单状态回执.</summary>
    WaybillStatusReceipt = 514,

    /// <summary>CEB621 进口清单.</summary>
    DeclarationList = 621,

    /// <summary>CEB622 进口清单回执.</summary>
    DeclarationListReceipt = 622,

    /// <summary>CEB623 撤销申请单.</summary>
    Cancellation = 623,

    /// <summary>CEB624 撤销申请单回执.</summary>
    CancellationReceipt = 624,

    /// <summary>CEB625 退货申请单.</summary>
    Return = 625,

    /// <summary>CEB626 退货申请单回执.</summary>
    ReturnReceipt = 626,

    /// <summary>CEB711 入库明细单.</summary>
    InboundNote = 711,

    /// <summary>CEB712 入库明细单回执.</summary>
    InboundNoteReceipt = 712,

    /// <summary>CEB816 电子税单.</summary>
    TaxBill = 816,

    /// <summary>CEB818 电子税单状态.</summary>
    TaxBillState = 818,

    /// <summary>CEB900 报文格式校验回执.</summary>
    FormatError = 900,
}
