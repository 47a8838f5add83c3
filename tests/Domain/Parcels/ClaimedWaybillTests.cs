using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Simulator.Samples;
using ClearanceEngine.Storage;
using ClearanceEngine.Unmatched;
using Xunit;

namespace ClearanceEngine.Tests.Parcels;

/// <summary>Rule 12: a waybill is filed under the order number that it names; the newer revision has the say, and its number is one parcel's.</summary>
public class ClaimedWaybillTests
{
    readonly ParcelWorld _world = new(ParcelWorld.Bonded);

    SampleParcel P => _world.Sample;

    DocumentKey Key => DocumentKey.Of(P.Waybill());

    string Name => IndexKey.Waybill(SampleParcel.Carrier, P.LogisticsNo);

    WaybillClaimed ByNewer => new(Key, "20261124235959", "");

    WaybillClaimed ByOlder => new(Key, "20260101000000", "");

    [Fact]
    public void The_older_revision_gives_way_and_its_name_leads_to_the_other_parcel_alone()
    {
        _world.Submit(P.Order());
        _world.Submit(P.Waybill());
        // An earlier revision makes the name one of those that stay.
        _world.Submit((P with { Revision = 2 }).Waybill().With(LogisticsHead.Note, "changed"));
        Assert.Contains(Name, _world.State.IndexKeys);

        var decision = _world.Decide(ByNewer);
        Assert.Equal(WaybillClaim.Free, decision.Claim);
        Assert.Null(decision.State[DocumentType.Waybill]);
        Assert.DoesNotContain(Name, decision.State.IndexKeys);
        Assert.Contains(DocumentType.Waybill, ParcelViews.Missing(decision.State));
        // Asked again, as after a crash: it says the same.
        Assert.Equal(WaybillClaim.Free, _world.Decide(ByNewer).Claim);
    }

    [Fact]
    public void The_newer_revision_stays_and_the_claimant_gives_its_own_up()
    {
        _world.Submit(P.Waybill());
        Assert.Equal(WaybillClaim.Superseded, _world.Decide(ByOlder).Claim);
        Assert.NotNull(_world.State.Live(DocumentType.Waybill));

        var seek = _world.State.Outbox.OfType<SeekUnmatched>().Single();
        _world.Decide(new Sought(seek.Id, [Key], []));
        Assert.Null(_world.State.Live(DocumentType.Waybill));
    }

    [Fact]
    public void A_waybill_that_has_left_gives_way_as_well_until_the_list_is_with_customs()
    {
        _world.Submit(P.Order());
        _world.Submit(P.Payment());
        _world.Submit(P.Waybill());
        _world.Settle();
        _world.Answer(DocumentType.Order, 2);
        _world.Answer(DocumentType.Payment, 2);
        Assert.True(_world.State[DocumentType.Waybill]!.IsDispatched);
        Assert.Equal(WaybillClaim.Free, _world.Decide(ByNewer).Claim);

        var declared = new ParcelWorld(P);
        declared.Declare();
        Assert.Equal(WaybillClaim.Kept, declared.Decide(ByNewer).Claim);
        Assert.NotNull(declared.State.Live(DocumentType.Waybill));
    }

    /// <summary>Of two numbers that were taken for each other, the wrong one is still here when the right one has let the list go.</summary>
    [Fact]
    public void A_declared_parcel_gives_up_a_waybill_that_its_list_does_not_stand_on()
    {
        var wrong = P.Waybill().With(LogisticsHead.LogisticsNo, "WB-OTHER");
        _world.Submit(wrong);
        _world.Declare();
        Assert.Equal(ParcelStatus.Declared, _world.State.Status);
        var claim = new WaybillClaimed(DocumentKey.Of(wrong), "20261124235959", "");
        Assert.Equal(WaybillClaim.Free, _world.Decide(claim).Claim);
        Assert.True(P.Waybill().SameAs(_world.State.Live(DocumentType.Waybill)!));
    }

    [Fact]
    public void A_number_that_a_declared_parcel_stands_on_is_a_problem_here_and_does_not_leave()
    {
        foreach (var document in (CebDocument[])[P.Order(), P.Payment(), P.Waybill(), P.List()])
            _world.Submit(document);
        SettleElsewhere(Key);
        _world.Answer(DocumentType.Order, 2);
        _world.Answer(DocumentType.Payment, 2);
        Assert.Equal("waybill-number-used", Assert.Single(_world.State.Problems).Code);
        Assert.DoesNotContain(_world.Left, left => left.Type == DocumentType.Waybill);
        Assert.DoesNotContain(Name, _world.State.IndexKeys);

        // The other parcel is gone, or the carrier has corrected it: asked anew with the next revision.
        _world.Submit((P with { AppType = "2", Revision = 2 }).Waybill());
        _world.Settle();
        Assert.Empty(_world.State.Problems);
        Assert.Contains(Name, _world.State.IndexKeys);
    }

    [Fact]
    public void A_list_that_names_a_waybill_filed_under_another_order_has_a_problem_until_it_comes()
    {
        _world.Submit(P.Order());
        _world.Submit(P.List());
        SettleElsewhere(Key);
        Assert.Equal("waybill-of-another-order", Assert.Single(_world.State.Problems).Code);

        _world.Submit(P.Waybill());
        Assert.Empty(_world.State.Problems);
        Assert.Contains(_world.State.Outbox, effect => effect is SeekUnmatched);
    }

    [Fact]
    public void A_parcel_looks_for_what_waits_as_soon_as_it_has_or_names_a_waybill()
    {
        _world.Submit(P.Order());
        Assert.DoesNotContain(_world.State.Outbox, effect => effect is SeekUnmatched);
        _world.Submit(P.List());
        Assert.Contains(
            IndexKey.UnmatchedByWaybill(SampleParcel.Carrier, P.LogisticsNo),
            _world.State.Sought
        );
        Assert.Single(_world.State.Outbox.OfType<SeekUnmatched>());
        // What the list only names is not what the parcel has: receipts of the waybill do not look for it here.
        Assert.Contains(IndexKey.ListedWaybill(SampleParcel.Carrier, P.LogisticsNo), _world.State.IndexKeys);
        Assert.DoesNotContain(Name, _world.State.IndexKeys);
    }

    [Fact]
    public void News_of_a_waybill_goes_to_the_parcel_that_has_it_else_to_the_one_whose_list_names_it()
    {
        var listed = IndexKey.ListedWaybill(SampleParcel.Carrier, P.LogisticsNo);
        var note = WaybillNames.Of((P with { Mode = "9610" }).InboundNote())!;
        Assert.Equal("p/2", note.Parcel(Found((Name, ["p/2"]), (listed, ["p/3"]))));
        Assert.Equal("p/3", note.Parcel(Found((listed, ["p/3"]))));
        Assert.Null(note.Parcel(Found((Name, ["p/1", "p/2"]))));
        Assert.Null(note.Parcel(Found()));
    }

    /// <summary>ADR 025: it could leave for two orders while nobody had looked.</summary>
    [Fact]
    public void A_waybill_does_not_leave_before_the_look_for_others_that_have_it_was_made()
    {
        _world.Submit(P.Order());
        _world.Submit(P.Payment());
        _world.Settle();
        _world.Answer(DocumentType.Order, 2);
        _world.Answer(DocumentType.Payment, 2);

        _world.Submit(P.Waybill());
        var seek = Assert.Single(_world.State.Outbox.OfType<SeekUnmatched>());
        Assert.DoesNotContain(_world.State.Outbox, effect => effect is DispatchDocument);
        _world.Decide(new Sought(seek.Id, [], []));
        Assert.Contains(_world.State.Outbox, effect => effect is DispatchDocument);
    }

    /// <summary>Two parcels with one name: the inbound note of that waybill would find neither.</summary>
    [Fact]
    public void What_was_deleted_here_or_is_only_news_of_a_waybill_leaves_its_name_to_the_parcel_that_has_it()
    {
        _world.Submit(P.Order());
        _world.Submit(P.Waybill());
        _world.Submit(
            CebDocument.Create(
                CebType.WaybillStatus,
                (LogisticsStatus.Guid, UuidV5.Of("signed-for")),
                (LogisticsStatus.AppType, "1"),
                (LogisticsStatus.AppTime, "20261124110000"),
                (LogisticsStatus.AppStatus, "2"),
                (LogisticsStatus.LogisticsCode, SampleParcel.Carrier),
                (LogisticsStatus.LogisticsNo, P.LogisticsNo),
                (LogisticsStatus.Status, "S")
            )
        );
        _world.Submit((P with { AppType = "3", Revision = 2 }).Waybill());
        Assert.Contains(Name, _world.State.IndexKeys);

        Assert.Equal(WaybillClaim.Free, _world.Decide(ByNewer).Claim);
        Assert.DoesNotContain(Name, _world.State.IndexKeys);
        var told = _world.State;
        Assert.Same(told, _world.Decide(ByNewer).State);
    }

    [Fact]
    public void An_answer_about_an_earlier_revision_gives_up_no_later_one()
    {
        _world.Submit(P.Order());
        _world.Submit(P.Waybill());
        var first = _world.State.Outbox.OfType<SeekUnmatched>().Last();
        _world.Submit((P with { AppType = "2", Revision = 2 }).Waybill());
        var second = _world.State.Outbox.OfType<SeekUnmatched>().Last();
        Assert.NotEqual(first.Id, second.Id);
        _world.Decide(new Sought(first.Id, [Key], []));
        Assert.NotNull(_world.State.Live(DocumentType.Waybill));
        _world.Decide(new Sought(second.Id, [Key], []));
        Assert.Null(_world.State.Live(DocumentType.Waybill));
    }

    [Fact]
    public void A_number_that_is_free_again_is_looked_for_when_its_carrier_pushes_and_does_not_leave_before()
    {
        foreach (var document in (CebDocument[])[P.Order(), P.Payment(), P.Waybill(), P.List()])
            _world.Submit(document);
        SettleElsewhere(Key);
        _world.Answer(DocumentType.Order, 2);
        _world.Answer(DocumentType.Payment, 2);

        var pushed = _world.Submit((P with { Revision = 2 }).Waybill());
        Assert.Equal(SubmissionOutcome.Duplicate, pushed.Outcome);
        Assert.DoesNotContain(_world.State.Outbox, effect => effect is DispatchDocument);
        _world.Settle();
        Assert.Empty(_world.State.Problems);
        Assert.Contains(_world.Left, left => left.Type == DocumentType.Waybill);
    }

    void SettleElsewhere(DocumentKey elsewhere)
    {
        foreach (var seek in _world.State.Outbox.OfType<SeekUnmatched>())
            _world.Decide(new Sought(seek.Id, [], [elsewhere]));
        _world.Settle();
    }

    static Dictionary<string, IReadOnlyList<string>> Found(params (string Name, string[] Parcels)[] rows) =>
        rows.ToDictionary(row => row.Name, row => (IReadOnlyList<string>)row.Parcels, StringComparer.Ordinal);
}
