namespace ClearanceEngine.Ceb;

/// <summary>CEB711 入库明细单, <c>DeliveryHead</c> (SPEC22 711).</summary>
public static class DeliveryHead
{
    /// <summary>System-unique id (系统唯一序号), 36 chars, upper case; made by the sender in declarations, by the E-Port in receipts.</summary>
    public static readonly CebField Guid = CebField.Text("guid", "系统唯一序号", 36, 36);

    /// <summary>Submission kind (报送类型): 1 new, 2 change, 3 delete; default 1.</summary>
    public static readonly CebField AppType = CebField.Choice("appType", "报送类型", ["1", "2", "3"]);

    /// <summary>Time of submission (报送时间), yyyyMMddHHmmss.</summary>
    public static readonly CebField AppTime = CebField.Time("appTime", "报送时间");

    /// <summary>Business state (业务状态): 1 stage only, 2 declare; default 1.</summary>
    public static readonly CebField AppStatus = CebField.Choice("appStatus", "业务状态", ["1", "2"]);

    /// <summary>4-digit customs district code (关区代码, JGS/T 18).</summary>
    public static readonly CebField CustomsCode = CebField.Text("customsCode", "申报海关代码", 4, 4);

    /// <summary>The operator's own document number (企业内部编号): with operatorCode its business key, so it is required (ADR 018), as in the PDF.</summary>
    public static readonly CebField CopNo = CebField.Text("copNo", "企业内部编号", 1, 20);

    /// <summary>Pre-entry number given by the E-Port (预录入编号), 18 chars when present.</summary>
    public static readonly CebField PreNo = CebField.Text("preNo", "预录入编号", 0, 18, required: false);

    /// <summary>Warehouse-entry number given by customs (入库单编号).</summary>
    public static readonly CebField RkdNo = CebField.Text("rkdNo", "入库单编号", 0, 18, required: false);

    /// <summary>Operator of the supervised site (监管场所经营人) customs code.</summary>
    public static readonly CebField OperatorCode = CebField.Text("operatorCode", "监管场所经营人代码", 1, 18);

    /// <summary>Operator registered name.</summary>
    public static readonly CebField OperatorName = CebField.Text(
        "operatorName",
        "监管场所经营人名称",
        1,
        100
    );

    /// <summary>I import / E export.</summary>
    public static readonly CebField IeFlag = CebField.Choice("ieFlag", "进出口标记", ["I"]);

    /// <summary>Transport mode code, 1 char (运输方式).</summary>
    public static readonly CebField TrafMode = CebField.Text("trafMode", "运输方式", 1, 1);

    /// <summary>Name or number of the conveyance (运输工具编号).</summary>
    public static readonly CebField TrafNo = CebField.Text("trafNo", "运输工具编号", 1, 100);

    /// <summary>Voyage / flight number (航班航次号).</summary>
    public static readonly CebField VoyageNo = CebField.Text("voyageNo", "航班航次号", 1, 32);

    /// <summary>Master bill: ocean B/L, air master waybill or truck manifest (提运单号).</summary>
    public static readonly CebField BillNo = CebField.Text("billNo", "提运单号", 1, 37);

    /// <summary>Logistics company (物流企业) customs registration code.</summary>
    public static readonly CebField LogisticsCode = CebField.Text("logisticsCode", "物流企业代码", 1, 18);

    /// <summary>Logistics company registered name.</summary>
    public static readonly CebField LogisticsName = CebField.Text("logisticsName", "物流企业名称", 1, 100);

    /// <summary>Storage location.</summary>
    public static readonly CebField UnloadLocation = CebField.Text(
        "unloadLocation",
        "理货地",
        0,
        100,
        required: false
    );

    /// <summary>Free remark.</summary>
    public static readonly CebField Note = CebField.Text("note", "备注", 0, 1000, required: false);

    /// <summary>All fields in the order of the schema.</summary>
    public static readonly CebEntity Entity = new(
        "DeliveryHead",
        Guid,
        AppType,
        AppTime,
        AppStatus,
        CustomsCode,
        CopNo,
        PreNo,
        RkdNo,
        OperatorCode,
        OperatorName,
        IeFlag,
        TrafMode,
        TrafNo,
        VoyageNo,
        BillNo,
        LogisticsCode,
        LogisticsName,
        UnloadLocation,
        Note
    );
}

/// <summary>CEB711 入库明细单, <c>DeliveryList</c> (SPEC22 711).</summary>
public static class DeliveryList
{
    /// <summary>Line number from 1.</summary>
    public static readonly CebField Gnum = CebField.Integer("gnum", "序号");

    /// <summary>Parcel waybill number (物流运单编号); not reused inside 6 months by one logistics company.</summary>
    public static readonly CebField LogisticsNo = CebField.Text("logisticsNo", "物流运单编号", 1, 60);

    /// <summary>Free remark.</summary>
    public static readonly CebField Note = CebField.Text("note", "备注", 0, 1000, required: false);

    /// <summary>All fields in the order of the schema.</summary>
    public static readonly CebEntity Entity = new("DeliveryList", Gnum, LogisticsNo, Note);
}
