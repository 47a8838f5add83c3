namespace ClearanceEngine.Ceb;

/// <summary>CEB412 支付凭证回执, <c>PaymentReturn</c> (SPEC22 412).</summary>
public static class PaymentReturn
{
    /// <summary>System-unique id (系统唯一序号), 36 chars, upper case; made by the sender in declarations, by the E-Port in receipts.</summary>
    public static readonly CebField Guid = CebField.Text("guid", "系统唯一序号", 36, 36);

    /// <summary>Payment company (支付企业) customs registration code.</summary>
    public static readonly CebField PayCode = CebField.Text("payCode", "支付企业代码", 1, 18);

    /// <summary>Payment company's unique transaction number (支付交易编号).</summary>
    public static readonly CebField PayTransactionId = CebField.Text(
        "payTransactionId",
        "支付交易编号",
        1,
        60
    );

    /// <summary>Result code; docs/messages.md says what each means.</summary>
    public static readonly CebField ReturnStatus = CebField.Text("returnStatus", "回执状态", 1, 10);

    /// <summary>Time of the result, yyyyMMddHHmmssSSS (17 chars).</summary>
    public static readonly CebField ReturnTime = CebField.TimeMillis("returnTime", "回执时间");

    /// <summary>Result text, e.g. reason of rejection.</summary>
    public static readonly CebField ReturnInfo = CebField.Text("returnInfo", "回执信息", 1, 1000);

    /// <summary>All fields in the order of the schema.</summary>
    public static readonly CebEntity Entity = new(
        "PaymentReturn",
        Guid,
        PayCode,
        PayTransactionId,
        ReturnStatus,
        ReturnTime,
        ReturnInfo
    );
}
