using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Simulator.Samples;
using CsCheck;
using Xunit;

namespace ClearanceEngine.Tests.Parcels;

/// <summary>Rule 8: before declaration every order of arrival ends in the same state.</summary>
public class DisorderTests
{
    static readonly SampleParcel P = ParcelWorld.Bonded;
    static readonly SampleParcel Direct = P with { Mode = "9610" };

    /// <summary>What arrives, each with the state that it must end in. Everything arrives twice, in any order.</summary>
    static readonly Dictionary<string, (ParcelStatus End, Arrival[] Arrivals)> Scenarios = new(
        StringComparer.Ordinal
    )
    {
        ["changes of an order, a payment deleted and paid anew"] = (
            ParcelStatus.Reserved,
            [
                Of(P.Order()),
                Of(Changed(2).Order().With(OrderHead.Note, "second")),
                Of(Changed(3).Order().With(OrderHead.Note, "third")),
                Of(P.Payment()),
                Of(Deleted(2).Payment()),
                Of((P with { Revision = 3 }).Payment()),
                Of(P.Waybill()),
                Of(P.List()),
            ]
        ),
        ["a list deleted while customs takes in the others"] = (
            ParcelStatus.Collecting,
            [.. Accepted(P.Order()), Of(P.Payment()), Of(P.Waybill()), Of(P.List()), Of(Deleted(2).List())]
        ),
        ["an order deleted last"] = (
            ParcelStatus.Collecting,
            [
                Of(P.Order()),
                Of(Changed(2).Order()),
                Of(Deleted(3).Order()),
                Of(P.Payment()),
                Of(P.Waybill()),
                Of(P.List()),
            ]
        ),
        ["staged, then declared"] = (
            ParcelStatus.Reserved,
            [.. Four(P with { AppStatus = "1" }), .. Four(P with { Revision = 2 })]
        ),
        ["declared, then one staged again"] = (
            ParcelStatus.Collecting,
            [.. Four(P), Of((P with { AppStatus = "1", Revision = 2 }).Payment())]
        ),
        ["all staged, with one changed"] = (
            ParcelStatus.Staged,
            [
                .. Four(P with { AppStatus = "1" }),
                Of((P with { AppStatus = "1", AppType = "2", Revision = 2, FreightFen = 0 }).Order()),
            ]
        ),
        ["a wrong document corrected, and a good one made wrong"] = (
            ParcelStatus.Reserved,
            [
                Bad(P.Order()),
                Of((P with { Revision = 2 }).Order()),
                Of(P.Payment()),
                Bad((P with { Revision = 2 }).Payment()),
                Bad((P with { Revision = 3 }).Payment()),
                Of(P.Waybill()),
                Bad(P.List()),
                Of((P with { Revision = 2 }).List()),
            ]
        ),
        ["a change of the amount"] = (
            ParcelStatus.Reserved,
            [.. Four(P), .. Four(P with { AppType = "2", Revision = 2, FreightFen = 2_000 })]
        ),
        ["two changes of the amount, the list deleted in between"] = (
            ParcelStatus.Reserved,
            [
                .. Four(P),
                Of((P with { AppType = "3", Revision = 2 }).List()),
                .. Four(P with { AppType = "2", Revision = 3, FreightFen = 2_000 }),
                .. Four(P with { AppType = "2", Revision = 4, FreightFen = 3_000 }),
            ]
        ),
        ["documents that do not match"] = (
            ParcelStatus.Collecting,
            [.. Four(P with { PaidFen = 1 }), .. Answers(P.Order(), 2, 120)]
        ),
        ["too dear for one transaction"] = (
            ParcelStatus.Rejected,
            [.. Four(P with { Items = [SampleParcel.Watch, SampleParcel.Milk] })]
        ),
        ["said again by another guid, with a change between"] = (
            ParcelStatus.Reserved,
            [
                .. Four(P),
                Of(
                    P.Order()
                        .With(OrderHead.Guid, new string('C', 36))
                        .With(OrderHead.AppTime, "20261120120000")
                ),
                Of(
                    P.Order()
                        .With(OrderHead.Guid, new string('B', 36))
                        .With(OrderHead.AppTime, "20261120110000")
                        .With(OrderHead.Note, "between")
                ),
            ]
        ),
        ["9610 with entry note and proof of delivery, accepted and declared"] = (
            ParcelStatus.Declared,
            [
                .. Accepted(Direct.Order()),
                .. Accepted(Direct.Payment()),
                .. Accepted(Direct.Waybill()),
                Of(Direct.List()),
                .. Accepted(Direct.InboundNote()),
                .. Accepted(SignedFor(Direct)),
            ]
        ),
        ["an order refused by customs, corrected and sent anew"] = (
            ParcelStatus.Declared,
            [
                Of(P.Order()),
                .. Answers(P.Order(), 100),
                Of(Corrected),
                .. Answers(Corrected, 2, 120),
                .. Accepted(P.Payment()),
                .. Accepted(P.Waybill()),
                Of(P.List()),
            ]
        ),
        ["a payment refused by customs and left so"] = (
            ParcelStatus.Rejected,
            [
                .. Accepted(P.Order()),
                Of(P.Payment()),
                .. Answers(P.Payment(), 100),
                Of(P.Waybill()),
                Of(P.List()),
            ]
        ),
        ["a technical failure at customs, then taken in"] = (
            ParcelStatus.Declared,
            [
                Of(P.Order()),
                .. Answers(P.Order(), 4, 3, 120),
                .. Accepted(P.Payment()),
                .. Accepted(P.Waybill()),
                Of(P.List()),
            ]
        ),
    };

    public static TheoryData<string> Names => [.. Scenarios.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_order_of_arrival_ends_in_the_same_state(string name)
    {
        var (end, arrivals) = Scenarios[name];
        var expected = Run(arrivals, _ => true);
        Assert.Equal(end, expected.State.Status);
        var picture = Picture(expected);
        Arrival[] twice = [.. arrivals, .. arrivals];
        Gen.Select(Gen.Shuffle(twice), Gen.Bool.Array[twice.Length])
            .Sample(
                t =>
                {
                    var world = Run(t.Item1, i => t.Item2[i]);
                    Assert.True(
                        picture == Picture(world),
                        $"{Picture(world)}\ninstead of\n{picture}\nby\n{string.Join('\n', world.State.Timeline.Select(e => $"{e.At:mm:ss} {e.Event} {e.State}"))}"
                    );
                },
                iter: 300,
                print: t => string.Join("\n", t.Item1.Select((a, i) => $"{a}{(t.Item2[i] ? " ." : "")}"))
            );
    }

    /// <summary>By design: a guid belongs to the content that came with it first; whoever uses it again is told so.</summary>
    [Fact]
    public void A_guid_used_for_two_contents_stands_for_the_first_to_arrive()
    {
        var (one, other) = (P.Order().With(OrderHead.Note, "one"), P.Order().With(OrderHead.Note, "other"));
        foreach (var (first, second) in new[] { (one, other), (other, one) })
        {
            var world = new ParcelWorld(P);
            world.Submit(first);
            Assert.Equal("guid-reused", Assert.Single(world.Submit(second).Problems).Code);
            Assert.Equal(first[OrderHead.Note], world.State.Live(DocumentType.Order)![OrderHead.Note]);
        }
    }

    /// <summary>By design: once the list is with customs, it is customs that decides of it; what it refuses of the others no longer stops it.</summary>
    [Fact]
    public void An_order_refused_before_its_list_left_stops_it_and_one_refused_after_does_not()
    {
        foreach (
            var (codes, end) in new[]
            {
                (new[] { 100, 2 }, ParcelStatus.Rejected),
                (new[] { 2, 100 }, ParcelStatus.Declared),
            }
        )
        {
            var world = new ParcelWorld(P);
            foreach (
                var arrival in (Arrival[])
                    [
                        .. Four(P),
                        .. Answers(P.Payment(), 2),
                        new(P.Order(), codes[0]),
                        .. Answers(P.Waybill(), 2),
                        new(P.Order(), codes[1]),
                    ]
            )
            {
                if (arrival.MayArrive(world))
                    arrival.Arrive(world);
                world.Settle();
            }
            Assert.Equal(end, world.State.Status);
        }
    }

    /// <summary>By design: the same again is a question, and a new try only of what is known to be refused.</summary>
    [Fact]
    public void The_same_order_again_is_a_question_until_customs_refuses_it()
    {
        foreach (var refusedFirst in new[] { true, false })
        {
            var world = new ParcelWorld(P);
            world.Submit(P.Order());
            world.Settle();
            if (refusedFirst)
                world.Answer(DocumentType.Order, 100);
            var again = world.Submit((P with { Revision = 2 }).Order());
            if (!refusedFirst)
                world.Answer(DocumentType.Order, 100);
            world.Settle();
            Assert.Equal(
                refusedFirst
                    ? (SubmissionOutcome.Accepted, ParcelStatus.Collecting, 2)
                    : (SubmissionOutcome.Duplicate, ParcelStatus.Rejected, 1),
                (again.Outcome, world.State.Status, world.Left.Count)
            );
        }
    }

    static CebDocument Corrected => Changed(2).Order().With(OrderHead.Note, "corrected");

    static SampleParcel Changed(int revision) => P with { AppType = "2", Revision = revision };

    static SampleParcel Deleted(int revision) => P with { AppType = "3", Revision = revision };

    static Arrival Of(CebDocument document) => new(document);

    static Arrival Bad(CebDocument document) =>
        new(
            document,
            Wrong: new Problem(
                ProblemCode.FieldMissing,
                DocumentTypes.OfMessage(document.Type)!.Value,
                null,
                "x",
                "缺。Missing."
            )
        );

    static Arrival[] Four(SampleParcel p) => [Of(p.Order()), Of(p.Payment()), Of(p.Waybill()), Of(p.List())];

    static IEnumerable<Arrival> Answers(CebDocument document, params int[] codes) =>
        codes.Select(c => new Arrival(document, c));

    static Arrival[] Accepted(CebDocument document) => [Of(document), .. Answers(document, 2, 120)];

    static CebDocument SignedFor(SampleParcel p) =>
        CebDocument.Create(
            CebType.WaybillStatus,
            (LogisticsStatus.Guid, UuidV5.Of("signed-for", p.Serial)),
            (LogisticsStatus.AppType, "1"),
            (LogisticsStatus.AppTime, "20261124110000"),
            (LogisticsStatus.AppStatus, "2"),
            (LogisticsStatus.LogisticsCode, SampleParcel.Carrier),
            (LogisticsStatus.LogisticsNo, p.LogisticsNo),
            (LogisticsStatus.Status, "S")
        );

    /// <summary>Lets everything arrive in this order, answers as soon as they can; after some of it the effects are paid.</summary>
    static ParcelWorld Run(IReadOnlyList<Arrival> arrivals, Func<int, bool> settles)
    {
        var world = new ParcelWorld(P);
        var early = new List<Arrival>();
        for (var i = 0; i < arrivals.Count; i++)
        {
            world.Now += TimeSpan.FromSeconds(10);
            if (arrivals[i].MayArrive(world))
                arrivals[i].Arrive(world);
            else
                early.Add(arrivals[i]);
            if (settles(i))
                world.Settle();
        }
        do
        {
            world.Settle();
            world.Now += TimeSpan.FromSeconds(10);
        } while (early.FirstOrDefault(a => a.MayArrive(world)) is { } next && Arrive(next));
        return world;

        bool Arrive(Arrival next)
        {
            early.Remove(next);
            next.Arrive(world);
            return true;
        }
    }

    /// <summary>
    /// What must not depend on the order. Not in it, since it tells of the way and not of the end: number of attempts and
    /// revisions, receipts of revisions that were overtaken, whether customs ever heard of what was deleted, and which of
    /// several guids of one content was first (the newest is compared).
    /// </summary>
    static string Picture(ParcelWorld world)
    {
        var state = world.State;
        var held = state.Quota
            is { Stage: QuotaStage.Reserving or QuotaStage.Reserved or QuotaStage.Posted } q
            ? $"{q.Stage} {q.AmountFen} of {q.Year}"
            : "nothing";
        return string.Join(
            '\n',
            [
                $"{state.Status}, quota {held}, ledger {world.Standing.PendingFen}/{world.Standing.PostedFen}, owes {state.Outbox.Length}",
                .. state.Documents.Select(s =>
                    $"{s.Type} {s.Age} {(s.IsDeleted ? "deleted" : s.IsStaged ? "staged" : $"{(s.IsDispatched ? "left" : "here")} {s.CustomsCode}")} {Content(s.Document)}"
                ),
                .. state.Problems.Select(p => $"problem {p.Code} {p.Document} {p.Line} {p.Field}"),
                .. state
                    .Refusals.Select(r =>
                        $"refused {r.Type} {r.Guid} {string.Join(',', r.Problems.Select(p => p.Code))}"
                    )
                    .Order(StringComparer.Ordinal),
                $"missing {string.Join(',', ParcelViews.Missing(state))}",
            ]
        );
    }

    static string Content(CebDocument document) =>
        UuidV5.Of([
            .. document
                .Schema.Head.Fields.Where(f => f.Name is not ("guid" or "appTime"))
                .Select(f => document[f] ?? "-"),
            .. Enumerable
                .Range(0, document.LineCount)
                .SelectMany(i => document.Schema.Line!.Fields.Select(f => document[i, f] ?? "-")),
        ]);
}
