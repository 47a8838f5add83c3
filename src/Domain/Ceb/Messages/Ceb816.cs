namespace ClearanceEngine.Ceb;

/// <summary>CEB816 电子税单, <c>TaxHeadRd</c> (SPEC22 816).</summary>
public static class TaxHeadRd
{
    /// <summary>System-unique id (系统唯一序号), 36 chars, upper case; made by the sender in declarations, by the E-Port in receipts.</summary>
    public static readonly CebField Guid = CebField.Text("guid", "系统唯一序号", 36, 36);

    /// <summary>Time of the result, yyyyMMddHHmmssSSS (17 chars).</summary>
    public static readonly CebField ReturnTime = CebField.TimeMillis("returnTime", "回执时间");

    /// <summary>List number, 4 district + 4 year + 1 flag + 9 serial.</summary>
    public static readonly CebField InvtNo = CebField.Text("invtNo", "清单编号", 1, 18);

    /// <summary>Electronic tax bill number (电子税单编号).</summary>
    public static readonly CebField TaxNo = CebField.Text("taxNo", "电子税单编号", 1, 50);

    /// <summary>Tariff due.</summary>
    public static readonly CebField CustomsTax = CebField.Number("customsTax", "关税");

    /// <summary>VAT due.</summary>
    public static readonly CebField ValueAddedTax = CebField.Number("valueAddedTax", "增值税");

    /// <summary>Consumption tax due.</summary>
    public static readonly CebField ConsumptionTax = CebField.Number("consumptionTax", "消费税");

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

    /// <summary>Free remark.</summary>
    public static readonly CebField Note = CebField.Text("note", "备注", 0, 1000, required: false);

    /// <summary>Company whose tax guarantee is used (担保企业).</summary>
    public static readonly CebField AssureCode = CebField.Text(
        "assureCode",
        "担保企业编号",
        0,
        64,
        required: false
    );

    /// <summary>Merchant (电商企业) customs registration code.</summary>
    public static readonly CebField EbcCode = CebField.Text(
        "ebcCode",
        "电商企业代码",
        0,
        64,
        required: false
    );

    /// <summary>Logistics company (物流企业) customs registration code.</summary>
    public static readonly CebField LogisticsCode = CebField.Text(
        "logisticsCode",
        "物流企业代码",
        0,
        64,
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

    /// <summary>Customs of declaration.</summary>
    public static readonly CebField CustomsCode = CebField.Text(
        "customsCode",
        "申报海关代码",
        4,
        4,
        required: false
    );

    /// <summary>Not in the schema; real tax bills of 2020 and the PDF of 2022 carry it.</summary>
    public static readonly CebField OrderNo = CebField.Text("orderNo", "订单编号", 0, 60, required: false);

    /// <summary>Not in the schema; also spelled logisticNo; real tax bills of 2020 carry it.</summary>
    public static readonly CebField LogisticsNo = CebField.Text(
        "logisticsNo",
        "物流运单编号",
        0,
        60,
        required: false
    );

    /// <summary>All fields in the order of the schema.</summary>
    public static readonly CebEntity Entity = new(
        "TaxHeadRd",
        Guid,
        ReturnTime,
        InvtNo,
        TaxNo,
        CustomsTax,
        ValueAddedTax,
        ConsumptionTax,
        Status,
        EntDutyNo,
        Note,
        AssureCode,
        EbcCode,
        LogisticsCode,
        AgentCode,
        CustomsCode,
        OrderNo,
        LogisticsNo
    );
}

/// <summary>CEB816 电子税单, <c>TaxListRd</c> (SPEC22 816).</summary>
public static class TaxListRd
{
    /// <summary>Line number from 1.</summary>
    public static readonly CebField Gnum = CebField.Integer("gnum", "序号");

    /// <summary>10-digit HS commodity code (8-digit tariff line + 2).</summary>
    public static readonly CebField Gcode = CebField.Text("gcode", "商品编码", 10, 10);

    /// <summary>Dutiable total of the line (完税总价格).</summary>
    public static readonly CebField TaxPrice = CebField.Number("taxPrice", "完税总价格");

    /// <summary>Tariff due.</summary>
    public static readonly CebField CustomsTax = CebField.Number("customsTax", "关税");

    /// <summary>VAT due.</summary>
    public static readonly CebField ValueAddedTax = CebField.Number("valueAddedTax", "增值税");

    /// <summary>Consumption tax due.</summary>
    public static readonly CebField ConsumptionTax = CebField.Number("consumptionTax", "消费税");

    /// <summary>All fields in the order of the schema.</summary>
    public static readonly CebEntity Entity = new(
        "TaxListRd",
        Gnum,
        Gcode,
        TaxPrice,
        CustomsTax,
        ValueAddedTax,
        ConsumptionTax
    );
}
