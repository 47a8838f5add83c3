using ClearanceEngine.Access;
using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Receipts;
using ClearanceEngine.Simulator.Samples;
using ClearanceEngine.Storage;
using ClearanceEngine.Unmatched;
using CsCheck;
using Xunit;

namespace ClearanceEngine.Tests.Parcels;

/// <summary>ADR 025: the parcels of one order number share a grain; each document goes to the parcel whose it is.</summary>
public class OrderParcelsTests
{
    readonly OrderWorld _world = new();

    static SampleParcel One => OrderWorld.One;

    static SampleParcel Two => OrderWorld.Two;

    [Fact]
    public void A_waybill_that_comes_first_waits_with_its_order_number_and_nobody_is_asked()
    {
        var reply = _world.Submit(One.Waybill());
        Assert.Equal((SubmissionOutcome.Unmatched, null), (reply.Outcome, reply.Parcel));
        Assert.Empty(_world.State.Effects());
        Assert.Empty(_world.State.IndexKeys);
        Assert.Single(_world.Journal);

        _world.Submit(One.Order());
        Assert.Empty(_world.State.Unmatched);
        Assert.True(One.Waybill().SameAs(Parcel(OrderWorld.Platform).Live(DocumentType.Waybill)!));
    }

    /// <summary>Rule 8, with waybills first, two platforms and answers of customs in between: what lists say decides, not who came first.</summary>
    [Fact]
    public void Of_two_platforms_with_one_order_number_each_gets_its_own_in_every_order_of_arrival()
    {
        CebDocument[] documents =
        [
            .. OrderWorld.Four(One),
            .. OrderWorld.Four(Two).Select(OrderWorld.OfOther),
        ];
        Gen.Select(Gen.Shuffle(documents), Gen.Bool.Array[documents.Length])
            .Sample(
                (arrivals, settles) =>
                {
                    var world = new OrderWorld();
                    foreach (var (document, settle) in arrivals.Zip(settles))
                    {
                        world.Submit(document);
                        if (settle)
                            world.LeaveAndAccept();
                    }
                    world.LeaveAndAccept();
                    return IsDeclared(world, OrderWorld.Platform, One)
                        && IsDeclared(world, OrderWorld.Other, Two);
                },
                iter: 500
            );
    }

    static bool IsDeclared(OrderWorld world, string ebpCode, SampleParcel sample)
    {
        var parcel = world.State[ebpCode]!;
        return parcel.Status == ParcelStatus.Declared
            && parcel.Documents.Length == 4
            && parcel.Live(DocumentType.Waybill)?[LogisticsHead.LogisticsNo] == sample.LogisticsNo
            && world.State.Unmatched.IsEmpty;
    }

    /// <summary>What left for customs from the wrong parcel does not leave again from the right one.</summary>
    [Fact]
    public void A_waybill_that_the_only_order_had_moves_to_the_one_whose_list_names_it_and_leaves_once()
    {
        foreach (var document in (CebDocument[])[One.Order(), One.Payment(), Two.Waybill()])
            _world.Submit(document);
        _world.LeaveAndAccept();
        Assert.NotNull(Parcel(OrderWorld.Platform).Live(DocumentType.Waybill));

        foreach (var document in (CebDocument[])[Two.Order(), Two.Payment(), Two.List()])
            _world.Submit(OrderWorld.OfOther(document));
        Assert.Null(Parcel(OrderWorld.Platform).Live(DocumentType.Waybill));
        _world.LeaveAndAccept();
        Assert.Equal(ParcelStatus.Declared, Parcel(OrderWorld.Other).Status);
        Assert.Single(_world.Left, left => left.Document.Type == DocumentType.Waybill);
    }

    /// <summary>Whoever asks for the waybill, or sends it again, gets what customs said of it; and its status leaves once, too.</summary>
    [Fact]
    public void A_waybill_moves_with_its_receipts_and_its_status()
    {
        var status = OrderWorld.SignedFor(Two);
        foreach (var document in (CebDocument[])[One.Order(), One.Payment(), Two.Waybill(), status])
            _world.Submit(document);
        _world.LeaveAndAccept();
        Assert.Single(_world.Left, left => left.Document.Type == DocumentType.WaybillStatus);
        var receipts = Parcel(OrderWorld.Platform).Receipts.Count(IsOfWaybill);
        Assert.True(receipts >= 2);

        foreach (var document in (CebDocument[])[Two.Order(), Two.Payment(), Two.List()])
            _world.Submit(OrderWorld.OfOther(document));
        Assert.DoesNotContain(Parcel(OrderWorld.Platform).Receipts, IsOfWaybill);
        Assert.Null(Parcel(OrderWorld.Platform)[DocumentType.WaybillStatus]);
        Assert.Equal(receipts, Parcel(OrderWorld.Other).Receipts.Count(IsOfWaybill));
        Assert.True(Parcel(OrderWorld.Other)[DocumentType.WaybillStatus]!.IsDispatched);

        _world.LeaveAndAccept();
        Assert.Single(_world.Left, left => left.Document.Type == DocumentType.WaybillStatus);
        var again = _world.Submit((Two with { Revision = 2 }).Waybill());
        Assert.Equal(OrderWorld.Other, again.Parcel!.Value.EbpCode);
        Assert.Equal("2", again.Receipt![LogisticsReturn.ReturnStatus]);
    }

    /// <summary>News came to the parcel that named the waybill before any had it; while its order was withdrawn, older ones to the one that had it then.</summary>
    [Fact]
    public void The_newer_status_stays_when_an_older_one_comes_with_its_waybill()
    {
        var older = OrderWorld.SignedFor(Two);
        var newer = older
            .With(LogisticsStatus.Guid, UuidV5.Of("newer"))
            .With(LogisticsStatus.AppTime, "20261124113000");
        var withdrawn = (Two with { AppType = "3", Revision = 2 }).Order();
        foreach (var document in (CebDocument[])[Two.Order(), Two.List(), newer, withdrawn])
            _world.Submit(document.Type == CebType.WaybillStatus ? document : OrderWorld.OfOther(document));
        foreach (var document in (CebDocument[])[One.Order(), Two.Waybill(), older])
            _world.Submit(document);
        Assert.NotNull(Parcel(OrderWorld.Platform)[DocumentType.WaybillStatus]);

        _world.Submit(OrderWorld.OfOther((Two with { Revision = 3 }).Order()));
        Assert.Null(Parcel(OrderWorld.Platform)[DocumentType.WaybillStatus]);
        Assert.Equal(newer.Guid, Parcel(OrderWorld.Other)[DocumentType.WaybillStatus]!.Guid);
    }

    static bool IsOfWaybill(KeptReceipt receipt) =>
        receipt.Type is DocumentType.Waybill or DocumentType.WaybillStatus;

    [Fact]
    public void A_waybill_whose_status_is_just_leaving_does_not_move_before_that_has_left()
    {
        foreach (var document in (CebDocument[])[One.Order(), One.Payment(), Two.Waybill()])
            _world.Submit(document);
        _world.LeaveAndAccept();
        _world.Submit(OrderWorld.SignedFor(Two));
        foreach (var document in (CebDocument[])[Two.Order(), Two.List()])
            _world.Submit(OrderWorld.OfOther(document));
        Assert.NotNull(Parcel(OrderWorld.Platform).Live(DocumentType.Waybill));

        _world.Settle();
        Assert.NotNull(Parcel(OrderWorld.Other)[DocumentType.WaybillStatus]!.SentAt);
    }

    [Fact]
    public void A_waybill_that_is_just_leaving_or_that_a_declared_list_stands_on_does_not_move()
    {
        foreach (var document in (CebDocument[])[One.Order(), One.Payment(), Two.Waybill()])
            _world.Submit(document);
        foreach (var document in (CebDocument[])[One.Order(), One.Payment()])
            AcceptAlone(document);
        _world.Decide(new Sought(Seek(OrderWorld.Platform).Id, [], []), OrderWorld.Platform);
        Assert.Contains(Parcel(OrderWorld.Platform).Outbox, IsDispatchOfWaybill);

        _world.Submit(OrderWorld.OfOther(Two.Order()));
        _world.Submit(OrderWorld.OfOther(Two.List()));
        Assert.NotNull(Parcel(OrderWorld.Platform).Live(DocumentType.Waybill));
        _world.Settle();
        Assert.Null(Parcel(OrderWorld.Platform).Live(DocumentType.Waybill));
        Assert.NotNull(Parcel(OrderWorld.Other).Live(DocumentType.Waybill));

        var declared = new OrderWorld();
        foreach (var document in OrderWorld.Four(One))
            declared.Submit(document);
        declared.LeaveAndAccept();
        declared.Submit(OrderWorld.OfOther(Two.Order().With(OrderHead.LogisticsCode, SampleParcel.Carrier)));
        declared.Submit(OrderWorld.OfOther(Two.List().With(InventoryHead.LogisticsNo, One.LogisticsNo)));
        Assert.NotNull(declared.State[OrderWorld.Platform]!.Live(DocumentType.Waybill));
    }

    /// <summary>Rule 16: an order number is easily known, and whoever names it with another platform's code is a stranger.</summary>
    [Fact]
    public void A_list_and_a_payment_for_another_platform_take_and_block_and_reveal_nothing()
    {
        var list = OrderWorld.OfOther(One.List());
        _world.Submit(list);
        _world.Submit(OrderWorld.OfOther(Two.Payment()));
        Assert.Equal(SubmissionOutcome.Unmatched, _world.Submit(One.Waybill()).Outcome);

        foreach (var document in (CebDocument[])[One.Order(), One.Payment(), One.List()])
            _world.Submit(document);
        _world.LeaveAndAccept();
        Assert.Equal(ParcelStatus.Declared, Parcel(OrderWorld.Platform).Status);

        var asked = _world.Submit(list);
        Assert.Equal(OrderWorld.Other, asked.Parcel!.Value.EbpCode);
        Assert.Equal(ParcelStatus.Collecting, asked.Status);
        Assert.Contains(DocumentType.Order, asked.Missing);
        Assert.Contains(DocumentType.Waybill, asked.Missing);
    }

    [Fact]
    public void A_platforms_order_is_let_in_however_many_platforms_one_company_made_up()
    {
        var payments = Enumerable
            .Range(0, 6)
            .Select(i => One.Payment().With(PaymentHead.EbpCode, $"77777{i:00000}"));
        SubmissionReply[] replies = [.. payments.Select(payment => _world.Submit(payment))];
        Assert.Equal(ParcelWorld.Rules.Options.MaxPlatforms, _world.State.Parcels.Length);
        Assert.Equal("too-many-platforms", Assert.Single(replies[^1].Problems).Code);

        Assert.Equal(SubmissionOutcome.Accepted, _world.Submit(One.Order()).Outcome);
        Assert.Equal(SubmissionOutcome.Accepted, _world.Submit(One.List()).Outcome);
        // Its own payment company is the one that used up its room.
        Assert.Equal(SubmissionOutcome.Accepted, _world.Submit(One.Payment()).Outcome);
    }

    /// <summary>Whoever may send orders can name any platform; own checks and appTime are judged only when the parcel is there.</summary>
    [Fact]
    public void Orders_for_platforms_that_a_merchant_made_up_begin_no_parcels_without_end()
    {
        var most = _world.Rules.Options.MaxPlatforms;
        SubmissionReply[] replies =
        [
            .. Enumerable.Range(0, most).Select(i => _world.Submit(MadeUp(i), SampleParcel.Merchant)),
            _world.Submit(MadeUp(most), SampleParcel.Merchant),
        ];
        Assert.Equal("too-many-platforms", Assert.Single(replies[^1].Problems).Code);
        Assert.Equal(most, _world.State.Parcels.Length);

        Assert.Equal(SubmissionOutcome.Accepted, _world.Submit(One.Order()).Outcome);
        Assert.Equal(SubmissionOutcome.Accepted, _world.Submit(One.List()).Outcome);
    }

    /// <summary>A second company's document beside the first one's hides neither.</summary>
    [Fact]
    public void Two_companies_that_share_parcels_without_an_order_are_counted_each()
    {
        var most = _world.Rules.Options.MaxPlatforms;
        for (var i = 0; i < most; i++)
        {
            _world.Submit(One.Payment().With(PaymentHead.EbpCode, Code(i)));
            _world.Submit(One.List().With(InventoryHead.EbpCode, Code(i)));
        }
        foreach (
            var document in (CebDocument[])
                [
                    One.Payment().With(PaymentHead.EbpCode, Code(most)),
                    One.List().With(InventoryHead.EbpCode, Code(most)),
                ]
        )
            Assert.Equal("too-many-platforms", Assert.Single(_world.Submit(document).Problems).Code);
        Assert.Equal(most, _world.State.Parcels.Length);
    }

    /// <summary>A signed message that is refused takes what waits with it at once, so that there is always room for more.</summary>
    [Fact]
    public void A_company_that_has_what_waits_withdrawn_without_end_fills_neither_journal_nor_outbox()
    {
        var options = new ParcelOptions { MaxJournalBytes = 64 * 1024 };
        var world = new OrderWorld { Rules = ParcelWorld.Rules with { Options = options } };
        var refusal = new Problem(ProblemCode.FormatRefused, DocumentType.Waybill, null, null, "…");
        var rounds = 0;
        SubmissionReply reply;
        while (
            (reply = world.SubmitSigned(Numbered(++rounds), "SIGNED")).Outcome != SubmissionOutcome.Refused
        )
        {
            Assert.InRange(rounds, 1, 2_000);
            world.Decide(new SignedMessageRefused("SIGNED", refusal));
            Assert.InRange(world.State.Outbox.Length, 1, options.MaxRefusals);
        }

        Assert.Equal("journal-full", Assert.Single(reply.Problems).Code);
        Assert.True(rounds > options.MaxRefusals);
        var newest = world.State.Outbox[^1].Receipt;
        Assert.Equal(Numbered(rounds - 1)[LogisticsHead.LogisticsNo], newest[LogisticsReturn.LogisticsNo]);
        var entries = world.Journal.Count;
        world.SubmitSigned(Numbered(++rounds), "SIGNED");
        Assert.Equal(entries, world.Journal.Count);

        Assert.Equal(SubmissionOutcome.Unmatched, world.Submit(Numbered(0), "9999900099").Outcome);
    }

    /// <summary>Customs has the first revision, the second moves before it leaves: it, or its delete, still follows.</summary>
    [Theory]
    [InlineData("2")]
    [InlineData("3")]
    public void What_moves_before_it_leaves_follows_what_customs_has_had_of_it(string appType)
    {
        foreach (var document in (CebDocument[])[One.Order(), One.Payment(), Two.Waybill()])
            _world.Submit(document);
        _world.LeaveAndAccept();
        _world.Submit((Two with { AppType = "2", Revision = 2 }).Waybill());
        foreach (var document in (CebDocument[])[Two.Order(), Two.List()])
            _world.Submit(OrderWorld.OfOther(document));
        Assert.NotNull(Parcel(OrderWorld.Other).Live(DocumentType.Waybill));

        if (appType == "3")
            _world.Submit((Two with { AppType = appType, Revision = 3 }).Waybill());
        _world.Submit(OrderWorld.OfOther(Two.Payment()));
        _world.LeaveAndAccept();
        var (platform, left) = _world.Left.Last(l => l.Document.Type == DocumentType.Waybill);
        Assert.Equal((OrderWorld.Other, appType), (platform, left.Document.AppType));
        Assert.True(Parcel(OrderWorld.Other).Documents.Single(IsWaybill).FollowsAnother);
    }

    /// <summary>Rule 16: an order and a list of one sender are one sender's word.</summary>
    [Fact]
    public void A_list_with_its_order_outranks_no_other_list_and_the_waybill_stays_where_it_is()
    {
        foreach (var document in (CebDocument[])[One.Order(), One.Waybill(), One.List()])
            _world.Submit(document);
        var naming = Two.Order()
            .With(OrderHead.LogisticsCode, SampleParcel.Carrier)
            .With(OrderHead.LogisticsNo, One.LogisticsNo);
        _world.Submit(OrderWorld.OfOther(naming));
        _world.Submit(OrderWorld.OfOther(Two.List().With(InventoryHead.LogisticsNo, One.LogisticsNo)));

        Assert.NotNull(Parcel(OrderWorld.Platform).Live(DocumentType.Waybill));
        Assert.Null(Parcel(OrderWorld.Other).Live(DocumentType.Waybill));
    }

    /// <summary>The look asks the index, where both platforms' parcels are one row.</summary>
    [Fact]
    public void A_list_that_names_the_waybill_of_the_other_platform_is_told_so()
    {
        foreach (var document in (CebDocument[])[One.Order(), One.Waybill(), One.List()])
            _world.Submit(document);
        _world.Submit(OrderWorld.OfOther(Two.Order()));
        _world.Submit(OrderWorld.OfOther(Two.List().With(InventoryHead.LogisticsNo, One.LogisticsNo)));
        _world.Settle();

        Assert.Contains(
            ParcelViews.Show(Parcel(OrderWorld.Other), _world.Rules.CustomsPort, Audience.All)!.Problems,
            problem => problem.Code == "waybill-of-another-order"
        );
        Assert.Empty(Parcel(OrderWorld.Platform).Elsewhere);
    }

    static string Code(int i) => $"77777{i:00000}";

    static CebDocument MadeUp(int i) => One.Order().With(OrderHead.EbpCode, Code(i));

    static bool IsWaybill(ParcelDocument kept) => kept.Type == DocumentType.Waybill;

    [Fact]
    public void Effects_of_two_parcels_with_one_name_are_completed_each_by_itself()
    {
        _world.Submit(One.Order());
        _world.Submit(OrderWorld.OfOther(Two.Order()));
        var names = _world
            .State.Effects()
            .Select(e => new EffectName(e.EbpCode, e.Effect.Id).ToString())
            .ToArray();
        Assert.Equal(["9999900001/order/1", "9999900009/order/1"], names);

        _world.Decide(new EffectCompleted(new Completion(names[1], _world.Now, "M-1")));
        Assert.Null(Parcel(OrderWorld.Platform)[DocumentType.Order]!.SentAt);
        Assert.NotNull(Parcel(OrderWorld.Other)[DocumentType.Order]!.SentAt);
        _world.Decide(new MessageDissolved([names[0]], null));
        var again = Assert.Single(Parcel(OrderWorld.Platform).Outbox.OfType<DispatchDocument>());
        Assert.Equal(("order/1/r1", true), (again.Id, again.IsResend));
    }

    [Fact]
    public void A_receipt_goes_to_the_parcel_that_has_what_it_echoes()
    {
        foreach (var document in OrderWorld.Four(One))
            _world.Submit(document);
        foreach (var document in OrderWorld.Four(Two))
            _world.Submit(OrderWorld.OfOther(document));
        _world.Settle();

        Assert.True(_world.Answer(OrderWorld.OfOther(Two.Order()), 2).IsTaken);
        Assert.Null(Parcel(OrderWorld.Platform)[DocumentType.Order]!.CustomsCode);
        Assert.Equal(2, Parcel(OrderWorld.Other)[DocumentType.Order]!.CustomsCode);
        Assert.True(_world.Answer(One.Payment(), 2).IsTaken);
        Assert.Null(Parcel(OrderWorld.Other)[DocumentType.Payment]!.CustomsCode);
        Assert.Equal(2, Parcel(OrderWorld.Platform)[DocumentType.Payment]!.CustomsCode);
    }

    /// <summary>One transaction for two platforms' orders: both are told, and the payment company once.</summary>
    [Fact]
    public void A_receipt_that_two_parcels_have_is_handed_on_once_and_a_lists_that_fits_two_is_for_none()
    {
        foreach (var document in (CebDocument[])[One.Order(), One.Payment(), One.List()])
            _world.Submit(document);
        foreach (var document in (CebDocument[])[Two.Order(), One.Payment(), One.List()])
            _world.Submit(OrderWorld.OfOther(document));
        _world.Settle();

        Assert.Single(_world.Answer(One.Payment(), 2).HandOns);
        Assert.All(_world.State.Parcels, parcel =>
            Assert.Equal(2, parcel[DocumentType.Payment]!.CustomsCode)
        );
        Assert.False(_world.Answer(One.List(), 120).IsTaken);
    }

    [Fact]
    public void What_waits_is_told_once_and_refused_in_the_end_and_may_come_again()
    {
        _world.Submit(One.Waybill());
        var options = _world.Rules.Unmatched;
        Assert.Equal(_world.Now + options.ReportAfter, _world.State.TimeDueAt);
        _world.Decide(new Woken());
        Assert.Empty(_world.State.Outbox);

        _world.Now += options.ReportAfter;
        _world.Decide(new Woken());
        _world.Decide(new Woken());
        _world.Settle();
        var told = Assert.Single(_world.Told);
        Assert.Equal(SampleParcel.Carrier, told.Receiver);
        Assert.StartsWith(
            "[still-unmatched]",
            told.Receipt[LogisticsReturn.ReturnInfo],
            StringComparison.Ordinal
        );

        _world.Now += options.EndAfter;
        _world.Decide(new Woken());
        _world.Settle();
        Assert.Contains(
            "[order-unknown]",
            _world.Told[^1].Receipt[LogisticsReturn.ReturnInfo]!,
            StringComparison.Ordinal
        );
        Assert.Equal(2, _world.Told.Count);
        Assert.Null(_world.State.TimeDueAt);
        Assert.True(_world.State.IsAtRest);
        Assert.Equal(SubmissionOutcome.Unmatched, _world.Submit(One.Waybill()).Outcome);
    }

    /// <summary>Two lists are a tie, whatever their orders say; which of them is wrong, their declarants know.</summary>
    [Theory]
    [InlineData("2")]
    [InlineData("3")]
    public void A_waybill_that_two_lists_claim_is_told_so_and_goes_to_one_when_the_other_changes_or_goes(
        string appType
    )
    {
        ClaimByTwoLists();
        Assert.Equal(SubmissionOutcome.Unmatched, _world.Submit(One.Waybill()).Outcome);

        _world.Now += _world.Rules.Unmatched.ReportAfter;
        _world.Decide(new Woken());
        Assert.Contains("[still-unmatched]", LastTold(), StringComparison.Ordinal);
        Assert.Contains("Lists of several platforms", LastTold(), StringComparison.Ordinal);

        var corrected = (Two with { AppType = appType, Revision = 2 }).List();
        _world.Submit(OrderWorld.OfOther(corrected));
        Assert.Empty(_world.State.Unmatched);
        Assert.NotNull(Parcel(OrderWorld.Platform).Live(DocumentType.Waybill));
        Assert.Null(Parcel(OrderWorld.Other).Live(DocumentType.Waybill));
    }

    [Fact]
    public void A_waybill_that_two_lists_claim_to_the_end_is_refused_and_told_that_they_do()
    {
        ClaimByTwoLists();
        _world.Submit(One.Waybill());
        _world.Now += _world.Rules.Unmatched.ReportAfter;
        _world.Decide(new Woken());
        _world.Now += _world.Rules.Unmatched.EndAfter;
        _world.Decide(new Woken());

        Assert.Empty(_world.State.Unmatched);
        Assert.Contains("[order-unknown]", LastTold(), StringComparison.Ordinal);
        Assert.Contains("Lists of several platforms", LastTold(), StringComparison.Ordinal);
    }

    void ClaimByTwoLists()
    {
        var rival = Two.List().With(InventoryHead.LogisticsNo, One.LogisticsNo);
        foreach (var document in (CebDocument[])[One.Order(), One.List()])
            _world.Submit(document);
        foreach (var document in (CebDocument[])[Two.Order(), rival])
            _world.Submit(OrderWorld.OfOther(document));
    }

    string LastTold() => _world.State.Outbox[^1].Receipt[LogisticsReturn.ReturnInfo]!;

    [Fact]
    public void One_company_lets_no_more_wait_than_its_share_and_takes_no_place_of_others()
    {
        var most = _world.Rules.Unmatched.MostOfOneSender;
        for (var i = 0; i < most; i++)
            Assert.Equal(SubmissionOutcome.Unmatched, _world.Submit(Numbered(i)).Outcome);
        var one = _world.Submit(Numbered(most));
        Assert.Equal((SubmissionOutcome.Refused, null), (one.Outcome, one.Receipt));
        Assert.Equal("too-many-waiting", Assert.Single(one.Problems).Code);
        // The same again is here, and another company has its own share.
        Assert.Equal(SubmissionOutcome.Unmatched, _world.Submit(Numbered(0)).Outcome);
        Assert.Equal(SubmissionOutcome.Unmatched, _world.Submit(Numbered(most), "9999900099").Outcome);
        Assert.Equal(
            "guid-reused",
            Assert.Single(_world.Submit(Numbered(0).With(LogisticsHead.Note, "x")).Problems).Code
        );
    }

    [Fact]
    public void The_bytes_of_one_company_that_wait_are_bounded()
    {
        var size = Numbered(0).Packed.Length;
        var bound = new UnmatchedOptions { MostBytesOfOneSender = size + (size / 2) };
        var world = new OrderWorld { Rules = ParcelWorld.Rules with { Unmatched = bound } };
        Assert.Equal(SubmissionOutcome.Unmatched, world.Submit(Numbered(0)).Outcome);
        Assert.Equal("too-many-waiting", Assert.Single(world.Submit(Numbered(1)).Problems).Code);
    }

    /// <summary>Two orders and nothing that names the waybill: nobody may guess.</summary>
    [Fact]
    public void Between_two_orders_that_do_not_name_it_a_waybill_waits_until_one_does()
    {
        _world.Submit(One.Order());
        _world.Submit(OrderWorld.OfOther(Two.Order()));
        Assert.Equal(SubmissionOutcome.Unmatched, _world.Submit(Two.Waybill()).Outcome);
        var naming = (Two with { AppType = "2", Revision = 2 })
            .Order()
            .With(OrderHead.LogisticsCode, SampleParcel.Carrier)
            .With(OrderHead.LogisticsNo, Two.LogisticsNo);
        _world.Submit(OrderWorld.OfOther(naming));
        Assert.NotNull(Parcel(OrderWorld.Other).Live(DocumentType.Waybill));
    }

    [Fact]
    public void What_is_wrong_by_itself_does_not_wait_and_a_signed_message_takes_what_waits_with_it()
    {
        var wrong = new Problem(ProblemCode.FieldMissing, DocumentType.Waybill, null, "x", "缺。Missing.");
        Assert.Equal(SubmissionOutcome.Refused, _world.Submit(One.Waybill(), null, wrong).Outcome);
        Assert.Empty(_world.State.Unmatched);

        _world.SubmitSigned(One.Waybill(), "SIGNED");
        _world.Decide(new SignedMessageRefused("ANOTHER", wrong));
        Assert.Single(_world.State.Unmatched);
        _world.Decide(new SignedMessageRefused("SIGNED", wrong));
        Assert.Empty(_world.State.Unmatched);
        _world.Settle();
        Assert.Equal(SampleParcel.Carrier, Assert.Single(_world.Told).Receiver);
    }

    /// <summary>Whoever knows the numbers may send a list: news that it drew would wait there for ever.</summary>
    [Fact]
    public void News_of_a_waybill_come_to_no_list_without_an_order()
    {
        _world.Submit(One.List());
        Assert.Equal(SubmissionOutcome.Unmatched, _world.Submit(OrderWorld.SignedFor(One)).Outcome);

        // They are looked for as soon as there is one.
        _world.Submit(One.Order());
        Assert.Contains(
            IndexKey.UnmatchedByWaybill(
                One.List()[InventoryHead.LogisticsCode]!,
                One.List()[InventoryHead.LogisticsNo]!
            ),
            Assert.Single(_world.State.Parcels).Sought
        );
        Assert.Equal(SubmissionOutcome.Accepted, _world.Submit(OrderWorld.SignedFor(One)).Outcome);
    }

    /// <summary>It leaves in one message: the other would gather for it in vain, and its sender learn that a day later.</summary>
    [Fact]
    public void A_waybill_that_waits_and_comes_again_in_another_signed_message_is_elsewhere()
    {
        Assert.False(_world.SubmitSigned(One.Waybill(), "FIRST").IsElsewhere);
        Assert.False(_world.SubmitSigned(One.Waybill(), "FIRST").IsElsewhere);
        // Without a message of its own it asks for no more than that it leaves.
        Assert.False(_world.Submit(One.Waybill()).IsElsewhere);

        // It is not refused: nothing is wrong with what leaves in the first.
        var second = _world.SubmitSigned(One.Waybill(), "SECOND");
        Assert.Equal(SubmissionOutcome.Unmatched, second.Outcome);
        Assert.True(second.IsElsewhere);
        Assert.Equal("FIRST", Assert.Single(_world.State.Unmatched).Submission.SignedMessageGuid);

        // Once the first is refused, its documents are free.
        _world.Decide(new SignedMessageRefused("FIRST", Wrong));
        Assert.False(_world.SubmitSigned(One.Waybill(), "THIRD").IsElsewhere);
    }

    static readonly Problem Wrong = new(ProblemCode.MessageRefused, DocumentType.Waybill, null, null, "-");

    [Fact]
    public void News_that_wait_and_come_again_in_another_signed_message_are_elsewhere()
    {
        var first = Signed("FIRST");
        var names = WaybillNames.Of(first.Document)!;
        var options = _world.Rules.Unmatched;
        var (waiting, _) = new UnmatchedNews().Hold(first, names, options, _world.Now);

        var (next, problem) = waiting.Hold(Signed("SECOND"), names, options, _world.Now);
        Assert.Same(waiting, next);
        Assert.Null(problem);
        var known = UnmatchedDocuments.Known(waiting.Documents, first)!;
        Assert.False(UnmatchedDocuments.StillWaits(known, first).IsElsewhere);
        Assert.True(UnmatchedDocuments.StillWaits(known, Signed("SECOND")).IsElsewhere);
    }

    Submission Signed(string messageGuid)
    {
        var news = OrderWorld.SignedFor(One);
        var sender = SampleParcel.Message(news).Transfer!;
        return new Submission(DocumentType.WaybillStatus, news, sender, messageGuid, _world.Now, []);
    }

    static CebDocument Numbered(int i) =>
        (One with { Serial = $"N{i}" }).Waybill().With(LogisticsHead.LogisticsNo, $"WB-{i}");

    ParcelState Parcel(string ebpCode) => _world.State[ebpCode]!;

    SeekUnmatched Seek(string ebpCode) => Parcel(ebpCode).Outbox.OfType<SeekUnmatched>().Single();

    static bool IsDispatchOfWaybill(Effect effect) =>
        effect is DispatchDocument { Type: DocumentType.Waybill };

    /// <summary>It leaves and is accepted, and nothing else is done.</summary>
    void AcceptAlone(CebDocument document)
    {
        var type = DocumentTypes.OfMessage(document.Type)!.Value;
        var name = new EffectName(OrderWorld.Platform, $"{type.Name()}/1").ToString();
        _world.Decide(new EffectCompleted(new Completion(name, _world.Now, $"M-{name}")));
        _world.Answer(document, 2);
    }
}
