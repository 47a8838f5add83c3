namespace ClearanceEngine.Ceb;

/// <summary>CEB311 电子订单, <c>OrderHead</c> (SPEC22 311).</summary>
public static class OrderHead
{
    /// <summary>System-unique id (系统唯一序号), 36 chars, upper case; made by the sender in declarations, by the E-Port in receipts.</summary>
    public static readonly CebField Guid = CebField.Text("guid", "系统唯一序号", 36, 36);

    /// <summary>Submission kind (报送类型): 1 new, 2 change, 3 delete; default 1.</summary>
    public static readonly CebField AppType = CebField.Choice("appType", "报送类型", ["1", "2", "3"]);

    /// <summary>Time of submission (报送时间), yyyyMMddHHmmss.</summary>
    public static readonly CebField AppTime = CebField.Time("appTime", "报送时间");

    /// <summary>Business state (业务状态): 1 stage only, 2 declare; default 2.</summary>
    public static readonly CebField AppStatus = CebField.Choice("appStatus", "业务状态", ["1", "2"]);

    /// <summary>Order kind: I import.</summary>
    public static readonly CebField OrderType = CebField.Choice("orderType", "订单类型", ["I"]);

    /// <summary>Platform order number (订单编号); unique inside one platform (max 60).</summary>
    public static readonly CebField OrderNo = CebField.Text("orderNo", "订单编号", 1, 60);

    /// <summary>Platform (电商平台) customs registration code; if the platform is not registered and the merchant sends, the id published by China E-Port.</summary>
    public static readonly CebField EbpCode = CebField.Text("ebpCode", "电商平台代码", 1, 18);

    /// <summary>Platform registered name (same rule as the code).</summary>
    public static readonly CebField EbpName = CebField.Text("ebpName", "电商平台名称", 1, 100);

    /// <summary>Merchant (电商企业) customs registration code.</summary>
    public static readonly CebField EbcCode = CebField.Text("ebcCode", "电商企业代码", 1, 18);

    /// <summary>Merchant registered name.</summary>
    public static readonly CebField EbcName = CebField.Text("ebcName", "电商企业名称", 1, 100);

    /// <summary>Goods amount at the real deal price, including what is later offset by non-cash means (商品价格).</summary>
    public static readonly CebField GoodsValue = CebField.Number("goodsValue", "商品价格");

    /// <summary>Freight and charges not inside the goods price; 0 if none (运杂费).</summary>
    public static readonly CebField Freight = CebField.Number("freight", "运杂费");

    /// <summary>Amount covered by points, vouchers, virtual money; 0 if none (非现金抵扣金额).</summary>
    public static readonly CebField Discount = CebField.Number("discount", "非现金抵扣金额");

    /// <summary>Tax collected in advance by the company; 0 if none (代扣税款).</summary>
    public static readonly CebField TaxTotal = CebField.Number("taxTotal", "代扣税款");

    /// <summary>[sic] amount paid = goodsValue + freight + taxTotal − discount; equals the payment record (实际支付金额).</summary>
    public static readonly CebField ActuralPaid = CebField.Number("acturalPaid", "实际支付金额");

    /// <summary>CNY only.</summary>
    public static readonly CebField Currency = CebField.Choice("currency", "币制", ["142"]);

    /// <summary>Buyer's account id on the platform (订购人注册号).</summary>
    public static readonly CebField BuyerRegNo = CebField.Text("buyerRegNo", "订购人注册号", 1, 60);

    /// <summary>Buyer's real name (订购人姓名).</summary>
    public static readonly CebField BuyerName = CebField.Text("buyerName", "订购人姓名", 1, 60);

    /// <summary>Buyer's phone; 113号 asks for the phone the buyer really uses.</summary>
    public static readonly CebField BuyerTelephone = CebField.Text("buyerTelephone", "订购人电话", 1, 30);

    /// <summary>Buyer id kind (订购人证件类型): 1 resident id card, 2 other; restricted to 1.</summary>
    public static readonly CebField BuyerIdType = CebField.Choice("buyerIdType", "订购人证件类型", ["1"]);

    /// <summary>Buyer id number (18-digit resident id in practice).</summary>
    public static readonly CebField BuyerIdNumber = CebField.Text("buyerIdNumber", "订购人证件号码", 1, 60);

    /// <summary>Payment company (支付企业) customs registration code.</summary>
    public static readonly CebField PayCode = CebField.Text(
        "payCode",
        "支付企业代码",
        0,
        18,
        required: false
    );

    /// <summary>Payment company registered name.</summary>
    public static readonly CebField PayName = CebField.Text(
        "payName",
        "支付企业名称",
        0,
        100,
        required: false
    );

    /// <summary>Payment company's unique transaction number (支付交易编号).</summary>
    public static readonly CebField PayTransactionId = CebField.Text(
        "payTransactionId",
        "支付交易编号",
        0,
        60,
        required: false
    );

    /// <summary>Batch number(s) of the goods.</summary>
    public static readonly CebField BatchNumbers = CebField.Text(
        "batchNumbers",
        "商品批次号",
        0,
        100,
        required: false
    );

    /// <summary>Consignee name; must equal the waybill.</summary>
    public static readonly CebField Consignee = CebField.Text("consignee", "收货人", 1, 100);

    /// <summary>Must equal the waybill.</summary>
    public static readonly CebField ConsigneeTelephone = CebField.Text(
        "consigneeTelephone",
        "收货人电话",
        1,
        50
    );

    /// <summary>Must equal the waybill.</summary>
    public static readonly CebField ConsigneeAddress = CebField.Text("consigneeAddress", "收货地址", 1, 200);

    /// <summary>6-digit administrative division code.</summary>
    public static readonly CebField ConsigneeDistrict = CebField.Text(
        "consigneeDistrict",
        "行政区划代码",
        6,
        6,
        required: false
    );

    /// <summary>Free remark.</summary>
    public static readonly CebField Note = CebField.Text("note", "备注", 0, 1000, required: false);

    /// <summary>Only in the JSON form: the guide's order has it, the schema lacks it; never written to XML.</summary>
    public static readonly CebField LogisticsCode = CebField
        .Text("logisticsCode", "物流企业代码", 0, 18, required: false)
        .JsonOnly();

    /// <summary>Only in the JSON form: the guide's order has it, the schema lacks it; never written to XML.</summary>
    public static readonly CebField LogisticsNo = CebField
        .Text("logisticsNo", "物流运单编号", 0, 60, required: false)
        .JsonOnly();

    /// <summary>All fields in the order of the schema.</summary>
    public static readonly CebEntity Entity = new(
        "OrderHead",
        Guid,
        AppType,
        AppTime,
        AppStatus,
        OrderType,
        OrderNo,
        EbpCode,
        EbpName,
        EbcCode,
        EbcName,
        GoodsValue,
        Freight,
        Discount,
        TaxTotal,
        ActuralPaid,
        Currency,
        BuyerRegNo,
        BuyerName,
        BuyerTelephone,
        BuyerIdType,
        BuyerIdNumber,
        PayCode,
        PayName,
        PayTransactionId,
        BatchNumbers,
        Consignee,
        ConsigneeTelephone,
        ConsigneeAddress,
        ConsigneeDistrict,
        Note,
        LogisticsCode,
        LogisticsNo
    );
}

/// <summary>CEB311 电子订单, <c>OrderList</c> (SPEC22 311).</summary>
public static class OrderList
{
    /// <summary>Line number from 1.</summary>
    public static readonly CebField Gnum = CebField.Integer("gnum", "序号");

    /// <summary>Merchant SKU (企业商品货号).</summary>
    public static readonly CebField ItemNo = CebField.Text("itemNo", "企业商品货号", 0, 30, required: false);

    /// <summary>Product name as sold.</summary>
    public static readonly CebField ItemName = CebField.Text("itemName", "商品名称", 1, 250);

    /// <summary>Specification (规格型号): brand, composition, content, grade ... enough for classification, valuation and control.</summary>
    public static readonly CebField Gmodel = CebField.Text("gmodel", "规格型号", 1, 510);

    /// <summary>Product description as sold.</summary>
    public static readonly CebField ItemDescribe = CebField.Text(
        "itemDescribe",
        "商品描述",
        0,
        1000,
        required: false
    );

    /// <summary>Product bar code.</summary>
    public static readonly CebField BarCode = CebField.Text("barCode", "条码", 0, 50, required: false);

    /// <summary>Unit of the traded quantity (计量单位), 3-digit customs code.</summary>
    public static readonly CebField Unit = CebField.Text("unit", "计量单位", 3, 3);

    /// <summary>Real quantity.</summary>
    public static readonly CebField Qty = CebField.Number("qty", "数量");

    /// <summary>Unit price; 0 for gifts.</summary>
    public static readonly CebField Price = CebField.Number("price", "单价");

    /// <summary>= price × qty.</summary>
    public static readonly CebField TotalPrice = CebField.Number("totalPrice", "总价");

    /// <summary>CNY only.</summary>
    public static readonly CebField Currency = CebField.Choice("currency", "币制", ["142"]);

    /// <summary>Country of origin, 3-digit customs code (原产国).</summary>
    public static readonly CebField Country = CebField.Text("country", "国别", 3, 3);

    /// <summary>Explain a promotion or a price far from market here.</summary>
    public static readonly CebField Note = CebField.Text("note", "备注", 0, 1000, required: false);

    /// <summary>All fields in the order of the schema.</summary>
    public static readonly CebEntity Entity = new(
        "OrderList",
        Gnum,
        ItemNo,
        ItemName,
        Gmodel,
        ItemDescribe,
        BarCode,
        Unit,
        Qty,
        Price,
        TotalPrice,
        Currency,
        Country,
        Note
    );
}
