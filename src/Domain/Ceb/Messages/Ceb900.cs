namespace ClearanceEngine.Ceb;

/// <summary>CEB900 报文格式校验回执, <c>MessageReturn</c> (SPEC22 900).</summary>
public static class MessageReturn
{
    /// <summary>System-unique id (系统唯一序号), 36 chars, upper case; made by the sender in declarations, by the E-Port in receipts.</summary>
    public static readonly CebField Guid = CebField.Text("guid", "系统唯一序号", 36, 36);

    /// <summary>Negative number = format check failed.</summary>
    public static readonly CebField ReturnStatus = CebField.Text("returnStatus", "回执状态", 1, 10);

    /// <summary>Result text, e.g. reason of rejection.</summary>
    public static readonly CebField ReturnInfo = CebField.Text("returnInfo", "回执信息", 0, 5000);

    /// <summary>Time of the result, yyyyMMddHHmmssSSS (17 chars) — PDF: C..50.</summary>
    public static readonly CebField ReturnTime = CebField.TimeMillis("returnTime", "回执时间");

    /// <summary>CopMsgId of the bad transport message.</summary>
    public static readonly CebField OriCopMsgId = CebField.Text("oriCopMsgId", "原始传输报文编号", 0, 255);

    /// <summary>E.g. CEB311Message, Unknown if not recognised.</summary>
    public static readonly CebField OriMessageType = CebField.Text("oriMessageType", "原始报文类型", 0, 15);

    /// <summary>The bad message text (CDATA).</summary>
    public static readonly CebField OriBizMessage = CebField.Text(
        "oriBizMessage",
        "原始业务报文",
        0,
        int.MaxValue
    );

    /// <summary>All fields in the order of the schema.</summary>
    public static readonly CebEntity Entity = new(
        "MessageReturn",
        Guid,
        ReturnStatus,
        ReturnInfo,
        ReturnTime,
        OriCopMsgId,
        OriMessageType,
        OriBizMessage
    );
}
