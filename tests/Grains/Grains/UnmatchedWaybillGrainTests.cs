using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Simulator.Samples;
using ClearanceEngine.Storage;
using ClearanceEngine.Unmatched;
using Xunit;

namespace ClearanceEngine.Tests.Grains;

/// <summary>What waits for its parcel is kept until the parcel has stored it.</summary>
public class UnmatchedWaybillGrainTests(TwoHosts hosts) : GrainTest(hosts)
{
    [Fact]
    public async Task A_waybill_is_kept_until_its_parcel_has_stored_it_and_a_failed_hand_over_keeps_it()
    {
        var parcel = Sample();
        Assert.Equal(
            SubmissionOutcome.Unmatched,
            (await Waiting(parcel).Hold([Submission(parcel.Waybill())]))[0].Outcome
        );
        Assert.NotNull(Store.Find("waiting", UnmatchedKey(parcel))!.DueAt);

        // The order is stored; the waybill that it then finds is not.
        var (order, waybill) = (Store.Hold(Key(parcel)), Store.Hold(Key(parcel)));
        var submitting = Submit(A, parcel, parcel.Order());
        await order.Reached;
        order.Release();
        await submitting;
        await waybill.Reached;
        await Quiet(A);
        Assert.Single(Kept(parcel));
        waybill.Release(Fate.LostBefore);
        await Until(async () => (await Parcel(A, parcel).Show())!.Documents.Count == 1);
        Assert.Single(Kept(parcel));

        await Waiting(parcel).Wake();
        Assert.Empty(Kept(parcel));
        Assert.NotNull(State(parcel).Live(DocumentType.Waybill));
    }

    [Fact]
    public async Task A_waybill_that_was_handed_over_but_not_forgotten_is_handed_over_again_and_counts_once()
    {
        var parcel = Sample();
        await Waiting(parcel).Hold([Submission(parcel.Waybill())]);
        var forgetting = Store.Hold(UnmatchedKey(parcel));
        await Submit(A, parcel, parcel.Order());
        await forgetting.Reached;
        Assert.NotNull(State(parcel).Live(DocumentType.Waybill));
        forgetting.Release(Fate.LostBefore);
        Assert.Single(Kept(parcel));

        // As the scan does it: the first call may still meet the activation that is about to end.
        await Until(async () =>
        {
            await Waiting(parcel).Wake();
            return !Kept(parcel).Any();
        });
        Assert.Equal(1, State(parcel)[DocumentType.Waybill]!.Revision);
    }

    [Fact]
    public async Task What_comes_while_the_empty_row_is_taken_out_is_not_lost_and_no_row_stays()
    {
        var parcel = Sample();
        await Waiting(parcel).Hold([Submission(parcel.Waybill())]);
        var (clearing, keeping) = (Store.Hold(UnmatchedKey(parcel)), Store.Hold(UnmatchedKey(parcel)));
        await Submit(A, parcel, parcel.Order());
        await clearing.Reached;
        var status = Waiting(parcel).Hold([Submission(parcel.InboundNote())]);
        await Heard(A, "Hold", UnmatchedKey(parcel), 2);
        await Quiet(A);
        clearing.Release();
        await keeping.Reached;
        Assert.Null(Store.Find("waiting", UnmatchedKey(parcel)));
        keeping.Release();
        await status;
        Assert.NotNull(State(parcel).Live(DocumentType.InboundNote));
        Assert.Null(Store.Find("waiting", UnmatchedKey(parcel)));
    }

    [Fact]
    public async Task A_document_that_waits_is_answered_only_once_it_is_stored()
    {
        var parcel = Sample();
        var held = Store.Hold(UnmatchedKey(parcel));
        var holding = Waiting(parcel).Hold([Submission(parcel.Waybill())]);
        await held.Reached;
        var repeat = Waiting(parcel).Hold([Submission(parcel.Waybill())]);
        await Heard(A, "Hold", UnmatchedKey(parcel), 2);
        await Quiet(A);
        Assert.False(holding.IsCompleted || repeat.IsCompleted);
        held.Release(Fate.LostBefore);
        await Assert.ThrowsAsync<OrleansException>(() => holding);
        await Assert.ThrowsAsync<OrleansException>(() => repeat);
        await Waiting(parcel).Hold([Submission(parcel.Waybill())]);
        Assert.Single(Kept(parcel));
    }

    [Fact]
    public async Task A_receipt_is_kept_until_its_parcel_has_stored_it_and_a_failed_hand_over_keeps_it()
    {
        var parcel = Sample();
        var receipt = Receipt(DocumentType.DeclarationList, parcel.List(), 120, "B1", "I1");
        var key = GrainKey.UnmatchedReceipts(IndexKey.ListCopNo(SampleParcel.Warehouse, parcel.CopNo));
        var waiting = A.Grain<IUnmatchedReceiptGrain>(key);
        await waiting.Hold(new CustomsAnswer(receipt, Time.GetUtcNow()));
        await waiting.Hold(new CustomsAnswer(receipt, Time.GetUtcNow()));
        await waiting.Wake();
        Assert.Single(Store.State<UnmatchedReceipts>("waiting-receipt", key)!.Answers);
        Assert.NotNull(Store.Find("waiting-receipt", key)!.DueAt);

        await Submit(A, parcel, parcel.List());
        await Sought(parcel);
        var held = Store.Hold(Key(parcel));
        var waking = waiting.Wake();
        await held.Reached;
        await Quiet(A);
        Assert.Single(Store.State<UnmatchedReceipts>("waiting-receipt", key)!.Answers);
        held.Release(Fate.LostBefore);
        await Assert.ThrowsAsync<OrleansException>(() => waking);
        Assert.Single(Store.State<UnmatchedReceipts>("waiting-receipt", key)!.Answers);

        await waiting.Wake();
        Assert.Null(Store.Find("waiting-receipt", key));
        Assert.Single(State(parcel).Receipts, r => r.Type == DocumentType.DeclarationList);
    }

    [Fact]
    public async Task A_receipt_that_nobody_claims_is_kept_until_it_is_parked()
    {
        var parcel = Sample();
        var receipt = Receipt(DocumentType.DeclarationList, parcel.List(), 120, "B1", "I1");
        var key = GrainKey.UnmatchedReceipts(IndexKey.ListCopNo(SampleParcel.Warehouse, parcel.CopNo));
        var waiting = A.Grain<IUnmatchedReceiptGrain>(key);
        await waiting.Hold(new CustomsAnswer(receipt, Time.GetUtcNow()));
        Time.Advance(TimeSpan.FromHours(25));
        Unclaimed.Broken = true;
        await Assert.ThrowsAsync<IOException>(() => waiting.Wake());
        Assert.NotNull(Store.Find("waiting-receipt", key));
        Unclaimed.Broken = false;
        await waiting.Wake();
        Assert.Null(Store.Find("waiting-receipt", key));
        Assert.Single(Unclaimed.Parked, r => r.SameAs(receipt));
    }

    [Fact]
    public async Task A_second_content_under_a_waiting_guid_is_refused_and_so_is_what_has_no_room()
    {
        var parcel = Sample();
        await Waiting(parcel).Hold([Submission(parcel.Waybill())]);
        Assert.Equal(
            "guid-reused",
            Assert
                .Single(
                    (
                        await Waiting(parcel)
                            .Hold([Submission(parcel.Waybill().With(LogisticsHead.Note, "other"))])
                    )[0].Problems
                )
                .Code
        );
        Assert.Equal(
            SubmissionOutcome.Unmatched,
            (await Waiting(parcel).Hold([Submission(parcel.Waybill())]))[0].Outcome
        );

        var replies = await Waiting(parcel)
            .Hold([
                .. Enumerable
                    .Range(2, 64)
                    .Select(revision => Submission((parcel with { Revision = revision }).Waybill())),
            ]);
        Assert.All(replies[..63], r => Assert.Equal(SubmissionOutcome.Unmatched, r.Outcome));
        Assert.Equal(
            (SubmissionOutcome.Refused, "too-many-waiting"),
            (replies[63].Outcome, Assert.Single(replies[63].Problems).Code)
        );
        Assert.Equal(64, Kept(parcel).Length);
    }

    System.Collections.Immutable.ImmutableArray<Submission> Kept(SampleParcel parcel) =>
        Store.State<UnmatchedWaybill>("waiting", UnmatchedKey(parcel))?.Documents ?? [];

    static string UnmatchedKey(SampleParcel parcel) =>
        GrainKey.UnmatchedWaybill(SampleParcel.Carrier, parcel.LogisticsNo);

    IUnmatchedWaybillGrain Waiting(SampleParcel parcel) =>
        A.Grain<IUnmatchedWaybillGrain>(UnmatchedKey(parcel));
}
