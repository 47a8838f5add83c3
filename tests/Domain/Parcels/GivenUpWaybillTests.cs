using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Simulator.Samples;
using ClearanceEngine.Storage;
using ClearanceEngine.Unmatched;
using Xunit;

namespace ClearanceEngine.Tests.Parcels;

/// <summary>Rule 12: the order number binds a waybill for the time being, the list for good; on its way from one parcel to the other it is never lost.</summary>
public class GivenUpWaybillTests
{
    readonly ParcelWorld _world = new(ParcelWorld.Bonded);

    WaybillGivenUp GiveUp => new(SampleParcel.Carrier, _world.Sample.LogisticsNo);

    string Name => IndexKey.Waybill(SampleParcel.Carrier, _world.Sample.LogisticsNo);

    [Fact]
    public void A_waybill_given_up_is_owed_until_it_waits_elsewhere()
    {
        _world.Submit(_world.Sample.Waybill());
        var given = _world.Decide(GiveUp).State;
        Assert.Null(given[DocumentType.Waybill]);
        var effect = Assert.Single(given.Outbox.OfType<HandOverWaybill>());
        Assert.True(effect.Document.Document.SameAs(_world.Sample.Waybill()));
        Assert.NotNull(given.DueAt);
        // A crash before it arrives: the scan finds the parcel, and the same effect is there to be driven.
        _world.Now = given.DueAt.Value;
        Assert.Contains(effect, _world.Decide(new Woken()).State.Outbox);
        _world.Settle();
        Assert.Equal([effect], _world.GivenUp);
        Assert.Empty(_world.State.Outbox);
    }

    [Fact]
    public void Given_up_twice_it_is_owed_once_and_a_later_one_by_another_name()
    {
        _world.Submit(_world.Sample.Waybill());
        for (var i = 0; i < 2; i++)
            _world.Decide(GiveUp);
        _world.Settle();
        _world.Submit((_world.Sample with { Revision = 2 }).Waybill());
        _world.Decide(GiveUp);
        _world.Settle();
        Assert.Equal(["hand-over/waybill/1", "hand-over/waybill/2"], _world.GivenUp.Select(g => g.Id));
    }

    [Fact]
    public void Its_name_leads_to_the_other_parcel_alone()
    {
        _world.Submit(_world.Sample.Waybill());
        // An earlier revision makes the name one of those that stay.
        _world.Submit((_world.Sample with { Revision = 2 }).Waybill().With(LogisticsHead.Note, "changed"));
        Assert.Contains(Name, _world.State.IndexKeys);
        Assert.DoesNotContain(Name, _world.Decide(GiveUp).State.IndexKeys);
    }

    [Fact]
    public void What_the_own_list_names_or_customs_has_is_not_given_up()
    {
        _world.Submit(_world.Sample.Waybill());
        _world.Submit(_world.Sample.List());
        Assert.NotNull(_world.Decide(GiveUp).State[DocumentType.Waybill]);
        var left = new ParcelWorld(ParcelWorld.Bonded);
        left.Declare();
        Assert.NotNull(left.Decide(GiveUp).State[DocumentType.Waybill]);
    }

    [Fact]
    public void A_parcel_looks_for_what_waits_as_soon_as_it_has_a_new_name()
    {
        _world.Submit(_world.Sample.Order());
        Assert.Equal([IndexKey.UnmatchedByOrder(_world.Sample.OrderNo)], _world.State.Sought);
        var first = Assert.Single(_world.State.Outbox.OfType<SeekUnmatched>());
        _world.Submit(_world.Sample.List());
        Assert.Contains(
            IndexKey.UnmatchedByWaybill(SampleParcel.Carrier, _world.Sample.LogisticsNo),
            _world.State.Sought
        );
        Assert.Contains(_world.State.Outbox.OfType<SeekUnmatched>(), s => s.Id != first.Id);
        // What the list only names is not what the parcel has: receipts of the waybill do not look for it here.
        Assert.Contains(
            IndexKey.ListedWaybill(SampleParcel.Carrier, _world.Sample.LogisticsNo),
            _world.State.IndexKeys
        );
        Assert.DoesNotContain(Name, _world.State.IndexKeys);
    }

    [Fact]
    public void The_index_places_a_waybill_by_its_name_then_by_its_order_number_and_leaves_the_rest_open()
    {
        Assert.Equal("p/a/1", WaybillParcel.Of(["p/a/1"], ["p/b/1"]));
        Assert.Equal("p/b/1", WaybillParcel.Of([], ["p/b/1"]));
        Assert.Null(WaybillParcel.Of([], ["p/a/1", "p/b/1"]));
        Assert.Null(WaybillParcel.Of(["p/a/1", "p/b/1"], ["p/a/1"]));
    }

    [Fact]
    public async Task Among_parcels_of_the_same_name_the_list_binds()
    {
        Task<string?> Place(string[] byOrder, params string[] lists) =>
            WaybillParcel.Among(["p/a/1", "p/b/1"], byOrder, parcel =>
                Task.FromResult(lists.Contains(parcel))
            );
        Assert.Equal("p/b/1", await Place(["p/a/1"], "p/b/1"));
        Assert.Equal("p/a/1", await Place(["p/a/1"]));
        Assert.Null(await Place(["p/a/1"], "p/a/1", "p/b/1"));
        Assert.Null(await Place(["p/a/1", "p/b/1"]));
    }
}
