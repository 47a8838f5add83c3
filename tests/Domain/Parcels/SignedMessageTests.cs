using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Simulator.Samples;
using Xunit;

namespace ClearanceEngine.Tests.Parcels;

/// <summary>A parcel with documents that leave in messages their participants signed.</summary>
public class SignedMessageTests
{
    readonly ParcelWorld _world = new(ParcelWorld.Bonded);

    static readonly Problem Refusal = new(ProblemCode.MessageRefused, DocumentType.Waybill, null, null, "…");

    /// <summary>It is no use to its sender to learn that when the document might have left.</summary>
    [Fact]
    public void A_document_that_may_not_leave_yet_is_free_when_its_message_is_refused()
    {
        _world.SubmitIn("SIGNED", _world.Sample.Waybill());
        Assert.Empty(_world.State.Outbox.OfType<DispatchDocument>());

        _world.Decide(new SignedMessageRefused("SIGNED", Refusal));
        _world.Settle();

        Assert.Empty(_world.State.Documents);
        Assert.Contains(_world.HandedOn, r =>
            r.Receiver == SampleParcel.Carrier
            && r.Receipt[LogisticsReturn.ReturnInfo]!.Contains("message-refused", StringComparison.Ordinal)
        );
    }

    /// <summary>A refusal that is told twice, after a crash, must not take what its sender has sent since.</summary>
    [Fact]
    public void What_came_again_in_another_message_stays_when_the_first_is_refused_once_more()
    {
        _world.SubmitIn("SIGNED", _world.Sample.Order());
        _world.Decide(new SignedMessageRefused("SIGNED", Refusal));
        _world.SubmitIn("SIGNED-AGAIN", _world.Sample.Order());
        var before = _world.State;

        _world.Decide(new SignedMessageRefused("SIGNED", Refusal));

        Assert.Same(before, _world.State);
        Assert.NotNull(_world.State[DocumentType.Order]);
    }

    [Fact]
    public void A_newer_revision_does_not_wait_for_the_message_of_the_one_before_once_that_is_refused()
    {
        _world.SubmitIn("SIGNED", _world.Sample.Order());
        _world.Submit((_world.Sample with { Revision = 2 }).Order().With(OrderHead.Note, "newer"));
        Assert.Equal("order/1", Assert.Single(_world.State.Outbox.OfType<DispatchDocument>()).Id);

        _world.Decide(new SignedMessageRefused("SIGNED", Refusal));

        Assert.Equal("order/2", Assert.Single(_world.State.Outbox.OfType<DispatchDocument>()).Id);
    }

    [Fact]
    public void A_repeat_in_another_signed_message_is_told_to_be_elsewhere_and_the_same_message_again_is_not()
    {
        var order = _world.Sample.Order();
        _world.SubmitIn("SIGNED", order);

        Assert.False(_world.SubmitIn("SIGNED", order).IsElsewhere);
        Assert.True(_world.SubmitIn("SIGNED-AGAIN", order).IsElsewhere);
        Assert.False(_world.Submit(order).IsElsewhere);
    }
}
