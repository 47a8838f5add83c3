using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Simulator.Samples;
using Xunit;

namespace ClearanceEngine.Tests.Parcels;

/// <summary>What the journal gets (rule 15), and that nobody fills it (rule 17).</summary>
public class JournalingTests
{
    const string Stranger = "9999900077";

    readonly List<JournalEntry> _entries = [];
    readonly ParcelWorld _world;

    public JournalingTests()
    {
        var options = new ParcelOptions
        {
            DocumentsWait = TimeSpan.Zero,
            ReceiptsWait = TimeSpan.Zero,
            MaxJournalBytes = 64 * 1024,
        };
        _world = new ParcelWorld(ParcelWorld.Bonded, ParcelWorld.Rules with { Options = options })
        {
            Watch = (_, _, decision) => _entries.AddRange(decision.Entry is { } entry ? [entry] : []),
        };
    }

    [Fact]
    public void What_is_asked_again_or_sent_by_a_stranger_leaves_no_entry()
    {
        _world.LeadTo(ParcelStatus.Released);
        var before = _entries.Count;

        for (var time = 0; time < 10; time++)
        {
            _world.Submit(_world.Sample.Order());
            _world.Submit(_world.Sample.List());
            _world.SubmitBy(Stranger, _world.Sample.Order());
            _world.Settle();
        }
        Assert.Equal(before, _entries.Count);
    }

    [Fact]
    public void A_parcel_that_waits_and_is_woken_again_and_again_changes_nothing_and_leaves_no_entry()
    {
        _world.Submit(_world.Sample.Order());
        var (before, state) = (_entries.Count, _world.State);
        for (var time = 0; time < 10; time++)
        {
            _world.Now += TimeSpan.FromMinutes(1);
            _world.Decide(new Woken());
        }
        Assert.NotEmpty(_world.State.Outbox);
        Assert.Same(state, _world.State);
        Assert.Equal(before, _entries.Count);
    }

    [Fact]
    public void A_company_that_changes_its_document_without_end_is_stopped_and_stops_nobody_else()
    {
        _world.Submit(_world.Sample.Order());
        var changes = 0;
        var codes = new List<string>();
        while (changes < 1_000 && !codes.Contains("journal-full"))
            codes =
            [
                .. _world.SubmitBy(Stranger, Payment(++changes, $"{changes}")).Problems.Select(p => p.Code),
            ];

        Assert.Equal(["journal-full"], codes);
        Assert.InRange(changes, 2, 999);
        var entries = _entries.Count;
        _world.SubmitBy(Stranger, Payment(++changes, "1"));
        Assert.Equal(entries, _entries.Count);

        Assert.Equal(SubmissionOutcome.Accepted, _world.Submit(_world.Sample.Payment()).Outcome);
    }

    [Fact]
    public void What_is_refused_without_end_is_told_and_no_longer_kept_and_leaves_room_for_a_good_one()
    {
        _world.Submit(_world.Sample.Order());
        var entries = 0;
        for (var time = 1; time < 200; time++)
        {
            var before = _entries.Count;
            var reply = _world.Submit(Payment(time, "not a number"), Faulty);
            Assert.Equal(SubmissionOutcome.Refused, reply.Outcome);
            Assert.NotNull(reply.Receipt);
            entries += _entries.Count - before;
        }
        Assert.InRange(entries, 1, 198);
        Assert.Equal(SubmissionOutcome.Accepted, _world.Submit(_world.Sample.Payment()).Outcome);
    }

    static Problem Faulty =>
        new(ProblemCode.Written("faulty"), DocumentType.Payment, null, null, "错误 faulty");

    CebDocument Payment(int revision, string note) =>
        _world
            .Sample.Payment()
            .With(PaymentHead.PayTransactionId, "T-ANOTHER")
            .With(PaymentHead.Note, note)
            .With(PaymentHead.AppTime, $"202611241{revision:00000}")
            .With(PaymentHead.Guid, $"00000000-0000-4000-8000-{revision:000000000000}");
}
