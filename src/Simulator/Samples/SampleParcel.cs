using System.Collections.Immutable;
using System.Globalization;
using ClearanceEngine.Ceb;
using ClearanceEngine.Rules;

namespace ClearanceEngine.Simulator.Samples;

/// <summary>One line of goods of a sample parcel; prices in fen.</summary>
public sealed record SampleItem(
    string Sku,
    string Name,
    string Specification,
    string CommodityCode,
    string Unit,
    int Quantity,
    long PriceFen,
    string StatutoryUnit,
    decimal StatutoryQuantity,
    string Country
);

/// <summary>
/// Builds documents of a parcel that agree with each other, with invented data: companies of the development set,
/// people with the area code 999999, which does not exist, and valid check digits.
/// </summary>
public sealed record SampleParcel
{
    public const string Platform = "9999900001",
        Merchant = "9999900002",
        Payer = "9999900003",
        Carrier = "9999900004",
        Warehouse = "9999900005",
        Site = "9999900006",
        Customs = "9999";

    static readonly Dictionary<string, string> Names = new(StringComparer.Ordinal)
    {
        [Platform] = "虚构星桥电商平台有限公司",
        [Merchant] = "虚构青禾商贸有限公司",
        [Payer] = "虚构云付支付有限公司",
        [Carrier] = "虚构北辰速运有限公司",
        [Warehouse] = "虚构临港保税仓储有限公司",
        [Site] = "虚构监管场所有限公司",
    };

    public static SampleItem Milk { get; } =
        new(
            "SKU-MILK-001",
            "示例婴儿配方奶粉",
            "虚构牌|900克/罐|1段|全脂牛奶粉",
            "1901101010",
            "122",
            2,
            18_000,
            "035",
            1.8m,
            "309"
        );

    public static SampleItem Cream { get; } =
        new(
            "SKU-HAND-002",
            "示例护手霜",
            "虚构牌|75毫升/支|甘油、水",
            "3304990029",
            "012",
            1,
            6_000,
            "035",
            0.08m,
            "116"
        );

    public static SampleItem Watch { get; } =
        new(
            "SKU-WATCH-003",
            "示例机械手表",
            "虚构牌|自动机械|钢壳",
            "9102210010",
            "007",
            1,
            600_000,
            "007",
            1m,
            "331"
        );

    public required string OrderNo { get; init; }

    /// <summary>9610 or 1210.</summary>
    public required string Mode { get; init; }

    /// <summary>Number of the buyer: each number is another person.</summary>
    public required int Person { get; init; }

    /// <summary>Unique number of the parcel: waybill, payment and copNo are made of it.</summary>
    public required string Serial { get; init; }

    /// <summary>When the buyer ordered; documents follow within the hour.</summary>
    public required DateTimeOffset At { get; init; }

    public ImmutableArray<SampleItem> Items { get; init; } = [Milk, Cream];

    public long FreightFen { get; init; } = 1_000;

    /// <summary>What the payment says instead of what the order says; for a mismatch.</summary>
    public long? PaidFen { get; init; }

    public string AppType { get; init; } = "1";

    public string AppStatus { get; init; } = "2";

    /// <summary>Later revisions get a later appTime and another guid.</summary>
    public int Revision { get; init; } = 1;

    public string LogisticsNo => $"WB{Serial}";

    public string CopNo => $"COP{Serial}";

    string Agent => Mode == "9610" ? Carrier : Warehouse;

    string IdNumber
    {
        get
        {
            var first =
                $"999999{1970 + (Person / 300 % 30)}{1 + (Person / 25 % 12):D2}{1 + (Person % 25):D2}{Person % 1000:D3}";
            return first + ResidentId.CheckDigit(first);
        }
    }

    string BuyerName => $"测试订购人{Person:D4}";

    string Phone => $"1300000{Person:D4}";

    string Address => $"虚构市示例区样本路{Person}号";

    long GoodsFen => Items.Sum(i => i.PriceFen * i.Quantity);

    long TaxFen => CebAmount.ToFen((GoodsFen + FreightFen) / 100m * 0.091m);

    long TotalFen => GoodsFen + FreightFen + TaxFen;

    /// <summary>The order (CEB311).</summary>
    public CebDocument Order()
    {
        var order = CebDocument.Create(
            CebType.Order,
            (OrderHead.Guid, Guid("order")),
            (OrderHead.AppType, AppType),
            (OrderHead.AppTime, Time(0)),
            (OrderHead.AppStatus, AppStatus),
            (OrderHead.OrderType, "I"),
            (OrderHead.OrderNo, OrderNo),
            (OrderHead.EbpCode, Platform),
            (OrderHead.EbpName, Names[Platform]),
            (OrderHead.EbcCode, Merchant),
            (OrderHead.EbcName, Names[Merchant]),
            (OrderHead.GoodsValue, Yuan(GoodsFen)),
            (OrderHead.Freight, Yuan(FreightFen)),
            (OrderHead.Discount, "0"),
            (OrderHead.TaxTotal, Yuan(TaxFen)),
            (OrderHead.ActuralPaid, Yuan(TotalFen)),
            (OrderHead.Currency, "142"),
            (OrderHead.BuyerRegNo, $"user-{Person:D4}"),
            (OrderHead.BuyerName, BuyerName),
            (OrderHead.BuyerTelephone, Phone),
            (OrderHead.BuyerIdType, "1"),
            (OrderHead.BuyerIdNumber, IdNumber),
            (OrderHead.PayCode, Payer),
            (OrderHead.PayName, Names[Payer]),
            (OrderHead.PayTransactionId, $"PAY{Serial}"),
            (OrderHead.Consignee, BuyerName),
            (OrderHead.ConsigneeTelephone, Phone),
            (OrderHead.ConsigneeAddress, Address)
        );
        for (var i = 0; i < Items.Length; i++)
        {
            var item = Items[i];
            order = order.AddLine(
                (OrderList.Gnum, Number(i + 1)),
                (OrderList.ItemNo, item.Sku),
                (OrderList.ItemName, item.Name),
                (OrderList.Gmodel, item.Specification),
                (OrderList.Unit, item.Unit),
                (OrderList.Qty, Number(item.Quantity)),
                (OrderList.Price, Yuan(item.PriceFen)),
                (OrderList.TotalPrice, Yuan(item.PriceFen * item.Quantity)),
                (OrderList.Currency, "142"),
                (OrderList.Country, item.Country)
            );
        }
        return order;
    }

    /// <summary>The payment (CEB411).</summary>
    public CebDocument Payment() =>
        CebDocument.Create(
            CebType.Payment,
            (PaymentHead.Guid, Guid("payment")),
            (PaymentHead.AppType, AppType),
            (PaymentHead.AppTime, Time(1)),
            (PaymentHead.AppStatus, AppStatus),
            (PaymentHead.PayCode, Payer),
            (PaymentHead.PayName, Names[Payer]),
            (PaymentHead.PayTransactionId, $"PAY{Serial}"),
            (PaymentHead.OrderNo, OrderNo),
            (PaymentHead.EbpCode, Platform),
            (PaymentHead.EbpName, Names[Platform]),
            (PaymentHead.PayerIdType, "1"),
            (PaymentHead.PayerIdNumber, IdNumber),
            (PaymentHead.PayerName, BuyerName),
            (PaymentHead.Telephone, Phone),
            (PaymentHead.AmountPaid, Yuan(PaidFen ?? TotalFen)),
            (PaymentHead.Currency, "142"),
            (PaymentHead.PayTime, Time(0))
        );

    /// <summary>The waybill (CEB511).</summary>
    public CebDocument Waybill() =>
        CebDocument.Create(
            CebType.Waybill,
            (LogisticsHead.Guid, Guid("waybill")),
            (LogisticsHead.AppType, AppType),
            (LogisticsHead.AppTime, Time(20)),
            (LogisticsHead.AppStatus, AppStatus),
            (LogisticsHead.LogisticsCode, Carrier),
            (LogisticsHead.LogisticsName, Names[Carrier]),
            (LogisticsHead.LogisticsNo, LogisticsNo),
            (LogisticsHead.OrderNo, OrderNo),
            (LogisticsHead.Freight, Yuan(FreightFen)),
            (LogisticsHead.InsuredFee, "0"),
            (LogisticsHead.Currency, "142"),
            (LogisticsHead.Weight, "2.35"),
            (LogisticsHead.PackNo, "1"),
            (LogisticsHead.GoodsInfo, Items[0].Name),
            (LogisticsHead.Consignee, BuyerName),
            (LogisticsHead.ConsigneeAddress, Address),
            (LogisticsHead.ConsigneeTelephone, Phone)
        );

    /// <summary>The declaration list (CEB621), of the mode.</summary>
    public CebDocument List()
    {
        var list = ListHead();
        for (var i = 0; i < Items.Length; i++)
            list = WithLine(list, i);
        return list;
    }

    bool IsBonded => Mode == "1210";

    CebDocument ListHead() =>
        CebDocument.Create(
            CebType.DeclarationList,
            (InventoryHead.Guid, Guid("list")),
            (InventoryHead.AppType, AppType),
            (InventoryHead.AppTime, Time(40)),
            (InventoryHead.AppStatus, AppStatus),
            (InventoryHead.OrderNo, OrderNo),
            (InventoryHead.EbpCode, Platform),
            (InventoryHead.EbpName, Names[Platform]),
            (InventoryHead.EbcCode, Merchant),
            (InventoryHead.EbcName, Names[Merchant]),
            (InventoryHead.LogisticsNo, LogisticsNo),
            (InventoryHead.LogisticsCode, Carrier),
            (InventoryHead.LogisticsName, Names[Carrier]),
            (InventoryHead.CopNo, CopNo),
            (InventoryHead.AssureCode, Merchant),
            (InventoryHead.EmsNo, IsBonded ? "T9999W000001" : null),
            (InventoryHead.IeFlag, "I"),
            (InventoryHead.DeclTime, CebTime.FormatDate(At)),
            (InventoryHead.CustomsCode, Customs),
            (InventoryHead.PortCode, Customs),
            (InventoryHead.BuyerIdType, "1"),
            (InventoryHead.BuyerIdNumber, IdNumber),
            (InventoryHead.BuyerName, BuyerName),
            (InventoryHead.BuyerTelephone, Phone),
            (InventoryHead.ConsigneeAddress, Address),
            (InventoryHead.AgentCode, Agent),
            (InventoryHead.AgentName, Names[Agent]),
            (InventoryHead.AreaCode, IsBonded ? Warehouse : null),
            (InventoryHead.AreaName, IsBonded ? Names[Warehouse] : null),
            (InventoryHead.TradeMode, Mode),
            (InventoryHead.TrafMode, IsBonded ? "W" : "5"),
            (InventoryHead.TrafNo, IsBonded ? null : "XX-A330"),
            (InventoryHead.VoyageNo, IsBonded ? null : "XX0123"),
            (InventoryHead.BillNo, IsBonded ? null : "99912345678"),
            (InventoryHead.Country, IsBonded ? "142" : "116"),
            (InventoryHead.Freight, Yuan(FreightFen)),
            (InventoryHead.InsuredFee, "0"),
            (InventoryHead.Currency, "142"),
            (InventoryHead.PackNo, "1"),
            (InventoryHead.GrossWeight, "2.35"),
            (InventoryHead.NetWeight, "1.88")
        );

    CebDocument WithLine(CebDocument list, int i)
    {
        var item = Items[i];
        return list.AddLine(
            (InventoryList.Gnum, Number(i + 1)),
            (InventoryList.ItemRecordNo, IsBonded ? $"REC{i + 1:D3}" : null),
            (InventoryList.ItemNo, item.Sku),
            (InventoryList.ItemName, item.Name),
            (InventoryList.Gcode, item.CommodityCode),
            (InventoryList.Gname, item.Name),
            (InventoryList.Gmodel, item.Specification),
            (InventoryList.BarCode, "无"),
            (InventoryList.Country, item.Country),
            (InventoryList.TradeCountry, item.Country),
            (InventoryList.Currency, "142"),
            (InventoryList.Qty, Number(item.Quantity)),
            (InventoryList.Unit, item.Unit),
            (InventoryList.Qty1, item.StatutoryQuantity.ToString(CultureInfo.InvariantCulture)),
            (InventoryList.Unit1, item.StatutoryUnit),
            (InventoryList.Price, Yuan(item.PriceFen)),
            (InventoryList.TotalPrice, Yuan(item.PriceFen * item.Quantity))
        );
    }

    /// <summary>The inbound note (CEB711) of the supervised site, for this parcel and others that came with it.</summary>
    public CebDocument InboundNote(params ReadOnlySpan<SampleParcel> others)
    {
        var note = CebDocument.Create(
            CebType.InboundNote,
            (DeliveryHead.Guid, Guid("entry")),
            (DeliveryHead.AppType, "1"),
            (DeliveryHead.AppTime, Time(50)),
            (DeliveryHead.AppStatus, "2"),
            (DeliveryHead.CustomsCode, Customs),
            (DeliveryHead.CopNo, $"ENT{Serial}"),
            (DeliveryHead.OperatorCode, Site),
            (DeliveryHead.OperatorName, Names[Site]),
            (DeliveryHead.IeFlag, "I"),
            (DeliveryHead.TrafMode, "5"),
            (DeliveryHead.TrafNo, "XX-A330"),
            (DeliveryHead.VoyageNo, "XX0123"),
            (DeliveryHead.BillNo, "99912345678"),
            (DeliveryHead.LogisticsCode, Carrier),
            (DeliveryHead.LogisticsName, Names[Carrier])
        );
        note = note.AddLine((DeliveryList.Gnum, "1"), (DeliveryList.LogisticsNo, LogisticsNo));
        for (var i = 0; i < others.Length; i++)
            note = note.AddLine(
                (DeliveryList.Gnum, Number(i + 2)),
                (DeliveryList.LogisticsNo, others[i].LogisticsNo)
            );
        return note;
    }

    /// <summary>A cancellation (CEB623) of the released list.</summary>
    public CebDocument Cancellation(string invtNo) =>
        CebDocument.Create(
            CebType.Cancellation,
            (InvtCancel.Guid, Guid("cancel")),
            (InvtCancel.AppType, "1"),
            (InvtCancel.AppTime, Time(55)),
            (InvtCancel.AppStatus, "2"),
            (InvtCancel.CustomsCode, Customs),
            (InvtCancel.OrderNo, OrderNo),
            (InvtCancel.EbpCode, Platform),
            (InvtCancel.EbpName, Names[Platform]),
            (InvtCancel.EbcCode, Merchant),
            (InvtCancel.EbcName, Names[Merchant]),
            (InvtCancel.LogisticsNo, LogisticsNo),
            (InvtCancel.LogisticsCode, Carrier),
            (InvtCancel.LogisticsName, Names[Carrier]),
            (InvtCancel.CopNo, CopNo),
            (InvtCancel.InvtNo, invtNo),
            (InvtCancel.BuyerIdType, "1"),
            (InvtCancel.BuyerIdNumber, IdNumber),
            (InvtCancel.BuyerName, BuyerName),
            (InvtCancel.BuyerTelephone, Phone),
            (InvtCancel.AgentCode, Agent),
            (InvtCancel.AgentName, Names[Agent]),
            (InvtCancel.Reason, "订购人取消订单")
        );

    /// <summary>A return (CEB625) of some lines of the released list: line number (from 1) and quantity.</summary>
    public CebDocument Return(string invtNo, params ReadOnlySpan<(int Line, int Quantity)> lines)
    {
        var document = CebDocument.Create(
            CebType.Return,
            (InvtRefundHead.Guid, Guid("return")),
            (InvtRefundHead.AppType, "1"),
            (InvtRefundHead.AppTime, Time(56)),
            (InvtRefundHead.AppStatus, "2"),
            (InvtRefundHead.CustomsCode, Customs),
            (InvtRefundHead.OrderNo, OrderNo),
            (InvtRefundHead.EbpCode, Platform),
            (InvtRefundHead.EbpName, Names[Platform]),
            (InvtRefundHead.EbcCode, Merchant),
            (InvtRefundHead.EbcName, Names[Merchant]),
            (InvtRefundHead.LogisticsNo, LogisticsNo),
            (InvtRefundHead.LogisticsCode, Carrier),
            (InvtRefundHead.LogisticsName, Names[Carrier]),
            (InvtRefundHead.CopNo, CopNo),
            (InvtRefundHead.InvtNo, invtNo),
            (InvtRefundHead.BuyerIdType, "1"),
            (InvtRefundHead.BuyerIdNumber, IdNumber),
            (InvtRefundHead.BuyerName, BuyerName),
            (InvtRefundHead.BuyerTelephone, Phone),
            (InvtRefundHead.AgentCode, Agent),
            (InvtRefundHead.AgentName, Names[Agent]),
            (InvtRefundHead.Reason, "七日内无理由退货")
        );
        foreach (var (line, quantity) in lines)
        {
            var item = Items[line - 1];
            document = document.AddLine(
                (InvtRefundList.Gnum, Number(line)),
                (InvtRefundList.Gcode, item.CommodityCode),
                (InvtRefundList.Gname, item.Name),
                (InvtRefundList.Qty, Number(quantity)),
                (InvtRefundList.Unit, item.Unit)
            );
        }
        return document;
    }

    /// <summary>All documents that the mode needs, one message each.</summary>
    public IReadOnlyList<CebMessage> Messages() =>
        Mode == "9610"
            ?
            [
                Message(Order()),
                Message(Payment()),
                Message(Waybill()),
                Message(List()),
                Message(InboundNote()),
            ]
            : [Message(Order()), Message(Payment()), Message(Waybill()), Message(List())];

    /// <summary>A message of documents of one type, transmitted by the company whose task that is.</summary>
    public static CebMessage Message(params CebDocument[] documents)
    {
        var first = documents[0];
        var sender = first.Type switch
        {
            CebType.Order => Platform,
            CebType.Payment => Payer,
            CebType.Waybill or CebType.WaybillStatus => Carrier,
            CebType.InboundNote => Site,
            CebType.DeclarationList => first[InventoryHead.AgentCode]!,
            CebType.Cancellation => first[InvtCancel.AgentCode]!,
            _ => first[InvtRefundHead.AgentCode]!,
        };
        return MessageFrom(sender, documents);
    }

    /// <summary>A message of a sender of one's choice.</summary>
    public static CebMessage MessageFrom(string sender, params CebDocument[] documents)
    {
        var guids = documents.Select(d => d[d.Schema.Head.Find("guid")!]!);
        return new CebMessage(
            documents[0].Type,
            UuidV5.Of(["sample-message", .. guids]),
            "1.0",
            [.. documents],
            new CebTransfer(sender, Names[sender], "DXP", $"DXPTEST0000000{sender[^2..]}")
        );
    }

    string Guid(string kind) =>
        UuidV5.Of(
            "sample",
            kind,
            OrderNo,
            Serial,
            AppType,
            Revision.ToString(CultureInfo.InvariantCulture),
            AppStatus
        );

    string Time(int minutes) => CebTime.Format(At + TimeSpan.FromMinutes(minutes + ((Revision - 1) * 60)));

    static string Yuan(long fen) => CebAmount.FromFen(fen);

    static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
