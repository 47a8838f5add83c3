using ClearanceEngine.Access;
using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Participants;
using ClearanceEngine.Simulator.Samples;
using ClearanceEngine.Subscribers;
using Xunit;

namespace ClearanceEngine.Tests.Parcels;

public class ParcelTests
{
    readonly ParcelWorld _world = new(ParcelWorld.Bonded);

    [Fact]
    public void A_parcel_goes_from_four_documents_to_release_and_its_quota_is_posted()
    {
        _world.Release();
        Assert.Equal(ParcelStatus.Released, _world.State.Status);
        Assert.Equal(["order/1", "payment/1", "waybill/1", "list/1"], _world.Left.Select(d => d.Id));
        Assert.Equal((43_000, 0), (_world.Standing.PostedFen, _world.Standing.PendingFen));
        Assert.Contains(_world.HandedOn, r =>
            r.Receiver == SampleParcel.Warehouse && r.Receipt[InventoryReturn.ReturnStatus] == "800"
        );
        Assert.Contains(_world.HandedOn, r =>
            r.Receiver == SampleParcel.Platform && r.Receipt.Type == CebType.OrderReceipt
        );
        Assert.True(_world.State.IsAtRest);
    }

    [Theory]
    [InlineData(ParcelStatus.Staged, true)]
    [InlineData(ParcelStatus.Reserved, false)]
    [InlineData(ParcelStatus.Declared, false)]
    [InlineData(ParcelStatus.AtCustoms, false)]
    [InlineData(ParcelStatus.Detained, false)]
    [InlineData(ParcelStatus.Rejected, true)]
    [InlineData(ParcelStatus.ReturnedAbroad, true)]
    [InlineData(ParcelStatus.Released, true)]
    [InlineData(ParcelStatus.CancelRequested, false)]
    [InlineData(ParcelStatus.Cancelled, true)]
    [InlineData(ParcelStatus.Closed, true)]
    public void A_parcel_is_at_rest_when_nothing_is_owed_awaited_or_held(ParcelStatus status, bool atRest)
    {
        _world.LeadTo(status);
        // A rejected parcel may be corrected: what customs thinks of its other documents still counts.
        if (status == ParcelStatus.Rejected)
            foreach (var type in new[] { DocumentType.Order, DocumentType.Payment, DocumentType.Waybill })
                _world.Answer(type, 120);
        _world.Settle();
        Assert.Equal((status, atRest), (_world.State.Status, _world.State.IsAtRest));
    }

    /// <summary>Seen in practice: acceptance and release of one list under one guid.</summary>
    [Fact]
    public void Receipts_under_one_guid_are_all_applied_and_handed_on_each_under_a_guid_of_its_own()
    {
        _world.Declare();
        var accepted = _world.Receipt(DocumentType.DeclarationList, 120, "B20261124000000001");
        var released = _world
            .Receipt(DocumentType.DeclarationList, 800, "B20261124000000001")
            .With(InventoryReturn.Guid, accepted[InventoryReturn.Guid]);
        foreach (var receipt in new[] { accepted, released, released, accepted })
        {
            _world.Decide(new ReceiptArrived(new CustomsAnswer(receipt, _world.Now)));
            _world.Settle();
        }
        Assert.Equal(ParcelStatus.Released, _world.State.Status);
        var handedOn = _world
            .HandedOn.Select(o => o.Receipt)
            .Where(r => r.Type == CebType.DeclarationListReceipt)
            .ToArray();
        Assert.Equal(["120", "800", "800", "120"], handedOn.Select(r => r[InventoryReturn.ReturnStatus]));
        Assert.Equal(2, handedOn.Select(r => r[InventoryReturn.Guid]).Distinct().Count());
    }

    [Fact]
    public void The_waybill_waits_for_order_and_payment_and_the_list_for_all_three()
    {
        foreach (
            var d in new[]
            {
                _world.Sample.Waybill(),
                _world.Sample.List(),
                _world.Sample.Order(),
                _world.Sample.Payment(),
            }
        )
            _world.Submit(d);
        _world.Settle();
        Assert.Equal(["order/1", "payment/1"], _world.Left.Select(d => d.Id).Order());
        _world.Answer(DocumentType.Order, 2);
        Assert.DoesNotContain(_world.Left, d => d.Type == DocumentType.Waybill);
        _world.Answer(DocumentType.Payment, 2);
        Assert.Contains(_world.Left, d => d.Type == DocumentType.Waybill);
        Assert.Equal(ParcelStatus.Reserved, _world.State.Status);
        _world.Answer(DocumentType.Waybill, 2);
        Assert.Equal(ParcelStatus.Declared, _world.State.Status);
    }

    [Fact]
    public void With_the_level_120_a_2_is_not_enough()
    {
        var world = new ParcelWorld(
            ParcelWorld.Bonded,
            ParcelWorld.Rules with
            {
                CustomsPort = new CustomsPortOptions { AcceptedLevel = AcceptedLevel.Stored },
            }
        );
        world.Declare();
        Assert.DoesNotContain(world.Left, d => d.Type == DocumentType.Waybill);
        world.Answer(DocumentType.Order, 120);
        world.Answer(DocumentType.Payment, 120);
        world.Answer(DocumentType.Waybill, 120);
        Assert.Equal(ParcelStatus.Declared, world.State.Status);
    }

    [Fact]
    public void Nothing_is_owed_for_what_is_only_staged()
    {
        var staged = ParcelWorld.Bonded with { AppStatus = "1" };
        foreach (var d in new[] { staged.Order(), staged.Payment(), staged.Waybill(), staged.List() })
            Assert.Equal(SubmissionOutcome.Staged, _world.Submit(d).Outcome);
        _world.Settle();
        Assert.Equal(ParcelStatus.Staged, _world.State.Status);
        Assert.Empty(_world.Left);
        Assert.Null(_world.State.Quota);
        // Declared later, by a new submission of the same content.
        var later = ParcelWorld.Bonded with { Revision = 2 };
        foreach (var d in new[] { later.Order(), later.Payment(), later.Waybill(), later.List() })
            Assert.Equal(SubmissionOutcome.Accepted, _world.Submit(d).Outcome);
        Assert.Equal(ParcelStatus.Matched, _world.State.Status);
    }

    [Fact]
    public void A_repeat_by_guid_or_by_content_has_no_second_effect()
    {
        _world.Declare();
        var before = _world.Left.Count;
        Assert.Equal(SubmissionOutcome.Duplicate, _world.Submit(_world.Sample.Order()).Outcome);
        Assert.Equal(
            SubmissionOutcome.Duplicate,
            _world.Submit((_world.Sample with { Revision = 2 }).List()).Outcome
        );
        _world.Settle();
        Assert.Equal(before, _world.Left.Count);
        Assert.Equal(43_000, _world.Standing.PendingFen);
    }

    [Fact]
    public void A_guid_used_again_for_other_content_is_refused()
    {
        _world.Submit(_world.Sample.Order());
        var other = _world.Sample.Order().With(OrderHead.Note, "other");
        Assert.Equal("guid-reused", Assert.Single(_world.Submit(other).Problems).Code);
    }

    [Fact]
    public void A_document_from_a_clock_far_ahead_is_refused_for_it_would_make_every_later_change_stale()
    {
        CebDocument At(TimeSpan ahead) =>
            _world.Sample.Order().With(OrderHead.AppTime, CebTime.Format(_world.Now + ahead));
        var refused = _world.Submit(At(TimeSpan.FromHours(24.1)));
        Assert.Equal(
            (SubmissionOutcome.Refused, "app-time-ahead", "appTime"),
            (refused.Outcome, refused.Problems[0].Code, refused.Problems[0].Field)
        );
        Assert.Equal(SubmissionOutcome.Accepted, _world.Submit(At(TimeSpan.FromHours(-1))).Outcome);
        Assert.Equal(
            SubmissionOutcome.Accepted,
            _world
                .Submit(
                    At(TimeSpan.FromHours(23))
                        .With(OrderHead.Guid, Guid.NewGuid().ToString())
                        .With(OrderHead.Note, "changed")
                )
                .Outcome
        );
    }

    [Fact]
    public void A_change_after_declaration_is_refused_explicitly()
    {
        _world.Declare();
        var reply = _world.Submit(
            (_world.Sample with { AppType = "2", Revision = 2, FreightFen = 0 }).Order()
        );
        Assert.Equal(SubmissionOutcome.Refused, reply.Outcome);
        Assert.Equal("-301011", reply.Receipt![OrderReturn.ReturnStatus]);
        Assert.Equal("already-declared", Assert.Single(reply.Problems).Code);
    }

    [Fact]
    public void A_change_before_declaration_takes_a_new_reservation_in_place_of_the_old()
    {
        foreach (
            var d in new[]
            {
                _world.Sample.Order(),
                _world.Sample.Payment(),
                _world.Sample.Waybill(),
                _world.Sample.List(),
            }
        )
            _world.Submit(d);
        _world.Settle();
        var dearer = _world.Sample with { AppType = "2", Revision = 2, FreightFen = 2_000 };
        foreach (var d in new[] { dearer.Order(), dearer.Payment(), dearer.Waybill(), dearer.List() })
            _world.Submit(d);
        _world.Settle();
        Assert.Equal(44_000, _world.Standing.PendingFen);
        Assert.Equal(ParcelStatus.Reserved, _world.State.Status);
    }

    [Fact]
    public void A_deleted_order_leaves_a_tombstone_and_frees_the_quota()
    {
        foreach (
            var d in new[]
            {
                _world.Sample.Order(),
                _world.Sample.Payment(),
                _world.Sample.Waybill(),
                _world.Sample.List(),
            }
        )
            _world.Submit(d);
        _world.Settle();
        _world.Submit((_world.Sample with { AppType = "3", Revision = 2 }).Order());
        _world.Settle();
        Assert.Equal(ParcelStatus.Collecting, _world.State.Status);
        Assert.Equal(0, _world.Standing.UsedFen);
        Assert.Equal(
            SubmissionOutcome.Stale,
            _world.Submit((_world.Sample with { FreightFen = 1 }).Order()).Outcome
        );
    }

    [Fact]
    public void A_wrong_document_is_recorded_but_is_not_one_of_the_parcels_documents()
    {
        var reply = _world.Submit(
            _world.Sample.Order(),
            new Problem(ProblemCode.FieldMissing, DocumentType.Order, null, "x", "…")
        );
        Assert.Equal(SubmissionOutcome.Refused, reply.Outcome);
        var view = ParcelViews.Show(_world.State, ParcelWorld.Rules.CustomsPort, Audience.All)!;
        Assert.Equal(ParcelStatus.Collecting, view.State);
        Assert.Empty(view.Documents);
        Assert.Equal("field-missing", Assert.Single(view.Problems).Code);
        _world.Submit(
            _world.Sample.Order() is var good ? good.With(OrderHead.Guid, new string('A', 36)) : good
        );
        Assert.Empty(ParcelViews.Show(_world.State, ParcelWorld.Rules.CustomsPort, Audience.All)!.Problems);
    }

    [Fact]
    public void A_mismatch_keeps_collecting_and_is_told_to_the_declarant_once()
    {
        var wrong = _world.Sample with { PaidFen = 1 };
        foreach (var d in new[] { wrong.Order(), wrong.Payment(), wrong.Waybill(), wrong.List() })
            _world.Submit(d);
        _world.Settle();
        _world.Answer(DocumentType.Order, 2);
        Assert.Equal(ParcelStatus.Collecting, _world.State.Status);
        Assert.Contains(_world.State.Problems, p => p.Code == "amount-paid-differs");
        Assert.Single(_world.HandedOn, r =>
            r.Receiver == SampleParcel.Warehouse && r.Receipt[InventoryReturn.ReturnStatus] == "-621001"
        );
    }

    [Fact]
    public void Over_the_years_limit_the_list_is_rejected_and_may_be_declared_again()
    {
        _world.Quota = new QuotaLedger(ParcelWorld.Rules.Limits, 3).Post(
            new QuotaState(),
            "elsewhere#1",
            2_590_000,
            2026,
            _world.Now
        );
        foreach (
            var d in new[]
            {
                _world.Sample.Order(),
                _world.Sample.Payment(),
                _world.Sample.Waybill(),
                _world.Sample.List(),
            }
        )
            _world.Submit(d);
        _world.Settle();
        Assert.Equal(ParcelStatus.Rejected, _world.State.Status);
        var receipt = _world.HandedOn.Single(r => r.Receipt.Type == CebType.DeclarationListReceipt).Receipt;
        Assert.Equal("-621018", receipt[InventoryReturn.ReturnStatus]);
        Assert.Contains("25900.00", receipt[InventoryReturn.ReturnInfo], StringComparison.Ordinal);
        Assert.Contains("26000.00", receipt[InventoryReturn.ReturnInfo], StringComparison.Ordinal);
        _world.Quota = new QuotaState();
        Assert.Equal(
            SubmissionOutcome.Accepted,
            _world.Submit((_world.Sample with { Revision = 2 }).List()).Outcome
        );
        _world.Settle();
        Assert.Equal((ParcelStatus.Reserved, 2), (_world.State.Status, _world.State.Attempt));
    }

    [Fact]
    public void A_list_refused_by_customs_frees_the_quota_and_the_next_is_a_new_attempt()
    {
        _world.Declare();
        _world.Answer(DocumentType.DeclarationList, 100, "B20261124000000001");
        Assert.Equal(ParcelStatus.Rejected, _world.State.Status);
        Assert.Equal(0, _world.Standing.UsedFen);
        _world.Submit((_world.Sample with { Revision = 2 }).List());
        _world.Settle();
        Assert.Equal((ParcelStatus.Declared, 2), (_world.State.Status, _world.State.Attempt));
        Assert.Equal(2, _world.Left.Count(d => d.Type == DocumentType.DeclarationList));
        // A late release of the first attempt changes nothing; customs is asked.
        _world.Answer(
            DocumentType.DeclarationList,
            800,
            "B20261124000000001",
            at: _world.Now - TimeSpan.FromHours(1)
        );
        Assert.Equal(ParcelStatus.Declared, _world.State.Status);
        Assert.NotEmpty(_world.Asked);
    }

    [Fact]
    public void A_late_receipt_never_moves_a_parcel_back()
    {
        _world.Release();
        foreach (var code in new[] { 2, 3, 120, 300, 500, 501, 100, -621001 })
            _world.Answer(DocumentType.DeclarationList, code, "B20261124000000001", "99992026I000000001");
        Assert.Equal(ParcelStatus.Released, _world.State.Status);
        Assert.Equal(43_000, _world.Standing.PostedFen);
    }

    [Fact]
    public void Receipts_in_any_order_end_at_release()
    {
        foreach (var order in new[] { new[] { 800, 120, 2 }, [120, 800, 2], [2, 800, 120], [800, 2, 120] })
        {
            var world = new ParcelWorld(ParcelWorld.Bonded);
            world.Declare();
            var start = world.Now;
            foreach (var code in order)
            {
                var rank = code switch
                {
                    2 => 1,
                    120 => 2,
                    _ => 3,
                };
                world.Answer(
                    DocumentType.DeclarationList,
                    code,
                    "B20261124000000001",
                    code == 2 ? null : "99992026I000000001",
                    start.AddSeconds(rank)
                );
            }
            Assert.Equal(ParcelStatus.Released, world.State.Status);
            Assert.Equal("99992026I000000001", world.State.InvtNo);
            Assert.Equal(43_000, world.Standing.PostedFen);
        }
    }

    [Fact]
    public void The_same_receipt_twice_is_kept_once_and_changes_nothing()
    {
        _world.Declare();
        var receipt = _world.Receipt(
            DocumentType.DeclarationList,
            120,
            "B20261124000000001",
            "99992026I000000001"
        );
        _world.Decide(new ReceiptArrived(new CustomsAnswer(receipt, _world.Now)));
        var taken = _world.State;
        _world.Decide(new ReceiptArrived(new CustomsAnswer(receipt, _world.Now)));
        Assert.Same(taken, _world.State);
        Assert.Single(_world.State.Receipts, r => r.Receipt == receipt);
    }

    [Fact]
    public void An_unknown_positive_code_is_kept_and_shown_and_moves_nothing()
    {
        _world.Declare();
        _world.Answer(DocumentType.DeclarationList, 777, "B20261124000000001");
        Assert.Equal(ParcelStatus.Declared, _world.State.Status);
        Assert.Contains(
            ParcelViews.Show(_world.State, ParcelWorld.Rules.CustomsPort, Audience.All)!.Receipts,
            r => r.Status == "777"
        );
    }

    [Fact]
    public void Already_declared_is_doubt_and_customs_is_asked()
    {
        _world.Declare();
        _world.Answer(DocumentType.DeclarationList, -621004);
        Assert.Equal(ParcelStatus.Declared, _world.State.Status);
        Assert.Equal(43_000, _world.Standing.PendingFen);
        Assert.Contains(_world.Asked, q =>
            q.Type == DocumentType.DeclarationList
            && q.Key == $"{SampleParcel.Warehouse}|{_world.Sample.CopNo}"
        );
    }

    [Fact]
    public void Silence_makes_the_engine_ask_less_and_less_often()
    {
        _world.Declare();
        _world.Now = _world.State[DocumentType.DeclarationList]!.AskAt!.Value;
        _world.Decide(new Woken());
        _world.Settle();
        Assert.Contains(_world.Asked, q => q.Type == DocumentType.DeclarationList);
        Assert.True(
            _world.State[DocumentType.DeclarationList]!.AskAt - _world.Now
                > ParcelWorld.Rules.Options.AnswerTimeout
        );
    }

    [Fact]
    public void An_order_refused_by_customs_stops_the_list()
    {
        foreach (
            var d in new[]
            {
                _world.Sample.Order(),
                _world.Sample.Payment(),
                _world.Sample.Waybill(),
                _world.Sample.List(),
            }
        )
            _world.Submit(d);
        _world.Settle();
        _world.Answer(DocumentType.Order, 100);
        _world.Answer(DocumentType.Payment, 2);
        Assert.Equal(ParcelStatus.Rejected, _world.State.Status);
        Assert.DoesNotContain(_world.Left, d =>
            d.Type is DocumentType.DeclarationList or DocumentType.Waybill
        );
        Assert.Equal(0, _world.Standing.UsedFen);
        _world.Submit((_world.Sample with { AppType = "2", Revision = 2 }).Order());
        _world.Settle();
        _world.Answer(DocumentType.Order, 2);
        _world.Answer(DocumentType.Waybill, 2);
        Assert.Equal(ParcelStatus.Declared, _world.State.Status);
    }

    [Fact]
    public void A_cancellation_gives_the_quota_back_only_at_399()
    {
        _world.Release();
        var reply = _world.Submit(_world.Sample.Cancellation("99992026I000000001"));
        Assert.Equal(ParcelStatus.CancelRequested, reply.Status);
        _world.Settle();
        _world.Answer(DocumentType.Cancellation, 2);
        Assert.Equal(43_000, _world.Standing.PostedFen);
        _world.Answer(DocumentType.Cancellation, 399);
        Assert.Equal(ParcelStatus.Cancelled, _world.State.Status);
        Assert.Equal(0, _world.Standing.PostedFen);
    }

    [Fact]
    public void A_refused_cancellation_leaves_the_parcel_released()
    {
        _world.Release();
        _world.Submit(_world.Sample.Cancellation("99992026I000000001"));
        _world.Settle();
        _world.Answer(DocumentType.Cancellation, 100);
        Assert.Equal(ParcelStatus.Released, _world.State.Status);
        Assert.Equal(43_000, _world.Standing.PostedFen);
    }

    [Fact]
    public void Returns_come_after_leaving_in_parts_and_give_back_their_value()
    {
        _world.Release();
        var refused = _world.Submit(_world.Sample.Return("99992026I000000001", (1, 1)));
        Assert.Equal("-625022", refused.Receipt![InvtRefundReturn.ReturnStatus]);
        var early = Assert.Single(refused.Problems);
        Assert.Equal("wrong-state", early.Code);
        Assert.Contains("registers by POST", early.Text, StringComparison.Ordinal);
        Assert.Null(_world.Decide(new GoodsDeparted(_world.Now)).Refusal);
        _world.Submit((_world.Sample with { Revision = 2 }).Return("99992026I000000001", (1, 1)));
        _world.Settle();
        _world.Answer(DocumentType.Return, 399);
        Assert.Equal(ParcelStatus.PartlyReturned, _world.State.Status);
        Assert.Equal(43_000 - 18_000, _world.Standing.PostedFen);
        Assert.Equal(
            "returned-too-much",
            Assert
                .Single(
                    _world
                        .Submit((_world.Sample with { Revision = 3 }).Return("99992026I000000001", (1, 2)))
                        .Problems
                )
                .Code
        );
        _world.Submit((_world.Sample with { Revision = 4 }).Return("99992026I000000001", (1, 1), (2, 1)));
        _world.Settle();
        _world.Answer(DocumentType.Return, 399);
        Assert.Equal(ParcelStatus.Returned, _world.State.Status);
        Assert.Equal(0, _world.Standing.PostedFen);
    }

    [Fact]
    public void A_tax_bill_and_its_states_are_kept_and_shown()
    {
        _world.Release();
        var bill = CebDocument.Create(
            CebType.TaxBill,
            (TaxHeadRd.Guid, new string('B', 36)),
            (TaxHeadRd.ReturnTime, CebTime.FormatMillis(_world.Now)),
            (TaxHeadRd.TaxNo, "T1"),
            (TaxHeadRd.InvtNo, "99992026I000000001"),
            (TaxHeadRd.Status, "1"),
            (TaxHeadRd.CustomsTax, "0"),
            (TaxHeadRd.ValueAddedTax, "39.13"),
            (TaxHeadRd.ConsumptionTax, "0")
        );
        var state = CebDocument.Create(
            CebType.TaxBillState,
            (TaxHeadStatus.Guid, new string('C', 36)),
            (TaxHeadStatus.ReturnTime, CebTime.FormatMillis(_world.Now.AddSeconds(1))),
            (TaxHeadStatus.TaxNo, "T1"),
            (TaxHeadStatus.InvtNo, "99992026I000000001"),
            (TaxHeadStatus.Status, "2"),
            (TaxHeadStatus.EntDutyNo, "E1")
        );
        foreach (var receipt in new[] { state, bill, bill })
            _world.Decide(new ReceiptArrived(new CustomsAnswer(receipt, _world.Now)));
        var shown = Assert.Single(_world.State.TaxBills);
        Assert.Equal(("2", 3_913, "E1"), (shown.Status, shown.ValueAddedTaxFen, shown.EntDutyNo));
    }

    [Fact]
    public void A_buyer_known_to_be_over_is_warned_of_or_refused_at_the_order()
    {
        Submission Over() =>
            new(
                DocumentType.Order,
                _world.Sample.Order(),
                SampleParcel.Message(_world.Sample.Order()).Transfer!,
                null,
                _world.Now,
                [],
                new OverLimit(2_590_000, 2_600_000)
            );
        var warned = _world.Decide(new DocumentArrived(Over())).Reply!;
        _world.Settle();
        Assert.Equal(SubmissionOutcome.Accepted, warned.Outcome);
        Assert.Contains(
            "25900.00",
            _world.HandedOn.Single().Receipt[OrderReturn.ReturnInfo],
            StringComparison.Ordinal
        );
        var strict = new ParcelWorld(
            ParcelWorld.Bonded,
            ParcelWorld.Rules with
            {
                CustomsPort = new CustomsPortOptions { Interception = Interception.Refuse },
            }
        );
        Assert.Equal(
            "over-annual-limit-known",
            Assert.Single(strict.Decide(new DocumentArrived(Over())).Reply!.Problems).Code
        );
    }

    [Fact]
    public void A_technical_failure_at_customs_is_sent_again_a_few_times()
    {
        _world.Declare();
        for (var i = 0; i < 5; i++)
            _world.Answer(DocumentType.DeclarationList, 4);
        Assert.Equal(
            1 + ParcelWorld.Rules.Options.MaxResends,
            _world.Left.Count(d => d.Type == DocumentType.DeclarationList)
        );
        Assert.Equal(ParcelStatus.Declared, _world.State.Status);
    }

    [Fact]
    public void A_format_refusal_of_a_gathered_message_sends_the_document_again_by_itself()
    {
        _world.Submit(_world.Sample.Order());
        _world.Settle();
        _world.Decide(new FormatRefused(["order/1"], null));
        Assert.Contains(_world.State.Outbox, o => o.Id == "order/1/r1");
        _world.Decide(
            new FormatRefused(
                ["order/1/r1"],
                new Problem(ProblemCode.FormatRefused, DocumentType.Order, null, null, "…")
            )
        );
        Assert.Null(_world.State[DocumentType.Order]);
        Assert.Contains(ParcelViews.Problems(_world.State), p => p.Code == "format-refused");
    }
}
