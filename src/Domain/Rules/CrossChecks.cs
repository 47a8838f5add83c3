using System.Collections.Frozen;
using System.Collections.Immutable;
using ClearanceEngine.Ceb;
using ClearanceEngine.Participants;

namespace ClearanceEngine.Rules;

/// <summary>The documents of a parcel that are there.</summary>
public readonly record struct ParcelDocuments(
    CebDocument? Order,
    CebDocument? Payment,
    CebDocument? Waybill,
    CebDocument? List
);

/// <summary>One check between documents: adds what is wrong, and nothing as long as a document that it compares is not there.</summary>
public delegate void CrossCheck(
    List<Problem> problems,
    ParcelDocuments documents,
    CustomsPortOptions customsPort
);

/// <summary>
/// The checks between documents (SPEC22; 194号 articles 8, 9), each with its own code. A check runs as soon as both its
/// documents are there; the problem names the document that would have to change, by the rule that the later step
/// follows the earlier one (payment and waybill follow the order, the list follows all).
/// </summary>
public static class CrossChecks
{
    /// <summary>The document of which a problem's text quotes a value beside that of the document that it is about.</summary>
    static readonly FrozenDictionary<ProblemCode, DocumentType> Quoted = new Dictionary<
        ProblemCode,
        DocumentType
    >
    {
        [ProblemCode.AmountPaidDiffers] = DocumentType.Order,
        [ProblemCode.PayCodeDiffers] = DocumentType.Order,
        [ProblemCode.PayTransactionDiffers] = DocumentType.Order,
        [ProblemCode.ConsigneeDiffers] = DocumentType.Order,
        [ProblemCode.ConsigneeTelephoneDiffers] = DocumentType.Order,
        [ProblemCode.ConsigneeAddressDiffers] = DocumentType.Order,
        [ProblemCode.OrderNamesOtherWaybill] = DocumentType.Order,
        [ProblemCode.OrderNamesOtherCarrier] = DocumentType.Order,
        [ProblemCode.MerchantDiffers] = DocumentType.Order,
        [ProblemCode.BuyerNameDiffers] = DocumentType.Order,
        [ProblemCode.BuyerTelephoneDiffers] = DocumentType.Order,
        [ProblemCode.ListAddressDiffers] = DocumentType.Order,
        [ProblemCode.OrderLineNotListed] = DocumentType.Order,
        [ProblemCode.GoodsNameDiffers] = DocumentType.Order,
        [ProblemCode.QuantityDiffers] = DocumentType.Order,
        [ProblemCode.LinePriceDiffers] = DocumentType.Order,
        [ProblemCode.ListNamesOtherWaybill] = DocumentType.Waybill,
        [ProblemCode.ListNamesOtherCarrier] = DocumentType.Waybill,
        [ProblemCode.FreightDiffers] = DocumentType.Waybill,
        [ProblemCode.InsuranceDiffers] = DocumentType.Waybill,
        [ProblemCode.WaybillOfAnotherOrder] = DocumentType.DeclarationList,
    }.ToFrozenDictionary();

    /// <summary>In the order in which their problems are told.</summary>
    public static ImmutableArray<CrossCheck> All { get; } =
    [OrderAndPayment, OrderAndWaybill, OrderAndList, WaybillAndList, Subjects];

    /// <summary>Whose value the text of such a problem quotes, beside that of its own document; null when it quotes no other's.</summary>
    public static DocumentType? QuotedBy(ProblemCode code) =>
        Quoted.TryGetValue(code, out var document) ? document : null;

    /// <summary>What is wrong between the documents that are there, by all checks.</summary>
    public static IReadOnlyList<Problem> Check(ParcelDocuments documents, CustomsPortOptions customsPort) =>
        Check(documents, customsPort, All);

    /// <summary>The same by these checks.</summary>
    public static IReadOnlyList<Problem> Check(
        ParcelDocuments documents,
        CustomsPortOptions customsPort,
        ImmutableArray<CrossCheck> checks
    )
    {
        var problems = new List<Problem>();
        foreach (var check in checks)
            check(problems, documents, customsPort);
        return problems;
    }

    static void OrderAndPayment(
        List<Problem> problems,
        ParcelDocuments documents,
        CustomsPortOptions customsPort
    )
    {
        if (documents is not { Order: { } order, Payment: { } payment })
            return;
        if (CebAmount.Of(order[OrderHead.ActuralPaid]) != CebAmount.Of(payment[PaymentHead.AmountPaid]))
            problems.Add(
                Differs(
                    ProblemCode.AmountPaidDiffers,
                    DocumentType.Payment,
                    PaymentHead.AmountPaid,
                    payment,
                    "订单实际支付金额",
                    "order's acturalPaid",
                    order[OrderHead.ActuralPaid]
                )
            );
        Same(
            problems,
            ProblemCode.PayCodeDiffers,
            DocumentType.Payment,
            PaymentHead.PayCode,
            payment,
            order,
            OrderHead.PayCode,
            optional: true
        );
        Same(
            problems,
            ProblemCode.PayTransactionDiffers,
            DocumentType.Payment,
            PaymentHead.PayTransactionId,
            payment,
            order,
            OrderHead.PayTransactionId,
            optional: true
        );
        if (
            customsPort.PayerIsBuyer
            && !SamePerson(order[OrderHead.BuyerIdNumber], payment[PaymentHead.PayerIdNumber])
        )
            problems.Add(
                new Problem(
                    ProblemCode.PayerIsNotBuyer,
                    DocumentType.Payment,
                    null,
                    "payerIdNumber",
                    "支付人与订购人证件号码不一致，未核验身份的订购人须本人支付。The payer is not the buyer; a buyer whose identity was not verified must pay in person."
                )
            );
        if (customsPort.PayerIsBuyer)
            PayerName(problems, order, payment, customsPort);
    }

    /// <summary>Payer and platform write a name each by itself: the names are not told to each other, but where they differ is.</summary>
    static void PayerName(
        List<Problem> problems,
        CebDocument order,
        CebDocument payment,
        CustomsPortOptions customsPort
    )
    {
        var payer = payment[PaymentHead.PayerName];
        var buyer = order[OrderHead.BuyerName];
        if (PersonNames.Same(payer, buyer, customsPort.LookAlikeNames))
            return;
        var (chinese, english) = PersonNames.Difference(payer, buyer);
        problems.Add(
            new Problem(
                ProblemCode.PayerNameDiffers,
                DocumentType.Payment,
                null,
                "payerName",
                $"支付人姓名（payerName）与订购人姓名不一致，{chinese}，请更正其一。payerName is not the order's buyerName ({english}); correct one of them."
            )
        );
    }

    static void OrderAndWaybill(
        List<Problem> problems,
        ParcelDocuments documents,
        CustomsPortOptions customsPort
    )
    {
        if (documents is not { Order: { } order, Waybill: { } waybill })
            return;
        SameName(
            problems,
            ProblemCode.ConsigneeDiffers,
            DocumentType.Waybill,
            LogisticsHead.Consignee,
            waybill,
            order,
            OrderHead.Consignee,
            customsPort
        );
        Same(
            problems,
            ProblemCode.ConsigneeTelephoneDiffers,
            DocumentType.Waybill,
            LogisticsHead.ConsigneeTelephone,
            waybill,
            order,
            OrderHead.ConsigneeTelephone
        );
        Same(
            problems,
            ProblemCode.ConsigneeAddressDiffers,
            DocumentType.Waybill,
            LogisticsHead.ConsigneeAddress,
            waybill,
            order,
            OrderHead.ConsigneeAddress
        );
        if (order[OrderHead.LogisticsNo] is { Length: > 0 })
        {
            Same(
                problems,
                ProblemCode.OrderNamesOtherWaybill,
                DocumentType.Waybill,
                LogisticsHead.LogisticsNo,
                waybill,
                order,
                OrderHead.LogisticsNo
            );
            Same(
                problems,
                ProblemCode.OrderNamesOtherCarrier,
                DocumentType.Waybill,
                LogisticsHead.LogisticsCode,
                waybill,
                order,
                OrderHead.LogisticsCode,
                optional: true
            );
        }
    }

    static void OrderAndList(
        List<Problem> problems,
        ParcelDocuments documents,
        CustomsPortOptions customsPort
    )
    {
        if (documents is not { Order: { } order, List: { } list })
            return;
        Same(
            problems,
            ProblemCode.MerchantDiffers,
            DocumentType.DeclarationList,
            InventoryHead.EbcCode,
            list,
            order,
            OrderHead.EbcCode
        );
        SameName(
            problems,
            ProblemCode.BuyerNameDiffers,
            DocumentType.DeclarationList,
            InventoryHead.BuyerName,
            list,
            order,
            OrderHead.BuyerName,
            customsPort
        );
        Same(
            problems,
            ProblemCode.BuyerTelephoneDiffers,
            DocumentType.DeclarationList,
            InventoryHead.BuyerTelephone,
            list,
            order,
            OrderHead.BuyerTelephone
        );
        if (!SamePerson(order[OrderHead.BuyerIdNumber], list[InventoryHead.BuyerIdNumber]))
            problems.Add(
                new Problem(
                    ProblemCode.BuyerDiffers,
                    DocumentType.DeclarationList,
                    null,
                    "buyerIdNumber",
                    "清单订购人证件号码与订单不一致。buyerIdNumber of the list is not that of the order; correct one of them."
                )
            );
        Same(
            problems,
            ProblemCode.ListAddressDiffers,
            DocumentType.DeclarationList,
            InventoryHead.ConsigneeAddress,
            list,
            order,
            OrderHead.ConsigneeAddress
        );
        Lines(problems, order, list);
    }

    /// <summary>Line by line, by their numbers.</summary>
    static void Lines(List<Problem> problems, CebDocument order, CebDocument list)
    {
        var byNumber = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < order.LineCount; i++)
            byNumber[(order[i, OrderList.Gnum] ?? "").TrimStart('0')] = i;
        for (var i = 0; i < list.LineCount; i++)
        {
            var number = (list[i, InventoryList.Gnum] ?? "").TrimStart('0');
            if (!byNumber.Remove(number, out var line))
            {
                problems.Add(
                    new Problem(
                        ProblemCode.LineWithoutOrderLine,
                        DocumentType.DeclarationList,
                        i + 1,
                        "gnum",
                        $"清单第 {i + 1} 行（gnum={number}）在订单中没有对应行。Line gnum {number} of the list has no line of that number in the order; pair them one to one."
                    )
                );
                continue;
            }
            Line(problems, order, line, list, i);
        }
        foreach (var number in byNumber.Keys.Order(StringComparer.Ordinal))
            problems.Add(
                new Problem(
                    ProblemCode.OrderLineNotListed,
                    DocumentType.DeclarationList,
                    null,
                    "gnum",
                    $"订单行 gnum={number} 未列入清单。Order line gnum {number} is not in the list; pair them one to one."
                )
            );
    }

    static void Line(List<Problem> problems, CebDocument order, int line, CebDocument list, int i)
    {
        if (list[i, InventoryList.Gname] != order[line, OrderList.ItemName])
            problems.Add(
                LineDiffers(
                    ProblemCode.GoodsNameDiffers,
                    i,
                    "gname",
                    list[i, InventoryList.Gname],
                    order[line, OrderList.ItemName]
                )
            );
        if (CebAmount.Of(list[i, InventoryList.Qty]) != CebAmount.Of(order[line, OrderList.Qty]))
            problems.Add(
                LineDiffers(
                    ProblemCode.QuantityDiffers,
                    i,
                    "qty",
                    list[i, InventoryList.Qty],
                    order[line, OrderList.Qty]
                )
            );
        if (
            CebAmount.Of(list[i, InventoryList.TotalPrice]) != CebAmount.Of(order[line, OrderList.TotalPrice])
        )
            problems.Add(
                LineDiffers(
                    ProblemCode.LinePriceDiffers,
                    i,
                    "totalPrice",
                    list[i, InventoryList.TotalPrice],
                    order[line, OrderList.TotalPrice]
                )
            );
    }

    static void WaybillAndList(
        List<Problem> problems,
        ParcelDocuments documents,
        CustomsPortOptions customsPort
    )
    {
        if (documents is not { Waybill: { } waybill, List: { } list })
            return;
        Same(
            problems,
            ProblemCode.ListNamesOtherWaybill,
            DocumentType.DeclarationList,
            InventoryHead.LogisticsNo,
            list,
            waybill,
            LogisticsHead.LogisticsNo
        );
        Same(
            problems,
            ProblemCode.ListNamesOtherCarrier,
            DocumentType.DeclarationList,
            InventoryHead.LogisticsCode,
            list,
            waybill,
            LogisticsHead.LogisticsCode
        );
        if (waybill[LogisticsHead.OrderNo] != list[InventoryHead.OrderNo])
            problems.Add(
                Differs(
                    ProblemCode.WaybillOfAnotherOrder,
                    DocumentType.Waybill,
                    LogisticsHead.OrderNo,
                    waybill,
                    "清单订单编号",
                    "list's orderNo",
                    list[InventoryHead.OrderNo]
                )
            );
        SameAmount(
            problems,
            ProblemCode.FreightDiffers,
            InventoryHead.Freight,
            list,
            waybill,
            LogisticsHead.Freight
        );
        SameAmount(
            problems,
            ProblemCode.InsuranceDiffers,
            InventoryHead.InsuredFee,
            list,
            waybill,
            LogisticsHead.InsuredFee
        );
    }

    /// <summary>
    /// Different subjects (seed 六.2 note 2 for 9610: three; 六.3 note 2 for 1210: four), compared by the role codes in the
    /// documents, not by who transmitted them.
    /// </summary>
    static void Subjects(List<Problem> problems, ParcelDocuments documents, CustomsPortOptions customsPort)
    {
        if (documents is not { Order: { } order, Payment: { } payment, Waybill: { } waybill, List: { } list })
            return;
        var rule =
            list[InventoryHead.TradeMode] == "1210" ? customsPort.BondedSubjects : customsPort.DirectSubjects;
        if (rule == DifferentSubjects.Off)
            return;
        string?[] traders = [order[OrderHead.EbpCode], order[OrderHead.EbcCode]];
        var pay = payment[PaymentHead.PayCode];
        var carrier = waybill[LogisticsHead.LogisticsCode];
        var agent = list[InventoryHead.AgentCode];
        if (traders.Contains(pay))
            Add(
                DocumentType.Payment,
                "payCode",
                "支付企业与电商企业（平台）",
                "payment company and platform or merchant"
            );
        if (traders.Contains(carrier))
            Add(
                DocumentType.Waybill,
                "logisticsCode",
                "物流企业与电商企业（平台）",
                "logistics company and platform or merchant"
            );
        if (pay == carrier)
            Add(
                DocumentType.Waybill,
                "logisticsCode",
                "物流企业与支付企业",
                "logistics company and payment company"
            );
        if (rule == DifferentSubjects.Four && (traders.Contains(agent) || agent == pay || agent == carrier))
            Add(
                DocumentType.DeclarationList,
                "agentCode",
                "清单申报单位与其他单证企业",
                "declarant and the company of another document"
            );

        void Add(DocumentType type, string field, string chinese, string english) =>
            problems.Add(
                new Problem(
                    ProblemCode.SameSubject,
                    type,
                    null,
                    field,
                    $"{chinese}为同一主体，本口岸要求{(rule == DifferentSubjects.Four ? "四" : "三")}单不同主体。The {english} are the same; this port wants {(rule == DifferentSubjects.Four ? "four" : "three")} different companies."
                )
            );
    }

    static bool SamePerson(string? a, string? b) =>
        a is not null && b is not null && ResidentId.Normalise(a) == ResidentId.Normalise(b);

    static void Same(
        List<Problem> problems,
        ProblemCode code,
        DocumentType type,
        CebField field,
        CebDocument document,
        CebDocument other,
        CebField otherField,
        bool optional = false
    )
    {
        var expected = other[otherField];
        if (optional && string.IsNullOrEmpty(expected))
            return;
        if (document[field] != expected)
            problems.Add(
                Differs(
                    code,
                    type,
                    field,
                    document,
                    $"{DocumentTypes.OfMessage(other.Type)?.Chinese()}{otherField.Label}",
                    $"{DocumentTypes.OfMessage(other.Type)?.Name()}'s {otherField.Name}",
                    expected
                )
            );
    }

    static void SameName(
        List<Problem> problems,
        ProblemCode code,
        DocumentType type,
        CebField field,
        CebDocument document,
        CebDocument other,
        CebField otherField,
        CustomsPortOptions customsPort
    )
    {
        if (PersonNames.Same(document[field], other[otherField], customsPort.LookAlikeNames))
            return;
        problems.Add(
            Differs(
                code,
                type,
                field,
                document,
                $"{DocumentTypes.OfMessage(other.Type)?.Chinese()}{otherField.Label}",
                $"{DocumentTypes.OfMessage(other.Type)?.Name()}'s {otherField.Name}",
                other[otherField],
                isName: true
            )
        );
    }

    static void SameAmount(
        List<Problem> problems,
        ProblemCode code,
        CebField field,
        CebDocument list,
        CebDocument waybill,
        CebField waybillField
    )
    {
        if (CebAmount.Of(list[field]) != CebAmount.Of(waybill[waybillField]))
            problems.Add(
                Differs(
                    code,
                    DocumentType.DeclarationList,
                    field,
                    list,
                    $"运单{waybillField.Label}",
                    $"waybill's {waybillField.Name}",
                    waybill[waybillField] ?? "0"
                )
            );
    }

    static Problem Differs(
        ProblemCode code,
        DocumentType type,
        CebField field,
        CebDocument document,
        string chineseOther,
        string englishOther,
        string? expected,
        bool isName = false
    )
    {
        var (chinese, english) = isName ? PersonNames.Difference(document[field], expected) : ("", "");
        return Problem.Naming(
            BusinessNumbers.IsIn(field) ? [document[field], expected] : [],
            code,
            type,
            field.Name,
            $"{type.Chinese()}{field.Label}（{field.Name}）为“{document[field]}”，与{chineseOther}“{expected}”不一致{(isName ? $"，{chinese}" : "")}。{field.Name} is '{document[field]}', but the {englishOther} is '{expected}'{(isName ? $" ({english})" : "")}; correct one of them."
        );
    }

    static Problem LineDiffers(ProblemCode code, int line, string field, string? value, string? expected) =>
        new(
            code,
            DocumentType.DeclarationList,
            line + 1,
            field,
            $"清单第 {line + 1} 行 {field} 为“{value}”，订单为“{expected}”。{field} of line {line + 1} is '{value}', the order has '{expected}'; correct one of them."
        );
}
