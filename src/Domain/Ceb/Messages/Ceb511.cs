namespace ClearanceEngine.Ceb;

/// <summary>CEB511 物流运单, <c>LogisticsHead</c> (SPEC22 511).</summary>
public static class LogisticsHead
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

    /// <summary>Master bill: ocean B/L, air master waybill or truck manifest (提运单号).</summary>
    public static readonly CebField BillNo = CebField.Text("billNo", "提运单号", 0, 37, required: false);

    /// <summary>Platform order number (订单编号); unique inside one platform; explicit filling duty since 113号.</summary>
    public static readonly CebField OrderNo = CebField.Text("orderNo", "订单编号", 1, 60);

    /// <summary>Freight; 0 if none — PDF: required.</summary>
    public static readonly CebField Freight = CebField.Number("freight", "运杂费", required: false);

    /// <summary>Insurance fee; 0 if none (保价费) — PDF: required.</summary>
    public static readonly CebField InsuredFee = CebField.Number("insuredFee", "保价费", required: false);

    /// <summary>CNY only.</summary>
    public static readonly CebField Currency = CebField.Choice("currency", "币制", ["142"]);

    /// <summary>Gross weight, kg.</summary>
    public static readonly CebField Weight = CebField.Number("weight", "毛重");

    /// <summary>Parcels under this waybill; restricted to 1.</summary>
    public static readonly CebField PackNo = CebField.Integer("packNo", "件数");

    /// <summary>Short goods text (names, quantities).</summary>
    public static readonly CebField GoodsInfo = CebField.Text(
        "goodsInfo",
        "商品信息",
        0,
        200,
        required: false
    );

    /// <summary>Consignee name (收货人).</summary>
    public static readonly CebField Consignee = CebField.Text("consignee", "收货人", 1, 100);

    /// <summary>Delivery address.</summary>
    public static readonly CebField ConsigneeAddress = CebField.Text("consigneeAddress", "收货地址", 1, 200);

    /// <summary>Consignee phone.</summary>
    public static readonly CebField ConsigneeTelephone = CebField.Text(
        "consigneeTelephone",
        "收货人电话",
        1,
        50
    );

    /// <summary>Free remark.</summary>
    public static readonly CebField Note = CebField.Text("note", "备注", 0, 1000, required: false);

    /// <summary>All fields in the order of the schema.</summary>
    public static readonly CebEntity Entity = new(
        "LogisticsHead",
        Guid,
        AppType,
        AppTime,
        AppStatus,
        LogisticsCode,
        LogisticsName,
        LogisticsNo,
        BillNo,
        OrderNo,
        Freight,
        InsuredFee,
        Currency,
        Weight,
        PackNo,
        GoodsInfo,
        Consignee,
        ConsigneeAddress,
        ConsigneeTelephone,
        Note
    );
}
