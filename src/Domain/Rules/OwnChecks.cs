using ClearanceEngine.Ceb;
using ClearanceEngine.Participants;

namespace ClearanceEngine.Rules;

/// <summary>Checks of one document by itself that go beyond the field table: sums, id numbers, guarantor.</summary>
public static class OwnChecks
{
    /// <summary>In yuan.</summary>
    const decimal HalfFen = 0.005m;

    public static IEnumerable<Problem> Check(
        DocumentType type,
        CebDocument document,
        CustomsPortOptions customsPort,
        DateTimeOffset now
    ) =>
        type switch
        {
            DocumentType.Order => Order(document, customsPort, now),
            DocumentType.Payment => Person(document, type, PaymentHead.PayerIdNumber, customsPort, now),
            DocumentType.DeclarationList => List(document, customsPort, now),
            _ => [],
        };

    static IEnumerable<Problem> Order(CebDocument order, CustomsPortOptions customsPort, DateTimeOffset now)
    {
        decimal Of(CebField field) => CebAmount.Of(order[field]);
        var due =
            Of(OrderHead.GoodsValue)
            + Of(OrderHead.Freight)
            + Of(OrderHead.TaxTotal)
            - Of(OrderHead.Discount);
        if (Of(OrderHead.ActuralPaid) != due)
            yield return Wrong(
                ProblemCode.PaidAmountWrong,
                DocumentType.Order,
                null,
                "acturalPaid",
                $"实际支付金额 {order[OrderHead.ActuralPaid]}（acturalPaid）不等于 商品价格+运杂费+代扣税款-非现金抵扣 = {due}，请更正。",
                $"acturalPaid is {order[OrderHead.ActuralPaid]}, but goodsValue + freight + taxTotal - discount is {due}; correct the amounts and send the order again."
            );
        var sum = 0m;
        for (var i = 0; i < order.LineCount; i++)
        {
            var total = CebAmount.Of(order[i, OrderList.TotalPrice]);
            sum += total;
            if (
                LineTotal(
                    DocumentType.Order,
                    i,
                    total,
                    order[i, OrderList.Price],
                    order[i, OrderList.Qty],
                    customsPort
                ) is
                { } problem
            )
                yield return problem;
        }
        if (sum != Of(OrderHead.GoodsValue))
            yield return Wrong(
                ProblemCode.GoodsValueWrong,
                DocumentType.Order,
                null,
                "goodsValue",
                $"商品价格 {order[OrderHead.GoodsValue]}（goodsValue）不等于各行总价之和 {sum}，请更正。",
                $"goodsValue is {order[OrderHead.GoodsValue]}, but the lines sum up to {sum}; correct one of them."
            );
        foreach (var problem in Person(order, DocumentType.Order, OrderHead.BuyerIdNumber, customsPort, now))
            yield return problem;
    }

    static IEnumerable<Problem> List(CebDocument list, CustomsPortOptions customsPort, DateTimeOffset now)
    {
        for (var i = 0; i < list.LineCount; i++)
        {
            if (
                LineTotal(
                    DocumentType.DeclarationList,
                    i,
                    CebAmount.Of(list[i, InventoryList.TotalPrice]),
                    list[i, InventoryList.Price],
                    list[i, InventoryList.Qty],
                    customsPort
                ) is
                { } problem
            )
                yield return problem;
        }
        var guarantor = list[InventoryHead.AssureCode];
        if (
            guarantor != list[InventoryHead.EbpCode]
            && guarantor != list[InventoryHead.EbcCode]
            && guarantor != list[InventoryHead.LogisticsCode]
            && !(customsPort.DeclarantGuarantees && guarantor == list[InventoryHead.AgentCode])
        )
        {
            yield return Wrong(
                ProblemCode.GuarantorWrong,
                DocumentType.DeclarationList,
                null,
                "assureCode",
                $"担保企业 {guarantor}（assureCode）不是电商平台、电商企业或物流企业，请更正。",
                $"assureCode {guarantor} is neither platform, merchant nor logistics company of the list; name one of them."
            );
        }
        foreach (
            var problem in Person(
                list,
                DocumentType.DeclarationList,
                InventoryHead.BuyerIdNumber,
                customsPort,
                now
            )
        )
            yield return problem;
    }

    static Problem? LineTotal(
        DocumentType type,
        int line,
        decimal total,
        string? price,
        string? quantity,
        CustomsPortOptions customsPort
    )
    {
        var amount = CebAmount.Of(quantity);
        var product = CebAmount.Of(price) * amount;
        // The total is in fen, so a product may be off by half of one.
        var tolerance = HalfFen;
        if (customsPort.RoundedPrices)
            tolerance = Math.Max(tolerance, HalfOfLastDigit(CebAmount.Of(price)) * amount);
        return Math.Abs(product - total) <= tolerance
            ? null
            : Wrong(
                ProblemCode.LineTotalWrong,
                type,
                line + 1,
                "totalPrice",
                $"第 {line + 1} 行总价 {total}（totalPrice）不等于单价×数量 {product}，请更正。",
                $"totalPrice of line {line + 1} is {total}, but price × qty is {product}; correct the line."
            );
    }

    /// <summary>Half a unit of a price's last digit, which is the fen at least; nothing for a gift, whose price is exactly 0.</summary>
    static decimal HalfOfLastDigit(decimal price)
    {
        if (price == 0)
            return 0;
        var withoutZeros = price / 1.0000000000000000000000000000m;
        var digits = Math.Max(2, (int)withoutZeros.Scale);
        return new decimal(5, 0, 0, isNegative: false, (byte)(digits + 1));
    }

    static IEnumerable<Problem> Person(
        CebDocument document,
        DocumentType type,
        CebField field,
        CustomsPortOptions customsPort,
        DateTimeOffset now
    )
    {
        if (!customsPort.CheckIdNumbers || document[field] is not { } id)
            yield break;
        var today = DateOnly.FromDateTime(now.ToOffset(CebTime.BeijingOffset).DateTime);
        if (!ResidentId.IsValid(ResidentId.Normalise(id), today))
            yield return Wrong(
                ProblemCode.IdNumberWrong,
                type,
                null,
                field.Name,
                $"{field.Label}（{field.Name}）校验未通过（GB 11643：18 位、真实生日、校验码），请向本人核实。",
                $"{field.Name} is no valid resident id (GB 11643: 18 digits, real birth date, check digit); ask the person for the right one."
            );
    }

    static Problem Wrong(
        ProblemCode code,
        DocumentType type,
        int? line,
        string field,
        string chinese,
        string english
    ) => new(code, type, line, field, $"{type.Chinese()}{chinese}{english}");
}
