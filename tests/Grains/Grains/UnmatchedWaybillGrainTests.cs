using ClearanceEngine.Access;
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
    public async Task A_note_is_kept_until_its_parcel_has_stored_it_and_a_failed_hand_over_keeps_it()
    {
        var parcel = Sample();
        Assert.Equal(
            SubmissionOutcome.Unmatched,
            (await Waiting(parcel).Hold([Submission(parcel.InboundNote())]))[0].Outcome
        );
        Assert.NotNull(Store.Find("waiting", UnmatchedKey(parcel))!.DueAt);

        // The waybill is stored; the note that is then found is not.
        var (waybill, note) = (Store.Hold(Key(parcel)), Store.Hold(Key(parcel)));
        var submitting = Submit(A, parcel, parcel.Order(), parcel.Waybill());
        await waybill.Reached;
        waybill.Release();
        await submitting;
        await note.Reached;
        await Quiet(A);
        Assert.Single(Kept(parcel));
        note.Release(Fate.LostBefore);
        await Until(async () =>
            (await Parcel(A, parcel).Show(SampleParcel.Platform, Audience.All))!.Documents.Count == 2
        );
        Assert.Single(Kept(parcel));

        await Waiting(parcel).Wake();
        Assert.Empty(Kept(parcel));
        Assert.NotNull(State(parcel).Live(DocumentType.InboundNote));
    }

    [Fact]
    public async Task A_note_that_was_handed_over_but_not_forgotten_is_handed_over_again_and_counts_once()
    {
        var parcel = Sample();
        await Waiting(parcel).Hold([Submission(parcel.InboundNote())]);
        var forgetting = Store.Hold(UnmatchedKey(parcel));
        await Submit(A, parcel, parcel.Order(), parcel.Waybill());
        await forgetting.Reached;
        Assert.NotNull(State(parcel).Live(DocumentType.InboundNote));
        forgetting.Release(Fate.LostBefore);
        Assert.Single(Kept(parcel));

        // As the scan does it: the first call may still meet the activation that is about to end.
        await Until(async () =>
        {
            await Waiting(parcel).Wake();
            return !Kept(parcel).Any();
        });
        Assert.Equal(1, State(parcel)[DocumentType.InboundNote]!.Revision);
    }

    [Fact]
    public async Task What_comes_while_the_empty_row_is_taken_out_is_not_lost_and_no_row_stays()
    {
        var parcel = Sample();
        await Waiting(parcel).Hold([Submission(parcel.InboundNote())]);
        var (clearing, keeping) = (Store.Hold(UnmatchedKey(parcel)), Store.Hold(UnmatchedKey(parcel)));
        await Submit(A, parcel, parcel.Order(), parcel.Waybill());
        await clearing.Reached;
        var status = Waiting(parcel).Hold([Submission(SignedFor(parcel))]);
        await Heard(A, "Hold", UnmatchedKey(parcel), 2);
        await Quiet(A);
        clearing.Release();
        await keeping.Reached;
        Assert.Null(Store.Find("waiting", UnmatchedKey(parcel)));
        keeping.Release();
        await status;
        Assert.NotNull(State(parcel).Live(DocumentType.WaybillStatus));
        Assert.Null(Store.Find("waiting", UnmatchedKey(parcel)));
    }

    [Fact]
    public async Task A_document_that_waits_is_answered_only_once_it_is_stored()
    {
        var parcel = Sample();
        var held = Store.Hold(UnmatchedKey(parcel));
        var holding = Waiting(parcel).Hold([Submission(parcel.InboundNote())]);
        await held.Reached;
        var repeat = Waiting(parcel).Hold([Submission(parcel.InboundNote())]);
        await Heard(A, "Hold", UnmatchedKey(parcel), 2);
        await Quiet(A);
        Assert.False(holding.IsCompleted || repeat.IsCompleted);
        held.Release(Fate.LostBefore);
        await Assert.ThrowsAsync<OrleansException>(() => holding);
        await Assert.ThrowsAsync<OrleansException>(() => repeat);
        await Waiting(parcel).Hold([Submission(parcel.InboundNote())]);
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
        await Waiting(parcel).Hold([Submission(parcel.InboundNote())]);
        Assert.Equal(
            "guid-reused",
            Assert
                .Single(
                    (
                        await Waiting(parcel)
                            .Hold([Submission(parcel.InboundNote().With(DeliveryHead.Note, "other"))])
                    )[0].Problems
                )
                .Code
        );
        Assert.Equal(
            SubmissionOutcome.Unmatched,
            (await Waiting(parcel).Hold([Submission(parcel.InboundNote())]))[0].Outcome
        );

        var replies = await Waiting(parcel)
            .Hold([
                .. Enumerable
                    .Range(2, 8)
                    .Select(revision => Submission((parcel with { Revision = revision }).InboundNote())),
            ]);
        Assert.All(replies[..7], r => Assert.Equal(SubmissionOutcome.Unmatched, r.Outcome));
        Assert.Equal(
            (SubmissionOutcome.Refused, "too-many-waiting"),
            (replies[7].Outcome, Assert.Single(replies[7].Problems).Code)
        );
        Assert.Equal(8, Kept(parcel).Length);
    }

    /// <summary>The looks become rarer; the sender hears of it once, and in the end that the wait is over.</summary>
    [Fact]
    public async Task Who_waits_too_long_is_told_once_and_refused_in_the_end_and_looks_become_rarer()
    {
        var parcel = Sample();
        var options = new UnmatchedOptions();
        await Waiting(parcel).Hold([Submission(parcel.InboundNote())]);
        Assert.InRange(Wait(parcel), TimeSpan.Zero, options.FirstLook);
        for (var look = 0; look < 2; look++)
        {
            Time.Advance(Wait(parcel));
            await Waiting(parcel).Wake();
        }
        Assert.InRange(Wait(parcel), 3 * options.FirstLook, options.LookAgain);
        Assert.Empty(A.Dispatch.Of(UnmatchedKey(parcel)));

        Time.Advance(options.ReportAfter);
        await Waiting(parcel).Wake();
        var told = Assert.IsType<ForwardReceipt>(Assert.Single(A.Dispatch.Of(UnmatchedKey(parcel))));
        Assert.Equal(SampleParcel.Site, told.Receiver);
        A.Dispatch.Complete(UnmatchedKey(parcel), new Completion(told.Id, Time.GetUtcNow()));
        await Until(() => Store.State<UnmatchedNews>("waiting", UnmatchedKey(parcel))!.Outbox.IsEmpty);

        Time.Advance(options.EndAfter);
        await Waiting(parcel).Wake();
        var ended = Assert.IsType<ForwardReceipt>(A.Dispatch.Of(UnmatchedKey(parcel))[^1]);
        Assert.Contains(
            "[order-unknown]",
            ended.Receipt[DeliveryReturn.ReturnInfo]!,
            StringComparison.Ordinal
        );
        Assert.Empty(Kept(parcel));
        A.Dispatch.Complete(UnmatchedKey(parcel), new Completion(ended.Id, Time.GetUtcNow()));
        await Until(() => Store.Find("waiting", UnmatchedKey(parcel)) is null);
    }

    TimeSpan Wait(SampleParcel parcel) =>
        Store.Find("waiting", UnmatchedKey(parcel))!.DueAt!.Value - Time.GetUtcNow();

    static CebDocument SignedFor(SampleParcel parcel) =>
        CebDocument.Create(
            CebType.WaybillStatus,
            (LogisticsStatus.Guid, UuidV5.Of("signed-for", parcel.Serial)),
            (LogisticsStatus.AppType, "1"),
            (LogisticsStatus.AppTime, "20261124110000"),
            (LogisticsStatus.AppStatus, "2"),
            (LogisticsStatus.LogisticsCode, SampleParcel.Carrier),
            (LogisticsStatus.LogisticsNo, parcel.LogisticsNo),
            (LogisticsStatus.Status, "S")
        );

    System.Collections.Immutable.ImmutableArray<UnmatchedDocument> Kept(SampleParcel parcel) =>
        Store.State<UnmatchedNews>("waiting", UnmatchedKey(parcel))?.Documents ?? [];

    static string UnmatchedKey(SampleParcel parcel) =>
        GrainKey.UnmatchedWaybill(SampleParcel.Carrier, parcel.LogisticsNo);

    IUnmatchedWaybillGrain Waiting(SampleParcel parcel) =>
        A.Grain<IUnmatchedWaybillGrain>(UnmatchedKey(parcel));
}
