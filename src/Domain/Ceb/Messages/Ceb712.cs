namespace ClearanceEngine.Ceb;

/// <summary>CEB712 入库明细单回执, <c>DeliveryReturn</c> (SPEC22 712).</summary>
public static class DeliveryReturn
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

    /// <summary>Operator of the supervised site (监管场所经营人) customs code.</summary>
    public static readonly CebField OperatorCode = CebField.Text(
        "operatorCode",
        "监管场所经营人代码",
        1,
        18,
        required: false
    );

    /// <summary>The declarant's own document number (企业内部编号) — PDF: required.</summary>
    public static readonly CebField CopNo = CebField.Text("copNo", "企业内部编号", 0, 20, required: false);

    /// <summary>Pre-entry number given by the E-Port (预录入编号), 18 chars when present — PDF: required.</summary>
    public static readonly CebField PreNo = CebField.Text("preNo", "预录入编号", 0, 18, required: false);

    /// <summary>Warehouse-entry number given by customs (入库单编号).</summary>
    public static readonly CebField RkdNo = CebField.Text("rkdNo", "入库单编号", 0, 18, required: false);

    /// <summary>Result code; docs/messages.md says what each means.</summary>
    public static readonly CebField ReturnStatus = CebField.Text("returnStatus", "回执状态", 1, 10);

    /// <summary>Time of the result, yyyyMMddHHmmssSSS (17 chars).</summary>
    public static readonly CebField ReturnTime = CebField.TimeMillis("returnTime", "回执时间");

    /// <summary>Result text, e.g. reason of rejection.</summary>
    public static readonly CebField ReturnInfo = CebField.Text("returnInfo", "回执信息", 1, 1000);

    /// <summary>All fields in the order of the schema.</summary>
    public static readonly CebEntity Entity = new(
        "DeliveryReturn",
        Guid,
        CustomsCode,
        OperatorCode,
        CopNo,
        PreNo,
        RkdNo,
        ReturnStatus,
        ReturnTime,
        ReturnInfo
    );
}
