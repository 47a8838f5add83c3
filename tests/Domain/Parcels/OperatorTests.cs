using ClearanceEngine.Access;
using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Simulator.Samples;
using Xunit;

namespace ClearanceEngine.Tests.Parcels;

/// <summary>An operator can bring about the end of every parcel (rule 4): send again, ask, close with a reason.</summary>
public class OperatorTests
{
    const string PreNo = ParcelPaths.PreNo,
        InvtNo = ParcelPaths.InvtNo,
        Reason = "企业已另行申报";

    readonly ParcelWorld _world = new(ParcelWorld.Bonded);

    [Fact]
    public void A_document_is_sent_again_by_order_and_the_timeline_says_so()
    {
        _world.Declare();
        _world.Answer(DocumentType.DeclarationList, 120, PreNo, InvtNo);
        Assert.Null(Resend(DocumentType.DeclarationList));
        Assert.Equal(["list/1", "list/1/r1"], Left(DocumentType.DeclarationList));
        Assert.Single(_world.State.Timeline, e => e.Event == "list-resent-by-operator");
    }

    [Fact]
    public void A_list_that_customs_releases_stays_though_it_could_not_be_sent_once_more()
    {
        _world.Declare();
        _world.Answer(DocumentType.DeclarationList, 120, PreNo, InvtNo);
        Assert.Null(_world.Decide(new ResendOrdered(DocumentType.DeclarationList, null)).Refusal);
        var release = _world.Receipt(DocumentType.DeclarationList, 800, PreNo, InvtNo);
        _world.Decide(new ReceiptArrived(new CustomsAnswer(release, _world.Now)));
        var noKey = new Problem(ProblemCode.SigningKeyMissing, DocumentType.DeclarationList, null, null, "…");
        _world.Decide(new EffectCompleted(new Completion("list/1/r1", _world.Now, Problem: noKey)));
        _world.Settle();
        Assert.Equal(ParcelStatus.Released, _world.State.Status);
        var cancelled = _world.Submit(_world.Sample.Cancellation(InvtNo));
        Assert.Equal(SubmissionOutcome.Accepted, cancelled.Outcome);
    }

    [Fact]
    public void An_operators_resends_are_bounded_and_do_not_use_up_the_engines_own()
    {
        _world.Declare();
        var most = _world.UsedRules.Options.MaxResends;
        for (var i = 0; i < most; i++)
            Assert.Null(Resend(DocumentType.DeclarationList));
        Assert.Equal("too-many-resends", Resend(DocumentType.DeclarationList)!.Code);
        for (var i = 0; i < most + 2; i++)
            _world.Answer(DocumentType.DeclarationList, 4);
        Assert.Equal(1 + 2 * most, Left(DocumentType.DeclarationList).Length);
    }

    [Fact]
    public void What_cannot_be_sent_again_is_refused_in_both_languages_and_changes_nothing()
    {
        _world.LeadTo(ParcelStatus.Matched);
        var before = _world.State;
        IsRefused("not-dispatched", DocumentType.DeclarationList);
        IsRefused("still-leaving", DocumentType.Order);
        IsRefused(ProblemCode.DocumentNotFound, DocumentType.Return);
        Assert.Equal(
            ProblemCode.DocumentNotFound,
            _world.Decide(new ResendOrdered(DocumentType.Order, "OTHER")).Refusal!.Code
        );
        Assert.Same(before, _world.State);

        _world.Release();
        IsRefused("wrong-state", DocumentType.DeclarationList);
        _world.Answer(DocumentType.Order, 120);
        IsRefused("wrong-state", DocumentType.Order);

        var signed = new ParcelWorld(ParcelWorld.Bonded);
        signed.SubmitIn("SIGNED", signed.Sample.Order());
        signed.Settle();
        Assert.Equal(
            "signed-message",
            signed.Decide(new ResendOrdered(DocumentType.Order, null)).Refusal!.Code
        );
    }

    [Fact]
    public void Of_several_documents_the_one_of_the_number_goes_again()
    {
        _world.LeadTo(ParcelStatus.Declared);
        var own = _world.State[DocumentType.Payment]!.Key.Number;
        Assert.Null(_world.Decide(new ResendOrdered(DocumentType.Payment, own)).Refusal);
        _world.Settle();
        Assert.Equal(["payment/1", "payment/1/r1"], Left(DocumentType.Payment));
    }

    [Fact]
    public void A_refused_order_that_is_sent_again_may_be_accepted()
    {
        foreach (var document in Four())
            _world.Submit(document);
        _world.Settle();
        _world.Answer(DocumentType.Order, 100);
        Assert.Equal(ParcelStatus.Rejected, _world.State.Status);
        Assert.Null(Resend(DocumentType.Order));
        _world.Answer(DocumentType.Order, 2);
        Assert.Equal(ParcelStatus.Reserved, _world.State.Status);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_customs_says_in_no_code_of_the_table_is_cleared_by_a_resend_or_by_closing(bool resend)
    {
        _world.Declare();
        _world.Answer(DocumentType.DeclarationList, -621999);
        _world.Answer(DocumentType.DeclarationList, -621999);
        Assert.Equal("customs-unclear", Assert.Single(ParcelViews.Problems(_world.State)).Code);
        if (resend)
            Assert.Null(Resend(DocumentType.DeclarationList));
        else
            Close();
        Assert.Empty(ParcelViews.Problems(_world.State));
    }

    [Fact]
    public void Asking_by_order_stands_in_the_timeline()
    {
        _world.Declare();
        _world.Decide(new AskNow());
        Assert.Single(_world.State.Timeline, e => e.Event == "asked-by-operator");
        Assert.Contains(_world.State.Outbox, o => o is AskCustoms { Type: DocumentType.DeclarationList });
    }

    [Theory]
    [InlineData(ParcelStatus.Collecting)]
    [InlineData(ParcelStatus.Matched)]
    [InlineData(ParcelStatus.Reserved)]
    [InlineData(ParcelStatus.Declared)]
    [InlineData(ParcelStatus.AtCustoms)]
    [InlineData(ParcelStatus.CancelRequested)]
    public void A_closed_parcel_is_at_rest_holds_no_quota_that_is_not_posted_and_says_why(ParcelStatus status)
    {
        _world.LeadTo(status);
        var posted = _world.Standing.PostedFen;
        Close();
        Assert.True(_world.State.IsAtRest);
        Assert.Equal((0, posted), (_world.Standing.PendingFen, _world.Standing.PostedFen));
        Assert.Equal(status, _world.State.Status);

        var view = ParcelViews.Show(_world.State, _world.UsedRules.CustomsPort, Audience.All)!;
        Assert.Equal((_world.Now, Reason), (view.ClosedAt, view.ClosedReason));
        Assert.Empty(view.Awaited!);
        var entry = Assert.Single(view.Timeline, e => e.Event == "closed-by-operator");
        Assert.Contains(Reason, entry.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ParcelStatus.Released)]
    [InlineData(ParcelStatus.Cancelled)]
    [InlineData(ParcelStatus.Returned)]
    public void What_has_ended_needs_no_closing(ParcelStatus status)
    {
        _world.LeadTo(status);
        var before = _world.State;

        var refusal = _world.Decide(new CloseOrdered(Reason)).Refusal!;

        Assert.Equal("already-ended", refusal.Code);
        Assert.Contains($"{status}", refusal.Text, StringComparison.Ordinal);
        Assert.Same(before, _world.State);
    }

    [Fact]
    public void What_is_closed_is_closed_for_one_reason()
    {
        _world.LeadTo(ParcelStatus.Collecting);
        Assert.Null(_world.Decide(new CloseOrdered(Reason)).Refusal);
        Assert.Null(_world.Decide(new CloseOrdered(Reason)).Refusal);

        Assert.Equal("already-closed", _world.Decide(new CloseOrdered("another")).Refusal!.Code);
        Assert.Equal(Reason, _world.State.ClosedReason);
    }

    [Fact]
    public void Closing_takes_back_what_has_not_left_and_hands_on_what_has_come()
    {
        _world.LeadTo(ParcelStatus.Matched);
        var taken = _world.Decide(
            new ReceiptArrived(new CustomsAnswer(_world.Receipt(DocumentType.Payment, 2), _world.Now))
        );
        _world.Decide(new HandOnsPutOff(taken.Receipt!.HandOns));
        Assert.Contains(_world.State.Outbox, o => o is DispatchDocument);
        _world.Decide(new CloseOrdered(Reason));
        Assert.DoesNotContain(_world.State.Outbox, o => o is DispatchDocument or AskCustoms);
        Assert.Contains(_world.State.Outbox, o => o is ForwardReceipt);
        _world.Settle();
        Assert.Empty(_world.Left);
    }

    [Fact]
    public void What_was_signed_by_its_participant_leaves_with_the_others_of_its_message()
    {
        _world.SubmitIn("SIGNED", _world.Sample.Order());
        _world.Decide(new CloseOrdered(Reason));
        Assert.Contains(_world.State.Outbox, o => o is DispatchDocument);
        _world.Settle();
        Assert.True(_world.State.IsAtRest);
    }

    [Fact]
    public void Nothing_that_comes_later_makes_a_closed_parcel_work_by_itself()
    {
        _world.Declare();
        Close();
        var (asked, left) = (_world.Asked.Count, _world.Left.Count);
        foreach (var code in new[] { 4, -621004, -621006, -621999, -621999 })
            _world.Answer(DocumentType.DeclarationList, code);
        _world.Decide(new FormatRefused(["order/1"], null));
        _world.Now += TimeSpan.FromDays(3);
        _world.Decide(new Woken());
        _world.Submit(_world.Sample.List());
        _world.Settle();
        Assert.Equal((asked, left), (_world.Asked.Count, _world.Left.Count));
        Assert.True(_world.State.IsAtRest && _world.State.IsClosed);
        Assert.Empty(ParcelViews.Problems(_world.State));
    }

    [Fact]
    public void A_release_after_closing_is_applied_posted_and_opens_the_parcel_again()
    {
        _world.Declare();
        Close();
        _world.Answer(DocumentType.DeclarationList, 800, PreNo, InvtNo);
        Assert.Equal((ParcelStatus.Released, 43_000), (_world.State.Status, _world.Standing.PostedFen));
        Assert.False(_world.State.IsClosed);
        Assert.Single(_world.State.Timeline, e => e.Event == "reopened-after-close");
        Assert.Contains(_world.HandedOn, r => r.Receipt.Type == CebType.DeclarationListReceipt);
    }

    [Fact]
    public void A_new_document_opens_the_parcel_again_and_what_had_not_left_leaves_once()
    {
        _world.Submit(_world.Sample.Order());
        _world.Decide(new CloseOrdered(Reason));
        _world.Settle();
        Assert.Empty(_world.Left);
        foreach (var document in Four().Skip(1))
            _world.Submit(document);
        _world.Settle();
        Assert.False(_world.State.IsClosed);
        Assert.Equal(["order/1"], Left(DocumentType.Order));
        Assert.Equal((ParcelStatus.Reserved, 43_000), (_world.State.Status, _world.Standing.PendingFen));
    }

    [Fact]
    public void A_list_that_was_closed_unanswered_is_declared_anew_by_its_owner_and_not_without_quota()
    {
        _world.Declare();
        Close();
        Assert.Equal("quota-let-go", Resend(DocumentType.DeclarationList)!.Code);
        Assert.True(_world.State.IsClosed);

        var again = _world.Submit((_world.Sample with { Revision = 2 }).List());
        Assert.Equal(SubmissionOutcome.Accepted, again.Outcome);
        _world.Settle();
        Assert.Equal(["list/1", "list/2"], Left(DocumentType.DeclarationList));
        Assert.Equal((2, 43_000), (_world.State.Attempt, _world.Standing.PendingFen));
    }

    [Fact]
    public void The_same_reason_again_is_told_once_and_an_id_number_in_it_is_never_shown()
    {
        _world.Declare();
        for (var i = 0; i < 2; i++)
            _world.Decide(new CloseOrdered("买家 999999199001010016 退单"));
        Assert.Single(_world.State.Timeline, e => e.Event == "closed-by-operator");
        Assert.DoesNotContain("999999199001010016", _world.State.ClosedReason, StringComparison.Ordinal);
    }

    void IsRefused(string code, DocumentType type)
    {
        var refusal = Resend(type)!;
        Assert.Equal((code, type), (refusal.Code, refusal.Document));
        Assert.Contains(refusal.Text, c => c > 0x4E00);
        Assert.Contains(refusal.Text, c => char.IsAsciiLetter(c));
    }

    Problem? Resend(DocumentType type)
    {
        var refusal = _world.Decide(new ResendOrdered(type, null)).Refusal;
        if (refusal is null)
            _world.Settle();
        return refusal;
    }

    void Close()
    {
        _world.Decide(new CloseOrdered(Reason));
        _world.Settle();
    }

    CebDocument[] Four()
    {
        var p = _world.Sample;
        return [p.Order(), p.Payment(), p.Waybill(), p.List()];
    }

    string[] Left(DocumentType type) => [.. _world.Left.Where(d => d.Type == type).Select(d => d.Id)];
}
