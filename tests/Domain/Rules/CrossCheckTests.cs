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
        Assert.Empty(CrossChecks.Check(Good, new PortOptions()));

    public static TheoryData<string, DocumentKind, string, string> Differences =>
        new()
        {
            { "amount-paid-differs", DocumentKind.Payment, "amountPaid", "1" },
            { "pay-code-differs", DocumentKind.Payment, "payCode", "9999900099" },
            { "pay-transaction-differs", DocumentKind.Payment, "payTransactionId", "other" },
            { "payer-is-not-buyer", DocumentKind.Payment, "payerIdNumber", "11010519491231002X" },
            { "payer-name-differs", DocumentKind.Payment, "payerName", "other" },
            { "consignee-differs", DocumentKind.Waybill, "consignee", "other" },
            { "consignee-telephone-differs", DocumentKind.Waybill, "consigneeTelephone", "1" },
            { "consignee-address-differs", DocumentKind.Waybill, "consigneeAddress", "other" },
            { "merchant-differs", DocumentKind.List, "ebcCode", "9999900099" },
            { "buyer-differs", DocumentKind.List, "buyerIdNumber", "11010519491231002X" },
            { "buyer-name-differs", DocumentKind.List, "buyerName", "other" },
            { "buyer-telephone-differs", DocumentKind.List, "buyerTelephone", "1" },
            { "list-address-differs", DocumentKind.List, "consigneeAddress", "other" },
            { "list-names-other-waybill", DocumentKind.List, "logisticsNo", "other" },
            { "list-names-other-carrier", DocumentKind.List, "logisticsCode", "9999900099" },
            { "waybill-of-another-order", DocumentKind.Waybill, "orderNo", "other" },
            { "freight-differs", DocumentKind.List, "freight", "11" },
            { "insurance-differs", DocumentKind.List, "insuredFee", "1" },
            { "same-subject", DocumentKind.List, "agentCode", "9999900002" },
            { "same-subject", DocumentKind.Waybill, "logisticsCode", "9999900003" },
        };

    [Theory]
    [MemberData(nameof(Differences))]
    public void Each_difference_has_its_own_code(string code, DocumentKind kind, string field, string value)
    {
        var documents = kind switch
        {
            DocumentKind.Payment => Good with { Payment = Change(Good.Payment!) },
            DocumentKind.Waybill => Good with { Waybill = Change(Good.Waybill!) },
            _ => Good with { List = Change(Good.List!) },
        };
        Assert.Contains(CrossChecks.Check(documents, new PortOptions()), p =>
            p.Code == code && p.Text.Length > 10
        );

        CebDocument Change(CebDocument d) => d.With(d.Schema.Head.Find(field)!, value);
    }

    [Fact]
    public void Lines_are_paired_by_number()
    {
        var one = Parcel with { Items = [SampleParcel.Milk] };
        Assert.Contains(CrossChecks.Check(Good with { List = one.List() }, new PortOptions()), p =>
            p.Code == "order-line-not-listed"
        );
        Assert.Contains(CrossChecks.Check(Good with { Order = one.Order() }, new PortOptions()), p =>
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
        Assert.Contains(CrossChecks.Check(Good with { List = dearer.List() }, new PortOptions()), p =>
            p.Code == "line-price-differs" && p.Line == 1
        );
        Assert.Contains(CrossChecks.Check(Good with { List = dearer.List() }, new PortOptions()), p =>
            p.Code == "goods-name-differs" && p.Line == 2
        );
    }

    [Fact]
    public void Different_subjects_are_a_rule_of_the_port()
    {
        var own = Good with { List = Good.List!.With(InventoryHead.AgentCode, SampleParcel.Merchant) };
        Assert.Contains(CrossChecks.Check(own, new PortOptions()), p => p.Code == "same-subject");
        Assert.DoesNotContain(
            CrossChecks.Check(own, new PortOptions { BondedSubjects = DifferentSubjects.Three }),
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
        Assert.Empty(CrossChecks.Check(other, new PortOptions { PayerIsBuyer = false }));
    }

    [Theory]
    [InlineData("paid-amount-wrong", "acturalPaid", "1")]
    [InlineData("goods-value-wrong", "goodsValue", "1")]
    [InlineData("id-number-wrong", "buyerIdNumber", "999999199001010017")]
    public void An_order_is_checked_by_itself(string code, string field, string value)
    {
        var order = Good.Order!.With(OrderHead.Entity.Find(field)!, value);
        Assert.Contains(
            OwnChecks.Check(DocumentKind.Order, order, new PortOptions(), DateTimeOffset.UtcNow),
            p => p.Code == code && p.Field == field
        );
        Assert.Empty(
            OwnChecks.Check(DocumentKind.Order, Good.Order!, new PortOptions(), DateTimeOffset.UtcNow)
        );
    }

    [Fact]
    public void The_guarantor_is_platform_merchant_or_carrier()
    {
        var list = Good.List!.With(InventoryHead.AssureCode, SampleParcel.Warehouse);
        Assert.Contains(
            OwnChecks.Check(DocumentKind.List, list, new PortOptions(), DateTimeOffset.UtcNow),
            p => p.Code == "guarantor-wrong"
        );
        Assert.Empty(
            OwnChecks.Check(
                DocumentKind.List,
                list,
                new PortOptions { DeclarantGuarantees = true },
                DateTimeOffset.UtcNow
            )
        );
    }
}
