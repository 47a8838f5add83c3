using ClearanceEngine.Access;
using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Receipts;
using ClearanceEngine.Simulator.Samples;
using Xunit;

namespace ClearanceEngine.Tests.Parcels;

/// <summary>What comes too late, and deletes of what is not here, are told exactly: by a receipt, with the official number.</summary>
public class StaleDocumentTests
{
    readonly ParcelWorld _world = new(ParcelWorld.Bonded);

    SampleParcel Newer => _world.Sample with { AppType = "2", Revision = 3, FreightFen = 0 };

    SampleParcel Older => _world.Sample with { AppType = "2", Revision = 2, FreightFen = 500 };

    public static TheoryData<DocumentType, string> StaleCodes =>
        new()
        {
            { DocumentType.Order, "-301014" },
            { DocumentType.Payment, "-401012" },
            { DocumentType.Waybill, "-504015" },
            { DocumentType.DeclarationList, "-621001" },
        };

    [Theory]
    [MemberData(nameof(StaleCodes))]
    public void A_document_older_than_what_is_here_is_told_so_and_not_answered_with_an_old_success(
        DocumentType type,
        string code
    )
    {
        _world.Submit(Of(type, Newer));
        _world.Settle();
        if (type == DocumentType.Order)
            _world.Answer(type, 120);
        _world.HandedOn.Clear();

        var stale = _world.Submit(Of(type, Older));
        _world.Settle();

        Assert.Equal((SubmissionOutcome.Stale, ReceiptSource.Engine), (stale.Outcome, stale.Source));
        Assert.Equal(code, Status(stale.Receipt!));
        var problem = Assert.Single(stale.Problems);
        Assert.Equal(("stale", "appTime"), (problem.Code, problem.Field));
        Assert.Contains(Text(Of(type, Newer), "appTime"), problem.Text, StringComparison.Ordinal);
        Assert.Equal(code, Status(Assert.Single(_world.HandedOn).Receipt));
        Assert.Empty(_world.State.Refusals);
        Assert.Equal(Text(Of(type, Newer), "guid"), _world.State[type]!.Guid);
    }

    /// <summary>Found by killing silos: a record that Kafka brings again after a newer revision was told to be stale.</summary>
    [Fact]
    public void An_older_revision_that_comes_again_is_no_news_and_nobody_is_told()
    {
        _world.Submit(Older.Order());
        _world.Submit(Newer.Order());
        _world.Settle();
        _world.HandedOn.Clear();
        var before = _world.State;

        var again = _world.Submit(Older.Order());

        Assert.Equal((SubmissionOutcome.Stale, 0), (again.Outcome, again.Problems.Length));
        Assert.Same(before, _world.State);
        Assert.Empty(_world.HandedOn);
    }

    [Fact]
    public void Of_earlier_revisions_only_the_last_are_remembered()
    {
        for (var revision = 2; revision < 2 + 2 * ParcelDocument.MostEarlierGuids; revision++)
            _world.Submit(
                (_world.Sample with { AppType = "2", Revision = revision, FreightFen = revision }).Order()
            );

        Assert.Equal(ParcelDocument.MostEarlierGuids, _world.State[DocumentType.Order]!.EarlierGuids.Length);
    }

    [Fact]
    public void A_repeat_of_what_is_here_is_not_answered_with_the_refusal_of_another()
    {
        _world.Submit(Newer.Order());
        _world.Submit(Older.Order());
        _world.Submit(
            (_world.Sample with { Revision = 9 }).Order(),
            new Problem(ProblemCode.FieldMissing, DocumentType.Order, null, "x", "缺。Missing.")
        );
        var repeat = _world.Submit(Newer.Order());
        Assert.Equal((SubmissionOutcome.Duplicate, null), (repeat.Outcome, repeat.Receipt));
    }

    [Fact]
    public void Of_what_another_participant_sent_not_even_the_time_is_told()
    {
        // The merchant brought it; the platform, whose number it is, may change it.
        _world.SubmitBy(SampleParcel.Merchant, Newer.Order());
        var reply = _world.SubmitBy(SampleParcel.Platform, Older.Order());
        Assert.Equal(SubmissionOutcome.Stale, reply.Outcome);
        Assert.DoesNotContain(
            Text(Newer.Order(), "appTime"),
            Assert.Single(reply.Problems).Text,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(DocumentType.Order, "-301009")]
    [InlineData(DocumentType.Payment, "-401006")]
    [InlineData(DocumentType.Waybill, "-504014")]
    [InlineData(DocumentType.DeclarationList, "-621011")]
    public void A_delete_of_what_never_came_is_told_so_and_leaves_nothing_but_the_refusal(
        DocumentType type,
        string code
    )
    {
        var delete = Of(type, _world.Sample with { AppType = "3" });
        for (var times = 0; times < 2; times++)
        {
            var reply = _world.Submit(delete);
            _world.Settle();
            Assert.Equal(SubmissionOutcome.Refused, reply.Outcome);
            Assert.Equal(code, Status(reply.Receipt!));
            Assert.Equal("nothing-to-delete", Assert.Single(reply.Problems).Code);
        }
        var view = ParcelViews.Show(_world.State, ParcelWorld.Rules.CustomsPort, Audience.All)!;
        Assert.Empty(view.Documents);
        Assert.Equal("nothing-to-delete", Assert.Single(view.Problems).Code);
        Assert.Empty(_world.Left);
        Assert.Empty(_world.State.IndexKeys);
        Assert.All(_world.HandedOn, r => Assert.Equal(code, Status(r.Receipt)));

        var good = _world.Submit(Of(type, _world.Sample with { Revision = 2 }));
        Assert.Equal(SubmissionOutcome.Accepted, good.Outcome);
        Assert.Empty(ParcelViews.Problems(_world.State));
    }

    /// <summary>Rule 8: the delete was written after what it deletes, and only came before it.</summary>
    [Fact]
    public void What_a_delete_was_meant_for_is_deleted_though_it_comes_after_it()
    {
        _world.Submit((_world.Sample with { AppType = "3", Revision = 2 }).Payment());
        var late = _world.Submit(_world.Sample.Payment());
        _world.Settle();

        Assert.Equal(SubmissionOutcome.Stale, late.Outcome);
        Assert.Equal("-401012", Status(late.Receipt!));
        Assert.True(_world.State[DocumentType.Payment]!.IsDeleted);
        Assert.Empty(_world.State.Refusals);
        Assert.Empty(_world.Left);
    }

    static CebDocument Of(DocumentType type, SampleParcel p) =>
        type switch
        {
            DocumentType.Order => p.Order(),
            DocumentType.Payment => p.Payment(),
            DocumentType.Waybill => p.Waybill(),
            _ => p.List(),
        };

    static string Status(CebDocument receipt) => Text(receipt, "returnStatus");

    static string Text(CebDocument document, string field) => document[document.Schema.Head.Find(field)!]!;
}
