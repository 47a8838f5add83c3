using System.Collections.Immutable;
using ClearanceEngine.Access;
using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.SignedMessages;
using ClearanceEngine.Simulator.Samples;
using ClearanceEngine.Subscribers;
using ClearanceEngine.Unmatched;
using Orleans.Storage;
using Xunit;

namespace ClearanceEngine.Tests.Grains;

/// <summary>Calls and writes of which nobody knows whether they took place: repeated, they have no second effect, and nothing is lost.</summary>
public class DoubtTests(TwoHosts hosts) : GrainTest(hosts)
{
    [Fact]
    public async Task A_submission_that_timed_out_and_was_done_is_a_duplicate_when_repeated()
    {
        var parcel = Sample();
        A.Calls.LoseAnswer(Key(parcel), "Submit");
        await Assert.ThrowsAsync<TimeoutException>(() => Submit(A, parcel, parcel.Order()));
        Assert.Equal(SubmissionOutcome.Duplicate, (await Submit(A, parcel, parcel.Order()))[0].Outcome);
        Assert.Equal(1, State(parcel)[DocumentType.Order]!.Revision);
        Assert.Equal(1, Journal.Count("A", $"handed {Named("order/1")}", Key(parcel)));
    }

    [Fact]
    public async Task A_receipt_whose_taking_timed_out_counts_once_when_it_comes_again()
    {
        var parcel = Sample();
        await Declare(A, parcel);
        var receipt = Receipt(DocumentType.DeclarationList, parcel.List(), 120, "B1", "I1");
        A.Calls.LoseAnswer(Key(parcel), "Receive");
        await Assert.ThrowsAsync<TimeoutException>(() => Receive(A, parcel, receipt));
        var before = State(parcel);
        await Receive(A, parcel, receipt);
        var after = State(parcel);
        Assert.Equal(
            (before.Receipts.Length, before.Timeline.Length, before.Outbox.Length),
            (after.Receipts.Length, after.Timeline.Length, after.Outbox.Length)
        );
    }

    [Theory]
    [InlineData("Reserve")]
    [InlineData("Post")]
    [InlineData("Void")]
    [InlineData("GiveBack")]
    public async Task A_step_of_the_quota_that_timed_out_and_was_done_is_the_same_step_when_repeated(
        string step
    )
    {
        var parcel = Sample();
        var subscriber = Subscriber(A, parcel);
        if (step != "Reserve")
            await Step("Reserve");
        if (step == "GiveBack")
            await Step("Post");
        A.Calls.LoseAnswer(SubscriberKey(parcel), step);
        await Assert.ThrowsAsync<TimeoutException>(() => Step(step));
        var (row, standing) = (Store.Find("subscriber", SubscriberKey(parcel))!.Version, Stored(parcel));
        var answer = await Step(step);
        Assert.Equal(
            step switch
            {
                "Reserve" => ReserveOutcome.Granted,
                "GiveBack" => 300L,
                _ => null,
            },
            answer
        );
        Assert.Equal(
            (row, standing),
            (Store.Find("subscriber", SubscriberKey(parcel))!.Version, Stored(parcel))
        );

        async Task<object?> Step(string name)
        {
            switch (name)
            {
                case "Reserve":
                    return (await subscriber.Reserve("p#1", null, 1_000, 2026)).Outcome;
                case "Post":
                    await subscriber.Post("p#1", 1_000, 2026);
                    return null;
                case "Void":
                    await subscriber.Void("p#1");
                    return null;
                default:
                    return await subscriber.GiveBack("p#1", "return-1", 300);
            }
        }
    }

    [Fact]
    public async Task A_parcel_that_never_heard_what_became_of_its_quota_asks_again_and_takes_it_once()
    {
        var parcel = Sample();
        A.Calls.LoseAnswer(SubscriberKey(parcel), "Reserve");
        await Submit(A, parcel, parcel.Order(), parcel.Payment(), parcel.Waybill(), parcel.List());
        await Heard(A, "Reserve", SubscriberKey(parcel));
        await WakeUntil(Parcel(A, parcel), () => State(parcel).Status == ParcelStatus.Reserved);
        Assert.Equal((43_000, 0), (Stored(parcel).PendingFen, Stored(parcel).PostedFen));
    }

    [Fact]
    public async Task What_is_given_back_is_given_back_once_however_often_the_parcel_asks()
    {
        var parcel = Sample();
        await Release(A, parcel);
        await Until(() => State(parcel).Quota!.Stage == QuotaStage.Posted);
        var cancellation = parcel.Cancellation($"I{parcel.Serial}");
        await Submit(A, parcel, cancellation);
        await Settle(A, parcel, "cancel/1");
        A.Calls.LoseAnswer(SubscriberKey(parcel), "GiveBack");
        await Receive(A, parcel, Receipt(DocumentType.Cancellation, cancellation, 399));
        await Heard(A, "GiveBack", SubscriberKey(parcel));
        await WakeUntil(Parcel(A, parcel), () => State(parcel).Quota!.Stage == QuotaStage.GivenBack);
        Assert.Equal(43_000, State(parcel).Quota!.GivenBackFen);
        Assert.Equal(0, Stored(parcel).UsedFen);
    }

    /// <summary>A carrier corrects the order number: the newer revision is filed under the other order, and nowhere else.</summary>
    [Theory]
    [InlineData("ClaimWaybill")]
    [InlineData("Submit")]
    [InlineData("nothing")]
    public async Task A_waybill_that_names_another_order_is_in_that_parcel_alone_though_a_call_between_them_was_lost(
        string lost
    )
    {
        var (before, after) = (Sample(), Sample());
        await Submit(A, before, before.Order(), before.Waybill());
        await Submit(A, after, after.Order());
        await Sought(before);
        await Sought(after);
        var corrected = before
            .Waybill()
            .With(LogisticsHead.OrderNo, after.OrderNo)
            .With(LogisticsHead.Guid, UuidV5.Of("corrected", after.OrderNo))
            .With(LogisticsHead.AppTime, "20261124235959");
        if (lost != "nothing")
            A.Calls.LoseAnswer(lost == "Submit" ? Key(after) : Key(before), lost);
        if (lost == "Submit")
            await Assert.ThrowsAsync<TimeoutException>(() => Submit(A, after, corrected));
        await Submit(A, after, corrected);
        await WakeUntil(Parcel(A, after), () =>
            State(before)[DocumentType.Waybill] is null
            && State(after).Outbox.All(o => o is not SeekUnmatched)
        );
        Assert.True(corrected.SameAs(State(after).Live(DocumentType.Waybill)!));
        Assert.Equal(1, State(after)[DocumentType.Waybill]!.Revision);
        // The old revision, should it come again, finds the newer one and goes.
        await Submit(A, before, before.Waybill());
        await Until(() => State(before)[DocumentType.Waybill] is null);
        await Sought(before);
        Assert.NotNull(State(after).Live(DocumentType.Waybill));
    }

    [Fact]
    public async Task A_waybill_whose_keeping_timed_out_waits_once()
    {
        var parcel = Sample();
        var waiting = Waiting(A, parcel);
        A.Calls.LoseAnswer(UnmatchedKey(parcel), "Hold");
        await Assert.ThrowsAsync<TimeoutException>(() => waiting.Hold([Submission(parcel.InboundNote())]));
        Assert.Equal(
            SubmissionOutcome.Unmatched,
            (await waiting.Hold([Submission(parcel.InboundNote())]))[0].Outcome
        );
        Assert.Single(Store.State<UnmatchedNews>("waiting", UnmatchedKey(parcel))!.Documents);
    }

    [Fact]
    public async Task A_signed_message_whose_keeping_timed_out_is_kept_once_and_goes_on_where_it_was()
    {
        var key = GrainKey.SignedMessage(Sample().OrderNo);
        var message = A.Grain<ISignedMessageGrain>(key);
        ImmutableArray<SignedMember> members =
        [
            new SignedMember(DocumentType.Waybill, "one"),
            new SignedMember(DocumentType.Waybill, "two"),
        ];
        A.Calls.LoseAnswer(key, "Hold");
        await Assert.ThrowsAsync<TimeoutException>(() =>
            message.Hold("CEB511Message", SampleParcel.Carrier, [1, 2], members)
        );
        await message.Ready("one", "p/x1", "waybill/1");
        await message.Hold("CEB511Message", SampleParcel.Carrier, [1, 2], members);
        Assert.Equal("p/x1", Store.State<SignedMessage>("signed-message", key)!.Members[0].ParcelKey);
    }

    [Fact]
    public async Task A_document_whose_write_is_in_doubt_is_neither_doubled_nor_lost()
    {
        var parcel = Sample();
        var held = Store.Hold(Key(parcel));
        var submitting = Submit(A, parcel, parcel.Order());
        await held.Reached;
        held.Release(Fate.LostAfter);
        await Assert.ThrowsAsync<OrleansException>(() => submitting);
        Assert.Equal(0, Journal.Count("A", $"handed {Named("order/1")}", Key(parcel)));

        Assert.Equal(SubmissionOutcome.Duplicate, (await Submit(A, parcel, parcel.Order()))[0].Outcome);
        Assert.Equal(1, State(parcel)[DocumentType.Order]!.Revision);
        Assert.Equal(1, Journal.Count("A", $"handed {Named("order/1")}", Key(parcel)));
    }

    [Fact]
    public async Task A_reservation_whose_write_is_in_doubt_is_neither_doubled_nor_lost()
    {
        var parcel = Sample();
        var held = Store.Hold(SubscriberKey(parcel));
        var reserving = Subscriber(A, parcel).Reserve("p#1", null, 1_000, 2026);
        await held.Reached;
        held.Release(Fate.LostAfter);
        await Assert.ThrowsAsync<OrleansException>(() => reserving);
        Assert.Equal(
            new ReserveAnswer(ReserveOutcome.Granted, 1_000, 2_600_000),
            await Subscriber(A, parcel).Reserve("p#1", null, 1_000, 2026)
        );
        Assert.Equal(1_000, Stored(parcel).PendingFen);
    }

    [Fact]
    public async Task A_waybill_whose_write_is_in_doubt_waits_once()
    {
        var parcel = Sample();
        var held = Store.Hold(UnmatchedKey(parcel));
        var holding = Waiting(A, parcel).Hold([Submission(parcel.InboundNote())]);
        await held.Reached;
        held.Release(Fate.LostAfter);
        await Assert.ThrowsAsync<OrleansException>(() => holding);
        await Waiting(A, parcel).Hold([Submission(parcel.InboundNote())]);
        Assert.Single(Store.State<UnmatchedNews>("waiting", UnmatchedKey(parcel))!.Documents);
    }

    [Fact]
    public async Task Of_two_activations_of_a_parcel_the_older_loses_its_write_and_the_retry_sees_the_other()
    {
        var parcel = Sample();
        Assert.Null(await Parcel(A, parcel).Show(SampleParcel.Platform, Audience.All));
        Assert.Null(await Parcel(B, parcel).Show(SampleParcel.Platform, Audience.All));
        await Submit(A, parcel, parcel.Order());
        await Assert.ThrowsAsync<InconsistentStateException>(() => Submit(B, parcel, parcel.Payment()));
        var reply = (await Submit(B, parcel, parcel.Payment()))[0];
        Assert.Equal([DocumentType.Waybill, DocumentType.DeclarationList], reply.Missing);
        Assert.Equal(2, Journal.Count("B", "read", Key(parcel)));
        Assert.Equal([DocumentType.Order, DocumentType.Payment], State(parcel).Documents.Select(d => d.Type));
    }

    [Fact]
    public async Task Of_two_activations_of_a_buyer_the_older_loses_its_write_and_the_retry_sees_the_other()
    {
        var parcel = Sample();
        await Subscriber(A, parcel).Standing(2026);
        await Subscriber(B, parcel).Standing(2026);
        Assert.Equal(
            ReserveOutcome.Granted,
            (await Subscriber(A, parcel).Reserve("a#1", null, 2_000_000, 2026)).Outcome
        );
        // It would be granted by what B remembers.
        await Assert.ThrowsAsync<InconsistentStateException>(() =>
            Subscriber(B, parcel).Reserve("b#1", null, 2_000_000, 2026)
        );
        Assert.Equal(
            new ReserveAnswer(ReserveOutcome.OverAnnual, 2_000_000, 2_600_000),
            await Subscriber(B, parcel).Reserve("b#1", null, 2_000_000, 2026)
        );
    }

    static string UnmatchedKey(SampleParcel parcel) =>
        GrainKey.UnmatchedWaybill(SampleParcel.Carrier, parcel.LogisticsNo);

    static IUnmatchedWaybillGrain Waiting(GrainHost host, SampleParcel parcel) =>
        host.Grain<IUnmatchedWaybillGrain>(UnmatchedKey(parcel));

    /// <summary>The scan comes by until it is so.</summary>
    static Task WakeUntil(IParcelGrain parcel, Func<bool> condition) =>
        Until(async () =>
        {
            await parcel.Wake();
            return condition();
        });
}
