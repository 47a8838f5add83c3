using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Receipts;
using ClearanceEngine.Tests.Parcels;

namespace ClearanceEngine.Tests.Transcripts;

/// <summary>
/// Plays a flow on the pure core and writes down what each input led to. After each input everything in the outbox is done,
/// as the silo would; what comes back from that is written below it.
/// </summary>
sealed partial class Player
{
    readonly Flow _flow;
    readonly StringBuilder _text = new();
    readonly List<ParcelWorld> _parcels = [];
    readonly List<string> _names = [];
    readonly List<string> _completed = [];
    bool _isFromOutside;
    int _receipts;

    Player(Flow flow) => _flow = flow;

    /// <summary>The transcript of a flow.</summary>
    public static string Play(Flow flow)
    {
        var player = new Player(flow);
        player._text.Append(CultureInfo.InvariantCulture, $"# {flow.Chinese}\n# {flow.English}\n");
        foreach (var step in flow.Steps)
            step(player);
        return player._text.ToString();
    }

    /// <summary>The parcel of an order number, begun when it is first spoken of.</summary>
    public ParcelWorld Parcel(string orderNo)
    {
        if (_parcels.Find(known => known.Sample.OrderNo == orderNo) is { } found)
            return found;
        var sample = orderNo == Flow.First.OrderNo ? Flow.First : Flow.Second;
        var world = new ParcelWorld(sample with { Mode = _flow.Mode }, _flow.Rules);
        world.Watch = (before, input, decision) => Write(world, before, input, decision);
        world.Look = effect => Look(world, effect);
        _parcels.Add(world);
        return world;
    }

    /// <summary>An input from outside, and all that the engine then does by itself.</summary>
    public void Play(ParcelWorld world, string words, Action act)
    {
        Say(words);
        _isFromOutside = true;
        act();
        while (_parcels.Find(parcel => parcel.State.Outbox.Length > 0) is { } busy)
            busy.Settle();
        WriteCompleted();
    }

    /// <summary>A receipt comes.</summary>
    public void Take(ParcelWorld world, string words, CebDocument receipt) =>
        Play(world, words, () => world.Decide(new ReceiptArrived(new CustomsAnswer(receipt, world.Now))));

    /// <summary>Customs gives each receipt a guid of its own, whichever parcel it is for.</summary>
    public string NextGuid() => UuidV5.Of("transcript", (++_receipts).ToString(CultureInfo.InvariantCulture));

    /// <summary>What happens, without any parcel having a say in it.</summary>
    public void Say(string words) => Line($"\n> {words}");

    /// <summary>What the silo finds out on fresh data: which other parcel has a waybill, and whether it gives it up.</summary>
    Sought Look(ParcelWorld seeker, SeekUnmatched effect)
    {
        var superseded = ImmutableArray.CreateBuilder<DocumentKey>();
        var elsewhere = ImmutableArray.CreateBuilder<DocumentKey>();
        foreach (var kept in ParcelViews.Waybills(seeker.State))
        {
            var claim = Claim(seeker, kept);
            if (claim == WaybillClaim.Superseded)
                superseded.Add(kept.Key);
            if (claim == WaybillClaim.Kept)
                elsewhere.Add(kept.Key);
        }
        if (ParcelViews.LackedWaybill(seeker.State) is { } lacked && HolderOf(lacked, seeker) is not null)
            elsewhere.Add(lacked);
        return new Sought(effect.Id, superseded.ToImmutable(), elsewhere.ToImmutable());
    }

    WaybillClaim Claim(ParcelWorld claimant, ParcelDocument kept)
    {
        if (HolderOf(kept.Key, claimant) is not { } holder)
            return WaybillClaim.Free;
        var (appTime, guid) = kept.Age;
        return holder.Decide(new WaybillClaimed(kept.Key, appTime, guid)).Claim;
    }

    ParcelWorld? HolderOf(DocumentKey waybill, ParcelWorld butNot) =>
        _parcels.Find(parcel => parcel != butNot && parcel.State[waybill] is not null);

    void Write(ParcelWorld world, ParcelState before, ParcelInput input, Decision decision)
    {
        var changes = Changes(before, input, decision).ToArray();
        if (!_isFromOutside)
            WriteOwnInput(world, before, input, isWorthALine: changes.Length > 0);
        _isFromOutside = false;
        foreach (var change in changes)
            Line($"    {change}");
    }

    /// <summary>What only completes an effect has no line of its own.</summary>
    void WriteOwnInput(ParcelWorld world, ParcelState before, ParcelInput input, bool isWorthALine)
    {
        var done = before.Outbox.FirstOrDefault(effect => effect.Id == CompletedBy(input));
        if (done is not null)
            _completed.Add(done.Id);
        if (!isWorthALine)
            return;
        WriteCompleted();
        if (OutcomeWords.Of(input) is { } words)
            Line($"  · {Whose(world)}{words}");
    }

    string Whose(ParcelWorld world) => _parcels.Count > 1 ? $"订单 {world.Sample.OrderNo}：" : "";

    static string? CompletedBy(ParcelInput input) =>
        input switch
        {
            EffectCompleted { Completion.EffectId: var id } => id,
            QuotaStepDone { EffectId: var id } => id,
            Sought { EffectId: var id } => id,
            ReserveAnswered { Attempt: var attempt } => $"quota/reserve/{attempt}",
            _ => null,
        };

    static IEnumerable<string> Changes(ParcelState before, ParcelInput input, Decision decision)
    {
        var after = decision.State;
        if (decision.Reply is { } reply)
            yield return OutcomeWords.Of(reply, before.Status);
        var reasons = Reasons(decision);
        foreach (var reason in reasons)
            yield return $"! 原因 {reason}";
        if (decision.Receipt is { IsTaken: false })
            yield return "不属于本单 not taken";
        if (input is WaybillClaimed)
            yield return OutcomeWords.Of(decision.Claim);
        if (decision.Reply is null && before.Status != after.Status)
            yield return $"状态 {OutcomeWords.Of(before.Status)} → {OutcomeWords.Of(after.Status)}";
        foreach (var change in ProblemChanges(before, after, reasons))
            yield return change;
        if (after.Quota is { } quota && quota != before.Quota)
            yield return $"额度 {OutcomeWords.Of(quota)}";
        foreach (var handOn in decision.Receipt?.HandOns ?? [])
            yield return $"→ {OutcomeWords.Of(handOn)}";
        foreach (var change in EffectChanges(before, CompletedBy(input), after))
            yield return change;
        foreach (var entry in after.Timeline.Skip(before.Timeline.Length))
            yield return $"= 记录 {entry.Event}：{entry.Text}";
    }

    /// <summary>Why a document, or an event of the site, is refused.</summary>
    static string[] Reasons(Decision decision)
    {
        if (decision.Refusal is { } refusal)
            return [OutcomeWords.Of(refusal)];
        return decision.Reply is { Outcome: SubmissionOutcome.Refused } reply
            ? [.. reply.Problems.Select(OutcomeWords.Of)]
            : [];
    }

    static IEnumerable<string> ProblemChanges(ParcelState before, ParcelState after, string[] told)
    {
        var (were, are) = (Problems(before), Problems(after));
        foreach (var problem in are.Except(were).Except(told))
            yield return $"! 问题 {problem}";
        foreach (var problem in were.Except(are))
            yield return $"! 已消除 {problem}";
    }

    static string[] Problems(ParcelState parcel) => [.. ParcelViews.Problems(parcel).Select(OutcomeWords.Of)];

    static IEnumerable<string> EffectChanges(ParcelState before, string? completed, ParcelState after)
    {
        foreach (var effect in before.Outbox)
        {
            if (effect.Id != completed && after.Outbox.All(still => still.Id != effect.Id))
                yield return $"- 撤回待办 {OutcomeWords.Of(effect, after)}";
        }
        foreach (var effect in after.Outbox)
        {
            if (before.Outbox.All(known => known.Id != effect.Id))
                yield return $"+ 待办 {OutcomeWords.Of(effect, after)}";
        }
    }

    void WriteCompleted()
    {
        if (_completed.Count > 0)
            Line($"    - 待办完成 {string.Join('、', _completed)}");
        _completed.Clear();
    }

    void Line(string line) => _text.Append(Guids().Replace(line, ShortName)).Append('\n');

    /// <summary>Guids differ between runs and tell nobody anything: each is known by the order of its appearance.</summary>
    string ShortName(Match guid)
    {
        if (!_names.Contains(guid.Value, StringComparer.OrdinalIgnoreCase))
            _names.Add(guid.Value);
        var index = _names.FindIndex(name => name.Equals(guid.Value, StringComparison.OrdinalIgnoreCase));
        return $"g{index + 1}";
    }

    [GeneratedRegex("[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")]
    private static partial Regex Guids();
}
