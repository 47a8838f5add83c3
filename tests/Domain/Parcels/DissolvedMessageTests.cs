using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Simulator.Samples;
using Xunit;

namespace ClearanceEngine.Tests.Parcels;

/// <summary>A message that the broker refuses never leaves: its documents go again under new names, or end with a problem.</summary>
public sealed class DissolvedMessageTests
{
    static readonly Problem TooLarge = new(ProblemCode.MessageTooLarge, DocumentType.Order, null, null, "…");

    readonly ParcelWorld _world = new(ParcelWorld.Bonded);

    [Fact]
    public void A_document_of_a_dissolved_message_goes_again_under_a_new_name_and_once_only()
    {
        _world.Submit(_world.Sample.Order());
        for (var i = 0; i < 2; i++)
            _world.Decide(new MessageDissolved(["order/1"], null));
        Assert.Equal(["order/1/r1"], Effects());
        _world.Settle();
        Assert.Equal(["order/1/r1"], _world.Left.Select(d => d.Id));

        // News that comes late concerns nobody.
        _world.Decide(new MessageDissolved(["order/1"], TooLarge));
        Assert.NotNull(_world.State[DocumentType.Order]!.SentAt);
        Assert.Empty(_world.State.Outbox);
    }

    [Fact]
    public void While_the_parcel_is_closed_it_waits_and_leaves_under_the_new_name_once_it_is_opened()
    {
        _world.Submit(_world.Sample.Order());
        _world.Decide(new CloseOrdered("另行处理"));
        _world.Decide(new MessageDissolved(["order/1"], null));
        Assert.Empty(Effects());
        _world.Submit(_world.Sample.Payment());
        Assert.Contains("order/1/r1", Effects());
        Assert.DoesNotContain("order/1", Effects());
    }

    [Fact]
    public void It_goes_again_however_often_it_was_resent_before()
    {
        var world = new ParcelWorld(
            ParcelWorld.Bonded,
            ParcelWorld.Rules with
            {
                Options = new ParcelOptions { MaxResends = 0 },
            }
        );
        world.Submit(world.Sample.Order());
        world.Decide(new MessageDissolved(["order/1"], null));
        Assert.Equal(["order/1/r1"], world.State.Outbox.OfType<DispatchDocument>().Select(o => o.Id));
        Assert.Empty(world.State.Outbox.OfType<AskCustoms>()); // customs never saw it
    }

    [Fact]
    public void A_document_that_is_at_fault_ends_with_a_problem_that_its_sender_is_told()
    {
        _world.Submit(_world.Sample.Order());
        _world.Decide(new MessageDissolved(["order/1"], null));
        for (var i = 0; i < 2; i++)
            _world.Decide(new MessageDissolved(["order/1/r1"], TooLarge));
        Assert.Null(_world.State[DocumentType.Order]);
        Assert.Contains(ParcelViews.Problems(_world.State), p => p.Code == "message-too-large");
        _world.Settle();
        Assert.Empty(_world.Left);
        Assert.Single(_world.HandedOn, r =>
            r.Receiver == SampleParcel.Platform && r.Receipt[OrderReturn.ReturnStatus] == "-301008"
        );

        // Mended, it leaves under the name of its own.
        _world.Submit((_world.Sample with { Revision = 2 }).Order());
        _world.Settle();
        Assert.Equal(["order/2"], _world.Left.Select(d => d.Id));
    }

    [Fact]
    public void An_older_revision_makes_way_for_the_newer_one()
    {
        _world.Submit(_world.Sample.Order());
        _world.Submit((_world.Sample with { Revision = 2, FreightFen = 1_500 }).Order());
        _world.Decide(new MessageDissolved(["order/1"], null));
        Assert.Equal(["order/2"], Effects());
    }

    string[] Effects() => [.. _world.State.Outbox.OfType<DispatchDocument>().Select(o => o.Id)];
}
