namespace ClearanceEngine.Ceb;

/// <summary>CEB514 物流运单状态回执, <c>LogisticsStatusReturn</c> (SPEC22 514).</summary>
public static class LogisticsStatusReturn
{
    /// <summary>System-unique id (系统唯一序号), 36 chars, upper case; made by the sender in declarations, by the E-Port in receipts.</summary>
    public static readonly CebField Guid = CebField.Text("guid", "系统唯一序号", 36, 36);

    /// <summary>Logistics company (物流企业) customs registration code.</summary>
    public static readonly CebField LogisticsCode = CebField.Text("logisticsCode", "物流企业代码", 1, 18);

    /// <summary>Parcel waybill number (物流运单编号); not reused inside 6 months by one logistics company.</summary>
    public static readonly CebField LogisticsNo = CebField.Text("logisticsNo", "物流运单编号", 1, 60);

    /// <summary>Echo, S.</summary>
    public static readonly CebField Status = CebField.Choice("logisticsStatus", "物流签收状态", ["S"]);

    /// <summary>Result code; docs/messages.md says what each means.</summary>
    public static readonly CebField ReturnStatus = CebField.Text("returnStatus", "回执状态", 1, 10);

    /// <summary>Time of the result, yyyyMMddHHmmssSSS (17 chars).</summary>
    public static readonly CebField ReturnTime = CebField.TimeMillis("returnTime", "回执时间");

    /// <summary>Result text, e.g. reason of rejection.</summary>
    public static readonly CebField ReturnInfo = CebField.Text("returnInfo", "回执信息", 1, 1000);

    /// <summary>All fields in the order of the schema.</summary>
    public static readonly CebEntity Entity = new(
        "LogisticsStatusReturn",
        Guid,
        LogisticsCode,
        LogisticsNo,
        Status,
        ReturnStatus,
        ReturnTime,
        ReturnInfo
    );
}
