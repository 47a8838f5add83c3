using System.Text;
using ClearanceEngine.Ceb;
using ClearanceEngine.Simulator.Samples;

namespace ClearanceEngine.Tests;

/// <summary>Makes the bad bytes of a parcel that nobody else has; signs with the key of any participant.</summary>
delegate byte[] MakeBytes(SampleParcel parcel, Func<CebMessage, string, byte[]> sign);

/// <summary>One kind of bad input and what must come of it.</summary>
/// <param name="Name">As a sentence.</param>
/// <param name="Topic">Where it is put when it comes by Kafka.</param>
/// <param name="Bytes">The input.</param>
/// <param name="Code">The problem's code.</param>
sealed record BadInput(string Name, string Topic, MakeBytes Bytes, string Code)
{
    /// <summary>The field that the text must name; null where the fault is of the whole.</summary>
    public string? Field { get; init; }

    /// <summary>Reason of the dead letter that it becomes; null when it becomes none.</summary>
    public string? Letter { get; init; }

    /// <summary>Who gets a receipt; null when nobody can be told.</summary>
    public string? Told { get; init; }

    /// <summary>returnStatus of that receipt.</summary>
    public string Status { get; init; } = "-800001";

    /// <summary>True for what is never put on Kafka by the HTTP door: it is answered there, and that is its receipt.</summary>
    public bool AnsweredAtTheDoor { get; init; }

    /// <summary>HTTP's status for the whole message; 200 when its documents are answered one by one.</summary>
    public int Http { get; init; } = 400;

    /// <summary>What the HTTP door calls it, where it has a word of its own; else as intake does.</summary>
    public string? HttpCode { get; init; }

    /// <summary>False for what has no meaning at the HTTP door.</summary>
    public bool ByHttp { get; init; } = true;

    /// <summary>True when the refusal is recorded on the parcel, which it may begin.</summary>
    public bool OnParcel { get; init; }

    /// <summary>Good messages that come first.</summary>
    public Func<SampleParcel, Func<CebMessage, string, byte[]>, byte[][]> Before { get; init; } =
        (_, _) => [];
}

/// <summary>The bad inputs that the engine is known to stand.</summary>
static class BadInputCatalogue
{
    const string Orders = "declarations.order",
        Payments = "declarations.payment",
        Waybills = "declarations.waybill",
        Lists = "declarations.list",
        Receipts = "customs.receipts";

    /// <summary>Participants of the test's registry beyond the development set.</summary>
    public const string MustSign = "9999900018",
        Inactive = "9999900017";

    static readonly Encoding Latin1 = Encoding.Latin1;

    public static IReadOnlyList<BadInput> All { get; } =
    [.. Unreadable(), .. RefusedAsAWhole(), .. Documents(), .. WithoutAParcel(), .. OfCustoms()];

    static IEnumerable<BadInput> Unreadable()
    {
        const string Platform = SampleParcel.Platform;
        yield return Bytes("An empty message", "not-xml", (_, _) => []);
        yield return Bytes("A message cut in the middle", "not-xml", (p, _) => Xml(p.Order())[..600]);
        yield return Bytes(
            "Ends with the wrong tag, and its sender is known all the same",
            "not-xml",
            (p, _) => Edit(p.Order(), "</ceb:CEB311Message>", "</ceb:CEB411Message>"),
            told: Platform
        );
        yield return Bytes("Has a DTD", "dtd-forbidden", (p, _) =>
            [.. "<!DOCTYPE a [<!ELEMENT a ANY>]>"u8, .. Xml(p.Order())]
        );
        yield return Bytes("An entity bomb", "dtd-forbidden", (_, _) =>
            Utf8(
                "<!DOCTYPE l [<!ENTITY a \"lol\">"
                    + string.Concat(
                        Enumerable
                            .Range(0, 20)
                            .Select(i =>
                                $"<!ENTITY {(char)('b' + i)} \"&{(char)('a' + i)};&{(char)('a' + i)};&{(char)('a' + i)};\">"
                            )
                    )
                    + "]><l>&u;</l>"
            )
        );
        yield return Bytes("An entity that names a file", "dtd-forbidden", (_, _) =>
            Utf8("<!DOCTYPE l [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><l>&a;</l>")
        );
        yield return Bytes("An entity nobody declared", "not-xml", (p, _) =>
            Edit(p.Order(), "<ceb:orderNo>", "<ceb:orderNo>&nobody;")
        );
        yield return Bytes("Too large", "too-large", (_, _) => new byte[(4 * 1024 * 1024) + 1]) with
        {
            Http = 413,
        };
        yield return Bytes(
            "XML nested too deeply",
            "too-deep",
            (p, _) =>
                Edit(
                    p.Order(),
                    "</ceb:CEB311Message>",
                    $"<ceb:ExtendMessage><ceb:Message>{Repeat("<a>", 100_000)}{Repeat("</a>", 100_000)}</ceb:Message></ceb:ExtendMessage></ceb:CEB311Message>"
                ),
            "ExtendMessage",
            Platform
        );
        yield return Bytes(
            "An extension of very many elements",
            "too-many-elements",
            (p, _) =>
                Edit(
                    p.Order(),
                    "</ceb:CEB311Message>",
                    $"<ceb:ExtendMessage><ceb:Message>{Repeat("<a/>", 30_000)}</ceb:Message></ceb:ExtendMessage></ceb:CEB311Message>"
                ),
            "ExtendMessage",
            Platform
        );
        yield return Bytes(
            "A signature of very many elements",
            "too-many-elements",
            (p, _) =>
                Edit(
                    p.Order(),
                    "</ceb:CEB311Message>",
                    $"<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">{Repeat("<a/>", 30_000)}</ds:Signature></ceb:CEB311Message>"
                ),
            "Signature",
            Platform
        );
        yield return Bytes(
            "A signature nested too deeply",
            "too-deep",
            (p, _) =>
                Edit(
                    p.Order(),
                    "</ceb:CEB311Message>",
                    $"<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">{Repeat("<a>", 100_000)}{Repeat("</a>", 100_000)}</ds:Signature></ceb:CEB311Message>"
                ),
            "Signature",
            Platform
        );
        yield return Bytes(
            "An element of very many attributes",
            "too-many-attributes",
            (p, _) =>
                Edit(
                    p.Order(),
                    "<ceb:Order>",
                    $"<ceb:Order {string.Concat(Enumerable.Range(0, 5_000).Select(i => $"xmlns:n{i}='u' "))}>"
                ),
            "Order",
            Platform
        );
        yield return Bytes("JSON nested too deeply", "too-deep", (_, _) =>
            Utf8("{\"CEB311Message\":" + Repeat("[", 100_000))
        );
        yield return Bytes("Bytes in GBK", "wrong-encoding", (p, _) =>
            [.. Xml(p.Order()).AsSpan(0, 300), 0xB6, 0xA9, 0xB5, 0xA5, .. Xml(p.Order()).AsSpan(300)]
        );
        yield return Bytes("Says that it is GBK", "wrong-encoding", (p, _) =>
            [.. "<?xml version=\"1.0\" encoding=\"GBK\"?>"u8, .. Xml(p.Order())]
        );
        yield return Bytes("Says so behind very many blanks", "wrong-encoding", (p, _) =>
            [
                .. Utf8($"<?xml version=\"1.0\"{Repeat(" ", 1_000)}encoding=\"ISO-8859-1\"?>"),
                .. Xml(p.Order()),
            ]
        );
        yield return Bytes("Is UTF-16", "wrong-encoding", (p, _) =>
            [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(Latin1.GetString(Xml(p.Order())))]
        );
        yield return Bytes("JSON that is no UTF-8", "wrong-encoding", (p, _) =>
            [.. CebJson.Write(SampleParcel.Message(p.Order())).AsSpan(0, 100), 0xC0, 0x80, .. "\"}}"u8]
        );
        yield return Bytes(
            "A message that does not exist",
            "unknown-message",
            (p, _) => Edit(p.Order(), "CEB311Message", "CEB999Message"),
            "CEB999Message"
        );
        yield return Bytes(
            "A message of the export side",
            "unknown-message",
            (p, _) => Edit(p.Order(), "CEB311Message", "CEB303Message"),
            "CEB303Message"
        );
        yield return Bytes("A message in another namespace", "unknown-message", (p, _) =>
            Edit(p.Order(), "www.chinaport.gov.cn/ceb", "www.chinaport.gov.cn/dec")
        );
        yield return Bytes("A name of a megabyte", "unknown-message", (_, _) =>
            Utf8($"<{Repeat("a", 1_000_000)}/>")
        );
        yield return Bytes(
            "An element that the schema lacks",
            "unknown-element",
            (p, _) => Edit(p.Order(), "<ceb:orderNo>", "<ceb:ordrNo>x</ceb:ordrNo><ceb:orderNo>"),
            "ordrNo",
            Platform
        );
        yield return Bytes(
            "An element given twice",
            "duplicate-element",
            (p, _) => Edit(p.Order(), "<ceb:orderNo>", "<ceb:orderNo>x</ceb:orderNo><ceb:orderNo>"),
            "orderNo",
            Platform
        );
        yield return Bytes(
            "An element out of its order",
            "wrong-order",
            (p, _) =>
                Edit(
                    p.Order(),
                    "<ceb:ebpCode>",
                    "<ceb:appType>1</ceb:appType><ceb:ebpCode>",
                    ("<ceb:appType>1</ceb:appType><ceb:appTime>", "<ceb:appTime>")
                ),
            "appType",
            Platform
        );
        yield return Bytes(
            "An element without the namespace",
            "wrong-namespace",
            (p, _) => Edit(p.Order(), "<ceb:orderNo>", "<orderNo>x</orderNo><ceb:orderNo>"),
            "orderNo",
            Platform
        );
        yield return Bytes(
            "More documents than a message may carry",
            "too-many-documents",
            (p, _) => Xml([.. Enumerable.Repeat(p.Order(), 101)]),
            "Order",
            Platform
        ) with
        {
            Field = null,
        };
        yield return Bytes(
            "More lines than a document may carry",
            "too-many-lines",
            (p, _) => Xml(p.Order().WithLines(Enumerable.Repeat(0, 100))),
            "OrderList",
            Platform
        );
        yield return Bytes(
            "Names no sender",
            "transfer-missing",
            (p, _) => Edit(p.Order(), "<ceb:BaseTransfer>", "<!--", ("</ceb:BaseTransfer>", "-->")),
            "BaseTransfer"
        );
        yield return Bytes("Broken JSON", "not-json", (_, _) => "{\"CEB311Message\":{"u8.ToArray());
        yield return Bytes("A JSON array", "unknown-message", (_, _) => "[1,2]"u8.ToArray());
        yield return Bytes(
            "A JSON double",
            "not-a-number",
            (p, _) =>
                Json(
                    p.Order(),
                    $"\"acturalPaid\":\"{p.Order()[OrderHead.ActuralPaid]}\"",
                    "\"acturalPaid\":4.4913e2"
                ),
            "acturalPaid",
            Platform
        );
        yield return Bytes(
            "A JSON object where a text should be",
            "wrong-type",
            (p, _) => Json(p.Order(), "\"currency\":\"142\"", "\"currency\":{}"),
            "currency",
            Platform
        );
        yield return Bytes("A JSON text with half a character", "forbidden-character", (p, _) =>
            Json(p.Order(), "\"currency\":\"142\"", "\"currency\":\"\\ud800\"")
        );
        yield return Bytes(
            "A JSON text with a character that XML forbids",
            "forbidden-character",
            (p, _) => Json(p.Order(), "\"orderNo\":\"", "\"orderNo\":\"\\u0001"),
            "orderNo",
            Platform
        );
        yield return Bytes("A receipt among declarations", "not-a-declaration", (_, _) =>
            CebWriter.Write(
                new CebMessage(
                    CebType.OrderReceipt,
                    Guid.NewGuid().ToString(),
                    "1.0",
                    [CebDocument.Create(CebType.OrderReceipt, (OrderReturn.OrderNo, "1"))]
                )
            )
        );
    }

    static IEnumerable<BadInput> RefusedAsAWhole()
    {
        yield return Whole(
            "On the wrong topic",
            Orders,
            "wrong-topic",
            (p, _) => Xml(p.Payment()),
            null,
            SampleParcel.Payer,
            "-401009"
        ) with
        {
            ByHttp = false,
        };
        yield return Whole(
            "From a company that is not registered",
            Orders,
            "sender-unknown",
            (p, _) => From("1234567890", p.Order()),
            "copCode"
        ) with
        {
            AnsweredAtTheDoor = true,
            Http = 403,
            HttpCode = "not-your-company",
        };
        yield return Whole(
            "From a company with a name of a megabyte",
            Orders,
            "sender-unknown",
            (p, _) => From(Repeat("9", 1_000_000), p.Order()),
            "copCode"
        ) with
        {
            AnsweredAtTheDoor = true,
            Http = 403,
            HttpCode = "not-your-company",
        };
        yield return Whole(
            "From a company that is not active",
            Orders,
            "sender-inactive",
            (p, _) => From(Inactive, p.Order()),
            "copCode"
        );
        yield return Whole(
            "With the exchange id of another",
            Orders,
            "dxp-id-differs",
            (p, _) => Edit(p.Order(), "DXPTEST000000001", "DXPTEST000000002"),
            "dxpId",
            SampleParcel.Platform,
            "-301008"
        );
        yield return Whole(
            "With a short guid",
            Orders,
            "field-too-short",
            (p, _) => CebWriter.Write(SampleParcel.Message(p.Order()) with { Guid = "1" }),
            "guid",
            SampleParcel.Platform,
            "-301008"
        );
        yield return Whole(
            "Unsigned from a company that must sign",
            Orders,
            "signature-missing",
            (p, _) => From(MustSign, p.Order()),
            "ds:Signature",
            MustSign,
            "-301008"
        );
        yield return Whole(
            "Tampered after signing",
            Lists,
            "signature-invalid",
            (p, sign) =>
                Replace(
                    sign(SampleParcel.Message(p.List()), SampleParcel.Warehouse),
                    "<ceb:netWeight>1.88<",
                    "<ceb:netWeight>1.87<"
                ),
            "ds:Signature",
            SampleParcel.Warehouse,
            "-621029"
        );
        yield return Whole(
            "With the signature of another message",
            Waybills,
            "signature-invalid",
            (p, sign) =>
                Graft(
                    sign(
                        SampleParcel.Message((p with { OrderNo = "OTHER" }).Waybill()),
                        SampleParcel.Carrier
                    ),
                    Xml(p.Waybill())
                ),
            "ds:Signature",
            SampleParcel.Carrier,
            "-504011"
        );
        yield return Whole(
            "With a signature that is no base64",
            Waybills,
            "signature-invalid",
            (p, sign) =>
                Replace(
                    sign(SampleParcel.Message(p.Waybill()), SampleParcel.Carrier),
                    "<ds:SignatureValue>",
                    "<ds:SignatureValue>!"
                ),
            "ds:Signature",
            SampleParcel.Carrier,
            "-504011"
        );
        yield return Whole(
            "With a list in place of the signature's value",
            Lists,
            "signature-invalid",
            (p, sign) =>
                Replace(
                    sign(SampleParcel.Message(p.List()), SampleParcel.Warehouse),
                    "<ds:SignatureValue>",
                    $"<ds:SignatureValue>{Inner(p.List())}"
                ),
            "ds:Signature",
            SampleParcel.Warehouse,
            "-621029"
        );
        yield return Whole(
            "With an empty signature",
            Lists,
            "signature-invalid",
            (p, _) =>
                Edit(
                    p.List(),
                    "</ceb:CEB621Message>",
                    "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"/></ceb:CEB621Message>"
                ),
            "ds:Signature",
            SampleParcel.Warehouse,
            "-621029"
        );
        yield return Whole(
            "Signed with the certificate of another company",
            Waybills,
            "certificate-foreign",
            (p, sign) => sign(SampleParcel.Message(p.Waybill()), SampleParcel.Payer),
            null,
            SampleParcel.Carrier,
            "-504011"
        );
    }

    static IEnumerable<BadInput> Documents()
    {
        const string Platform = SampleParcel.Platform,
            Payer = SampleParcel.Payer,
            Warehouse = SampleParcel.Warehouse;
        yield return Order("An id number with a wrong check digit", "id-number-wrong", "buyerIdNumber", o =>
            o.With(OrderHead.BuyerIdNumber, WrongDigit(o[OrderHead.BuyerIdNumber]!))
        );
        yield return Order("An amount paid that does not add up", "paid-amount-wrong", "acturalPaid", o =>
            o.With(OrderHead.ActuralPaid, "1.00")
        );
        yield return Order(
            "A value of goods that is not the sum of its lines",
            "goods-value-wrong",
            "goodsValue",
            o => Amounts(o, "1.00")
        );
        yield return Order("A line that does not add up", "line-total-wrong", "totalPrice", o =>
            Remake(o, (OrderList.Qty, "3"))
        );
        yield return Order("An amount beyond what money goes", "not-a-number", "goodsValue", o =>
            o.With(OrderHead.GoodsValue, "999999999999999")
        );
        yield return Order("A price that a product would overflow", "not-a-number", "price", o =>
            Remake(o, (OrderList.Price, "9999999999999999999"), (OrderList.Qty, "9999999999999999999"))
        );
        yield return Order("The largest numbers there are", "line-total-wrong", "totalPrice", o =>
            Remake(
                Amounts(o, "99999999999999.99999"),
                (OrderList.Price, "99999999999999.99999"),
                (OrderList.Qty, "99999999999999.99999"),
                (OrderList.TotalPrice, "99999999999999.99999")
            )
        );
        yield return Order("A number with forty digits behind the point", "not-a-number", "freight", o =>
            o.With(OrderHead.Freight, "0.3000000000000000444089209850062616169453")
        );
        yield return Order("A negative amount", "negative-number", "discount", o =>
            o.With(OrderHead.Discount, "-1")
        );
        yield return Order("A time in the first hour of the first year", "not-a-time", "appTime", o =>
            o.With(OrderHead.AppTime, "00010101000000")
        );
        yield return Order("The thirtieth of February", "not-a-time", "appTime", o =>
            o.With(OrderHead.AppTime, "20260230000000")
        );
        yield return Order("A time at the end of the century", "app-time-ahead", "appTime", o =>
            o.With(OrderHead.AppTime, "20991231000000")
        );
        yield return Order("A name that is too long", "field-too-long", "buyerName", o =>
            o.With(OrderHead.BuyerName, Repeat("虚", 61))
        );
        yield return Order("A note of two megabytes", "field-too-long", "note", o =>
            o.With(OrderHead.Note, Repeat("x", 2_000_000))
        );
        yield return Order("A merchant's code of two megabytes", "field-too-long", "ebcCode", o =>
            o.With(OrderHead.EbcCode, Repeat("9", 2_000_000))
        );
        yield return Order(
            "A code that ends in half of a character when cut",
            "field-too-long",
            "ebcCode",
            o => o.With(OrderHead.EbcCode, "1" + Repeat("𠮷", 40))
        );
        yield return Order("No lines", "no-lines", "OrderList", o => o.WithLines([])) with
        {
            Status = "-301001",
        };
        yield return Order("Two lines of one number", "line-number-repeated", "gnum", o =>
            o.WithLines([0, 0])
        ) with
        {
            Status = "-301002",
        };
        yield return Order("Ninety-nine empty lines", "field-missing", "gnum", o => EmptyLines(o, 99));
        yield return Document(
            "A payment in dollars",
            Payments,
            "value-not-allowed",
            "currency",
            (p, _) => Xml(p.Payment().With(PaymentHead.Currency, "840")),
            Payer,
            "-401009"
        );
        yield return Document(
            "A payment that speaks for another company",
            Payments,
            "speaks-for-another",
            "payCode",
            (p, _) => Xml(p.Payment().With(PaymentHead.PayCode, SampleParcel.Carrier)),
            Payer,
            "-401009"
        );
        yield return Document(
            "An order from a payment company",
            Orders,
            "sender-not-entitled",
            "copCode",
            (p, _) => CebWriter.Write(SampleParcel.MessageFrom(Payer, p.Order())),
            Payer,
            "-301008"
        );
        yield return Document(
            "A list from a company that may not declare it",
            Lists,
            "sender-not-entitled",
            "copCode",
            (p, _) => CebWriter.Write(SampleParcel.MessageFrom(SampleParcel.Merchant, p.List())),
            SampleParcel.Merchant,
            "-621016"
        );
        yield return Document(
            "A list with a day of arrival that is none",
            Lists,
            "not-a-date",
            "ieDate",
            (p, _) => Xml(p.List().With(InventoryHead.IeDate, "20261301")),
            Warehouse,
            "-621001"
        );
        yield return Document(
            "A bonded list without its account book",
            Lists,
            "required-in-mode",
            "emsNo",
            (p, _) => Xml(p.List().With(InventoryHead.EmsNo, null)),
            Warehouse,
            "-621001"
        );
        yield return Document(
            "A direct list without its flight",
            Lists,
            "required-in-mode",
            "voyageNo",
            (p, _) => Xml((p with { Mode = "9610" }).List().With(InventoryHead.VoyageNo, null)),
            SampleParcel.Carrier,
            "-621001"
        );
        yield return Document(
            "A mode that does not exist",
            Lists,
            "value-not-allowed",
            "tradeMode",
            (p, _) => Xml(p.List().With(InventoryHead.TradeMode, "1234")),
            Warehouse,
            "-621001"
        );
        yield return Document(
            "A customs district that is not activated",
            Lists,
            "customs-not-activated",
            "customsCode",
            (p, _) => Xml(p.List().With(InventoryHead.CustomsCode, "0001")),
            Warehouse,
            "-621016"
        );
        yield return Document(
            "A guarantor who is nobody",
            Lists,
            "guarantor-wrong",
            "assureCode",
            (p, _) => Xml(p.List().With(InventoryHead.AssureCode, Payer)),
            Warehouse,
            "-621001"
        );
        yield return Document(
            "A cancellation of a list that is not there",
            "declarations.cancel",
            "list-not-found",
            null,
            (p, _) => Xml(p.Cancellation("99992026I000000001")),
            Warehouse,
            "-623003"
        );
        yield return Document(
            "A return of a list that is not there",
            "declarations.return",
            "list-not-found",
            null,
            (p, _) => Xml(p.Return("99992026I000000001", (1, 1))),
            Warehouse,
            "-625204"
        );
        yield return Order("A guid that was used for other content", "guid-reused", "guid", o =>
            o.With(OrderHead.BuyerRegNo, "another")
        ) with
        {
            Status = "-301010",
            Before = (p, _) => [Xml(p.Order())],
        };
        yield return Document(
            "Two documents of one guid in a message",
            Orders,
            "guid-repeated",
            "guid",
            (p, _) => Xml(p.Order(), p.Order()),
            Platform,
            "-301008"
        );
        yield return Document(
            "A double in JSON that has lost its decimals",
            Orders,
            "not-a-number",
            "freight",
            (p, _) => Json(p.Order(), "\"freight\":\"10.00\"", "\"freight\":0.30000000000000004"),
            Platform,
            "-301008"
        );
    }

    static IEnumerable<BadInput> WithoutAParcel()
    {
        const string Platform = SampleParcel.Platform,
            Carrier = SampleParcel.Carrier;
        yield return Keyless("An order without its number", "field-missing", "orderNo", (p, _) =>
            Xml(p.Order().With(OrderHead.OrderNo, null))
        );
        yield return Keyless("An order with an empty number", "field-missing", "orderNo", (p, _) =>
            Xml(p.Order().With(OrderHead.OrderNo, ""))
        );
        yield return Keyless("An order number that is too long", "field-too-long", "orderNo", (p, _) =>
            Xml(p.Order().With(OrderHead.OrderNo, Repeat("9", 61)))
        );
        yield return Keyless(
            "An order number cut into very many pieces by comments",
            "field-too-long",
            "orderNo",
            (p, _) => Edit(p.Order(), "<ceb:orderNo>", $"<ceb:orderNo>{Repeat("9<!---->", 400_000)}")
        );
        yield return Keyless("An order without its platform", "field-missing", "ebpCode", (p, _) =>
            Xml(p.Order().With(OrderHead.EbpCode, null))
        );
        yield return Keyless("A waybill without its number", "field-missing", "logisticsNo", (p, _) =>
            Xml(p.Waybill().With(LogisticsHead.LogisticsNo, null))
        ) with
        {
            Topic = Waybills,
            Told = Carrier,
            Status = "-504011",
        };
        // What knows only a waybill and is wrong by itself has nothing to wait for.
        yield return Document(
            "A waybill without its order's number",
            Waybills,
            "field-missing",
            "orderNo",
            (p, _) => Xml(p.Waybill().With(LogisticsHead.OrderNo, null)),
            Carrier,
            "-504011"
        ) with
        {
            OnParcel = false,
        };
        yield return Document(
            "A waybill of two packs before its order",
            Waybills,
            "more-than-one-pack",
            "packNo",
            (p, _) => Xml(p.Waybill().With(LogisticsHead.PackNo, "2")),
            Carrier,
            "-504011"
        ) with
        {
            OnParcel = false,
        };
        yield return Document(
            "Another signed message under a guid that was used",
            Waybills,
            "guid-reused",
            "guid",
            (p, sign) =>
                sign(
                    SampleParcel.Message(p.Waybill()) with
                    {
                        Subscriptions = [new CebSubscription("RET", "DXP", "D1")],
                    },
                    Carrier
                ),
            Carrier,
            "-504015"
        ) with
        {
            OnParcel = false,
            Before = (p, sign) => [sign(SampleParcel.Message(p.Waybill()), Carrier)],
        };

        BadInput Keyless(string name, string code, string field, MakeBytes bytes) =>
            Document(name, Orders, code, field, bytes, Platform, "-301008") with
            {
                Letter = "key-unreadable",
                OnParcel = false,
            };
    }

    static IEnumerable<BadInput> OfCustoms()
    {
        yield return OfCustoms("Nonsense among the receipts of customs", "not-xml", (_, _) =>
            "nonsense"u8.ToArray()
        );
        yield return OfCustoms("A receipt that names no document", "key-unreadable", (_, _) =>
            Receipt(CebDocument.Create(CebType.DeclarationListReceipt, (InventoryReturn.ReturnStatus, "800")))
        );
        yield return OfCustoms(
            "A format error of a message that nobody sent",
            "message-unknown",
            (_, _) => Receipt(CebDocument.Create(CebType.FormatError, (MessageReturn.OriCopMsgId, "nobody"))),
            "oriCopMsgId"
        );

        static BadInput OfCustoms(string name, string code, MakeBytes bytes, string? field = null) =>
            new(name, Receipts, bytes, code)
            {
                Letter = code,
                Field = field,
                ByHttp = false,
            };
        static byte[] Receipt(CebDocument document) =>
            CebWriter.Write(new CebMessage(document.Type, Guid.NewGuid().ToString(), "1.0", [document]));
    }

    static BadInput Bytes(
        string name,
        string code,
        MakeBytes bytes,
        string? field = null,
        string? told = null
    ) =>
        new(name, Orders, bytes, code)
        {
            Letter = code,
            Field = field,
            Told = told,
            AnsweredAtTheDoor = true,
        };

    static BadInput Whole(
        string name,
        string topic,
        string code,
        MakeBytes bytes,
        string? field = null,
        string? told = null,
        string status = ""
    ) =>
        new(name, topic, bytes, code)
        {
            Letter = code,
            Field = field,
            Told = told,
            Status = status,
        };

    static BadInput Document(
        string name,
        string topic,
        string code,
        string? field,
        MakeBytes bytes,
        string told,
        string status
    ) =>
        new(name, topic, bytes, code)
        {
            Field = field,
            Told = told,
            Status = status,
            Http = 200,
            OnParcel = true,
        };

    static BadInput Order(string name, string code, string field, Func<CebDocument, CebDocument> spoil) =>
        Document(
            name,
            Orders,
            code,
            field,
            (p, _) => Xml(spoil(p.Order())),
            SampleParcel.Platform,
            "-301008"
        );

    static byte[] Xml(params CebDocument[] documents) => CebWriter.Write(SampleParcel.Message(documents));

    static byte[] From(string sender, CebDocument document)
    {
        var message = SampleParcel.Message(document);
        return CebWriter.Write(
            message with
            {
                Transfer = message.Transfer! with
                {
                    CopCode = sender,
                    DxpId = "DXPTEST0000000" + sender[^2..],
                },
            }
        );
    }

    static byte[] Edit(CebDocument document, string from, string to, params (string From, string To)[] more)
    {
        var bytes = Replace(Xml(document), from, to);
        foreach (var (a, b) in more)
            bytes = Replace(bytes, a, b);
        return bytes;
    }

    static byte[] Json(CebDocument document, string from, string to) =>
        Replace(CebJson.Write(SampleParcel.Message(document)), from, to);

    static byte[] Replace(byte[] bytes, string from, string to)
    {
        var text = Encoding.UTF8.GetString(bytes);
        return text.Contains(from, StringComparison.Ordinal)
            ? Utf8(text.Replace(from, to, StringComparison.Ordinal))
            : throw new ArgumentException($"There is no {from} in {text}.", nameof(from));
    }

    /// <summary>The signature of one message in another.</summary>
    static byte[] Graft(byte[] signed, byte[] other)
    {
        var text = Encoding.UTF8.GetString(signed);
        var start = text.IndexOf("<ds:Signature ", StringComparison.Ordinal);
        return Replace(other, "</ceb:CEB511Message>", text[start..]);
    }

    /// <summary>The document as it stands within its message.</summary>
    static string Inner(CebDocument document)
    {
        var text = Encoding.UTF8.GetString(Xml(document));
        var start = text.IndexOf("<ceb:Inventory>", StringComparison.Ordinal);
        return text[
            start..(text.IndexOf("</ceb:Inventory>", StringComparison.Ordinal) + "</ceb:Inventory>".Length)
        ];
    }

    /// <summary>All sums of the head right for this value of goods.</summary>
    static CebDocument Amounts(CebDocument order, string goods) =>
        order
            .With(OrderHead.GoodsValue, goods)
            .With(OrderHead.Freight, "0")
            .With(OrderHead.TaxTotal, "0")
            .With(OrderHead.ActuralPaid, goods);

    /// <summary>The order with its first line only, and that changed.</summary>
    static CebDocument Remake(CebDocument order, params (CebField Field, string? Value)[] line) =>
        order
            .WithLines([])
            .AddLine([
                .. OrderList.Entity.Fields.Select(f =>
                    (f, line.Any(l => l.Field == f) ? line.First(l => l.Field == f).Value : order[0, f])
                ),
            ]);

    static CebDocument EmptyLines(CebDocument order, int count)
    {
        order = order.WithLines([]);
        for (var i = 0; i < count; i++)
            order = order.AddLine();
        return order;
    }

    static string WrongDigit(string id) => id[..17] + (id[17] == '1' ? '2' : '1');

    static string Repeat(string text, int count) =>
        new StringBuilder(text.Length * count).Insert(0, text, count).ToString();

    static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
