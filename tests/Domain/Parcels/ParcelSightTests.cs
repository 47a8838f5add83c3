using System.Collections.Immutable;
using ClearanceEngine.Access;
using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Simulator.Samples;
using ClearanceEngine.Storage;
using ClearanceEngine.Subscribers;
using Xunit;

namespace ClearanceEngine.Tests.Parcels;

/// <summary>Who may see what of a parcel (rule 16, ADR 028).</summary>
public class ParcelSightTests
{
    const string Stranger = "9999900077";

    readonly ParcelWorld _world = new(ParcelWorld.Bonded);

    [Fact]
    public void For_a_stranger_there_is_no_such_parcel()
    {
        _world.Declare();

        Assert.Null(ShowTo(Stranger));
        Assert.False(ParcelViews.IsParty(_world.State, Audience.Of([Stranger])));
        Assert.Null(ParcelViews.Show(_world.State, ParcelWorld.Rules.CustomsPort, Audience.Of([])));
    }

    /// <summary>Nobody else's documents are in it, and it is nobody's for that.</summary>
    [Fact]
    public void A_parcel_of_which_nothing_is_left_is_its_platforms_alone()
    {
        _world.Submit(_world.Sample.Order().With(OrderHead.AppType, "3"));
        var empty = _world.State with { Refusals = [] };
        Assert.True(empty.Exists);

        Assert.Null(ShowTo(Stranger, empty));
        Assert.NotNull(ShowTo(SampleParcel.Platform, empty));
    }

    [Fact]
    public void Who_sent_something_that_does_not_count_sees_that_and_not_where_the_parcel_stands()
    {
        _world.Submit(_world.Sample.Order());
        _world.Submit(_world.Sample.Waybill().With(LogisticsHead.Consignee, "别人"));
        _world.SubmitBy(Stranger, StrangersPayment());

        var view = ShowTo(Stranger)!;

        Assert.Null(view.State);
        Assert.Null(view.Mode);
        Assert.Empty(view.Missing);
        Assert.Empty(view.Problems);
        Assert.Empty(view.Timeline);
        Assert.Equal([DocumentType.Payment], view.Documents.Keys);
    }

    [Fact]
    public void A_party_sees_its_own_documents_and_where_the_parcel_stands()
    {
        _world.Release();

        var view = ShowTo(SampleParcel.Payer)!;

        Assert.Equal(ParcelStatus.Released, view.State);
        Assert.Equal([DocumentType.Payment], view.Documents.Keys);
        Assert.All(view.Receipts, receipt => Assert.Equal(DocumentType.Payment, receipt.Document));
        Assert.NotEmpty(view.Receipts);
    }

    [Fact]
    public void Everyone_sees_what_there_is()
    {
        _world.Release();

        var view = ParcelViews.Show(_world.State, ParcelWorld.Rules.CustomsPort, Audience.All)!;

        Assert.Equal(4, view.Documents.Count);
        Assert.Equal(_world.State.Timeline, view.Timeline);
        Assert.NotNull(view.Quota);
        Assert.NotNull(view.InvtNo);
    }

    [Theory]
    [InlineData(SampleParcel.Warehouse, true, true)] // declares the list
    [InlineData(SampleParcel.Platform, true, true)]
    [InlineData(SampleParcel.Merchant, true, false)]
    [InlineData(SampleParcel.Payer, false, false)]
    [InlineData(SampleParcel.Carrier, false, false)]
    public void Numbers_of_customs_and_the_buyers_quota_are_for_few(
        string company,
        bool hearsOfList,
        bool hearsOfQuota
    )
    {
        _world.Release();

        var view = ShowTo(company)!;

        Assert.Equal(hearsOfList, view.PreNo is not null);
        Assert.Equal(hearsOfList, view.InvtNo is not null);
        Assert.Equal(hearsOfList, view.TaxEstimate is not null);
        Assert.Equal(hearsOfQuota, view.Quota is not null);
        var amount = CebAmount.FromFen(_world.State.Quota!.AmountFen);
        Assert.Equal(
            hearsOfQuota,
            view.Timeline.Any(entry => entry.Text.Contains($"{amount} 元", StringComparison.Ordinal))
        );
    }

    /// <summary>Customs refused the list, and another declarant's takes its place: what the first had reserved is not for it.</summary>
    [Fact]
    public void The_quota_is_for_a_declarant_whose_list_is_that_of_the_order()
    {
        _world.LeadTo(ParcelStatus.Rejected);
        Assert.NotNull(_world.State.Quota);
        var guessed = _world
            .Sample.List()
            .With(InventoryHead.Guid, UuidV5.Of("guessed"))
            .With(InventoryHead.AppTime, "20261121120000")
            .With(InventoryHead.CopNo, "GUESSED")
            .With(InventoryHead.AgentCode, Stranger)
            .With(InventoryHead.BuyerName, "别人");

        var reply = _world.SubmitBy(Stranger, guessed);

        Assert.Equal(SubmissionOutcome.Accepted, reply.Outcome);
        Assert.NotEmpty(reply.Problems);
        Assert.Null(ShowTo(Stranger)!.Quota);
        Assert.NotNull(ShowTo(SampleParcel.Platform)!.Quota);
    }

    [Fact]
    public void Why_a_buyer_is_over_the_limit_is_for_declarant_and_platform()
    {
        _world.Submit(_world.Sample.Order());
        foreach (var document in (CebDocument[])[_world.Sample.Payment(), _world.Sample.Waybill()])
            _world.Submit(document);
        _world.Submit(_world.Sample.List());
        var reserve = _world.State.Outbox.OfType<ChangeQuota>().Single();
        var over = _world.Reserve(reserve).Answer with
        {
            Outcome = ReserveOutcome.OverAnnual,
            UsedFen = 2_500_000,
        };
        _world.Decide(new ReserveAnswered(reserve.Attempt, over));

        Assert.Contains(ShowTo(SampleParcel.Warehouse)!.Problems, p => p.Code == "over-annual-limit");
        Assert.Contains(ShowTo(SampleParcel.Platform)!.Problems, p => p.Code == "over-annual-limit");
        Assert.Empty(ShowTo(SampleParcel.Carrier)!.Problems);
        Assert.DoesNotContain(ShowTo(SampleParcel.Carrier)!.Timeline, entry =>
            entry.Text.Contains("limit", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void A_mismatch_is_told_with_ones_own_value_and_without_the_others()
    {
        _world.Submit(_world.Sample.Order().With(OrderHead.ConsigneeAddress, "订单所写地址"));

        var reply = _world.Submit(
            _world.Sample.Waybill().With(LogisticsHead.ConsigneeAddress, "运单所写地址")
        );

        var told = Assert.Single(reply.Problems);
        Assert.Equal(ProblemCode.ConsigneeAddressDiffers, told.Code);
        Assert.Contains("运单所写地址", told.Text);
        Assert.DoesNotContain("订单所写地址", told.Text);
        Assert.Equal(told, Assert.Single(ShowTo(SampleParcel.Carrier)!.Problems));
        Assert.DoesNotContain("运单所写地址", Assert.Single(ShowTo(SampleParcel.Platform)!.Problems).Text);
    }

    /// <summary>Whoever has both documents knows both values.</summary>
    [Fact]
    public void A_mismatch_of_two_documents_of_one_sender_is_told_in_full()
    {
        _world.Submit(_world.Sample.Order().With(OrderHead.ConsigneeAddress, "订单所写地址"));
        _world.SubmitBy(
            SampleParcel.Platform,
            _world.Sample.Waybill().With(LogisticsHead.ConsigneeAddress, "运单所写地址"),
            principal: SampleParcel.Carrier
        );

        var told = Assert.Single(ShowTo(SampleParcel.Platform)!.Problems).Text;

        Assert.Contains("订单所写地址", told);
        Assert.Contains("运单所写地址", told);
    }

    [Fact]
    public void A_transmitter_sees_what_it_transmitted()
    {
        _world.SubmitBy(Stranger, _world.Sample.Payment(), principal: SampleParcel.Payer);

        Assert.Equal([DocumentType.Payment], ShowTo(Stranger)!.Documents.Keys);
    }

    /// <summary>A guid is chosen by its sender.</summary>
    [Fact]
    public void Who_takes_anothers_guid_does_not_see_its_receipts()
    {
        var wrong = _world.Sample.Payment().With(PaymentHead.AppTime, "20991231000000");
        _world.Submit(_world.Sample.Order());
        _world.Submit(wrong);
        _world.SubmitBy(Stranger, StrangersPayment().With(PaymentHead.Guid, wrong[PaymentHead.Guid]!));

        Assert.Single(ShowTo(SampleParcel.Payer)!.Receipts);
        Assert.Empty(ShowTo(Stranger)!.Receipts);
    }

    [Fact]
    public void By_a_waybill_it_is_found_by_its_parties_and_who_has_that_waybill()
    {
        _world.Submit(_world.Sample.Order());
        _world.Submit(_world.Sample.Waybill());
        _world.SubmitBy(Stranger, StrangersPayment());
        var waybill = IndexKey.Waybill(SampleParcel.Carrier, _world.Sample.LogisticsNo);

        Assert.NotNull(FindBy(SampleParcel.Carrier, waybill));
        Assert.NotNull(FindBy(SampleParcel.Platform, waybill));
        Assert.Null(FindBy(Stranger, waybill));
        Assert.NotNull(FindBy(Stranger, IndexKey.Payment(Stranger, "T-STRANGER")));
        Assert.Null(FindBy("9999900078", waybill));
    }

    [Fact]
    public void An_operators_words_are_for_operators()
    {
        _world.Declare();
        _world.Decide(new CloseOrdered("与企业甲核实"));

        var view = ShowTo(SampleParcel.Payer)!;

        Assert.NotNull(view.ClosedAt);
        Assert.Null(view.ClosedReason);
        Assert.DoesNotContain(view.Timeline, e => e.Text.Contains("企业甲", StringComparison.Ordinal));
        Assert.NotNull(
            ParcelViews.Show(_world.State, ParcelWorld.Rules.CustomsPort, Audience.All)!.ClosedReason
        );
    }

    ParcelView? ShowTo(string company, ParcelState? state = null) =>
        ParcelViews.Show(state ?? _world.State, ParcelWorld.Rules.CustomsPort, Audience.Of([company]));

    ParcelView? FindBy(string company, string name) =>
        ParcelViews.Find(_world.State, ParcelWorld.Rules.CustomsPort, Audience.Of([company]), name);

    CebDocument StrangersPayment() =>
        _world
            .Sample.Payment()
            .With(PaymentHead.Guid, UuidV5.Of("stranger"))
            .With(PaymentHead.PayCode, Stranger)
            .With(PaymentHead.PayTransactionId, "T-STRANGER");
}
