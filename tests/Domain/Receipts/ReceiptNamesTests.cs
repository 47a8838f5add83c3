using ClearanceEngine.Ceb;
using ClearanceEngine.Receipts;
using ClearanceEngine.Simulator.Samples;
using ClearanceEngine.Storage;
using Xunit;

namespace ClearanceEngine.Tests.Receipts;

/// <summary>ADR 018: a receipt goes to the parcel of the document that it echoes, never to whichever comes first.</summary>
public class ReceiptNamesTests
{
    static readonly SampleParcel P = Parcels.ParcelWorld.Bonded;
    static readonly string One = GrainKey.Parcels("C-1");
    static readonly string Ten = GrainKey.Parcels("C-10");

    static CebDocument Receipt(DocumentType type, CebDocument document, int code, string info) =>
        OwnReceipt.Make(type, document, code, info, DateTimeOffset.UnixEpoch);

    static Dictionary<string, IReadOnlyList<string>> Found(params (string Name, string[] Parcels)[] rows) =>
        rows.ToDictionary(row => row.Name, row => (IReadOnlyList<string>)row.Parcels, StringComparer.Ordinal);

    static (string Name, string[] Parcels) Payment(params string[] parcels) =>
        (IndexKey.Payment(SampleParcel.Payer, "PAY77"), parcels);

    /// <summary>One transaction for two orders (a report from practice): customs refuses the one that its text names.</summary>
    [Theory]
    [InlineData("[Code:1402;Desc:支付单重复,订单编号：C-10]", new[] { "C-10" })]
    [InlineData("支付单重复，订单 C-1，请核对", new[] { "C-1" })]
    [InlineData("[Code:1800;Desc:逻辑校验通过]", new[] { "C-1", "C-10" })]
    public void Of_two_orders_of_one_payment_the_receipt_is_for_the_one_that_its_text_names(
        string info,
        string[] orders
    )
    {
        var receipt = Receipt(DocumentType.Payment, P.Payment(), 100, info);
        Assert.Equal(
            orders.Select(order => GrainKey.Parcels(order)),
            ReceiptNames.Parcels(receipt, Found(Payment(One, Ten)))
        );
    }

    [Fact]
    public void A_number_that_a_declarant_used_twice_is_told_apart_by_what_customs_numbers()
    {
        var receipt = Receipt(DocumentType.DeclarationList, P.List(), 800, "放行");
        var copNo = (IndexKey.ListCopNo("9999900005", P.CopNo), new[] { One, Ten });
        Assert.Empty(ReceiptNames.Parcels(receipt, Found(copNo)));

        receipt = receipt.With(receipt.Schema.Head.Find("invtNo")!, "I-10");
        var invtNo = (IndexKey.InvtNo("I-10"), new[] { Ten });
        Assert.Equal([Ten], ReceiptNames.Parcels(receipt, Found(copNo, invtNo)));
    }

    /// <summary>Seen on a trial whose customs was started anew and counted from one again: the key of the document has the say.</summary>
    [Fact]
    public void A_number_of_customs_that_another_parcel_has_does_not_outrank_the_documents_key()
    {
        var receipt = Receipt(DocumentType.DeclarationList, P.List(), 800, "放行");
        receipt = receipt.With(receipt.Schema.Head.Find("preNo")!, "B-10");
        var copNo = (IndexKey.ListCopNo("9999900005", P.CopNo), new[] { One });
        var preNo = (IndexKey.PreNo("B-10"), new[] { Ten });
        Assert.Equal([One], ReceiptNames.Parcels(receipt, Found(copNo, preNo)));
        Assert.Equal([Ten], ReceiptNames.Parcels(receipt, Found(preNo)));
    }

    [Fact]
    public void The_receipt_of_an_inbound_note_is_for_every_parcel_of_it()
    {
        var note = (P with { Mode = "9610" }).InboundNote();
        var receipt = Receipt(DocumentType.InboundNote, note, 399, "已入库");
        var name = ReceiptNames.Of(receipt).Single();
        Assert.Equal([One, Ten], ReceiptNames.Parcels(receipt, Found((name, [One, Ten]))));
    }

    [Fact]
    public void What_nobody_has_is_for_nobody()
    {
        var receipt = Receipt(DocumentType.Payment, P.Payment(), 120, "成功");
        Assert.Empty(ReceiptNames.Parcels(receipt, Found()));
        var ofOrder = Receipt(DocumentType.Order, P.Order(), 120, "成功");
        Assert.Equal([One], ReceiptNames.Parcels(ofOrder, Found()));
    }
}
