namespace ClearanceEngine.Ceb;

/// <summary>CEB312 电子订单回执, <c>OrderReturn</c> (SPEC22 312).</summary>
public static class OrderReturn
{
    /// <summary>System-unique id (系统唯一序号), 36 chars, upper case; made by the sender in declarations, by the E-Port in receipts.</summary>
    public static readonly CebField Guid = CebField.Text("guid", "系统唯一序号", 36, 36);

    /// <summary>Platform (电商平台) customs registration code; if the platform is not registered and the merchant sends, the id published by China E-Port.</summary>
    public static readonly CebField EbpCode = CebField.Text("ebpCode", "电商平台代码", 1, 18);

    /// <summary>Merchant (电商企业) customs registration code.</summary>
    public static readonly CebField EbcCode = CebField.Text("ebcCode", "电商企业代码", 1, 18);

    /// <summary>Platform order number (订单编号); unique inside one platform.</summary>
    public static readonly CebField OrderNo = CebField.Text("orderNo", "订单编号", 1, 60);

    /// <summary>Result code; docs/messages.md says what each means.</summary>
    public static readonly CebField ReturnStatus = CebField.Text("returnStatus", "回执状态", 1, 10);

    /// <summary>Time of the result, yyyyMMddHHmmssSSS (17 chars).</summary>
    public static readonly CebField ReturnTime = CebField.TimeMillis("returnTime", "回执时间");

    /// <summary>Result text, e.g. reason of rejection.</summary>
    public static readonly CebField ReturnInfo = CebField.Text("returnInfo", "回执信息", 1, 1000);

    /// <summary>All fields in the order of the schema.</summary>
    public static readonly CebEntity Entity = new(
        "OrderReturn",
        Guid,
        EbpCode,
        EbcCode,
        OrderNo,
        ReturnStatus,
        ReturnTime,
        ReturnInfo
    );
}
