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
        var first = _world.SubmitBy(Stranger, Payment());
        Assert.Equal(ParcelStatus.Collecting, first.Status); // nothing is here but its own
        _world.Submit(_world.Sample.Order());

        Assert.Null(_world.SubmitBy(Stranger, Payment()).Status);
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
