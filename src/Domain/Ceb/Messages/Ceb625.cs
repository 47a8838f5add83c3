namespace ClearanceEngine.Ceb;

/// <summary>CEB625 退货申请单, <c>InvtRefundHead</c> (SPEC22 625).</summary>
public static class InvtRefundHead
{
    /// <summary>System-unique id (系统唯一序号), 36 chars, upper case; made by the sender in declarations, by the E-Port in receipts.</summary>
    public static readonly CebField Guid = CebField.Text("guid", "系统唯一序号", 36, 36);

    /// <summary>Submission kind (报送类型): 1 new, 2 change, 3 delete; default 1.</summary>
    public static readonly CebField AppType = CebField.Choice("appType", "报送类型", ["1", "2", "3"]);

    /// <summary>Time of submission (报送时间), yyyyMMddHHmmss.</summary>
    public static readonly CebField AppTime = CebField.Time("appTime", "报送时间");

    /// <summary>Business state (业务状态): 1 stage only, 2 declare; default 1; 2 makes the Signature mandatory.</summary>
    public static readonly CebField AppStatus = CebField.Choice("appStatus", "业务状态", ["1", "2"]);

    /// <summary>4-digit customs district code (关区代码, JGS/T 18).</summary>
    public static readonly CebField CustomsCode = CebField.Text("customsCode", "申报海关代码", 4, 4);

    /// <summary>Platform order number (订单编号); unique inside one platform.</summary>
    public static readonly CebField OrderNo = CebField.Text("orderNo", "订单编号", 1, 60);

    /// <summary>Platform (电商平台) customs registration code; if the platform is not registered and the merchant sends, the id published by China E-Port.</summary>
    public static readonly CebField EbpCode = CebField.Text("ebpCode", "电商平台代码", 1, 18);

    /// <summary>Platform registered name (same rule as the code).</summary>
    public static readonly CebField EbpName = CebField.Text("ebpName", "电商平台名称", 1, 100);

    /// <summary>Merchant (电商企业) customs registration code.</summary>
    public static readonly CebField EbcCode = CebField.Text("ebcCode", "电商企业代码", 1, 18);

    /// <summary>Merchant registered name.</summary>
    public static readonly CebField EbcName = CebField.Text("ebcName", "电商企业名称", 1, 100);

    /// <summary>Parcel waybill number (物流运单编号); not reused inside 6 months by one logistics company.</summary>
    public static readonly CebField LogisticsNo = CebField.Text("logisticsNo", "物流运单编号", 1, 60);

    /// <summary>Logistics company (物流企业) customs registration code.</summary>
    public static readonly CebField LogisticsCode = CebField.Text("logisticsCode", "物流企业代码", 1, 18);

    /// <summary>Logistics company registered name.</summary>
    public static readonly CebField LogisticsName = CebField.Text("logisticsName", "物流企业名称", 1, 100);

    /// <summary>The declarant's own document number (企业内部编号): with agentCode its business key, so it is required (ADR 018), as in the PDF.</summary>
    public static readonly CebField CopNo = CebField.Text("copNo", "企业内部编号", 1, 20);

    /// <summary>Pre-entry number given by the E-Port (预录入编号), 18 chars when present.</summary>
    public static readonly CebField PreNo = CebField.Text("preNo", "预录入编号", 0, 18, required: false);

    /// <summary>The list the goods come back from — PDF: =18.</summary>
    public static readonly CebField InvtNo = CebField.Text("invtNo", "清单编号", 1, 18);

    /// <summary>Buyer id kind (订购人证件类型): 1 resident id card, 2 other; restricted to 1.</summary>
    public static readonly CebField BuyerIdType = CebField.Choice("buyerIdType", "订购人证件类型", ["1"]);

    /// <summary>Buyer id number (18-digit resident id in practice) — PDF: ..20.</summary>
    public static readonly CebField BuyerIdNumber = CebField.Text("buyerIdNumber", "订购人证件号码", 1, 60);

    /// <summary>Buyer's real name (订购人姓名).</summary>
    public static readonly CebField BuyerName = CebField.Text("buyerName", "订购人姓名", 1, 60);

    /// <summary>Buyer's phone; 113号 asks for the phone the buyer really uses.</summary>
    public static readonly CebField BuyerTelephone = CebField.Text("buyerTelephone", "订购人电话", 1, 30);

    /// <summary>Declarant (申报单位) customs registration code.</summary>
    public static readonly CebField AgentCode = CebField.Text("agentCode", "申报单位代码", 1, 18);

    /// <summary>Declarant registered name.</summary>
    public static readonly CebField AgentName = CebField.Text("agentName", "申报单位名称", 1, 100);

    /// <summary>Reason of the application.</summary>
    public static readonly CebField Reason = CebField.Text("reason", "原因", 1, 1000);

    /// <summary>Free remark.</summary>
    public static readonly CebField Note = CebField.Text("note", "备注", 0, 1000, required: false);

    /// <summary>All fields in the order of the schema.</summary>
    public static readonly CebEntity Entity = new(
        "InvtRefundHead",
        Guid,
        AppType,
        AppTime,
        AppStatus,
        CustomsCode,
        OrderNo,
        EbpCode,
        EbpName,
        EbcCode,
        EbcName,
        LogisticsNo,
        LogisticsCode,
        LogisticsName,
        CopNo,
        PreNo,
        InvtNo,
        BuyerIdType,
        BuyerIdNumber,
        BuyerName,
        BuyerTelephone,
        AgentCode,
        AgentName,
        Reason,
        Note
    );
}

/// <summary>CEB625 退货申请单, <c>InvtRefundList</c> (SPEC22 625).</summary>
public static class InvtRefundList
{
    /// <summary>Line number of the ORIGINAL list.</summary>
    public static readonly CebField Gnum = CebField.Integer("gnum", "序号");

    /// <summary>10-digit HS commodity code (8-digit tariff line + 2).</summary>
    public static readonly CebField Gcode = CebField.Text("gcode", "商品编码", 10, 10);

    /// <summary>Same as the list.</summary>
    public static readonly CebField Gname = CebField.Text("gname", "商品名称", 1, 250);

    /// <summary>Returned quantity, ≤ the original line.</summary>
    public static readonly CebField Qty = CebField.Number("qty", "数量");

    /// <summary>Unit of the traded quantity (计量单位), 3-digit customs code.</summary>
    public static readonly CebField Unit = CebField.Text("unit", "计量单位", 3, 3);

    /// <summary>Free remark.</summary>
    public static readonly CebField Note = CebField.Text("note", "备注", 0, 1000, required: false);

    /// <summary>All fields in the order of the schema.</summary>
    public static readonly CebEntity Entity = new("InvtRefundList", Gnum, Gcode, Gname, Qty, Unit, Note);
}
