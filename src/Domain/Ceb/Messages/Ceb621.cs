namespace ClearanceEngine.Ceb;

/// <summary>CEB621 进口清单, <c>InventoryHead</c> (SPEC22 621).</summary>
public static class InventoryHead
{
    /// <summary>System-unique id (系统唯一序号), 36 chars, upper case; made by the sender in declarations, by the E-Port in receipts.</summary>
    public static readonly CebField Guid = CebField.Text("guid", "系统唯一序号", 36, 36);

    /// <summary>Submission kind (报送类型): 1 new, 2 change, 3 delete; default 1.</summary>
    public static readonly CebField AppType = CebField.Choice("appType", "报送类型", ["1", "2", "3"]);

    /// <summary>Time of submission (报送时间), yyyyMMddHHmmss.</summary>
    public static readonly CebField AppTime = CebField.Time("appTime", "报送时间");

    /// <summary>Business state (业务状态): 1 stage only, 2 declare; default 1; 2 makes the Signature mandatory.</summary>
    public static readonly CebField AppStatus = CebField.Choice("appStatus", "业务状态", ["1", "2"]);

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

    /// <summary>The declarant's own document number (企业内部编号): with agentCode the list's business key, so it is required (ADR 018); sources disagree.</summary>
    public static readonly CebField CopNo = CebField.Text("copNo", "企业内部编号", 1, 20);

    /// <summary>Pre-entry number given by the E-Port (预录入编号), 18 chars when present — PDF: =18 or absent.</summary>
    public static readonly CebField PreNo = CebField.Text("preNo", "预录入编号", 0, 18, required: false);

    /// <summary>Customs code of the guarantor of the tax; must be the platform, the merchant or the logistics company (担保企业编号).</summary>
    public static readonly CebField AssureCode = CebField.Text("assureCode", "担保企业编号", 1, 30);

    /// <summary>Account book number of the in-zone warehouse (账册编号); **required for 1210**, used to deduct the book at second-line exit.</summary>
    public static readonly CebField EmsNo = CebField.Text(
        "emsNo",
        "账册编号",
        0,
        30,
        presence: Presence.RequiredBonded
    );

    /// <summary>Declaration list number given by customs (清单编号) — PDF: =18 or absent.</summary>
    public static readonly CebField InvtNo = CebField.Text("invtNo", "清单编号", 0, 18, required: false);

    /// <summary>I import / E export.</summary>
    public static readonly CebField IeFlag = CebField.Choice("ieFlag", "进出口标记", ["I"]);

    /// <summary>Declaration date yyyyMMdd; the customs computer date counts.</summary>
    public static readonly CebField DeclTime = CebField.Date("declTime", "申报日期");

    /// <summary>Customs that accepts the list.</summary>
    public static readonly CebField CustomsCode = CebField.Text("customsCode", "申报海关代码", 4, 4);

    /// <summary>Customs of the real port of entry (口岸海关).</summary>
    public static readonly CebField PortCode = CebField.Text("portCode", "口岸海关代码", 4, 4);

    /// <summary>Import date yyyyMMdd; may be left out when unknown.</summary>
    public static readonly CebField IeDate = CebField.Date("ieDate", "进口日期", required: false);

    /// <summary>Buyer id kind (订购人证件类型): 1 resident id card, 2 other; restricted to 1.</summary>
    public static readonly CebField BuyerIdType = CebField.Choice("buyerIdType", "订购人证件类型", ["1"]);

    /// <summary>Buyer id number (18-digit resident id in practice).</summary>
    public static readonly CebField BuyerIdNumber = CebField.Text("buyerIdNumber", "订购人证件号码", 1, 60);

    /// <summary>Buyer's real name (订购人姓名).</summary>
    public static readonly CebField BuyerName = CebField.Text("buyerName", "订购人姓名", 1, 60);

    /// <summary>Buyer's phone; 113号 asks for the phone the buyer really uses.</summary>
    public static readonly CebField BuyerTelephone = CebField.Text("buyerTelephone", "订购人电话", 1, 30);

    /// <summary>Delivery address.</summary>
    public static readonly CebField ConsigneeAddress = CebField.Text("consigneeAddress", "收货地址", 1, 200);

    /// <summary>Declarant (申报单位) customs registration code.</summary>
    public static readonly CebField AgentCode = CebField.Text("agentCode", "申报单位代码", 1, 18);

    /// <summary>Declarant registered name.</summary>
    public static readonly CebField AgentName = CebField.Text("agentName", "申报单位名称", 1, 100);

    /// <summary>In-zone warehouse company code; **required for 1210** (区内企业).</summary>
    public static readonly CebField AreaCode = CebField.Text(
        "areaCode",
        "区内企业代码",
        0,
        18,
        presence: Presence.RequiredBonded
    );

    /// <summary>In-zone warehouse company name; **required for 1210**.</summary>
    public static readonly CebField AreaName = CebField.Text(
        "areaName",
        "区内企业名称",
        0,
        100,
        presence: Presence.RequiredBonded
    );

    /// <summary>9610 direct purchase, 1210 bonded.</summary>
    public static readonly CebField TradeMode = CebField.Choice("tradeMode", "贸易方式", ["9610", "1210"]);

    /// <summary>9610: mode of the cross-border leg; 1210: mode of the second-line exit.</summary>
    public static readonly CebField TrafMode = CebField.Text("trafMode", "运输方式", 1, 1);

    /// <summary>**required for 9610**, omit for 1210.</summary>
    public static readonly CebField TrafNo = CebField.Text(
        "trafNo",
        "运输工具编号",
        0,
        100,
        presence: Presence.RequiredDirect
    );

    /// <summary>**required for 9610**, omit for 1210.</summary>
    public static readonly CebField VoyageNo = CebField.Text(
        "voyageNo",
        "航班航次号",
        0,
        32,
        presence: Presence.RequiredDirect
    );

    /// <summary>**required for 9610**, omit for 1210.</summary>
    public static readonly CebField BillNo = CebField.Text(
        "billNo",
        "提运单号",
        0,
        37,
        presence: Presence.RequiredDirect
    );

    /// <summary>Supervised-site code, when one customs has several (监管场所代码).</summary>
    public static readonly CebField LoctNo = CebField.Text("loctNo", "监管场所代码", 0, 10, required: false);

    /// <summary>Licence number when goods need one.</summary>
    public static readonly CebField LicenseNo = CebField.Text(
        "licenseNo",
        "许可证号",
        0,
        19,
        required: false
    );

    /// <summary>9610: country of departure (起运国); 1210: 142.</summary>
    public static readonly CebField Country = CebField.Text("country", "国别", 3, 3);

    /// <summary>Freight really charged.</summary>
    public static readonly CebField Freight = CebField.Number("freight", "运杂费");

    /// <summary>Insurance really charged.</summary>
    public static readonly CebField InsuredFee = CebField.Number("insuredFee", "保价费");

    /// <summary>CNY only.</summary>
    public static readonly CebField Currency = CebField.Choice("currency", "币制", ["142"]);

    /// <summary>Packing kind, 1 digit.</summary>
    public static readonly CebField WrapType = CebField.Text("wrapType", "包装种类", 1, 1, required: false);

    /// <summary>Parcel count; restricted to 1.</summary>
    public static readonly CebField PackNo = CebField.Integer("packNo", "件数");

    /// <summary>Gross weight, kg.</summary>
    public static readonly CebField GrossWeight = CebField.Number("grossWeight", "毛重");

    /// <summary>Net weight, kg.</summary>
    public static readonly CebField NetWeight = CebField.Number("netWeight", "净重");

    /// <summary>Free remark.</summary>
    public static readonly CebField Note = CebField.Text("note", "备注", 0, 1000, required: false);

    /// <summary>All fields in the order of the schema.</summary>
    public static readonly CebEntity Entity = new(
        "InventoryHead",
        Guid,
        AppType,
        AppTime,
        AppStatus,
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
        AssureCode,
        EmsNo,
        InvtNo,
        IeFlag,
        DeclTime,
        CustomsCode,
        PortCode,
        IeDate,
        BuyerIdType,
        BuyerIdNumber,
        BuyerName,
        BuyerTelephone,
        ConsigneeAddress,
        AgentCode,
        AgentName,
        AreaCode,
        AreaName,
        TradeMode,
        TrafMode,
        TrafNo,
        VoyageNo,
        BillNo,
        LoctNo,
        LicenseNo,
        Country,
        Freight,
        InsuredFee,
        Currency,
        WrapType,
        PackNo,
        GrossWeight,
        NetWeight,
        Note
    );
}

/// <summary>CEB621 进口清单, <c>InventoryList</c> (SPEC22 621).</summary>
public static class InventoryList
{
    /// <summary>Line number from 1; must pair one-to-one with the order line.</summary>
    public static readonly CebField Gnum = CebField.Integer("gnum", "序号");

    /// <summary>Account-book item number (账册备案料号); **required for 1210**.</summary>
    public static readonly CebField ItemRecordNo = CebField.Text(
        "itemRecordNo",
        "账册备案料号",
        0,
        30,
        presence: Presence.RequiredBonded
    );

    /// <summary>Merchant SKU (企业商品货号) — PDF: ..30.</summary>
    public static readonly CebField ItemNo = CebField.Text("itemNo", "企业商品货号", 0, 30, required: false);

    /// <summary>Product name as sold.</summary>
    public static readonly CebField ItemName = CebField.Text("itemName", "商品名称", 0, 250, required: false);

    /// <summary>10-digit HS commodity code (8-digit tariff line + 2).</summary>
    public static readonly CebField Gcode = CebField.Text("gcode", "商品编码", 10, 10);

    /// <summary>Declared goods name, same as the order.</summary>
    public static readonly CebField Gname = CebField.Text("gname", "商品名称", 1, 250);

    /// <summary>Specification (规格型号): brand, composition, content, grade ... enough for classification, valuation and control.</summary>
    public static readonly CebField Gmodel = CebField.Text("gmodel", "规格型号", 1, 510);

    /// <summary>Bar code; write 无 when there is none.</summary>
    public static readonly CebField BarCode = CebField.Text("barCode", "条码", 0, 50, required: false);

    /// <summary>Country of origin.</summary>
    public static readonly CebField Country = CebField.Text("country", "国别", 3, 3);

    /// <summary>Trading country (贸易国).</summary>
    public static readonly CebField TradeCountry = CebField.Text(
        "tradeCountry",
        "贸易国",
        1,
        3,
        required: false
    );

    /// <summary>CNY only.</summary>
    public static readonly CebField Currency = CebField.Choice("currency", "币制", ["142"]);

    /// <summary>Quantity in the traded unit.</summary>
    public static readonly CebField Qty = CebField.Number("qty", "数量");

    /// <summary>Unit of the traded quantity (计量单位), 3-digit customs code.</summary>
    public static readonly CebField Unit = CebField.Text("unit", "计量单位", 3, 3);

    /// <summary>First statutory quantity (法定数量).</summary>
    public static readonly CebField Qty1 = CebField.Number("qty1", "第一法定数量");

    /// <summary>First statutory unit.</summary>
    public static readonly CebField Unit1 = CebField.Text("unit1", "第一法定计量单位", 3, 3);

    /// <summary>Second statutory quantity.</summary>
    public static readonly CebField Qty2 = CebField.Number("qty2", "第二法定数量", required: false);

    /// <summary>Second statutory unit.</summary>
    public static readonly CebField Unit2 = CebField.Text("unit2", "第二法定计量单位", 3, 3, required: false);

    /// <summary>Deal unit price.</summary>
    public static readonly CebField Price = CebField.Number("price", "单价");

    /// <summary>Deal total.</summary>
    public static readonly CebField TotalPrice = CebField.Number("totalPrice", "总价");

    /// <summary>Free remark.</summary>
    public static readonly CebField Note = CebField.Text("note", "备注", 0, 1000, required: false);

    /// <summary>All fields in the order of the schema.</summary>
    public static readonly CebEntity Entity = new(
        "InventoryList",
        Gnum,
        ItemRecordNo,
        ItemNo,
        ItemName,
        Gcode,
        Gname,
        Gmodel,
        BarCode,
        Country,
        TradeCountry,
        Currency,
        Qty,
        Unit,
        Qty1,
        Unit1,
        Qty2,
        Unit2,
        Price,
        TotalPrice,
        Note
    );
}
