using ClearanceEngine.Access;
using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Receipts;
using ClearanceEngine.Simulator.Samples;
using ClearanceEngine.Storage;
using Xunit;

namespace ClearanceEngine.Tests.Parcels;

/// <summary>ADR 018: documents are known by their key and belong to who brought them; receipts, changes and deletes speak of a key.</summary>
public class IdentityTests
{
    const string OtherCarrier = "9999900099",
        OtherMerchant = "9999900098";

    readonly ParcelWorld _world = new(ParcelWorld.Bonded);

    SampleParcel P => _world.Sample;

    SampleParcel Later => P with { Revision = 2 };

    CebDocument OtherPayment => Later.Payment().With(PaymentHead.PayTransactionId, "PAY-OTHER");

    CebDocument OtherWaybill =>
        Later
            .Waybill()
            .With(LogisticsHead.LogisticsCode, OtherCarrier)
            .With(LogisticsHead.LogisticsNo, "WB-OTHER");

    static DocumentKey KeyOf(CebDocument document) => DocumentKey.Of(document);

    [Fact]
    public void A_delete_takes_out_the_document_of_its_own_key_alone()
    {
        _world.Submit(P.Order());
        _world.Submit(P.Payment());
        _world.Submit(OtherPayment);
        _world.Submit(
            (P with { AppType = "3", Revision = 3 }).Payment().With(PaymentHead.PayTransactionId, "PAY-OTHER")
        );
        Assert.False(_world.State[KeyOf(P.Payment())]!.IsDeleted);
        Assert.True(_world.State[KeyOf(OtherPayment)]!.IsDeleted);
        Assert.True(P.Payment().SameAs(_world.State.Live(DocumentType.Payment)!));
    }

    [Fact]
    public void The_payment_that_the_order_names_counts_whichever_comes_later()
    {
        foreach (var payments in new[] { new[] { P.Payment(), OtherPayment }, [OtherPayment, P.Payment()] })
        {
            var world = new ParcelWorld(P);
            foreach (var document in (CebDocument[])[P.Order(), .. payments, P.Waybill(), P.List()])
                world.Submit(document);
            world.Settle();
            Assert.True(P.Payment().SameAs(world.State.Live(DocumentType.Payment)!));
            Assert.Equal(ParcelStatus.Reserved, world.State.Status);
            Assert.Empty(world.State.Problems);
        }
    }

    [Fact]
    public void Two_payments_that_nobody_names_are_a_problem_until_the_order_names_one()
    {
        static CebDocument Unnamed(CebDocument order) =>
            order.With(OrderHead.PayCode, null).With(OrderHead.PayTransactionId, null);
        foreach (
            var document in (CebDocument[])
                [Unnamed(P.Order()), P.Payment(), OtherPayment, P.Waybill(), P.List()]
        )
            _world.Submit(document);
        _world.Settle();
        Assert.Equal(ParcelStatus.Collecting, _world.State.Status);
        Assert.Equal("several-payments", Assert.Single(_world.State.Problems).Code);
        Assert.Empty(ParcelViews.Missing(_world.State));
        Assert.DoesNotContain("PAY-OTHER", _world.State.Problems[0].Text, StringComparison.Ordinal);

        _world.Submit((P with { AppType = "2", Revision = 3 }).Order());
        _world.Settle();
        Assert.Equal(ParcelStatus.Reserved, _world.State.Status);
    }

    [Fact]
    public void A_second_carriers_newer_waybill_neither_displaces_nor_blocks_the_real_one()
    {
        _world.Submit(P.Order());
        _world.Submit(P.Payment());
        _world.Submit(P.Waybill());
        _world.SubmitBy(OtherCarrier, OtherWaybill);
        _world.Submit(P.List());
        _world.Settle();
        foreach (var type in (DocumentType[])[DocumentType.Order, DocumentType.Payment, DocumentType.Waybill])
            _world.Answer(type, 2);
        Assert.Equal(ParcelStatus.Declared, _world.State.Status);
        Assert.DoesNotContain(_world.Left, left => KeyOf(left.Document) == KeyOf(OtherWaybill));

        var view = ParcelViews.Show(_world.State, ParcelWorld.Rules.CustomsPort, Audience.All)!;
        var other = Assert.Single(view.OtherDocuments!);
        Assert.Equal((OtherCarrier, "WB-OTHER"), (other.Issuer, other.Number));
        Assert.Contains(view.Awaited!, waits => waits.Reason == "not-bound");
    }

    /// <summary>A carrier corrects a number: the new waybill comes, then the old one is deleted.</summary>
    [Fact]
    public void The_deletion_of_an_old_waybill_leaves_the_corrected_one()
    {
        _world.Submit(P.Order());
        _world.Submit(P.Waybill());
        var corrected = Later.Waybill().With(LogisticsHead.LogisticsNo, "WB77-B");
        _world.Submit(corrected);
        _world.Submit((P with { AppType = "3", Revision = 3 }).Waybill());
        Assert.True(corrected.SameAs(_world.State.Live(DocumentType.Waybill)!));
    }

    [Fact]
    public void News_of_a_waybill_that_does_not_count_moves_no_goods()
    {
        _world.Submit(P.Waybill());
        _world.SubmitBy(OtherCarrier, OtherWaybill);
        _world.Release();
        _world.SubmitBy(
            OtherCarrier,
            CebDocument.Create(
                CebType.WaybillStatus,
                (LogisticsStatus.Guid, UuidV5.Of("signed-for")),
                (LogisticsStatus.AppType, "1"),
                (LogisticsStatus.AppTime, "20261124110000"),
                (LogisticsStatus.AppStatus, "2"),
                (LogisticsStatus.LogisticsCode, OtherCarrier),
                (LogisticsStatus.LogisticsNo, "WB-OTHER"),
                (LogisticsStatus.Status, "S")
            )
        );
        Assert.Equal(ParcelStatus.Released, _world.State.Status);
    }

    [Fact]
    public void A_late_refusal_of_an_earlier_payment_is_told_to_its_sender_and_stops_nobody()
    {
        _world.Submit(P.Payment());
        _world.Settle();
        _world.Submit(OtherPayment);
        _world.Submit((P with { Revision = 3 }).Order().With(OrderHead.PayTransactionId, "PAY-OTHER"));
        _world.Settle();
        var refusal = Receipt(P.Payment(), -401009);
        Assert.True(
            _world.Decide(new ReceiptArrived(new CustomsAnswer(refusal, _world.Now))).Receipt!.IsTaken
        );
        _world.Settle();
        Assert.True(_world.State[KeyOf(P.Payment())]!.IsRefused);
        Assert.Null(_world.State[KeyOf(OtherPayment)]!.CustomsCode);
        Assert.Equal(ParcelStatus.Collecting, _world.State.Status);
        Assert.Contains(_world.HandedOn, r => r.Receipt == refusal && r.Receiver == SampleParcel.Payer);
    }

    [Fact]
    public void The_same_words_for_two_payments_are_two_receipts()
    {
        _world.Submit(P.Payment());
        _world.Settle();
        _world.Submit(OtherPayment);
        _world.Submit((P with { Revision = 3 }).Order().With(OrderHead.PayTransactionId, "PAY-OTHER"));
        _world.Settle();
        foreach (var payment in (CebDocument[])[P.Payment(), OtherPayment])
        {
            _world.Decide(new ReceiptArrived(new CustomsAnswer(Receipt(payment, 2), _world.Now)));
            Assert.Equal(2, _world.State[KeyOf(payment)]!.CustomsCode);
        }
    }

    [Fact]
    public void Receipts_of_several_documents_under_one_guid_are_told_apart()
    {
        CebDocument[] payments =
        [
            .. Enumerable
                .Range(0, 3)
                .Select(i =>
                    P.Payment()
                        .With(PaymentHead.Guid, UuidV5.Of("payment", $"{i}"))
                        .With(PaymentHead.PayTransactionId, $"PAY-{i}")
                ),
        ];
        foreach (var payment in payments)
            _world.Submit(payment);
        var at = _world.Now;
        foreach (var payment in payments)
        {
            var receipt = OwnReceipt
                .Make(DocumentType.Payment, payment, 2, "[Code:2]", at)
                .With(PaymentReturn.Guid, UuidV5.Of("one"));
            _world.Decide(new ReceiptArrived(new CustomsAnswer(receipt, at)));
        }
        Assert.Equal(3, _world.State.Receipts.DistinctBy(r => r.Receipt[PaymentReturn.Guid]).Count());
    }

    [Theory]
    [InlineData(DocumentType.Payment)]
    [InlineData(DocumentType.Waybill)]
    [InlineData(DocumentType.DeclarationList)]
    public void A_receipt_of_a_key_that_the_parcel_never_had_is_not_taken(DocumentType type)
    {
        _world.Declare();
        var before = _world.State;
        var document = _world.State.Live(type)!;
        var number = document.Schema.Head.Find(type.Descriptor().KeyFields.Number)!;
        var decision = _world.Decide(
            new ReceiptArrived(new CustomsAnswer(Receipt(document.With(number, "ANOTHER"), 2), _world.Now))
        );
        Assert.False(decision.Receipt!.IsTaken);
        Assert.Same(before, decision.State);
    }

    /// <summary>Order and list name a waybill that is another parcel's: its receipts do not come here.</summary>
    [Fact]
    public void What_is_only_mentioned_leads_no_receipt_here()
    {
        _world.Submit(
            P.Order()
                .With(OrderHead.LogisticsCode, SampleParcel.Carrier)
                .With(OrderHead.LogisticsNo, P.LogisticsNo)
        );
        _world.Submit(P.List());
        Assert.DoesNotContain(IndexKey.Waybill(SampleParcel.Carrier, P.LogisticsNo), _world.State.IndexKeys);
        var receipt = Receipt(P.Waybill(), 2);
        Assert.False(
            _world.Decide(new ReceiptArrived(new CustomsAnswer(receipt, _world.Now))).Receipt!.IsTaken
        );
    }

    [Fact]
    public void The_platform_takes_its_order_from_a_merchant_and_not_the_other_way_round()
    {
        _world.SubmitBy(SampleParcel.Merchant, P.Order());
        Assert.Equal(SampleParcel.Merchant, _world.State[DocumentType.Order]!.Owner);
        var taken = _world.SubmitBy(SampleParcel.Platform, (P with { AppType = "2", Revision = 2 }).Order());
        Assert.Equal(SubmissionOutcome.Accepted, taken.Outcome);
        Assert.Equal(SampleParcel.Platform, _world.State[DocumentType.Order]!.Owner);

        var back = _world.SubmitBy(SampleParcel.Merchant, (P with { AppType = "2", Revision = 3 }).Order());
        Assert.Equal("document-of-another", Assert.Single(back.Problems).Code);
        Assert.Equal(2, _world.State[DocumentType.Order]!.Revision);
    }

    [Fact]
    public void A_transmitter_and_its_company_are_one_owner()
    {
        _world.SubmitBy("9999900077", P.Order(), principal: SampleParcel.Platform);
        var reply = _world.SubmitBy(SampleParcel.Platform, (P with { AppType = "2", Revision = 2 }).Order());
        Assert.Equal(SubmissionOutcome.Accepted, reply.Outcome);
        reply = _world.SubmitBy(
            "9999900077",
            (P with { AppType = "2", Revision = 3 }).Order().With(OrderHead.Note, "changed again"),
            principal: SampleParcel.Platform
        );
        Assert.Equal(SubmissionOutcome.Accepted, reply.Outcome);
    }

    [Fact]
    public void What_a_stranger_sends_is_refused_to_it_and_leaves_no_trace_in_the_parcel()
    {
        _world.Submit(P.Order());
        _world.Settle();
        var before = _world.State;
        var foreign = (P with { AppType = "3", Revision = 2 }).Order().With(OrderHead.EbcCode, OtherMerchant);
        var reply = _world.SubmitBy(OtherMerchant, foreign);
        Assert.Equal(SubmissionOutcome.Refused, reply.Outcome);
        Assert.Equal("document-of-another", Assert.Single(reply.Problems).Code);
        Assert.Null(reply.Status);

        var told = Assert.IsType<ForwardReceipt>(Assert.Single(_world.State.Outbox));
        Assert.Equal(OtherMerchant, told.Receiver);
        _world.Settle();
        Assert.Equal(before.Documents, _world.State.Documents);
        Assert.Equal(before.Timeline, _world.State.Timeline);
        Assert.Equal(before.Receipts, _world.State.Receipts);
        Assert.Equal(before.Refusals, _world.State.Refusals);
    }

    [Fact]
    public void A_strangers_faulty_document_leaves_no_trace_either_and_is_told_nothing_of_the_parcel()
    {
        _world.Submit(P.Order());
        _world.Settle();
        var before = _world.State;
        var foreign = Later.Order().With(OrderHead.AppTime, "20301231000000");
        var reply = _world.SubmitBy(OtherMerchant, foreign);
        Assert.Equal("app-time-ahead", Assert.Single(reply.Problems).Code);
        Assert.Null(reply.Status);
        Assert.Empty(reply.Missing);
        Assert.Equal(before.Refusals, _world.State.Refusals);
        Assert.Equal(before.Receipts, _world.State.Receipts);
        Assert.Equal(before.Timeline, _world.State.Timeline);

        // Its owner's fault is kept where whoever asks sees it.
        _world.SubmitBy(SampleParcel.Platform, foreign);
        Assert.Single(_world.State.Refusals);
    }

    [Fact]
    public void An_inbound_note_that_customs_refused_makes_way_for_another_sites()
    {
        const string other = "9999900096";
        var world = new ParcelWorld(ParcelWorld.Bonded with { Mode = "9610" });
        world.Declare();
        var wrong = world.Sample.InboundNote().With(DeliveryHead.OperatorCode, other);
        world.SubmitBy(other, wrong);
        world.Settle();
        var right = (world.Sample with { Revision = 2 }).InboundNote();
        Assert.Equal("document-of-another", Assert.Single(world.Submit(right).Problems).Code);
        world.Answer(DocumentType.InboundNote, 100);
        right = right.With(DeliveryHead.CopNo, "NOTE-2");
        Assert.Equal(SubmissionOutcome.Accepted, world.Submit(right).Outcome);
        world.Settle();
        // What customs still says of the first is not about this one.
        world.Answer(DocumentType.InboundNote, 100, copNo: wrong[DeliveryHead.CopNo]);
        Assert.Null(world.State[DocumentType.InboundNote]!.CustomsCode);
    }

    [Fact]
    public void A_strangers_early_delete_takes_nothing_away()
    {
        _world.SubmitBy(
            OtherMerchant,
            (P with { AppType = "3", Revision = 2 }).Order().With(OrderHead.EbcCode, OtherMerchant)
        );
        _world.Submit(P.Order());
        Assert.NotNull(_world.State.Live(DocumentType.Order));
    }

    [Fact]
    public void Another_declarants_list_waits_until_the_first_is_deleted()
    {
        const string other = "9999900097";
        _world.Submit(P.Order());
        _world.Submit(P.List());
        var list = Later.List().With(InventoryHead.AgentCode, other);
        Assert.Equal("document-of-another", Assert.Single(_world.SubmitBy(other, list).Problems).Code);

        // The same declarant may number its list anew.
        Assert.Equal(
            SubmissionOutcome.Accepted,
            _world.Submit(Later.List().With(InventoryHead.CopNo, "COP77-B")).Outcome
        );
        _world.Submit((P with { AppType = "3", Revision = 3 }).List().With(InventoryHead.CopNo, "COP77-B"));
        list = (P with { Revision = 4 }).List().With(InventoryHead.AgentCode, other);
        Assert.Equal(SubmissionOutcome.Accepted, _world.SubmitBy(other, list).Outcome);
    }

    [Fact]
    public void Of_one_type_a_parcel_holds_so_many_and_no_more()
    {
        var most = _world.UsedRules.Options.MaxOfOneType;
        for (var i = 0; i <= most; i++)
        {
            var payment = P.Payment()
                .With(PaymentHead.Guid, UuidV5.Of("payment", $"{i}"))
                .With(PaymentHead.PayTransactionId, $"PAY-{i}");
            var reply = _world.Submit(payment);
            Assert.Equal(i < most ? SubmissionOutcome.Accepted : SubmissionOutcome.Refused, reply.Outcome);
            if (i == most)
                Assert.Equal("too-many-documents", reply.Problems[0].Code);
        }
        // Another company's find their place all the same.
        var others = P.Payment()
            .With(PaymentHead.Guid, UuidV5.Of("payment", "other"))
            .With(PaymentHead.PayCode, "9999900096");
        Assert.Equal(SubmissionOutcome.Accepted, _world.SubmitBy("9999900096", others).Outcome);
        // What is here may still be changed.
        var change = (P with { AppType = "2", Revision = 2 })
            .Payment()
            .With(PaymentHead.PayTransactionId, "PAY-0");
        Assert.Equal(SubmissionOutcome.Accepted, _world.Submit(change).Outcome);
    }

    /// <summary>Rule 17: who numbers its list anew without end makes no index without end.</summary>
    [Fact]
    public void Of_the_names_that_a_parcel_had_only_the_last_lead_to_it()
    {
        var most = _world.UsedRules.Options.MaxNames;
        _world.Submit(P.Order());
        for (var i = 1; i <= 3 * most; i++)
        {
            var list = (P with { Revision = i })
                .List()
                .With(InventoryHead.CopNo, $"COP-{i}")
                .With(InventoryHead.LogisticsNo, $"WB-{i}");
            _world.Now += TimeSpan.FromHours(1);
            Assert.Equal(SubmissionOutcome.Accepted, _world.Submit(list).Outcome);
            _world.Settle();
        }
        Assert.InRange(_world.State.EarlierKeys.Length, 1, most);
        Assert.InRange(_world.State.Sought.Length, 1, most);
        Assert.InRange(_world.State.IndexKeys.Count, 1, most + 10);
        var agent = P.List()[InventoryHead.AgentCode]!;
        Assert.Contains(IndexKey.ListCopNo(agent, $"COP-{3 * most}"), _world.State.IndexKeys);
        Assert.DoesNotContain(IndexKey.ListCopNo(agent, "COP-1"), _world.State.IndexKeys);
        // It looks no more once nothing is new.
        Assert.DoesNotContain(_world.Decide(new Woken()).State.Outbox, effect => effect is SeekUnmatched);
    }

    CebDocument Receipt(CebDocument document, int code)
    {
        _world.Now += TimeSpan.FromSeconds(1);
        var type = DocumentTypes.OfMessage(document.Type)!.Value;
        var receipt = OwnReceipt.Make(type, document, code, $"[Code:{code}]", _world.Now);
        return receipt.With(
            receipt.Schema.Head.Find("guid")!,
            UuidV5.Of("customs", $"{KeyOf(document)}", $"{code}")
        );
    }
}
