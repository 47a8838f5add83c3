using ClearanceEngine.Access;
using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Simulator.Samples;
using Xunit;

namespace ClearanceEngine.Tests.Parcels;

/// <summary>What a company that is none of the parcel's parties is answered to its own good documents (rule 16, ADR 018).</summary>
public class StrangerTests
{
    const string Stranger = "9999900077";

    readonly ParcelWorld _world = new(ParcelWorld.Bonded);

    [Fact]
    public void A_stranger_sees_neither_where_the_parcel_stands_nor_what_it_lacks()
    {
        _world.Submit(_world.Sample.Order());
        _world.Submit(_world.Sample.Waybill().With(LogisticsHead.PackNo, "7"));

        var reply = _world.SubmitBy(Stranger, Payment());

        Assert.Equal(SubmissionOutcome.Accepted, reply.Outcome);
        Assert.Null(reply.Status);
        Assert.Empty(reply.Missing);
        Assert.Empty(reply.Problems);
        Assert.Null(_world.SubmitBy(Stranger, Payment()).Status);
    }

    [Fact]
    public void The_parties_see_it_all()
    {
        _world.Submit(_world.Sample.Order());
        _world.SubmitBy(Stranger, Payment());

        var reply = _world.Submit(_world.Sample.Payment());

        Assert.Equal(ParcelStatus.Collecting, reply.Status);
        Assert.Contains(DocumentType.Waybill, reply.Missing);
    }

    /// <summary>Its payment is the only one for the time being, but the order names another company.</summary>
    [Fact]
    public void A_payment_that_the_order_contradicts_makes_no_party()
    {
        _world.SubmitBy(Stranger, Payment());
        _world.Submit(_world.Sample.Order());

        Assert.Null(_world.SubmitBy(Stranger, Payment()).Status);
    }

    /// <summary>Who guesses a number hears nothing of whether it is an order's.</summary>
    [Fact]
    public void Alone_with_its_payment_it_is_told_what_it_is_told_beside_anothers_order()
    {
        var alone = _world.SubmitBy(Stranger, Payment());

        var other = new ParcelWorld(ParcelWorld.Bonded);
        other.Submit(other.Sample.Order());
        var beside = other.SubmitBy(Stranger, Payment());

        Assert.Equal(SubmissionOutcome.Accepted, alone.Outcome);
        Assert.Null(alone.Status);
        Assert.Empty(alone.Missing);
        Assert.Equal((alone.Outcome, alone.Status), (beside.Outcome, beside.Status));
        Assert.Equal(alone.Missing, beside.Missing);
        Assert.Equal(alone.Problems, beside.Problems);
        Assert.Equal(alone.Parcel, beside.Parcel);
    }

    /// <summary>Any site may send a note of any waybill number: it is not told whose that is, and may not say that the goods have left.</summary>
    [Fact]
    public void An_inbound_note_makes_its_site_a_party_once_customs_has_stored_it()
    {
        var world = new ParcelWorld(ParcelWorld.Bonded with { Mode = "9610" });
        world.Declare();
        var note = world.Sample.InboundNote().With(DeliveryHead.OperatorCode, Stranger);

        var reply = world.SubmitBy(Stranger, note);

        Assert.Equal(SubmissionOutcome.Accepted, reply.Outcome);
        Assert.Null(reply.Parcel);
        Assert.Null(reply.Status);
        Assert.Empty(reply.Missing);

        world.Settle();
        world.Answer(DocumentType.InboundNote, 2); // the E-Port takes it, which says nothing of the goods
        Assert.False(ParcelViews.IsParty(world.State, Audience.Of([Stranger])));

        world.Answer(DocumentType.InboundNote, 120);
        Assert.True(ParcelViews.IsParty(world.State, Audience.Of([Stranger])));
        Assert.Equal(world.Name, world.SubmitBy(Stranger, note).Parcel);
    }

    /// <summary>A waybill names an order number and no platform.</summary>
    [Fact]
    public void A_waybill_of_another_carrier_is_not_told_whose_order_it_names()
    {
        _world.Submit(_world.Sample.Order().With(OrderHead.LogisticsCode, SampleParcel.Carrier));

        var strangers = _world.SubmitBy(
            Stranger,
            _world.Sample.Waybill().With(LogisticsHead.LogisticsCode, Stranger)
        );

        Assert.Equal(SubmissionOutcome.Accepted, strangers.Outcome);
        Assert.Null(strangers.Parcel);
        Assert.Equal(_world.Name, _world.Submit(_world.Sample.Waybill()).Parcel);
    }

    /// <summary>A parcel of which everything was refused is not a stranger's for that.</summary>
    [Fact]
    public void What_was_refused_of_others_makes_nobody_else_a_party()
    {
        _world.Submit(_world.Sample.Order().With(OrderHead.AppTime, "20991231000000"));

        var reply = _world.SubmitBy(Stranger, Payment());

        Assert.Equal(SubmissionOutcome.Accepted, reply.Outcome);
        Assert.Null(reply.Status);
        Assert.Empty(reply.Problems);
    }

    [Fact]
    public void What_is_wrong_with_its_own_document_it_is_told()
    {
        _world.Submit(_world.Sample.Order());

        var reply = _world.SubmitBy(Stranger, Payment().With(PaymentHead.AppTime, "20991231000000"));

        Assert.Equal(SubmissionOutcome.Refused, reply.Outcome);
        Assert.Null(reply.Status);
        Assert.Equal("app-time-ahead", Assert.Single(reply.Problems).Code);
    }

    /// <summary>Another's document of the same number was refused before; what was wrong with that is not its business.</summary>
    [Fact]
    public void What_was_wrong_with_anothers_document_of_its_number_it_is_not_told()
    {
        _world.Submit(_world.Sample.Order());
        _world.Submit(Payment().With(PaymentHead.AppTime, "20991231000000"));

        Assert.Empty(_world.SubmitBy(Stranger, Payment().With(PaymentHead.Guid, UuidV5.Of("own"))).Problems);
    }

    [Fact]
    public void A_refusal_for_the_parcels_state_does_not_tell_the_state()
    {
        _world.SubmitBy(Stranger, Payment());
        _world.LeadTo(ParcelStatus.Declared);
        var delete = Payment()
            .With(PaymentHead.AppType, "3")
            .With(PaymentHead.Guid, UuidV5.Of("delete"))
            .With(PaymentHead.AppTime, "20261121120000");

        var reply = _world.SubmitBy(Stranger, delete);

        Assert.Equal(SubmissionOutcome.Refused, reply.Outcome);
        var problem = Assert.Single(reply.Problems);
        Assert.DoesNotContain("Declared", problem.Text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("eclared", reply.Receipt![PaymentReturn.ReturnInfo]!, StringComparison.Ordinal);
    }

    CebDocument Payment() =>
        _world
            .Sample.Payment()
            .With(PaymentHead.Guid, UuidV5.Of("stranger"))
            .With(PaymentHead.PayCode, Stranger)
            .With(PaymentHead.PayTransactionId, "T-STRANGER");
}
