using System.Collections.Immutable;
using ClearanceEngine.Access;
using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Simulator.Samples;
using ClearanceEngine.Storage;
using ClearanceEngine.Subscribers;
using Xunit;

namespace ClearanceEngine.Tests.Grains;

/// <summary>What a parcel's grain says and does, and when, against a store that is slow or fails (rules 2, 5, 7 and 9).</summary>
public class ParcelGrainTests(TwoHosts hosts) : GrainTest(hosts)
{
    [Fact]
    public async Task The_subscriber_hears_of_a_reservation_only_after_the_parcel_has_stored_it()
    {
        var parcel = Sample();
        await Submit(A, parcel, parcel.Order(), parcel.Waybill(), parcel.List());
        await Sought(parcel);
        var (first, second) = (Store.Hold(Key(parcel)), Store.Hold(Key(parcel)));

        // The payment completes the four while an earlier write is under way: what is in the outbox is in memory, and not in that write.
        var earlier = Submit(A, parcel, (parcel with { Revision = 2, AppType = "2" }).Order());
        await first.Reached;
        var completing = Submit(A, parcel, parcel.Payment());
        await Heard(A, "Submit", Key(parcel), 3);
        await Quiet(A);
        first.Release();
        await earlier;
        await second.Reached;
        await Quiet(A);
        Assert.Equal(0, Journal.Count("A", "Reserve", SubscriberKey(parcel)));
        Assert.Null(State(parcel).Quota);

        second.Release();
        await completing;
        await Until(() => State(parcel).Status == ParcelStatus.Reserved);
        Assert.Equal(1, Journal.Count("A", "Reserve", SubscriberKey(parcel)));
    }

    [Fact]
    public async Task What_was_to_be_reserved_when_the_silo_died_is_reserved_by_the_scan()
    {
        var parcel = Sample();
        var died = A.Calls.Keep(SubscriberKey(parcel), "Reserve");
        await Submit(A, parcel, parcel.Order(), parcel.Payment(), parcel.Waybill(), parcel.List());
        await died;
        Assert.Equal(QuotaStage.Reserving, State(parcel).Quota!.Stage);

        await Parcel(B, parcel).Wake();
        await Until(() => State(parcel).Status == ParcelStatus.Reserved);
        Assert.Equal(43_000, Stored(parcel).PendingFen);
    }

    [Fact]
    public async Task What_closing_took_back_leaves_once_when_the_parcel_is_opened_again()
    {
        var parcel = Sample();
        await Submit(A, parcel, parcel.Order());
        await Parcel(A, parcel).Close(SampleParcel.Platform, "企业已另行申报");
        Assert.True(State(parcel).IsClosed);
        Assert.DoesNotContain(State(parcel).Outbox, o => o is DispatchDocument);

        // It was handed over before and never done: it is handed over anew, under the name that leaves once.
        Assert.Null(await Parcel(A, parcel).Resend(SampleParcel.Platform, DocumentType.Order, null));
        Assert.Equal("order/1", Assert.Single(State(parcel).Outbox.OfType<DispatchDocument>()).Id);
        await Until(() => Journal.Count("A", $"handed {Named("order/1")}", Key(parcel)) == 2);
        Assert.Equal(
            ProblemCode.DocumentNotFound,
            (await Parcel(A, parcel).Resend(SampleParcel.Platform, DocumentType.Return, null))!.Code
        );
    }

    [Fact]
    public async Task Nothing_is_answered_before_the_write_that_holds_it_has_ended()
    {
        var parcel = Sample();
        await Submit(A, parcel, parcel.Payment(), parcel.Waybill());
        await Sought(parcel);
        var held = Store.Hold(Key(parcel));
        var first = Submit(A, parcel, parcel.Order());
        await held.Reached;
        Task[] calls =
        [
            first,
            Submit(A, parcel, parcel.Order()), // a repeat
            Submit(A, parcel, parcel.Order().With(OrderHead.Note, "other")), // a refusal
            Parcel(A, parcel).Depart(SampleParcel.Platform, Time.GetUtcNow()),
            Parcel(A, parcel).Ask(SampleParcel.Platform),
            Parcel(A, parcel).Wake(),
            Parcel(A, parcel).Receive([]),
            Parcel(A, parcel).ClaimWaybill(Nobodys, "", ""),
        ];
        await Heard(A, "ClaimWaybill", Key(parcel));
        await Quiet(A);
        Assert.All(calls, c => Assert.False(c.IsCompleted));

        held.Release();
        await Task.WhenAll(calls);
    }

    [Fact]
    public async Task Who_looks_sees_what_is_stored_and_makes_no_write()
    {
        var parcel = Sample();
        await Submit(A, parcel, parcel.Payment());
        await Sought(parcel);
        var held = Store.Hold(Key(parcel));
        var changing = Submit(A, parcel, parcel.Order());
        await held.Reached;
        Assert.Equal(
            [DocumentType.Payment],
            (await Parcel(A, parcel).Show(SampleParcel.Platform, Audience.All))!.Documents.Keys
        );
        held.Release();
        await changing;
        Assert.Equal(
            [DocumentType.Order, DocumentType.Payment],
            (await Parcel(A, parcel).Show(SampleParcel.Platform, Audience.All))!.Documents.Keys
        );
    }

    [Fact]
    public async Task What_was_done_is_not_driven_again_by_a_write_that_still_holds_it_as_owed()
    {
        var parcel = Sample();
        await Submit(A, parcel, parcel.Order());
        await Until(() => Journal.Count("A", $"handed {Named("order/1")}", Key(parcel)) == 1);
        await Sought(parcel);
        var held = Store.Hold(Key(parcel));
        var changing = Submit(A, parcel, parcel.Payment());
        await held.Reached;
        await Parcel(A, parcel).Complete([new Completion(Named("order/1"), Time.GetUtcNow(), "M-1")]);
        held.Release();
        await changing;
        await Until(() => Journal.Count("A", $"handed {Named("payment/1")}", Key(parcel)) == 1);
        Assert.Equal(1, Journal.Count("A", $"handed {Named("order/1")}", Key(parcel)));
    }

    [Fact]
    public async Task A_failed_write_fails_all_who_shared_it_and_the_next_activation_answers_from_the_store()
    {
        var parcel = Sample();
        await Submit(A, parcel, parcel.Payment());
        await Sought(parcel);
        var (first, second) = (Store.Hold(Key(parcel)), Store.Hold(Key(parcel)));
        var stored = Submit(A, parcel, parcel.Order());
        await first.Reached;
        Task[] sharing =
        [
            Submit(A, parcel, parcel.Waybill()),
            Submit(A, parcel, parcel.List()),
            Submit(A, parcel, parcel.List()),
        ];
        await Heard(A, "Submit", Key(parcel), 5);
        await Quiet(A);
        sharing = [.. sharing, Parcel(A, parcel).ClaimWaybill(Nobodys, "", "")];
        await Heard(A, "ClaimWaybill", Key(parcel));
        await Quiet(A);
        first.Release();
        await stored;
        await second.Reached;
        second.Release(Fate.LostBefore);
        foreach (var call in sharing)
            await Assert.ThrowsAsync<OrleansException>(() => call);

        var view = await Parcel(A, parcel).Show(SampleParcel.Platform, Audience.All);
        Assert.Equal([DocumentType.Order, DocumentType.Payment], view!.Documents.Keys);
        Assert.Equal(2, Journal.Count("A", "read", Key(parcel)));
        var again = await Submit(A, parcel, parcel.Waybill(), parcel.List());
        Assert.All(again, r => Assert.Equal(SubmissionOutcome.Accepted, r.Outcome));
    }

    [Theory]
    [InlineData("preNo")]
    [InlineData("invtNo")]
    [InlineData("taxNo")]
    public async Task A_receipt_that_brings_an_identifier_is_acknowledged_once_that_is_stored(
        string identifier
    )
    {
        var parcel = Sample();
        await Declare(A, parcel);
        if (identifier == "taxNo")
            await Receive(A, parcel, Receipt(DocumentType.DeclarationList, parcel.List(), 120, invtNo: "I1"));
        var receipt = identifier switch
        {
            "preNo" => Receipt(DocumentType.DeclarationList, parcel.List(), 2, preNo: "B1"),
            "invtNo" => Receipt(DocumentType.DeclarationList, parcel.List(), 120, invtNo: "I1"),
            _ => CebDocument.Create(
                CebType.TaxBill,
                (TaxHeadRd.Guid, new string('B', 36)),
                (TaxHeadRd.ReturnTime, CebTime.FormatMillis(Time.GetUtcNow())),
                (TaxHeadRd.TaxNo, "T1"),
                (TaxHeadRd.InvtNo, "I1"),
                (TaxHeadRd.Status, "1")
            ),
        };
        var held = Store.Hold(Key(parcel));
        var receiving = Receive(A, parcel, receipt);
        await held.Reached;
        await Quiet(A);
        Assert.False(receiving.IsCompleted);
        held.Release();
        await receiving;
        var state = State(parcel);
        Assert.Equal(
            identifier switch
            {
                "preNo" => "B1",
                "invtNo" => "I1",
                _ => "T1",
            },
            identifier switch
            {
                "preNo" => state.PreNo,
                "invtNo" => state.InvtNo,
                _ => state.TaxBills.Single().TaxNo,
            }
        );
    }

    [Fact]
    public async Task What_is_owed_is_stored_with_the_state_and_handed_over_again_when_woken()
    {
        var parcel = Sample();
        await Submit(A, parcel, parcel.Order());
        Assert.Contains(A.Dispatch.Of(Key(parcel)), o => o.Id == Named("order/1"));
        Assert.True(
            Journal.IndexOf("A", "wrote", Key(parcel))
                < Journal.IndexOf("A", $"handed {Named("order/1")}", Key(parcel))
        );
        Assert.NotNull(Store.Find("parcel", Key(parcel))!.DueAt);

        // Another activation, as after a crash; then the same one, whose dispatch may have forgotten.
        await Parcel(B, parcel).Wake();
        Assert.Equal(1, Journal.Count("B", $"handed {Named("order/1")}", Key(parcel)));
        await Parcel(B, parcel).Wake();
        Assert.Equal(2, Journal.Count("B", $"handed {Named("order/1")}", Key(parcel)));

        await Settle(B, parcel, "order/1");
        await Until(() => State(parcel).Outbox.Length == 0);
        await Receive(B, parcel, Receipt(DocumentType.Order, parcel.Order(), 100));
        await Settle(B, parcel, [.. State(parcel).Outbox.Select(o => o.Id)]);
        Assert.Null(Store.Find("parcel", Key(parcel))!.DueAt);
    }

    [Fact]
    public async Task Waking_a_parcel_whose_outbox_cannot_be_done_hands_it_over_again_and_writes_nothing()
    {
        var parcel = Sample();
        await Submit(A, parcel, parcel.Order());
        await Sought(parcel);
        var (row, writes) = (Store.Find("parcel", Key(parcel))!, Journal.Count("A", "wrote", Key(parcel)));
        for (var time = 0; time < 3; time++)
        {
            Time.Advance(TimeSpan.FromMinutes(1));
            await Parcel(A, parcel).Wake();
        }

        Assert.Equal(4, Journal.Count("A", $"handed {Named("order/1")}", Key(parcel)));
        Assert.Equal(writes, Journal.Count("A", "wrote", Key(parcel)));
        Assert.Equal(row, Store.Find("parcel", Key(parcel)));
        Assert.True(row.DueAt < Time.GetUtcNow());
    }

    [Fact]
    public async Task Calls_that_come_together_for_a_finished_parcel_are_all_answered_by_one_activation()
    {
        var parcel = Sample();
        await Submit(A, parcel, parcel.Order());
        await Parcel(A, parcel).Close(SampleParcel.Platform, "企业已另行申报");
        await Until(() => State(parcel).Outbox.Length == 0);
        await A.Deactivate(Parcel(A, parcel));
        var reads = Journal.Count("A", "read", Key(parcel));

        var held = Store.HoldRead(Key(parcel));
        Task[] calls =
        [
            .. Enumerable.Range(0, 12).Select(_ => Parcel(A, parcel).ClaimWaybill(Nobodys, "", "")),
        ];
        await held.Reached;
        await Quiet(A);
        held.Release();
        await Task.WhenAll(calls);
        Assert.Equal(reads + 1, Journal.Count("A", "read", Key(parcel)));
    }

    [Fact]
    public async Task A_waybill_is_refused_to_another_parcel_only_once_it_is_stored_why()
    {
        var parcel = Sample();
        await Submit(A, parcel, parcel.Order());
        await Sought(parcel);
        var held = Store.Hold(Key(parcel));
        var taking = Submit(A, parcel, parcel.Waybill());
        await held.Reached;
        var claim = Parcel(A, parcel).ClaimWaybill(DocumentKey.Of(parcel.Waybill()), "2020", "");
        await Heard(A, "ClaimWaybill", Key(parcel));
        await Quiet(A);
        Assert.False(claim.IsCompleted);
        held.Release(Fate.LostBefore);
        await Assert.ThrowsAsync<OrleansException>(() => taking);
        await Assert.ThrowsAsync<OrleansException>(() => claim);
        Assert.Equal(
            [DocumentType.Order],
            (await Parcel(A, parcel).Show(SampleParcel.Platform, Audience.All))!.Documents.Keys
        );
    }

    /// <summary>ADR 025: half of all parcels begin so; it used to be stored in a row of its own, looked for, handed over and stored again.</summary>
    [Fact]
    public async Task A_waybill_that_comes_first_is_one_write_and_is_there_when_its_order_comes()
    {
        var parcel = Sample();
        Assert.Equal(SubmissionOutcome.Unmatched, (await Submit(A, parcel, parcel.Waybill()))[0].Outcome);
        Assert.Null(await Parcel(A, parcel).Show(SampleParcel.Platform, Audience.All));
        await Quiet(A);
        Assert.Equal(1, Journal.Count("A", "wrote", Key(parcel)));
        Assert.Empty(A.Dispatch.Of(Key(parcel)));

        // By another silo, as after a crash: it was stored.
        await Parcel(B, parcel).Submit([Submission(parcel.Order())]);
        Assert.NotNull(State(parcel).Live(DocumentType.Waybill));
    }

    /// <summary>ADR 025: the parcels of two platforms share a row, and what is done for one is not taken for the other's.</summary>
    [Fact]
    public async Task Two_platforms_with_one_order_number_share_a_grain_and_nothing_else()
    {
        const string Other = "9999900009";
        var (one, two) = (Sample(), Sample());
        var other = two with { OrderNo = one.OrderNo };
        var order = Submission(other.Order().With(OrderHead.EbpCode, Other));
        var list = Submission(other.List().With(InventoryHead.EbpCode, Other));
        var payment = Submission(other.Payment().With(PaymentHead.EbpCode, Other));
        var replies = await Parcel(A, one)
            .Submit([.. Four(one).Select(Submission), order, list, payment, Submission(other.Waybill())]);
        Assert.All(replies, reply => Assert.Equal(SubmissionOutcome.Accepted, reply.Outcome));
        Assert.Equal(
            [SampleParcel.Platform, Other],
            replies.Select(reply => reply.Parcel!.Value.EbpCode).Distinct().ToArray()
        );

        await Until(() => Orders(one).Parcels.All(parcel => parcel.Status == ParcelStatus.Reserved));
        string[] names = [new ParcelName(SampleParcel.Platform, one.OrderNo).Reservation(1)];
        Assert.Equal(names, Reservations(one));
        Assert.Equal([new ParcelName(Other, one.OrderNo).Reservation(1)], Reservations(other));

        var left = new EffectName(Other, "order/1").ToString();
        await Parcel(A, one).Complete([new Completion(left, Time.GetUtcNow(), "M-1")]);
        await Parcel(A, one).ClaimWaybill(Nobodys, "", "");
        Assert.Null(State(one)[DocumentType.Order]!.SentAt);
        Assert.NotNull(Orders(one)[Other]![DocumentType.Order]!.SentAt);
        Assert.Equal(Other, (await Parcel(A, one).Show(Other, Audience.All))!.EbpCode);
        Assert.Equal(
            Other,
            (
                await Parcel(A, one)
                    .Find([IndexKey.Waybill(SampleParcel.Carrier, other.LogisticsNo)], Audience.All)
            )!.EbpCode
        );
    }

    /// <summary>Rule 16, ADR 028: what a caller asks for by number is shown to it if it has to do with the parcel, and is nowhere else.</summary>
    [Fact]
    public async Task A_parcel_is_there_for_whom_it_concerns()
    {
        var parcel = Sample();
        await Submit(A, parcel, Four(parcel));
        var grain = Parcel(B, parcel);
        var carrier = Audience.Of([SampleParcel.Carrier]);
        var stranger = Audience.Of(["9999900077", "9999900078"]);
        ImmutableArray<string> waybill = [IndexKey.Waybill(SampleParcel.Carrier, parcel.LogisticsNo)];

        var view = await grain.Show(SampleParcel.Platform, carrier);
        Assert.Equal([DocumentType.Waybill], view!.Documents.Keys);
        Assert.NotNull(view.State);
        Assert.NotNull(await grain.Find(waybill, carrier));
        Assert.True(await grain.IsParty(SampleParcel.Platform, carrier));

        Assert.Null(await grain.Show(SampleParcel.Platform, stranger));
        Assert.Null(await grain.Find(waybill, stranger));
        Assert.False(await grain.IsParty(SampleParcel.Platform, stranger));
    }

    static CebDocument[] Four(SampleParcel parcel) =>
        [parcel.Order(), parcel.Payment(), parcel.Waybill(), parcel.List()];

    OrderParcels Orders(SampleParcel parcel) => Store.State<StoredParcel>("parcel", Key(parcel))!.Order;

    string[] Reservations(SampleParcel parcel) =>
        [.. Store.State<QuotaState>("subscriber", SubscriberKey(parcel))!.Reservations.Keys];
}
