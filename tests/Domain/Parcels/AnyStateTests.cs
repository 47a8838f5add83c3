using System.Collections.Concurrent;
using System.Collections.Immutable;
using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Receipts;
using ClearanceEngine.Simulator.Samples;
using ClearanceEngine.Subscribers;
using CsCheck;
using Xunit;

namespace ClearanceEngine.Tests.Parcels;

/// <summary>From any state every input leads along a listed edge or to an explicit answer, and the quota stays true.</summary>
public class AnyStateTests
{
    static readonly ParcelStatus[] States = Enum.GetValues<ParcelStatus>();

    static readonly int[] Codes =
    [
        1,
        2,
        3,
        4,
        100,
        120,
        300,
        399,
        400,
        500,
        501,
        599,
        600,
        700,
        777,
        800,
        899,
        -10101,
        -301003,
        -301009,
        -301010,
        -301011,
        -301013,
        -401008,
        -504016,
        -621001,
        -621004,
        -621006,
        -621010,
        -621017,
        -623005,
        -623009,
        -625022,
        -800003,
    ];

    [Fact]
    public void A_way_leads_into_each_of_the_states()
    {
        foreach (var state in States)
        {
            var world = new ParcelWorld(ParcelWorld.Bonded);
            world.LeadTo(state);
            Assert.Equal(state, world.State.Status);
        }
    }

    [Fact]
    public void From_any_state_every_input_is_answered_or_leads_along_a_listed_edge()
    {
        var seen = new ConcurrentDictionary<ParcelStatus, int>();
        var moved = new ConcurrentDictionary<(ParcelStatus From, ParcelStatus To), int>();
        Gen.Select(
                Gen.Int[0, States.Length - 1],
                Gen.Select(Gen.Int[0, 25], Gen.Int[0, 1_000_000]).Array[1, 25]
            )
            .Sample((start, steps) => new Walk(seen, moved).Go(States[start], steps), iter: 3_000);
        Assert.Equal(States, seen.Keys.Order());
        Assert.All(States.Where(s => !ParcelTable.IsDecided(s)), s =>
            Assert.Contains(moved.Keys, m => m.From == s)
        );
        Assert.DoesNotContain(moved.Keys, m =>
            m.From is ParcelStatus.Cancelled or ParcelStatus.Returned or ParcelStatus.ReturnedAbroad
        );
    }

    /// <summary>One parcel, pushed about at random and looked at after every decision.</summary>
    sealed class Walk
    {
        readonly ConcurrentDictionary<ParcelStatus, int> _seen;
        readonly ConcurrentDictionary<(ParcelStatus, ParcelStatus), int> _moved;
        readonly ParcelWorld _world = new(ParcelWorld.Bonded);
        readonly Dictionary<string, Effect> _owed = new(StringComparer.Ordinal);
        readonly HashSet<string> _done = new(StringComparer.Ordinal);
        readonly List<ReserveAnswered> _answers = [];

        public Walk(
            ConcurrentDictionary<ParcelStatus, int> seen,
            ConcurrentDictionary<(ParcelStatus, ParcelStatus), int> moved
        )
        {
            (_seen, _moved) = (seen, moved);
            _world.Watch = Look;
        }

        public void Go(ParcelStatus start, (int Input, int Choice)[] steps)
        {
            _world.LeadTo(start);
            var revision = 10;
            foreach (var (input, choice) in steps)
            {
                Push(input, choice, revision++);
                var standing = _world.Standing;
                var flagged = _world.Quota.Reservations.Values.Where(r => r.Flagged).Sum(r => r.AmountFen);
                Assert.True(
                    standing.UsedFen <= standing.LimitFen + flagged,
                    $"{standing.UsedFen} fen used by grants"
                );
            }
            _world.Settle();
            CheckQuota();
        }

        void Push(int input, int choice, int revision)
        {
            var p = _world.Sample with { Revision = revision };
            p = (choice % 7) switch
            {
                0 => p with { AppType = "2" },
                1 => p with { AppType = "3" },
                2 => p with { AppStatus = "1" },
                3 => p with { AppType = "2", FreightFen = choice % 5 * 500 },
                4 => p with { Revision = choice % 12 },
                _ => p,
            };
            var invtNo = choice % 9 == 0 ? "0" : _world.State.InvtNo ?? ParcelPaths.InvtNo;
            var carrier = choice % 11 == 0 ? "SIGNED" : null;
            switch (input)
            {
                case 0:
                    _world.SubmitIn(carrier, p.Order());
                    break;
                case 1:
                    _world.SubmitIn(carrier, p.Payment());
                    break;
                case 2:
                    _world.SubmitIn(carrier, p.Waybill());
                    break;
                case 3:
                    _world.SubmitIn(carrier, p.List());
                    break;
                case 4:
                    foreach (var document in new[] { p.Order(), p.Payment(), p.Waybill(), p.List() })
                        _world.Submit(document);
                    break;
                case 5:
                    _world.SubmitIn(carrier, p.Cancellation(invtNo));
                    break;
                case 6:
                    _world.SubmitIn(carrier, p.Return(invtNo, (1, 1 + (choice % 2))));
                    break;
                case 7:
                    _world.SubmitIn(carrier, p.InboundNote());
                    break;
                case 8:
                    _world.Submit(
                        p.List(),
                        new Problem(
                            ProblemCode.FieldMissing,
                            DocumentType.DeclarationList,
                            null,
                            "x",
                            "缺。Missing."
                        )
                    );
                    break;
                case 9:
                    _world.Decide(new GoodsDeparted(_world.Now));
                    break;
                case 10:
                    _world.Decide(new Woken());
                    break;
                case 11:
                    _world.Decide(new AskNow());
                    break;
                case 12:
                    _world.Settle();
                    break;
                case 13:
                    _world.Now += TimeSpan.FromMinutes(choice % 500);
                    break;
                case 14:
                    if (Any<ChangeQuota>(o => o.Step == QuotaStep.Reserve) is { } reserve)
                        _answers.Add(_world.Reserve(reserve));
                    break;
                case 15:
                    if (_answers.Count > 0)
                        _world.Decide(_answers[choice % _answers.Count]);
                    break;
                case 16:
                    _world.Decide(
                        new FormatRefused([Left(choice)], choice % 2 == 0 ? null : Problem("format-refused"))
                    );
                    break;
                case 21:
                    _world.Decide(
                        new MessageDissolved(
                            [Left(choice)],
                            choice % 2 == 0 ? null : Problem("message-too-large")
                        )
                    );
                    break;
                case 17:
                    if (Any<DispatchDocument>(_ => true) is { } leaving)
                        _world.Decide(
                            new EffectCompleted(
                                new Completion(leaving.Id, _world.Now, null, Problem("signing-key-missing"))
                            )
                        );
                    break;
                case 18:
                    _world.Decide(new SignedMessageRefused("SIGNED", Problem("message-refused")));
                    break;
                case 19:
                    _world.Decide(
                        new WaybillClaimed(
                            new DocumentKey(
                                DocumentType.Waybill,
                                SampleParcel.Carrier,
                                _world.Sample.LogisticsNo
                            ),
                            choice % 2 == 0 ? "2026" : "2027",
                            ""
                        )
                    );
                    break;
                case 20:
                    _world.Decide(new EffectCompleted(new Completion(Left(choice), _world.Now, "late")));
                    break;
                case 22:
                    _world.Decide(new ResendOrdered((DocumentType)(choice % 8), null));
                    break;
                case 23 when choice % 3 == 0:
                    _world.Decide(new CloseOrdered($"无人处理 {choice}"));
                    break;
                default:
                    Answer(choice);
                    break;
            }
        }

        void Answer(int choice)
        {
            if (_world.State.Documents.IsEmpty)
                return;
            var type = _world.State.Documents[choice % _world.State.Documents.Length].Type;
            var isList =
                type is DocumentType.DeclarationList or DocumentType.Cancellation or DocumentType.Return;
            var code = Codes[choice / 10 % Codes.Length];
            DateTimeOffset? at = (choice / 1000 % 4) switch
            {
                0 => _world.Now.AddMinutes(-20),
                1 => _world.Now.AddMinutes(-3),
                _ => null,
            };
            var receipt = _world.Receipt(
                type,
                code,
                isList && choice % 3 > 0 ? ParcelPaths.PreNo : null,
                isList && choice % 5 > 0
                    ? choice % 13 == 0
                        ? "99992026I000000009"
                        : ParcelPaths.InvtNo
                    : null,
                at
            );
            for (var times = choice % 4 == 0 ? 2 : 1; times > 0; times--)
                _world.Decide(new ReceiptArrived(new CustomsAnswer(receipt, _world.Now)));
        }

        T? Any<T>(Func<T, bool> which)
            where T : Effect => _world.State.Outbox.OfType<T>().FirstOrDefault(which);

        string Left(int choice) =>
            _world.Left.Count == 0 ? "order/1" : _world.Left[choice % _world.Left.Count].Id;

        static Problem Problem(string code) =>
            new(ProblemCode.Written(code), DocumentType.Order, null, null, "不行。It cannot be.");

        void Look(ParcelState before, ParcelInput input, Decision decision)
        {
            var (after, reply) = (decision.State, decision.Reply);
            _seen.TryAdd(after.Status, 0);
            Edges(before, after);
            Effects(before, after, isClosing: input is CloseOrdered);
            if (after.IsClosed)
                Assert.True(
                    after.Documents.All(d => d.AskAt is null) && after.Quota is not { IsPending: true }
                );
            if (input is not DocumentArrived)
                return;
            Assert.NotNull(reply);
            if (reply.Outcome != SubmissionOutcome.Refused)
                return;
            Assert.NotEmpty(reply.Problems);
            Assert.All(reply.Problems, p =>
                Assert.False(string.IsNullOrEmpty(p.Code) || string.IsNullOrEmpty(p.Text))
            );
            Assert.True(
                CustomsCode.Parse(reply.Receipt![reply.Receipt.Schema.Head.Find("returnStatus")!]) < 0
            );
        }

        void Edges(ParcelState before, ParcelState after)
        {
            var (from, known) = (before.Status, before.Timeline.Length);
            Assert.Equal(before.Timeline, after.Timeline.Take(known));
            foreach (var entry in after.Timeline.Skip(known))
            {
                if (entry.State == from)
                    continue;
                Assert.True(
                    ParcelTable.Allows(from, entry.State),
                    $"{from} to {entry.State} by {entry.Event}"
                );
                _moved.TryAdd((from, entry.State), 0);
                from = entry.State;
            }
            Assert.Equal(from, after.Status);
        }

        /// <summary>A name stands for one effect. Done, it never comes again; only a receipt may be asked for once more, and says the same.</summary>
        /// <remarks>What closing takes out of the outbox is not done: it leaves under its name when the parcel is opened again.</remarks>
        void Effects(ParcelState before, ParcelState after, bool isClosing)
        {
            Assert.Equal(
                after.Outbox.Length,
                after.Outbox.Select(o => o.Id).Distinct(StringComparer.Ordinal).Count()
            );
            foreach (var gone in before.Outbox.Except(after.Outbox))
            {
                if (!isClosing || gone is not DispatchDocument)
                    _done.Add(gone.Id);
            }
            foreach (var effect in after.Outbox.Except(before.Outbox))
            {
                Assert.True(
                    effect is ForwardReceipt || !_done.Contains(effect.Id),
                    $"{effect.Id} was done before"
                );
                if (!_owed.TryAdd(effect.Id, effect))
                    Assert.Equal(_owed[effect.Id] with { Since = default }, effect with { Since = default });
            }
        }

        void CheckQuota()
        {
            var (state, standing) = (_world.State, _world.Standing);
            var quota = state.Quota;
            Assert.Equal(
                quota is { Stage: QuotaStage.Reserving or QuotaStage.Reserved } ? quota.AmountFen : 0,
                standing.PendingFen
            );
            var posted = _world.Quota.Reservations.Values.Count(r => r.Stage == ReservationStage.Posted);
            Assert.Equal(ReleasedOnce(state) ? 1 : 0, posted);
            switch (state.Status)
            {
                case ParcelStatus.Rejected
                or ParcelStatus.Cancelled
                or ParcelStatus.Returned
                or ParcelStatus.ReturnedAbroad
                or ParcelStatus.Collecting
                or ParcelStatus.Staged:
                    Assert.Equal(0, standing.UsedFen);
                    break;
                case ParcelStatus.Released or ParcelStatus.Departed or ParcelStatus.CancelRequested:
                    Assert.Equal(quota!.AmountFen, standing.PostedFen);
                    break;
            }
        }

        static bool ReleasedOnce(ParcelState state) =>
            state.Timeline.Any(e => e.State is ParcelStatus.Released or ParcelStatus.Closed);
    }
}
