using System.Text.RegularExpressions;
using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Simulator.Samples;
using Xunit;

namespace ClearanceEngine.Tests.Parcels;

/// <summary>What senders and operators read is true now, and in both languages.</summary>
public partial class AnswerTests
{
    static readonly Problem NoKey = new(
        ProblemCode.SigningKeyMissing,
        DocumentType.Order,
        null,
        null,
        "无密钥。No key."
    );

    readonly ParcelWorld _world = new(ParcelWorld.Bonded);

    /// <summary>The engine lacked its key; with the key the same document is good.</summary>
    [Fact]
    public void A_document_that_is_taken_after_its_refusal_is_not_answered_with_that_refusal()
    {
        var order = _world.Sample.Order();
        _world.Submit(order);
        Withdraw();
        Assert.Empty(_world.State.Documents);

        var again = _world.Submit(order);
        Assert.Equal((SubmissionOutcome.Accepted, null), (again.Outcome, again.Receipt));
        Assert.Null(_world.Submit(order).Receipt);
    }

    [Fact]
    public void Refused_once_more_for_the_same_it_is_told_the_same_once_more()
    {
        var order = _world.Sample.Order();
        _world.Submit(order);
        Withdraw();
        var first = Assert.Single(_world.State.Receipts);
        _world.Submit(order);
        Withdraw();

        var second = Assert.Single(_world.State.Receipts);
        Assert.False(second.IsOutdated);
        Assert.True(second.Receipt.SameAs(first.Receipt));
        Assert.Equal(2, _world.HandedOn.Count(r => r.Receiver == SampleParcel.Platform));
    }

    [Fact]
    public void Every_line_of_the_timeline_has_both_languages()
    {
        _world.LeadTo(ParcelStatus.Released);
        _world.Decide(
            new ReceiptArrived(
                new CustomsAnswer(
                    CebDocument.Create(
                        CebType.TaxBill,
                        (TaxHeadRd.Guid, UuidV5.Of("bill")),
                        (TaxHeadRd.InvtNo, _world.State.InvtNo!),
                        (TaxHeadRd.TaxNo, "T-1"),
                        (TaxHeadRd.Status, "1"),
                        (TaxHeadRd.ReturnTime, "20261124120000000")
                    ),
                    _world.Now
                )
            )
        );
        var refused = new ParcelWorld(ParcelWorld.Bonded);
        refused.Submit(refused.Sample.Order(), NoKey);
        refused.LeadTo(ParcelStatus.Rejected);

        var lines = _world.State.Timeline.AddRange(refused.State.Timeline);

        Assert.Contains(lines, l => l.Event == "tax-bill-1");
        Assert.Contains(lines, l => l.Event == "order-receipt-2");
        Assert.All(lines, l => Assert.Matches(English(), l.Text));
        Assert.All(lines, l => Assert.Contains(l.Text, c => c > 0x4E00));
    }

    void Withdraw()
    {
        var leaving = Assert.Single(_world.State.Outbox.OfType<DispatchDocument>());
        _world.Decide(new EffectCompleted(new Completion(leaving.Id, _world.Now, null, NoKey)));
        _world.Settle();
    }

    /// <summary>Words of ours, before what is quoted from customs or a list of codes.</summary>
    [GeneratedRegex("^[^：]*[A-Za-z]{2}")]
    private static partial Regex English();
}
