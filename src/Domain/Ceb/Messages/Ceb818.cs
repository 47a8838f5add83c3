namespace ClearanceEngine.Ceb;

/// <summary>CEB818 电子税单状态, <c>TaxHeadStatus</c> (SPEC22 818).</summary>
public static class TaxHeadStatus
{
    /// <summary>System-unique id (系统唯一序号), 36 chars, upper case; made by the sender in declarations, by the E-Port in receipts.</summary>
    public static readonly CebField Guid = CebField.Text("guid", "系统唯一序号", 36, 36);

    /// <summary>Time of the result, yyyyMMddHHmmssSSS (17 chars).</summary>
    public static readonly CebField ReturnTime = CebField.TimeMillis("returnTime", "回执时间");

    /// <summary>Declaration list number given by customs (清单编号).</summary>
    public static readonly CebField InvtNo = CebField.Text("invtNo", "清单编号", 1, 18);

    /// <summary>Electronic tax bill number (电子税单编号).</summary>
    public static readonly CebField TaxNo = CebField.Text("taxNo", "电子税单编号", 1, 50);

    /// <summary>Tax bill state: 1 generated (已生成), 2 summarised (已汇总), 3 void (作废).</summary>
    public static readonly CebField Status = CebField.Choice("status", "已生成", ["1", "2", "3"]);

    /// <summary>Number of the payment document (缴款书编号).</summary>
    public static readonly CebField EntDutyNo = CebField.Text(
        "entDutyNo",
        "缴款书编号",
        0,
        50,
        required: false
    );

    /// <summary>Company whose tax guarantee is used (担保企业).</summary>
    public static readonly CebField AssureCode = CebField.Text(
        "assureCode",
        "担保企业编号",
        0,
        64,
        required: false
    );

    /// <summary>All fields in the order of the schema.</summary>
    public static readonly CebEntity Entity = new(
        "TaxHeadStatus",
        Guid,
        ReturnTime,
        InvtNo,
        TaxNo,
        Status,
        EntDutyNo,
        AssureCode
    );
}
