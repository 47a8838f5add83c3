namespace ClearanceEngine.Ceb;

/// <summary>CEB411 支付凭证, <c>PaymentHead</c> (SPEC22 411).</summary>
public static class PaymentHead
{
    /// <summary>System-unique id (系统唯一序号), 36 chars, upper case; made by the sender in declarations, by the E-Port in receipts.</summary>
    public static readonly CebField Guid = CebField.Text("guid", "系统唯一序号", 36, 36);

    /// <summary>Submission kind (报送类型): 1 new, 2 change, 3 delete; default 1.</summary>
    public static readonly CebField AppType = CebField.Choice("appType", "报送类型", ["1", "2", "3"]);

    /// <summary>Time of submission (报送时间), yyyyMMddHHmmss.</summary>
    public static readonly CebField AppTime = CebField.Time("appTime", "报送时间");

    /// <summary>Business state (业务状态): 1 stage only, 2 declare; default 2.</summary>
    public static readonly CebField AppStatus = CebField.Choice("appStatus", "业务状态", ["1", "2"]);

    /// <summary>Payment company (支付企业) customs registration code.</summary>
    public static readonly CebField PayCode = CebField.Text("payCode", "支付企业代码", 1, 18);

    /// <summary>Payment company registered name.</summary>
    public static readonly CebField PayName = CebField.Text("payName", "支付企业名称", 1, 100);

    /// <summary>Payment company's unique transaction number (支付交易编号).</summary>
    public static readonly CebField PayTransactionId = CebField.Text(
        "payTransactionId",
        "支付交易编号",
        1,
        60
    );

    /// <summary>Platform order number (订单编号); unique inside one platform.</summary>
    public static readonly CebField OrderNo = CebField.Text("orderNo", "订单编号", 1, 60);

    /// <summary>Platform (电商平台) customs registration code; if the platform is not registered and the merchant sends, the id published by China E-Port.</summary>
    public static readonly CebField EbpCode = CebField.Text("ebpCode", "电商平台代码", 1, 18);

    /// <summary>Platform registered name (same rule as the code).</summary>
    public static readonly CebField EbpName = CebField.Text("ebpName", "电商平台名称", 1, 100);

    /// <summary>Payer id kind: 1 id card (restricted to 1).</summary>
    public static readonly CebField PayerIdType = CebField.Choice("payerIdType", "支付人证件类型", ["1"]);

    /// <summary>Payer id number.</summary>
    public static readonly CebField PayerIdNumber = CebField.Text("payerIdNumber", "支付人证件号码", 1, 60);

    /// <summary>Payer's real name (支付人).</summary>
    public static readonly CebField PayerName = CebField.Text("payerName", "支付人", 1, 60);

    /// <summary>Payer phone.</summary>
    public static readonly CebField Telephone = CebField.Text(
        "telephone",
        "支付人电话",
        0,
        60,
        required: false
    );

    /// <summary>Amount paid.</summary>
    public static readonly CebField AmountPaid = CebField.Number("amountPaid", "支付金额");

    /// <summary>CNY only.</summary>
    public static readonly CebField Currency = CebField.Choice("currency", "币制", ["142"]);

    /// <summary>Payment time, yyyyMMddHHmmss.</summary>
    public static readonly CebField PayTime = CebField.Time("payTime", "支付时间");

    /// <summary>Free remark.</summary>
    public static readonly CebField Note = CebField.Text("note", "备注", 0, 1000, required: false);

    /// <summary>All fields in the order of the schema.</summary>
    public static readonly CebEntity Entity = new(
        "PaymentHead",
        Guid,
        AppType,
        AppTime,
        AppStatus,
        PayCode,
        PayName,
        PayTransactionId,
        OrderNo,
        EbpCode,
        EbpName,
        PayerIdType,
        PayerIdNumber,
        PayerName,
        Telephone,
        AmountPaid,
        Currency,
        PayTime,
        Note
    );
}
