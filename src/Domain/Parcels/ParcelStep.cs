using System.Collections.Immutable;
using ClearanceEngine.Ceb;
using ClearanceEngine.Receipts;
using ClearanceEngine.Rules;

namespace ClearanceEngine.Parcels;

/// <summary>One decision in the making: the state as far as it has come, and the small moves that all inputs share.</summary>
sealed partial class ParcelStep(string key, ParcelState before, ParcelRules rules, DateTimeOffset now)
{
    ParcelState? _next;

    ParcelState State
    {
        get => _next ?? before;
        set => _next = value;
    }

    /// <summary>Runs an input that has no answer of its own; nothing can happen to a parcel that is not there.</summary>
    public Decision Run(Action action)
    {
        if (State.Exists)
            action();
        return new Decision(State);
    }

    /// <summary>The next state. What is newly owed gets its time to be tried again.</summary>
    public ParcelState Finish()
    {
        if (ReferenceEquals(State, before) || !State.Exists)
            return State;
        Advance();
        if (State.Owes.Length == 0)
            return State.RedriveAt is null ? State : State with { RedriveAt = null };
        return State.Owes.Equals(before.Owes) && State.RedriveAt is not null
            ? State
            : State with
            {
                RedriveAt = now + Redrive(),
            };
    }

    /// <summary>
    /// When only receipts are owed, and for long, their receiver's topic is broken: the longer, the more rarely its many
    /// parcels are woken, so that they do not take the store from the others.
    /// </summary>
    TimeSpan Redrive()
    {
        var shortest = rules.Options.RedriveAfter;
        if (State.Owes.Any(o => o is not OwedReceipt))
            return shortest;
        var half = (now - State.Owes.Min(o => o.Since)) / 2;
        if (half <= shortest)
            return shortest;
        return half < rules.Options.LongestRedrive ? half : rules.Options.LongestRedrive;
    }

    void Enter(string @event, string text, ParcelStatus? status = null)
    {
        var next = status ?? State.Status;
        if (next != State.Status && !ParcelTable.Allows(State.Status, next))
            throw new InvalidOperationException($"No edge from {State.Status} to {next} ({@event}).");
        var timeline = State.Timeline.Add(new TimelineEntry(now, next, @event, text));
        if (timeline.Length > rules.Options.MaxTimeline)
            timeline = timeline.RemoveAt(1); // the first entry tells when it began
        State = State with { Status = next, Timeline = timeline };
    }

    void Put(DocumentKind kind, DocumentSlot slot) =>
        State = State with { Slots = State.Slots.SetItem(kind, slot) };

    void Owe(Owed owed)
    {
        if (State.Owes.Any(o => o.Id == owed.Id))
            return;
        State = State with { Owes = State.Owes.Add(owed) };
    }

    bool Drop(Predicate<Owed> which)
    {
        var left = State.Owes.RemoveAll(which);
        if (left.Length == State.Owes.Length)
            return false;
        State = State with { Owes = left };
        return true;
    }

    /// <summary>Keeps a receipt and owes it to those who are due it.</summary>
    void Keep(DocumentKind kind, CebDocument receipt, bool own, bool applied, bool handOn, string? receiver)
    {
        var kept = State.Receipts.Add(new KeptReceipt(kind, receipt, own, applied));
        if (kept.Length > rules.Options.MaxReceipts)
        {
            var spare = kept.FirstOrDefault(r => !r.Applied);
            kept = spare is null ? kept.RemoveAt(0) : kept.Remove(spare);
        }
        State = State with { Receipts = kept };
        if (handOn && receiver is not null)
            HandOn(kind, receipt, receiver);
    }

    void HandOn(DocumentKind kind, CebDocument receipt, string receiver)
    {
        foreach (var to in ReceiptRouting.Receivers(State, rules.Options, kind, receiver))
            Owe(
                new OwedReceipt(
                    $"receipt/{receipt[receipt.Schema.Head.Find("guid")!]}/{to}",
                    now,
                    to,
                    receipt
                )
            );
    }

    /// <summary>Our own negative receipt for a document of this parcel.</summary>
    CebDocument RefuseByReceipt(
        DocumentKind kind,
        CebDocument document,
        IReadOnlyList<Problem> problems,
        string receiver
    )
    {
        var receipt = OwnReceipt.Refusal(kind, document, problems, now);
        if (State.Receipts.FirstOrDefault(r => r.IsOwn && GuidOf(r.Receipt) == GuidOf(receipt)) is { } known)
        {
            // The same guid must go on saying the same, its time included.
            HandOn(kind, known.Receipt, receiver);
            return known.Receipt;
        }
        Keep(kind, receipt, own: true, applied: false, handOn: true, receiver);
        return receipt;
    }

    /// <summary>The latest receipt of a document: applied by customs, else our own.</summary>
    CebDocument? Latest(DocumentKind kind)
    {
        KeptReceipt? found = null;
        foreach (var receipt in State.Receipts)
        {
            if (
                receipt.Kind != kind
                || DocumentKinds.OfReceipt(receipt.Receipt.Type) is null
                || receipt.Receipt.Type is CebType.TaxBill or CebType.TaxBillState
            )
                continue;
            if (found is null || receipt.Applied || !found.Applied)
                found = receipt;
        }
        return found?.Receipt;
    }

    ImmutableArray<DocumentKind> Missing() => ParcelViews.Missing(State);

    ParcelDocuments Documents() =>
        new(
            State.Live(DocumentKind.Order),
            State.Live(DocumentKind.Payment),
            State.Live(DocumentKind.Waybill),
            State.Live(DocumentKind.List)
        );

    static string GuidOf(CebDocument receipt) => receipt[receipt.Schema.Head.Find("guid")!] ?? "";
}
