using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Participants;
using ClearanceEngine.Simulator.Samples;
using ClearanceEngine.Subscribers;
using Xunit;

namespace ClearanceEngine.Tests.Parcels;

/// <summary>Rules 4 and 6: what customs says late, twice, or in contradiction is kept and asked about; it never refuses, voids or doubles.</summary>
public class DoubtTests
{
    const string PreNo = ParcelPaths.PreNo,
        InvtNo = ParcelPaths.InvtNo;

    readonly ParcelWorld _world = new(ParcelWorld.Bonded);

    public static TheoryData<ParcelStatus> States => [.. Enum.GetValues<ParcelStatus>()];

    [Theory]
    [MemberData(nameof(States))]
    public void Already_declared_and_wrong_state_never_refuse_or_void_in_any_state_but_ask(
        ParcelStatus status
    )
    {
        (DocumentType Kind, int[] Codes)[] doubts =
        [
            (DocumentType.Order, [-301009, -301010, -301011, -301014]),
            (DocumentType.Payment, [-401006, -401007, -401008, -401012]),
            (DocumentType.Waybill, [-504012, -504014, -504015, -504016]),
            (DocumentType.DeclarationList, [-621004, -621010, -621011, -621012, -621023, -621999]),
            (DocumentType.Cancellation, [-623005, -623009, -623013, -623025]),
            (DocumentType.Return, [-625022, -625024, -625033]),
        ];
        foreach (var (type, codes) in doubts)
        {
            foreach (var code in codes)
            {
                var world = new ParcelWorld(ParcelWorld.Bonded);
                world.LeadTo(status);
                if (world.State[type] is not { IsDispatched: true })
                    continue;
                var (quota, owes, asked) = (world.Quota, world.State.Outbox, world.Asked.Count);
                world.Decide(new ReceiptArrived(new CustomsAnswer(world.Receipt(type, code), world.Now)));
                Assert.Equal(status, world.State.Status);
                Assert.DoesNotContain(world.State.Outbox.Except(owes), o =>
                    o is ChangeQuota or DispatchDocument
                );
                world.Settle();
                Assert.Contains(world.Asked.Skip(asked), q => q.Type == type);
                if (status != ParcelStatus.Matched)
                    Assert.Equal(quota, world.Quota);
            }
        }
    }

    [Fact]
    public void A_receipt_of_another_number_changes_nothing_and_is_kept_handed_on_and_asked_about()
    {
        _world.Declare();
        _world.Answer(DocumentType.DeclarationList, 120, PreNo, InvtNo);
        foreach (
            var (preNo, invtNo, copNo, code) in new (string? PreNo, string? InvtNo, string? CopNo, int Code)[]
            {
                ("B9", InvtNo, null, 800),
                (PreNo, "9", null, 100),
                (PreNo, null, "COP9", 800),
                ("B9", null, null, 2),
            }
        )
        {
            var receipt = _world.Receipt(DocumentType.DeclarationList, code, preNo, invtNo, copNo: copNo);
            _world.Decide(new ReceiptArrived(new CustomsAnswer(receipt, _world.Now)));
            _world.Settle();
            Assert.False(_world.State.Receipts.Single(r => r.Receipt == receipt).Applied);
            Assert.Contains(_world.HandedOn, r => r.Receipt == receipt);
        }
        Assert.Equal(
            (ParcelStatus.AtCustoms, PreNo, InvtNo),
            (_world.State.Status, _world.State.PreNo, _world.State.InvtNo)
        );
        Assert.Equal(43_000, _world.Standing.PendingFen);
        // One question: while its answer may be on the way, the next doubt waits.
        Assert.Single(_world.Asked, q => q.Type == DocumentType.DeclarationList);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Customs_is_asked_only_so_often_about_a_parcel_that_never_becomes_whole_but_always_about_one_that_holds_quota(
        bool declared
    )
    {
        if (declared)
            _world.Declare();
        else
        {
            _world.Submit(_world.Sample.Order());
            _world.Settle();
            _world.Answer(DocumentType.Order, 2);
        }
        var most = _world.UsedRules.Options.MaxQuestions;
        var about = declared ? DocumentType.DeclarationList : DocumentType.Order;
        while (_world.Asked.Count(q => q.Type == about) < most + 10 && _world.State.TimeDueAt is { } due)
        {
            _world.Now = due;
            _world.Decide(new Woken());
            _world.Settle();
        }
        Assert.Equal(!declared, _world.State.IsAtRest);
        Assert.Equal(declared ? most + 10 : most, _world.Asked.Count(q => q.Type == about));

        // News begins the count anew, and an operator may always ask.
        _world.Decide(new AskNow());
        _world.Settle();
        Assert.Equal(declared ? most + 11 : most + 1, _world.Asked.Count(q => q.Type == about));
        _world.Answer(about, 2);
        Assert.Equal(_world.Now + _world.UsedRules.Options.AnswerTimeout, _world.State.TimeDueAt);
    }

    /// <summary>Customs answers each question, and an answer that says the time of now is none that is known already.</summary>
    [Fact]
    public void A_parcel_that_is_decided_does_not_ask_about_every_answer()
    {
        _world.LeadTo(ParcelStatus.Departed);
        var asked = _world.Asked.Count;
        for (var i = 0; i < 4; i++)
            _world.Answer(DocumentType.DeclarationList, 800, ParcelPaths.PreNo, ParcelPaths.InvtNo);
        Assert.Equal(asked + 1, _world.Asked.Count);
    }

    [Fact]
    public void A_late_step_of_the_first_attempt_does_not_become_the_second_ones()
    {
        _world.Declare();
        var late = _world.Receipt(DocumentType.DeclarationList, 2, PreNo);
        _world.Answer(DocumentType.DeclarationList, 100, PreNo);
        _world.Now += TimeSpan.FromSeconds(5);
        _world.Submit((_world.Sample with { Revision = 2 }).List());
        _world.Settle();
        _world.Decide(new ReceiptArrived(new CustomsAnswer(late, _world.Now)));
        Assert.Null(_world.State.PreNo);
        _world.Answer(DocumentType.DeclarationList, 800, "B2", "I2");
        Assert.Equal((ParcelStatus.Released, "B2"), (_world.State.Status, _world.State.PreNo));
    }

    [Fact]
    public void What_customs_said_of_a_revision_does_not_refuse_the_next_one()
    {
        _world.Submit(_world.Sample.Order());
        _world.Settle();
        var refusal = _world.Receipt(DocumentType.Order, 100);
        _world.Now += TimeSpan.FromSeconds(5);
        // Staged, the next revision stays here; declared, it leaves. Either way customs cannot have spoken of it.
        foreach (
            var next in new[]
            {
                _world.Sample with
                {
                    AppStatus = "1",
                    Revision = 2,
                },
                _world.Sample with
                {
                    Revision = 3,
                },
            }
        )
        {
            _world.Submit(next.Order());
            _world.Settle();
            _world.Decide(new ReceiptArrived(new CustomsAnswer(refusal, _world.Now)));
            Assert.NotEqual(ParcelStatus.Rejected, _world.State.Status);
        }
        Assert.Equal(2, _world.Left.Count);
        _world.Answer(DocumentType.Order, 2);
        Assert.Equal(2, _world.State[DocumentType.Order]!.CustomsCode);
    }

    [Fact]
    public void A_refusal_of_the_list_before_is_none_of_the_list_that_has_not_left()
    {
        _world.Declare();
        _world.Answer(DocumentType.DeclarationList, 100, PreNo);
        _world.Submit((_world.Sample with { Revision = 2 }).List());
        Assert.Equal(ParcelStatus.Matched, _world.State.Status);
        _world.Decide(
            new ReceiptArrived(
                new CustomsAnswer(_world.Receipt(DocumentType.DeclarationList, -621001, PreNo), _world.Now)
            )
        );
        _world.Settle();
        Assert.Equal((ParcelStatus.Declared, 43_000), (_world.State.Status, _world.Standing.PendingFen));
    }

    [Fact]
    public void Lost_answers_are_asked_for_ever_less_often_until_one_comes()
    {
        _world.Declare();
        // The E-Port has it: what is asked for is the answer, and nothing goes again.
        _world.Answer(DocumentType.DeclarationList, 2);
        var options = ParcelWorld.Rules.Options;
        var waited = TimeSpan.Zero;
        for (var i = 0; i < 12; i++)
        {
            var asked = _world.Asked.Count(q => q.Type == DocumentType.DeclarationList);
            _world.Now = _world.State[DocumentType.DeclarationList]!.AskAt!.Value;
            _world.Decide(new Woken());
            _world.Settle();
            Assert.Equal(asked + 1, _world.Asked.Count(q => q.Type == DocumentType.DeclarationList));
            var wait = _world.State[DocumentType.DeclarationList]!.AskAt!.Value - _world.Now;
            Assert.True(wait > waited || wait == options.LongestQuestionInterval);
            waited = wait;
        }
        Assert.Equal(options.LongestQuestionInterval, waited);
        Assert.Equal(_world.Asked.Count, _world.Asked.Select(q => q.Id).Distinct().Count());
        _world.Answer(DocumentType.DeclarationList, 120, PreNo, InvtNo);
        Assert.Equal(_world.Now + options.AnswerTimeout, _world.State[DocumentType.DeclarationList]!.AskAt);
        _world.Answer(DocumentType.DeclarationList, 800, PreNo, InvtNo);
        Assert.Null(_world.State.TimeDueAt);
    }

    [Fact]
    public void A_cancellation_is_asked_about_until_399_or_a_refusal()
    {
        _world.LeadTo(ParcelStatus.CancelRequested);
        foreach (var code in new[] { 2, 120 })
        {
            _world.Answer(DocumentType.Cancellation, code);
            Assert.NotNull(_world.State[DocumentType.Cancellation]!.AskAt);
        }
        _world.Answer(DocumentType.Cancellation, 399);
        Assert.Null(_world.State.TimeDueAt);
    }

    [Fact]
    public void An_answer_that_repeats_the_last_word_ends_the_asking()
    {
        _world.Declare();
        var refusal = _world.Receipt(DocumentType.DeclarationList, 100, PreNo);
        _world.Decide(new ReceiptArrived(new CustomsAnswer(refusal, _world.Now)));
        _world.Settle();
        _world.Answer(DocumentType.DeclarationList, -621010);
        Assert.NotNull(_world.State[DocumentType.DeclarationList]!.AskAt);
        _world.Decide(new ReceiptArrived(new CustomsAnswer(refusal, _world.Now)));
        Assert.Null(_world.State[DocumentType.DeclarationList]!.AskAt);
        Assert.Equal(
            (ParcelStatus.Rejected, 1),
            (_world.State.Status, _world.State.Receipts.Count(r => r.Receipt == refusal))
        );
    }

    [Fact]
    public void A_doubted_release_counts_when_customs_says_it_again_although_asked_twice()
    {
        _world.Declare();
        var release = _world.Receipt(
            DocumentType.DeclarationList,
            800,
            PreNo,
            InvtNo,
            _world.Now - TimeSpan.FromMinutes(20)
        );
        for (var i = 0; i < 2; i++)
        {
            _world.Decide(new ReceiptArrived(new CustomsAnswer(release, _world.Now)));
            _world.Settle();
            Assert.Equal(
                (ParcelStatus.Declared, 1),
                (_world.State.Status, _world.Asked.Count(q => q.Type == DocumentType.DeclarationList))
            );
        }
        _world.Now = _world.State[DocumentType.DeclarationList]!.AskAt!.Value;
        _world.Decide(new Woken());
        _world.Settle();
        _world.Decide(new ReceiptArrived(new CustomsAnswer(release, _world.Now)));
        _world.Settle();
        Assert.Equal((ParcelStatus.Released, 43_000), (_world.State.Status, _world.Standing.PostedFen));
        Assert.Single(_world.State.Receipts, r => r.Receipt == release);
    }

    [Fact]
    public void A_list_released_after_it_was_refused_is_posted_and_flagged()
    {
        _world.LeadTo(ParcelStatus.Rejected);
        Assert.Equal(0, _world.Standing.UsedFen);
        _world.Answer(DocumentType.DeclarationList, 800, PreNo, InvtNo);
        Assert.Equal((ParcelStatus.Released, 43_000), (_world.State.Status, _world.Standing.PostedFen));
        Assert.True(Assert.Single(_world.Quota.Reservations.Values).Flagged);
    }

    [Fact]
    public void A_list_released_after_we_refused_the_next_one_is_posted_and_flagged()
    {
        _world.LeadTo(ParcelStatus.Rejected);
        _world.Quota = new QuotaLedger(ParcelWorld.Rules.Limits, 3).Post(
            _world.Quota,
            "elsewhere#1",
            2_590_000,
            2026,
            _world.Now
        );
        _world.Submit((_world.Sample with { Revision = 2 }).List());
        _world.Settle();
        Assert.Equal(ParcelStatus.Rejected, _world.State.Status);
        _world.Answer(DocumentType.DeclarationList, 800, PreNo, InvtNo);
        Assert.Equal(
            (ParcelStatus.Released, 2_590_000 + 43_000),
            (_world.State.Status, _world.Standing.PostedFen)
        );
    }

    [Fact]
    public void A_reserve_answer_of_an_attempt_that_is_over_is_ignored()
    {
        foreach (
            var document in new[]
            {
                _world.Sample.Order(),
                _world.Sample.Payment(),
                _world.Sample.Waybill(),
                _world.Sample.List(),
            }
        )
            _world.Submit(document);
        var first = _world.Reserve(_world.State.Outbox.OfType<ChangeQuota>().Single());
        var dearer = _world.Sample with { AppType = "2", Revision = 2, FreightFen = 2_000 };
        foreach (var document in new[] { dearer.Order(), dearer.Payment(), dearer.Waybill(), dearer.List() })
            _world.Submit(document);
        Assert.NotEqual(first.Attempt, _world.State.Quota!.Attempt);
        _world.Decide(first);
        Assert.Equal(
            (ParcelStatus.Matched, QuotaStage.Reserving),
            (_world.State.Status, _world.State.Quota!.Stage)
        );
        _world.Settle();
        Assert.Equal((ParcelStatus.Reserved, 44_000), (_world.State.Status, _world.Standing.PendingFen));
    }

    [Fact]
    public void Attempts_replaced_before_anyone_answered_leave_no_reservation_behind()
    {
        foreach (var deleted in new[] { false, true })
        {
            var world = new ParcelWorld(ParcelWorld.Bonded);
            world.LeadTo(ParcelStatus.Reserved);
            // The list changes and falls in another year, twice, before the subscriber answers once.
            foreach (var revision in new[] { 2, 3 })
            {
                world.Now = world.Now.AddYears(1);
                world.Submit(
                    (world.Sample with { AppType = "2", Revision = revision })
                        .List()
                        .With(InventoryHead.Note, $"{revision}")
                );
            }
            Assert.Equal(
                (3, 1),
                (world.State.Attempt, world.State.Outbox.OfType<ChangeQuota>().Single().Replaces)
            );
            if (deleted)
                world.Submit((world.Sample with { AppType = "3", Revision = 4 }).List());
            world.Settle();
            var pending = world
                .Quota.Reservations.Values.Where(r => r.Stage == ReservationStage.Pending)
                .Select(r => (r.Year, r.AmountFen));
            Assert.Equal(deleted ? [] : [(2028, 43_000)], pending);
        }
    }

    [Fact]
    public void A_second_CEB900_for_the_same_message_has_no_second_effect()
    {
        _world.Submit(_world.Sample.Order());
        _world.Settle();
        for (var i = 0; i < 2; i++)
            _world.Decide(new FormatRefused(["order/1"], null));
        _world.Settle();
        Assert.Equal(["order/1", "order/1/r1"], _world.Left.Select(d => d.Id));
        for (var i = 0; i < 2; i++)
            _world.Decide(new FormatRefused(["order/1/r1"], FormatProblem));
        _world.Settle();
        Assert.Single(_world.HandedOn, r =>
            r.Receiver == SampleParcel.Platform && r.Receipt[OrderReturn.ReturnStatus] == "-301008"
        );
        _world.Submit((_world.Sample with { Revision = 2 }).Order());
        _world.Decide(new FormatRefused(["order/1/r1"], FormatProblem));
        _world.Settle();
        Assert.Equal("order/2", _world.Left[^1].Id);
        Assert.NotNull(_world.State[DocumentType.Order]);
    }

    [Fact]
    public void A_CEB900_that_overtakes_the_news_of_sending_leaves_no_debt_that_nobody_can_pay()
    {
        _world.Submit(_world.Sample.Order());
        _world.Decide(new FormatRefused(["order/1"], null));
        Assert.Equal(["order/1/r1"], _world.State.Outbox.OfType<DispatchDocument>().Select(o => o.Id));
    }

    [Fact]
    public void A_member_of_a_signed_message_with_a_CEB900_goes_back_to_its_sender()
    {
        _world.SubmitIn("SIGNED", _world.Sample.Order());
        _world.Settle();
        _world.Decide(new FormatRefused(["order/1"], null));
        _world.Settle();
        Assert.Null(_world.State[DocumentType.Order]);
        Assert.Single(_world.Left);
        Assert.Contains(_world.HandedOn, r =>
            r.Receiver == SampleParcel.Platform && r.Receipt[OrderReturn.ReturnStatus] == "-301008"
        );
    }

    [Fact]
    public void A_CEB900_for_what_customs_has_answered_is_doubt()
    {
        _world.Declare();
        _world.Answer(DocumentType.DeclarationList, 120, PreNo, InvtNo);
        _world.Decide(new FormatRefused(["list/1"], FormatProblem));
        _world.Settle();
        Assert.Equal((ParcelStatus.AtCustoms, 43_000), (_world.State.Status, _world.Standing.PendingFen));
        Assert.Contains(_world.Asked, q => q.Type == DocumentType.DeclarationList);
    }

    [Fact]
    public void A_document_that_could_not_be_sent_and_comes_again_leaves_behind_the_list()
    {
        var world = new ParcelWorld(
            ParcelWorld.Bonded,
            ParcelWorld.Rules with
            {
                CustomsPort = new() { AcceptedLevel = AcceptedLevel.Sent },
            }
        );
        foreach (
            var document in new[]
            {
                world.Sample.Order(),
                world.Sample.Payment(),
                world.Sample.Waybill(),
                world.Sample.List(),
            }
        )
            world.Submit(document);
        world.Settle();
        Assert.Equal(ParcelStatus.Declared, world.State.Status);
        world.Decide(new FormatRefused(["order/1"], FormatProblem));
        world.Submit((world.Sample with { Revision = 2 }).Order());
        world.Settle();
        Assert.Contains(world.Left, d => d.Id == "order/2");
    }

    [Fact]
    public void A_signed_document_with_a_technical_failure_is_asked_about_and_not_sent_in_our_name()
    {
        _world.SubmitIn("SIGNED", _world.Sample.Order());
        _world.Settle();
        _world.Answer(DocumentType.Order, 4);
        Assert.Single(_world.Left);
        Assert.Contains(_world.Asked, q => q.Type == DocumentType.Order);
    }

    [Fact]
    public void A_late_technical_failure_sends_nothing_again()
    {
        _world.Declare();
        _world.Answer(DocumentType.DeclarationList, 3, PreNo);
        _world.Answer(DocumentType.DeclarationList, 4, PreNo, at: _world.Now - TimeSpan.FromSeconds(1));
        _world.Answer(DocumentType.Order, 120);
        _world.Answer(DocumentType.Order, 4, at: _world.Now - TimeSpan.FromSeconds(1));
        _world.Answer(DocumentType.DeclarationList, 800, PreNo, InvtNo);
        _world.Submit(_world.Sample.Cancellation(InvtNo));
        _world.Settle();
        _world.Answer(DocumentType.Cancellation, 399);
        _world.Answer(DocumentType.Cancellation, -623006);
        Assert.Equal(
            ["cancel/1", "list/1", "order/1", "payment/1", "waybill/1"],
            _world.Left.Select(d => d.Id).Order(StringComparer.Ordinal)
        );
        Assert.Equal((ParcelStatus.Cancelled, 0), (_world.State.Status, _world.Standing.UsedFen));
    }

    [Fact]
    public void A_release_said_again_does_not_end_a_cancellation_under_way()
    {
        _world.LeadTo(ParcelStatus.CancelRequested);
        _world.Answer(DocumentType.DeclarationList, 800, PreNo, InvtNo);
        Assert.Equal(ParcelStatus.CancelRequested, _world.State.Status);
        _world.Answer(DocumentType.Cancellation, 399);
        Assert.Equal((ParcelStatus.Cancelled, 0), (_world.State.Status, _world.Standing.UsedFen));
    }

    [Theory]
    [InlineData(399, ParcelStatus.Returned, 0)]
    [InlineData(100, ParcelStatus.Closed, 43_000)]
    public void A_list_closed_during_a_return_does_not_end_it_and_is_where_a_refusal_leads(
        int code,
        ParcelStatus end,
        long posted
    )
    {
        _world.LeadTo(ParcelStatus.ReturnRequested);
        _world.Answer(DocumentType.DeclarationList, 899, PreNo, InvtNo);
        Assert.Equal(ParcelStatus.ReturnRequested, _world.State.Status);
        _world.Answer(DocumentType.Return, code);
        Assert.Equal((end, posted), (_world.State.Status, _world.Standing.PostedFen));
    }

    [Fact]
    public void A_list_closed_during_a_cancellation_is_where_its_refusal_leads()
    {
        _world.LeadTo(ParcelStatus.CancelRequested);
        _world.Answer(DocumentType.DeclarationList, 899, PreNo, InvtNo);
        Assert.Equal(ParcelStatus.CancelRequested, _world.State.Status);
        _world.Answer(DocumentType.Cancellation, 100);
        Assert.Equal((ParcelStatus.Closed, 43_000), (_world.State.Status, _world.Standing.PostedFen));
    }

    [Fact]
    public void Goods_that_leave_during_a_return_do_not_end_it()
    {
        _world.Release();
        _world.Answer(DocumentType.DeclarationList, 899, PreNo, InvtNo);
        _world.Submit(_world.Sample.Return(InvtNo, (1, 2), (2, 1)));
        _world.Settle();
        for (var i = 0; i < 2; i++)
            Assert.Null(_world.Decide(new GoodsDeparted(_world.Now)).Refusal);
        Assert.Single(_world.State.Timeline, e => e.Event == "left");
        _world.Answer(DocumentType.Return, 399);
        Assert.Equal((ParcelStatus.Returned, 0), (_world.State.Status, _world.Standing.UsedFen));
    }

    [Fact]
    public void A_late_CEB900_for_a_cancellation_that_is_over_moves_nothing()
    {
        _world.LeadTo(ParcelStatus.CancelRequested);
        _world.Decide(new FormatRefused(["cancel/1"], FormatProblem));
        _world.Settle();
        Assert.Equal(ParcelStatus.Released, _world.State.Status);
        _world.Submit((_world.Sample with { Revision = 2 }).Cancellation(InvtNo));
        _world.Settle();
        _world.Answer(DocumentType.Cancellation, 100);
        _world.Decide(new GoodsDeparted(_world.Now));
        foreach (var id in new[] { "cancel/1", "cancel/2" })
            _world.Decide(new FormatRefused([id], FormatProblem));
        Assert.Equal(ParcelStatus.Departed, _world.State.Status);
    }

    [Fact]
    public void A_deleted_cancellation_requests_nothing()
    {
        _world.Release();
        _world.Submit(_world.Sample.Cancellation(InvtNo).With(InvtCancel.AppType, "3"));
        Assert.Equal(ParcelStatus.Released, _world.State.Status);
    }

    [Fact]
    public void Our_own_receipt_says_the_same_however_often_it_is_due()
    {
        var wrong = _world.Sample.Order();
        for (var i = 0; i < 2; i++)
        {
            _world.Submit(
                wrong,
                new Problem(ProblemCode.FieldMissing, DocumentType.Order, null, "x", "缺。Missing.")
            );
            _world.Settle();
            _world.Now += TimeSpan.FromMinutes(1);
        }
        Assert.Equal(2, _world.HandedOn.Count);
        Assert.True(_world.HandedOn[0].Receipt.SameAs(_world.HandedOn[1].Receipt));
    }

    static Problem FormatProblem =>
        new(
            ProblemCode.FormatRefused,
            DocumentType.Order,
            null,
            null,
            "格式不符。Customs refused the format."
        );
}
