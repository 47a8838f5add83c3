using System.Collections;
using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using System.Text;
using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Participants;
using ClearanceEngine.Receipts;
using ClearanceEngine.Rules;
using ClearanceEngine.Simulator.Samples;
using ClearanceEngine.Storage.Forms;
using ClearanceEngine.Subscribers;
using ClearanceEngine.Tests.Forms;
using Xunit;

namespace ClearanceEngine.Tests.Parcels;

/// <summary>A parcel is stored as a snapshot and a journal, and comes back as it was (ADR 024, design rule 15).</summary>
public class StoredParcelTests
{
    public static TheoryData<ParcelStatus> States => [.. Enum.GetValues<ParcelStatus>()];

    [Theory]
    [MemberData(nameof(States))]
    public void In_every_state_what_is_written_is_read_again_to_the_last_field(ParcelStatus status)
    {
        var store = new Store();
        var world = new ParcelWorld(ParcelWorld.Bonded) { Watch = (_, _, decision) => store.Take(decision) };
        world.LeadTo(status);

        var read = store.Read();
        Assert.Equal(Dump(world.State), Dump(read.Order.Parcels[0]));
        Assert.Empty(read.Unstored);
    }

    [Fact]
    public void A_snapshot_of_a_released_parcel_takes_less_than_a_kilobyte()
    {
        var store = new Store();
        var world = new ParcelWorld(ParcelWorld.Bonded) { Watch = (_, _, decision) => store.Take(decision) };
        world.LeadTo(ParcelStatus.Released);
        Assert.InRange(store.LargestSnapshot, 1, 1_000);
    }

    [Fact]
    public void The_journal_decided_again_gives_the_same_parcel()
    {
        var store = new Store();
        var world = new ParcelWorld(ParcelWorld.Bonded) { Watch = (_, _, decision) => store.Take(decision) };
        world.LeadTo(ParcelStatus.PartlyReturned);

        var again = new ParcelState();
        foreach (var entry in store.ReadJournal())
        {
            var decision = Parcel.Decide(world.Name, again, entry.Input, world.UsedRules, entry.At);
            Assert.Equal(Dump(entry.Outcome), Dump(decision.Entry!.Outcome));
            again = decision.State;
        }
        // What is to be handed on, and when it is tried again, is no part of where a parcel stands.
        again = again with { Outbox = world.State.Outbox, RedriveAt = world.State.RedriveAt };
        Assert.Equal(Dump(world.State), Dump(again));
    }

    /// <summary>ADR 025: each platform's parcel has its own part of the journal, and what waits is kept until its parcel has it.</summary>
    [Fact]
    public void The_parcels_of_two_platforms_and_what_waits_are_read_again_and_decided_again_each_by_itself()
    {
        var store = new Store();
        var world = new OrderWorld { Watch = decision => store.Take(decision) };
        world.Submit(OrderWorld.Two.Waybill());
        world.Now += world.Rules.Unmatched.ReportAfter;
        world.Decide(new Woken());
        Assert.Equal(Dump(world.State), Dump(store.Read().Order));

        CebDocument[] documents =
        [
            .. OrderWorld.Four(OrderWorld.One),
            .. OrderWorld.Four(OrderWorld.Two).Select(OrderWorld.OfOther),
        ];
        foreach (var document in documents)
        {
            world.Submit(document);
            world.LeaveAndAccept();
            Assert.Equal(Dump(world.State), Dump(store.Read().Order));
        }
        Assert.All(world.State.Parcels, parcel => Assert.Equal(ParcelStatus.Declared, parcel.Status));

        foreach (var parcel in world.State.Parcels)
        {
            var name = new ParcelName(parcel.EbpCode, parcel.OrderNo);
            var again = new ParcelState();
            foreach (var entry in store.ReadJournal().Where(entry => entry.EbpCode == parcel.EbpCode))
                again = Parcel.Decide(name, again, entry.Input, world.Rules, entry.At).State;
            again = again with { Outbox = parcel.Outbox, RedriveAt = parcel.RedriveAt };
            Assert.Equal(Dump(parcel), Dump(again));
        }
    }

    [Fact]
    public void Of_a_long_timeline_the_first_step_and_the_last_are_kept()
    {
        var store = new Store();
        var options = new ParcelOptions
        {
            DocumentsWait = TimeSpan.Zero,
            ReceiptsWait = TimeSpan.Zero,
            MaxTimeline = 5,
        };
        var world = new ParcelWorld(ParcelWorld.Bonded, ParcelWorld.Rules with { Options = options })
        {
            Watch = (_, _, decision) => store.Take(decision),
        };
        world.LeadTo(ParcelStatus.Released);
        Assert.Equal(5, world.State.Timeline.Length);
        Assert.Equal(Dump(world.State), Dump(store.Read().Order.Parcels.Single()));
    }

    [Fact]
    public void Every_kind_of_input_and_effect_has_a_form()
    {
        var problem = new Problem(ProblemCode.Written("code"), DocumentType.Return, 2, "qty", "文字 text");
        var key = new DocumentKey(DocumentType.Waybill, "carrier", "W-1");
        ParcelInput[] inputs =
        [
            new DocumentArrived(Submission(problem)),
            new ReceiptArrived(new CustomsAnswer(Order, At, HandOn: false)),
            new HandOnsPutOff([new HandOn("receiver", Order)]),
            new EffectCompleted(new Completion("order/1", At, "M-1", problem)),
            new EffectCompleted(new Completion("order/1", At)),
            new ReserveAnswered(3, new ReserveAnswer(ReserveOutcome.Voided, 1, 2)),
            new QuotaStepDone("quota/post/1", QuotaStep.Post, 1, 500),
            new Woken(),
            new AskNow(),
            new ResendOrdered(DocumentType.Payment, "P-1"),
            new ResendOrdered(DocumentType.Payment, null),
            new CloseOrdered("no more"),
            new GoodsDeparted(At),
            new SignedMessageRefused("M-1", problem),
            new FormatRefused(["order/1", "order/2"], null),
            new MessageDissolved(["order/1"], problem),
            new WaybillClaimed(key, "20261124120000", "G-1"),
            new Sought("seek/1", [key], [key with { Number = "W-2" }]),
            new WaybillMovedAway(key),
            new WaybillMovedHere(
                Moved,
                Moved,
                [new(DocumentType.Waybill, Order, IsOwn: true, Applied: false, "G")]
            ),
            new WaybillMovedHere(Moved, null, []),
        ];
        Effect[] effects =
        [
            new DispatchDocument("order/1", At, DocumentType.Order, Order, "sender", "M-1", Frame, true),
            new ForwardReceipt("receipt/1", At, "receiver", Order),
            new AskCustoms("query/1", At, DocumentType.Order, "a|b|c", 2),
            new ChangeQuota("quota/reserve/2", At, QuotaStep.Reserve, 2, 100, "hash", 2026, 1, -621005),
            new SeekUnmatched("seek/1", At),
        ];
        Assert.Equal(KindsOf<ParcelInput>(), inputs.Select(input => input.GetType().Name).ToHashSet());
        Assert.Equal(KindsOf<Effect>(), effects.Select(effect => effect.GetType().Name).ToHashSet());

        var store = new Store();
        var parcel = new ParcelState
        {
            CreatedAt = At,
            Outbox = [.. effects],
            Refusals =
            [
                new Refusal(
                    DocumentType.Order,
                    "G",
                    [problem],
                    At,
                    "time",
                    Submission(problem),
                    key,
                    "owner"
                ),
            ],
        };
        foreach (var input in inputs)
            store.Take(new Decision(parcel with { }, Entry: new JournalEntry(At, input, [])));

        Assert.Equal(Dump(parcel), Dump(store.Read().Order.Parcels.Single()));
        Assert.Equal(Dump(inputs), Dump(store.ReadJournal().Select(entry => entry.Input)));
    }

    static readonly DateTimeOffset At = new(2026, 11, 24, 12, 0, 0, 123, CebTime.BeijingOffset);

    static ParcelDocument Moved =>
        new()
        {
            Document = ParcelWorld.Bonded.Waybill(),
            Sender = SampleParcel.Message(ParcelWorld.Bonded.Waybill()).Transfer!,
            ReceivedAt = At,
            Revision = 2,
            DispatchedRevision = 2,
            CustomsCode = 2,
            Owner = SampleParcel.Carrier,
        };

    static CebDocument Order => ParcelWorld.Bonded.Order();

    static CebFrame Frame =>
        new([new CebSubscription("ALL", "DXP", "address", null)], new CebExtension("name", "1", "<a/>"));

    static Submission Submission(Problem problem) =>
        new(
            DocumentType.Order,
            Order,
            new CebTransfer("cop", "name", "DXP", "id", "note"),
            "M-1",
            At,
            [problem],
            new OverLimit(1, 2, -621005),
            Frame,
            "principal"
        );

    static HashSet<string> KindsOf<T>() =>
        [
            .. typeof(T)
                .Assembly.GetTypes()
                .Where(t => t.IsSubclassOf(typeof(T)) && !t.IsAbstract)
                .Select(t => t.Name),
        ];

    /// <summary>Every public field of everything, as text: a field that a form forgets is seen here.</summary>
    static string Dump(object? value)
    {
        var text = new StringBuilder();
        Dump(text, value, depth: 0);
        return text.ToString();
    }

    static void Dump(StringBuilder text, object? value, int depth)
    {
        Assert.True(depth < 30, "It refers to itself.");
        switch (value)
        {
            case null:
                text.Append('-');
                break;
            case CebDocument document:
                text.Append(Convert.ToHexString(document.Packed));
                break;
            case DateTimeOffset time:
                text.Append(time.ToString("O", CultureInfo.InvariantCulture));
                break;
            case string or ValueType and IFormattable:
                text.Append(CultureInfo.InvariantCulture, $"'{value}'");
                break;
            case bool flag:
                text.Append(flag);
                break;
            case IEnumerable items:
                foreach (var item in items)
                {
                    text.AppendLine().Append(' ', depth);
                    Dump(text, item, depth + 1);
                }
                break;
            default:
                DumpFields(text, value, depth);
                break;
        }
    }

    static void DumpFields(StringBuilder text, object value, int depth)
    {
        text.Append(value.GetType().Name);
        foreach (var field in value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (field.GetIndexParameters().Length > 0)
                continue;
            text.AppendLine().Append(' ', depth).Append(field.Name).Append(": ");
            Dump(text, field.GetValue(value), depth + 1);
        }
    }

    /// <summary>Stores as the store does, but in the clear: a write after every decision that changed something.</summary>
    sealed class Store
    {
        readonly FormWriter _writer = new();
        readonly List<CebDocument> _shelved = [];
        readonly List<byte[]> _entries = [];
        StoredParcel _parcel = new();
        Shelf _shelf = Shelf.Empty;
        byte[] _snapshot = [];

        public int LargestSnapshot { get; private set; }

        public void Take(Decision decision)
        {
            if (ReferenceEquals(decision.State, _parcel.Order[decision.State.EbpCode]))
                return;
            ImmutableArray<JournalEntry> entries = decision.Entry is { } entry
                ? [entry with { EbpCode = decision.State.EbpCode }]
                : [];
            Take(new OrderDecision(_parcel.Order.With(decision.State), decision, entries));
        }

        public void Take(OrderDecision decision)
        {
            if (ReferenceEquals(decision.State, _parcel.Order))
                return;
            _parcel = _parcel.After(decision);
            _writer.Reset(_shelf);
            _parcel.WriteEntries(_writer);
            _entries.Add(_writer.ToBytes());
            _writer.Clear();
            _parcel.WriteSnapshot(_writer);
            _snapshot = _writer.ToBytes();

            LargestSnapshot = Math.Max(LargestSnapshot, _snapshot.Length);
            _shelved.AddRange(_writer.Added.Select(thing => CebDocument.Unpack(thing.Packed)));
            _shelf = _writer.NextShelf(default);
            _parcel = _parcel.WithStored(_parcel.Unstored.Length);
        }

        public StoredParcel Read() => StoredParcel.Read(Reader(_snapshot), [.. _entries.Select(Reader)]);

        public ImmutableArray<JournalEntry> ReadJournal() =>
            [.. StoredParcel.ReadJournal([.. _entries.Select(Reader)])];

        FormReader Reader(byte[] form) => new(form, number => _shelved[number - 1]);
    }
}
