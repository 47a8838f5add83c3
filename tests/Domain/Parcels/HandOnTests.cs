using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Simulator.Samples;
using Xunit;

namespace ClearanceEngine.Tests.Parcels;

/// <summary>What the record of a receipt hands on once the receipt is stored (ADR 023).</summary>
public sealed class HandOnTests
{
    readonly ParcelWorld _world = new(ParcelWorld.Bonded);

    [Fact]
    public void A_receipt_is_due_by_its_record_and_not_by_the_outbox()
    {
        _world.Declare();
        var reply = Take(_world.Receipt(DocumentType.DeclarationList, 120, "B1", "I1"));
        Assert.True(reply.IsTaken);
        Assert.Equal(SampleParcel.Warehouse, Assert.Single(reply.HandOns).Receiver);
        Assert.Empty(_world.State.Outbox);
    }

    [Fact]
    public void A_record_that_comes_again_is_due_again_to_the_same_receivers_under_the_same_guids()
    {
        // Acceptance, storage and release under one guid: each was told apart when it came first.
        _world.Declare();
        var first = _world.Receipt(DocumentType.DeclarationList, 2, "B1");
        CebDocument[] record =
        [
            first,
            SameGuid(_world.Receipt(DocumentType.DeclarationList, 120, "B1", "I1"), first),
            SameGuid(_world.Receipt(DocumentType.DeclarationList, 800, "B1", "I1"), first),
        ];
        var told = record.SelectMany(r => Take(r).HandOns).ToArray();
        Assert.Equal(3, told.Select(Guid).Distinct().Count());
        _world.Settle();

        var state = _world.State;
        var again = record.SelectMany(r => Take(r).HandOns).ToArray();
        Assert.Equal(told.Select(h => (h.Receiver, Guid(h))), again.Select(h => (h.Receiver, Guid(h))));
        Assert.All(told.Zip(again), pair => Assert.True(pair.First.Receipt.SameAs(pair.Second.Receipt)));
        Assert.Same(state, _world.State);
    }

    [Fact]
    public void The_same_words_under_two_guids_stay_two_receipts_however_often_they_come()
    {
        _world.Declare();
        var first = _world.Receipt(DocumentType.Order, 120);
        var second = first.With(OrderReturn.Guid, UuidV5.Of("test", "another"));
        CebDocument[] record = [first, second];
        var told = record.SelectMany(r => Take(r).HandOns).Select(Guid).ToArray();
        Assert.Equal(record.Select(Guid), told);
        Assert.Equal(told, record.SelectMany(r => Take(r).HandOns).Select(Guid));
    }

    [Fact]
    public void A_tax_bill_that_comes_again_is_due_again()
    {
        _world.Release();
        var bill = CebDocument.Create(
            CebType.TaxBill,
            (TaxHeadRd.Guid, UuidV5.Of("test", "bill")),
            (TaxHeadRd.ReturnTime, CebTime.FormatMillis(_world.Now)),
            (TaxHeadRd.TaxNo, "T1"),
            (TaxHeadRd.InvtNo, "99992026I000000001"),
            (TaxHeadRd.Status, "1")
        );
        var told = Assert.Single(Take(bill).HandOns);
        Assert.Equal(told, Assert.Single(Take(bill).HandOns));
        Assert.Equal(SampleParcel.Warehouse, told.Receiver);
        Assert.Single(_world.State.TaxBills);
    }

    [Fact]
    public void Of_parcels_that_share_a_receipt_it_is_due_for_one()
    {
        _world.Declare();
        var receipt = _world.Receipt(DocumentType.Order, 120);
        var shared = new CustomsAnswer(receipt, _world.Now, HandOn: false);
        var reply = _world.Decide(new ReceiptArrived(shared)).Receipt!;
        Assert.True(reply.IsTaken);
        Assert.Empty(reply.HandOns);
    }

    [Fact]
    public void What_is_put_off_comes_into_the_outbox_once_and_is_tried_again()
    {
        _world.Declare();
        var due = Take(_world.Receipt(DocumentType.DeclarationList, 120, "B1", "I1")).HandOns;
        _world.Decide(new HandOnsPutOff(due));
        _world.Decide(new HandOnsPutOff(due));
        var effect = Assert.IsType<ForwardReceipt>(Assert.Single(_world.State.Outbox));
        Assert.Equal(due[0], new HandOn(effect.Receiver, effect.Receipt));
        Assert.Equal(_world.Now + _world.UsedRules.Options.RedriveAfter, _world.State.OutboxDueAt);
    }

    ReceiptReply Take(CebDocument receipt) =>
        _world.Decide(new ReceiptArrived(new CustomsAnswer(receipt, _world.Now))).Receipt!;

    static CebDocument SameGuid(CebDocument receipt, CebDocument other) =>
        receipt.With(receipt.Schema.Head.Find("guid")!, Guid(other));

    static string Guid(HandOn handOn) => Guid(handOn.Receipt);

    static string Guid(CebDocument receipt) => receipt[receipt.Schema.Head.Find("guid")!]!;
}
