using ClearanceEngine.Ceb;
using ClearanceEngine.Participants;
using ClearanceEngine.Rules;
using ClearanceEngine.Simulator.Samples;
using Xunit;

namespace ClearanceEngine.Tests.Rules;

public class CrossCheckTests
{
    static readonly SampleParcel Parcel = new()
    {
        OrderNo = "X-1",
        Mode = "1210",
        Person = 1,
        Serial = "1",
        At = new DateTimeOffset(2026, 11, 20, 2, 0, 0, TimeSpan.Zero),
    };

    static readonly ParcelDocuments Good = new(
        Parcel.Order(),
        Parcel.Payment(),
        Parcel.Waybill(),
        Parcel.List()
    );

    [Fact]
    public void Documents_that_agree_have_no_problem() =>
        Assert.Empty(CrossChecks.Check(Good, new CustomsPortOptions()));

    public static TheoryData<string, DocumentType, string, string> Differences =>
        new()
        {
            { "amount-paid-differs", DocumentType.Payment, "amountPaid", "1" },
            { "pay-code-differs", DocumentType.Payment, "payCode", "9999900099" },
            { "pay-transaction-differs", DocumentType.Payment, "payTransactionId", "other" },
            { "payer-is-not-buyer", DocumentType.Payment, "payerIdNumber", "11010519491231002X" },
            { "payer-name-differs", DocumentType.Payment, "payerName", "other" },
            { "consignee-differs", DocumentType.Waybill, "consignee", "other" },
            { "consignee-telephone-differs", DocumentType.Waybill, "consigneeTelephone", "1" },
            { "consignee-address-differs", DocumentType.Waybill, "consigneeAddress", "other" },
            { "merchant-differs", DocumentType.DeclarationList, "ebcCode", "9999900099" },
            { "buyer-differs", DocumentType.DeclarationList, "buyerIdNumber", "11010519491231002X" },
            { "buyer-name-differs", DocumentType.DeclarationList, "buyerName", "other" },
            { "buyer-telephone-differs", DocumentType.DeclarationList, "buyerTelephone", "1" },
            { "list-address-differs", DocumentType.DeclarationList, "consigneeAddress", "other" },
            { "list-names-other-waybill", DocumentType.DeclarationList, "logisticsNo", "other" },
            { "list-names-other-carrier", DocumentType.DeclarationList, "logisticsCode", "9999900099" },
            { "waybill-of-another-order", DocumentType.Waybill, "orderNo", "other" },
            { "freight-differs", DocumentType.DeclarationList, "freight", "11" },
            { "insurance-differs", DocumentType.DeclarationList, "insuredFee", "1" },
            { "same-subject", DocumentType.DeclarationList, "agentCode", "9999900002" },
            { "same-subject", DocumentType.Waybill, "logisticsCode", "9999900003" },
        };

    [Theory]
    [MemberData(nameof(Differences))]
    public void Each_difference_has_its_own_code(string code, DocumentType type, string field, string value)
    {
        var documents = type switch
        {
            DocumentType.Payment => Good with { Payment = Change(Good.Payment!) },
            DocumentType.Waybill => Good with { Waybill = Change(Good.Waybill!) },
            _ => Good with { List = Change(Good.List!) },
        };
        Assert.Contains(CrossChecks.Check(documents, new CustomsPortOptions()), p =>
            p.Code == code && p.Text.Length > 10
        );

        CebDocument Change(CebDocument d) => d.With(d.Schema.Head.Find(field)!, value);
    }

    [Fact]
    public void Lines_are_paired_by_number()
    {
        var one = Parcel with { Items = [SampleParcel.Milk] };
        Assert.Contains(CrossChecks.Check(Good with { List = one.List() }, new CustomsPortOptions()), p =>
            p.Code == "order-line-not-listed"
        );
        Assert.Contains(CrossChecks.Check(Good with { Order = one.Order() }, new CustomsPortOptions()), p =>
            p.Code == "line-without-order-line" && p.Line == 2
        );
        var dearer = Parcel with
        {
            Items =
            [
                SampleParcel.Milk with
                {
                    PriceFen = 19_000,
                },
                SampleParcel.Cream with
                {
                    Name = "另一名称",
                },
            ],
        };
        Assert.Contains(CrossChecks.Check(Good with { List = dearer.List() }, new CustomsPortOptions()), p =>
            p.Code == "line-price-differs" && p.Line == 1
        );
        Assert.Contains(CrossChecks.Check(Good with { List = dearer.List() }, new CustomsPortOptions()), p =>
            p.Code == "goods-name-differs" && p.Line == 2
        );
    }

    [Fact]
    public void A_quantity_is_that_of_the_order()
    {
        var more = Parcel with { Items = [SampleParcel.Milk with { Quantity = 3 }, SampleParcel.Cream] };
        Assert.Contains(CrossChecks.Check(Good with { List = more.List() }, new CustomsPortOptions()), p =>
            p is { Code.Text: "quantity-differs", Line: 1, Field: "qty" }
        );
    }

    [Fact]
    public void A_waybill_is_the_one_that_the_order_names_if_it_names_one()
    {
        var naming = Good.Order!.With(OrderHead.LogisticsNo, "other")
            .With(OrderHead.LogisticsCode, "9999900099");
        var codes = CrossChecks
            .Check(Good with { Order = naming }, new CustomsPortOptions())
            .Select(p => p.Code.Text);
        Assert.Equal(["order-names-other-waybill", "order-names-other-carrier"], codes);
    }

    [Fact]
    public void Different_subjects_are_a_rule_of_the_port()
    {
        var own = Good with { List = Good.List!.With(InventoryHead.AgentCode, SampleParcel.Merchant) };
        Assert.Contains(CrossChecks.Check(own, new CustomsPortOptions()), p => p.Code == "same-subject");
        Assert.DoesNotContain(
            CrossChecks.Check(own, new CustomsPortOptions { BondedSubjects = DifferentSubjects.Three }),
            p => p.Code == "same-subject"
        );
    }

    [Fact]
    public void A_payer_may_differ_where_the_port_lets_it()
    {
        var other = Good with
        {
            Payment = Good.Payment!.With(PaymentHead.PayerIdNumber, "11010519491231002X")
                .With(PaymentHead.PayerName, "other"),
        };
        Assert.Empty(CrossChecks.Check(other, new CustomsPortOptions { PayerIsBuyer = false }));
    }

    [Theory]
    [InlineData("paid-amount-wrong", "acturalPaid", "1")]
    [InlineData("goods-value-wrong", "goodsValue", "1")]
    [InlineData("id-number-wrong", "buyerIdNumber", "999999199001010017")]
    public void An_order_is_checked_by_itself(string code, string field, string value)
    {
        var order = Good.Order!.With(OrderHead.Entity.Find(field)!, value);
        Assert.Contains(
            OwnChecks.Check(DocumentType.Order, order, new CustomsPortOptions(), DateTimeOffset.UtcNow),
            p => p.Code == code && p.Field == field
        );
        Assert.Empty(
            OwnChecks.Check(DocumentType.Order, Good.Order!, new CustomsPortOptions(), DateTimeOffset.UtcNow)
        );
    }

    [Fact]
    public void The_guarantor_is_platform_merchant_or_carrier()
    {
        var list = Good.List!.With(InventoryHead.AssureCode, SampleParcel.Warehouse);
        Assert.Contains(
            OwnChecks.Check(
                DocumentType.DeclarationList,
                list,
                new CustomsPortOptions(),
                DateTimeOffset.UtcNow
            ),
            p => p.Code == "guarantor-wrong"
        );
        Assert.Empty(
            OwnChecks.Check(
                DocumentType.DeclarationList,
                list,
                new CustomsPortOptions { DeclarantGuarantees = true },
                DateTimeOffset.UtcNow
            )
        );
    }
}
