namespace ClearanceEngine.Ceb;

/// <summary>CEB513 物流运单状态, <c>LogisticsStatus</c> (SPEC22 513).</summary>
public static class LogisticsStatus
{
    /// <summary>System-unique id (系统唯一序号), 36 chars, upper case; made by the sender in declarations, by the E-Port in receipts.</summary>
    public static readonly CebField Guid = CebField.Text("guid", "系统唯一序号", 36, 36);

    /// <summary>Submission kind (报送类型): 1 new, 2 change, 3 delete; default 1.</summary>
    public static readonly CebField AppType = CebField.Choice("appType", "报送类型", ["1", "2", "3"]);

    /// <summary>Time of submission (报送时间), yyyyMMddHHmmss.</summary>
    public static readonly CebField AppTime = CebField.Time("appTime", "报送时间");

    /// <summary>Business state (业务状态): 1 stage only, 2 declare; default 2.</summary>
    public static readonly CebField AppStatus = CebField.Choice("appStatus", "业务状态", ["1", "2"]);

    /// <summary>Logistics company (物流企业) customs registration code.</summary>
    public static readonly CebField LogisticsCode = CebField.Text("logisticsCode", "物流企业代码", 1, 18);

    /// <summary>Logistics company registered name.</summary>
    public static readonly CebField LogisticsName = CebField.Text("logisticsName", "物流企业名称", 1, 100);

    /// <summary>Parcel waybill number (物流运单编号); not reused inside 6 months by one logistics company.</summary>
    public static readonly CebField LogisticsNo = CebField.Text("logisticsNo", "物流运单编号", 1, 60);

    /// <summary>Only S = signed for (签收).</summary>
    public static readonly CebField Status = CebField.Choice("logisticsStatus", "物流签收状态", ["S"]);

    /// <summary>Real time of the status, yyyyMMddHHmmss.</summary>
    public static readonly CebField LogisticsTime = CebField.Time("logisticsTime", "物流状态时间");

    /// <summary>Free remark.</summary>
    public static readonly CebField Note = CebField.Text("note", "备注", 0, 1000, required: false);

    /// <summary>All fields in the order of the schema.</summary>
    public static readonly CebEntity Entity = new(
        "LogisticsStatus",
        Guid,
        AppType,
        AppTime,
        AppStatus,
        LogisticsCode,
        LogisticsName,
        LogisticsNo,
        Status,
        LogisticsTime,
        Note
    );
}
