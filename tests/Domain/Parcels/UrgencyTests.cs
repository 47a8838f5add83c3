using ClearanceEngine.Parcels;
using ClearanceEngine.Participants;
using Xunit;

namespace ClearanceEngine.Tests.Parcels;

/// <summary>Which changes may share the write of what comes next.</summary>
public sealed class UrgencyTests
{
    readonly ParcelWorld _world = new(ParcelWorld.Bonded);
    static readonly ParcelOptions Options = new();
    readonly List<(ParcelInput Input, ParcelState State, TimeSpan Patience)> _changes = [];

    public UrgencyTests() =>
        _world.Watch = (before, input, decision) =>
        {
            if (!ReferenceEquals(before, decision.State))
                _changes.Add((input, decision.State, Urgency.Patience(before, decision.State, Options)));
        };

    [Fact]
    public void Documents_wait_for_each_other_and_the_last_of_them_does_not_wait()
    {
        foreach (var d in new[] { _world.Sample.Waybill(), _world.Sample.List(), _world.Sample.Order() })
            _world.Submit(d);
        Assert.Equal(3, _changes.Count);
        Assert.All(_changes, c => Assert.Equal(Options.DocumentsWait, c.Patience));
        _world.Submit(_world.Sample.Payment());
        Assert.Equal(
            (ParcelStatus.Matched, TimeSpan.Zero),
            (_changes[^1].State.Status, _changes[^1].Patience)
        );
    }

    /// <summary>ADR 025: a waybill that came before is here by then; one that lacks is still to come.</summary>
    [Fact]
    public void A_parcel_that_lacks_the_waybill_alone_waits_for_it_as_for_any_other()
    {
        foreach (var d in new[] { _world.Sample.List(), _world.Sample.Order(), _world.Sample.Payment() })
            _world.Submit(d);
        Assert.All(_changes, c => Assert.Equal(Options.DocumentsWait, c.Patience));
        _world.Submit(_world.Sample.Waybill());
        Assert.Equal(TimeSpan.Zero, _changes[^1].Patience);
    }

    [Fact]
    public void A_waybill_that_waits_may_share_a_write_and_what_makes_the_four_whole_may_not()
    {
        var world = new OrderWorld();
        var before = world.State;
        world.Submit(OrderWorld.One.Waybill());
        Assert.Equal(Options.DocumentsWait, Urgency.Patience(before, world.State, Options));
        foreach (var document in new[] { OrderWorld.One.Order(), OrderWorld.One.Payment() })
            world.Submit(document);
        before = world.State;
        world.Submit(OrderWorld.One.List());
        Assert.Equal(TimeSpan.Zero, Urgency.Patience(before, world.State, Options));
    }

    [Fact]
    public void What_was_done_and_a_grant_may_wait()
    {
        _world.Release();
        var done = _changes
            .Where(c =>
                c.Input is EffectCompleted or QuotaStepDone && c.State.Status >= ParcelStatus.Declared
            )
            .ToArray();
        Assert.NotEmpty(done);
        Assert.All(done, c => Assert.Equal(Options.ReceiptsWait, c.Patience));
        Assert.All(_changes.Where(c => c.Input is ReserveAnswered), c =>
            Assert.Equal(
                c.State.Outbox.Any(o => o is DispatchDocument { Type: DocumentType.DeclarationList })
                    ? TimeSpan.Zero
                    : Options.ReceiptsWait,
                c.Patience
            )
        );
    }

    [Fact]
    public void A_receipt_waits_unless_something_follows_from_it()
    {
        foreach (
            var d in new[]
            {
                _world.Sample.Order(),
                _world.Sample.Payment(),
                _world.Sample.Waybill(),
                _world.Sample.List(),
            }
        )
            _world.Submit(d);
        _world.Settle();
        _changes.Clear();
        _world.Answer(DocumentType.Order, 2);
        Assert.Equal(Options.ReceiptsWait, Receipt().Patience);
        _world.Answer(DocumentType.Payment, 2); // lets the waybill go
        Assert.Equal(TimeSpan.Zero, Receipt().Patience);
        _world.Answer(DocumentType.Waybill, 2); // lets the list go
        Assert.Equal(TimeSpan.Zero, Receipt().Patience);
        _world.Answer(DocumentType.Order, 120);
        Assert.Equal(Options.ReceiptsWait, Receipt().Patience);
        _world.Answer(DocumentType.DeclarationList, 2, preNo: "B1"); // an identifier
        Assert.Equal(TimeSpan.Zero, Receipt().Patience);
        _world.Answer(DocumentType.DeclarationList, 3, preNo: "B1");
        Assert.Equal(Options.ReceiptsWait, Receipt().Patience);
        _world.Answer(DocumentType.DeclarationList, 120, preNo: "B1", invtNo: "I1");
        Assert.Equal(TimeSpan.Zero, Receipt().Patience);
        _world.Answer(DocumentType.DeclarationList, 800, preNo: "B1", invtNo: "I1");
        Assert.Equal(TimeSpan.Zero, Receipt().Patience);

        (ParcelInput Input, ParcelState State, TimeSpan Patience) Receipt() =>
            _changes.Last(c => c.Input is ReceiptArrived);
    }

    [Fact]
    public void That_a_document_has_left_waits_unless_something_follows_from_it()
    {
        _world.Submit(_world.Sample.Order());
        var left = new Completion("order/1", _world.Now, "M-1");
        Assert.True(MayWait(left));
        Assert.False(MayWait(left with { Problem = Refusal }));

        var port = new CustomsPortOptions { AcceptedLevel = AcceptedLevel.Sent };
        Assert.False(MayWait(left, Rules with { CustomsPort = port }));
        Assert.False(MayWait(left, ParcelWorld.Rules)); // where nothing waits at all

        // The next revision may leave once the one before has left.
        var dearer = _world.Sample with { AppType = "2", Revision = 2, FreightFen = 2_000 };
        _world.Submit(dearer.Order());
        Assert.False(MayWait(left));
    }

    static Problem Refusal => new(ProblemCode.SigningKeyMissing, DocumentType.Order, null, null, "");

    static ParcelRules Rules => ParcelWorld.Rules with { Options = Options };

    bool MayWait(Completion completion, ParcelRules? rules = null) =>
        Urgency.MayWait(completion, new OrderParcels { Parcels = [_world.State] }, rules ?? Rules);
}
