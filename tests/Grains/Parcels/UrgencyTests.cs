using ClearanceEngine.Parcels;
using Xunit;

namespace ClearanceEngine.Tests.Parcels;

/// <summary>Which changes may share the write of what comes next.</summary>
public sealed class UrgencyTests
{
    readonly ParcelWorld _world = new(ParcelWorld.Bonded);
    readonly List<(ParcelInput Input, ParcelState State, bool MayWait)> _changes = [];

    public UrgencyTests() => _world.Watch = (before, input, decision) =>
    {
        if (!ReferenceEquals(before, decision.State)) _changes.Add((input, decision.State, Urgency.MayWait(before, decision.State)));
    };

    [Fact]
    public void Documents_wait_for_each_other_and_the_last_of_them_does_not_wait()
    {
        foreach (var d in new[] { _world.Sample.Waybill(), _world.Sample.List(), _world.Sample.Order() }) _world.Submit(d);
        Assert.All(_changes, c => Assert.True(c.MayWait));
        _world.Submit(_world.Sample.Payment());
        Assert.Equal((ParcelStatus.Matched, false), (_changes[^1].State.Status, _changes[^1].MayWait));
    }

    [Fact]
    public void What_was_done_and_a_grant_may_wait()
    {
        _world.Release();
        var done = _changes.Where(c => c.Input is Settled or QuotaStepDone && c.State.Status >= ParcelStatus.Declared).ToArray();
        Assert.NotEmpty(done);
        Assert.All(done, c => Assert.True(c.MayWait, c.Input.ToString()));
        Assert.All(_changes.Where(c => c.Input is ReserveAnswered), c => Assert.Equal(c.State.Owes.All(o => o is not OwedDocument { Kind: DocumentKind.List }), c.MayWait));
    }

    [Fact]
    public void A_receipt_waits_unless_something_follows_from_it()
    {
        foreach (var d in new[] { _world.Sample.Order(), _world.Sample.Payment(), _world.Sample.Waybill(), _world.Sample.List() }) _world.Submit(d);
        _world.Settle();
        _changes.Clear();
        _world.Answer(DocumentKind.Order, 2);
        Assert.True(Receipt().MayWait);
        _world.Answer(DocumentKind.Payment, 2); // lets the waybill go
        Assert.False(Receipt().MayWait);
        _world.Answer(DocumentKind.Waybill, 2); // lets the list go
        Assert.False(Receipt().MayWait);
        _world.Answer(DocumentKind.Order, 120);
        Assert.True(Receipt().MayWait);
        _world.Answer(DocumentKind.List, 2, preNo: "B1"); // an identifier
        Assert.False(Receipt().MayWait);
        _world.Answer(DocumentKind.List, 3, preNo: "B1");
        Assert.True(Receipt().MayWait);
        _world.Answer(DocumentKind.List, 120, preNo: "B1", invtNo: "I1");
        Assert.False(Receipt().MayWait);
        _world.Answer(DocumentKind.List, 800, preNo: "B1", invtNo: "I1");
        Assert.False(Receipt().MayWait);

        (ParcelInput Input, ParcelState State, bool MayWait) Receipt() => _changes.Last(c => c.Input is ReceiptArrived);
    }
}
