using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Participants;
using ClearanceEngine.Subscribers;
using Xunit;

namespace ClearanceEngine.Tests.Parcels;

/// <summary>A return comes to an end by what customs really sends, and by nothing that speaks of another return.</summary>
public class ReturnEndTests
{
    /// <summary>Declarants number their returns by themselves, so that two returns of one list can be told apart.</summary>
    readonly ParcelWorld _world = new(
        ParcelWorld.Bonded,
        ParcelWorld.Rules with
        {
            CustomsPort = new CustomsPortOptions { FollowUpsNameListCopNo = false },
        }
    );

    /// <summary>The table says 399; in practice a return is looked at by a person (300) and then granted by 800.</summary>
    [Theory]
    [InlineData(399)]
    [InlineData(800)]
    public void A_return_of_everything_ends_when_customs_grants_it_by_either_code(int granted)
    {
        Departed();
        Request(_world.Sample.Return(ParcelPaths.InvtNo, (1, 2), (2, 1)));

        _world.Answer(DocumentType.Return, 300);
        Assert.Equal(ParcelStatus.ReturnRequested, _world.State.Status);
        _world.Answer(DocumentType.Return, granted);

        Assert.Equal(ParcelStatus.Returned, _world.State.Status);
        Assert.Equal(0, _world.Standing.UsedFen);
        Assert.Equal(QuotaStage.GivenBack, _world.State.Quota!.Stage);
        Assert.True(_world.State.IsAtRest);
        Assert.Empty(_world.Asked);
    }

    [Fact]
    public void An_800_for_a_part_ends_that_part_and_the_next_return_is_another()
    {
        Departed();
        var first = _world.Sample.Return(ParcelPaths.InvtNo, (1, 1));
        Request(first);
        _world.Answer(DocumentType.Return, 800);
        Assert.Equal(ParcelStatus.PartlyReturned, _world.State.Status);
        Assert.Equal(43_000 - 18_000, _world.Standing.PostedFen);

        Request(
            (_world.Sample with { Revision = 2 })
                .Return(ParcelPaths.InvtNo, (1, 1), (2, 1))
                .With(InvtRefundHead.CopNo, "RET-2")
        );
        // Customs' last word of the first return, later than the second was dispatched.
        _world.Answer(DocumentType.Return, 800, copNo: first[InvtRefundHead.CopNo]);
        Assert.Equal(ParcelStatus.ReturnRequested, _world.State.Status);

        _world.Answer(DocumentType.Return, 800);
        Assert.Equal(ParcelStatus.Returned, _world.State.Status);
        Assert.Equal(0, _world.Standing.UsedFen);
    }

    [Fact]
    public void An_800_does_not_end_a_cancellation()
    {
        _world.Release();
        Request(_world.Sample.Cancellation(ParcelPaths.InvtNo));
        _world.Answer(DocumentType.Cancellation, 800);
        Assert.Equal(ParcelStatus.CancelRequested, _world.State.Status);
        Assert.Equal(43_000, _world.Standing.PostedFen);
    }

    void Departed()
    {
        _world.Release();
        Assert.Null(_world.Decide(new GoodsDeparted(_world.Now)).Refusal);
    }

    void Request(CebDocument document)
    {
        Assert.Equal(SubmissionOutcome.Accepted, _world.Submit(document).Outcome);
        _world.Settle();
    }
}
