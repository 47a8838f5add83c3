namespace ClearanceEngine.Ceb;

/// <summary>CEB624 撤销申请单回执, <c>InvtCancelReturn</c> (SPEC22 624).</summary>
public static class InvtCancelReturn
{
    /// <summary>System-unique id (系统唯一序号), 36 chars, upper case; made by the sender in declarations, by the E-Port in receipts.</summary>
    public static readonly CebField Guid = CebField.Text("guid", "系统唯一序号", 36, 36);

    /// <summary>4-digit customs district code (关区代码, JGS/T 18).</summary>
    public static readonly CebField CustomsCode = CebField.Text(
        "customsCode",
        "申报海关代码",
        4,
        4,
        required: false
    );

    /// <summary>Declarant (申报单位) customs registration code.</summary>
    public static readonly CebField AgentCode = CebField.Text(
        "agentCode",
        "申报单位代码",
        1,
        18,
        required: false
    );

    /// <summary>Platform (电商平台) customs registration code; if the platform is not registered and the merchant sends, the id published by China E-Port.</summary>
    public static readonly CebField EbpCode = CebField.Text(
        "ebpCode",
        "电商平台代码",
        1,
        18,
        required: false
    );

    /// <summary>Merchant (电商企业) customs registration code.</summary>
    public static readonly CebField EbcCode = CebField.Text(
        "ebcCode",
        "电商企业代码",
        1,
        18,
        required: false
    );

    /// <summary>The declarant's own document number (企业内部编号).</summary>
    public static readonly CebField CopNo = CebField.Text("copNo", "企业内部编号", 0, 20, required: false);

    /// <summary>Pre-entry number given by the E-Port (预录入编号), 18 chars when present — PDF: optional.</summary>
    public static readonly CebField PreNo = CebField.Text("preNo", "预录入编号", 0, 18, required: false);

    /// <summary>Declaration list number given by customs (清单编号).</summary>
    public static readonly CebField InvtNo = CebField.Text("invtNo", "清单编号", 0, 18, required: false);

    /// <summary>Result code; docs/messages.md says what each means.</summary>
    public static readonly CebField ReturnStatus = CebField.Text("returnStatus", "回执状态", 1, 10);

    /// <summary>Time of the result, yyyyMMddHHmmssSSS (17 chars).</summary>
    public static readonly CebField ReturnTime = CebField.TimeMillis("returnTime", "回执时间");

    /// <summary>Result text, e.g. reason of rejection.</summary>
    public static readonly CebField ReturnInfo = CebField.Text("returnInfo", "回执信息", 1, 1000);

    /// <summary>All fields in the order of the schema.</summary>
    public static readonly CebEntity Entity = new(
        "InvtCancelReturn",
        Guid,
        CustomsCode,
        AgentCode,
        EbpCode,
        EbcCode,
        CopNo,
        PreNo,
        InvtNo,
        ReturnStatus,
        ReturnTime,
        ReturnInfo
    );
}
