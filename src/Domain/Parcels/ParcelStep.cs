using System.Collections.Immutable;
using ClearanceEngine.Ceb;
using ClearanceEngine.Receipts;
using ClearanceEngine.Rules;

namespace ClearanceEngine.Parcels;

/// <summary>One decision in the making: the state as far as it has come, and the small moves that all inputs share.</summary>
sealed partial class ParcelStep(ParcelName name, ParcelState before, ParcelRules rules, DateTimeOffset now)
{
    readonly ImmutableArray<TimelineEntry>.Builder _entered = ImmutableArray.CreateBuilder<TimelineEntry>();
    ParcelState? _next;
    int _changes;

    /// <summary>What the decision added to the timeline.</summary>
    public ImmutableArray<TimelineEntry> Entered => _entered.ToImmutable();

    ParcelState State => _next ?? before;

    /// <summary>The next state, to be changed in place: nobody else sees it before the step is finished.</summary>
    ParcelState Change()
    {
        _changes++;
        return _next ??= before with { };
    }

    /// <summary>Runs an input that has no answer of its own; nothing can happen to a parcel that is not there.</summary>
    public Decision Run(Action action)
    {
        if (State.Exists)
            action();
        return new Decision(State);
    }

    /// <summary>The next state. What is newly in the outbox gets its time to be tried again.</summary>
    public ParcelState Finish()
    {
        if (ReferenceEquals(State, before) || !State.Exists)
            return State;
        Advance();
        var isChanged = !State.Outbox.Equals(before.Outbox);
        var redriveAt = Redrive.Next(
            State.RedriveAt,
            State.Outbox.Length > 0,
            isChanged,
            now,
            rules.Options.RedriveAfter
        );
        if (State.RedriveAt != redriveAt)
            Change().RedriveAt = redriveAt;
        return State;
    }

    void Enter(string @event, string text, ParcelStatus? status = null)
    {
        var next = status ?? State.Status;
        if (next != State.Status && !ParcelTable.Allows(State.Status, next))
            throw new InvalidOperationException($"No edge from {State.Status} to {next} ({@event}).");
        var entry = new TimelineEntry(now, next, @event, "") { Text = Masked(text) };
        _entered.Add(entry);
        var timeline = State.Timeline.Add(entry);
        if (timeline.Length > rules.Options.MaxTimeline)
            timeline = timeline.RemoveAt(1); // the first entry tells when it began
        Change().Status = next;
        Change().Timeline = timeline;
    }

    /// <summary>Keeps a document in the place of what has its key, or is the only one of its type.</summary>
    void Put(ParcelDocument kept)
    {
        var documents = State.Documents;
        if (State.InPlaceOf(kept.Key) is { } before)
            documents = documents.Remove(before, ReferenceEqualityComparer.Instance);
        var place = 0;
        while (place < documents.Length && documents[place].Key.OrderTo(kept.Key) < 0)
            place++;
        Change().Documents = documents.Insert(place, kept);
    }

    /// <summary>Takes a document out. What it was known by stays findable, for its receipts may still come.</summary>
    void TakeOut(ParcelDocument kept)
    {
        KeepNames();
        Change().Documents = State.Documents.Remove(kept, ReferenceEqualityComparer.Instance);
    }

    /// <summary>Keeps the names that the documents have now, should one of them change or go.</summary>
    void KeepNames()
    {
        var names = State.EarlierKeys.Union(ParcelNames.Had(State), StringComparer.Ordinal);
        Change().EarlierKeys = [.. names.TakeLast(rules.Options.MaxNames)];
    }

    void AddEffect(Effect effect)
    {
        if (State.Has(effect.Id))
            return;
        Change().Outbox = State.Outbox.Add(effect);
    }

    bool RemoveEffects(Predicate<Effect> which)
    {
        var left = State.Outbox.RemoveAll(which);
        if (left.Length == State.Outbox.Length)
            return false;
        Change().Outbox = left;
        return true;
    }

    /// <summary>Keeps a receipt of customs; it is due to its receivers, as is one that comes again.</summary>
    void KeepFromCustoms(DocumentType type, CebDocument receipt, bool applied) =>
        Keep(new KeptReceipt(type, receipt, IsOwn: false, applied));

    /// <summary>Keeps a receipt of our own about a document, and tells it.</summary>
    void KeepOwn(DocumentType type, CebDocument receipt, CebDocument about, string? receiver)
    {
        Keep(new KeptReceipt(type, receipt, IsOwn: true, Applied: false, GuidOf(about)));
        if (receiver is not null)
            HandOn(type, receipt, receiver);
    }

    void Keep(KeptReceipt receipt)
    {
        var kept = State.Receipts.Add(receipt);
        if (kept.Length > rules.Options.MaxReceipts)
        {
            var spare = kept.FirstOrDefault(r => !r.Applied);
            kept = spare is null ? kept.RemoveAt(0) : kept.Remove(spare);
        }
        Change().Receipts = kept;
    }

    /// <summary>Has a receipt handed on that no record answers for: it comes into the outbox.</summary>
    void HandOn(DocumentType type, CebDocument receipt, string receiver) =>
        PutOff(HandOns(type, receipt, receiver));

    ImmutableArray<HandOn> HandOns(DocumentType type, CebDocument receipt, string receiver)
    {
        receipt = Shown(receipt);
        return
        [
            .. ReceiptRouting
                .Receivers(State, rules.Options, type, receiver)
                .Select(to => new HandOn(to, receipt)),
        ];
    }

    /// <summary>Receipts whose record is not to wait for their receivers any longer: from here on the outbox has them.</summary>
    public void PutOff(ImmutableArray<HandOn> handOns)
    {
        foreach (var handOn in handOns)
            AddEffect(handOn.AsEffect(now));
    }

    /// <summary>Our own negative receipt for a document of this parcel.</summary>
    CebDocument RefuseByReceipt(
        DocumentType type,
        CebDocument document,
        IReadOnlyList<Problem> problems,
        string receiver
    )
    {
        var receipt = OwnReceipt.Refusal(type, document, problems, now);
        if (OwnReceiptOf(receipt) is { } known)
        {
            // The same guid must go on saying the same, its time included.
            HandOn(type, known.Receipt, receiver);
            Say(known, isOutdated: false);
            return known.Receipt;
        }
        KeepOwn(type, receipt, document, receiver);
        return receipt;
    }

    /// <summary>The kept receipt of ours that says the same of the same document.</summary>
    KeptReceipt? OwnReceiptOf(CebDocument receipt) =>
        State.Receipts.FirstOrDefault(r => r.IsOwn && GuidOf(r.Receipt) == GuidOf(receipt));

    /// <summary>What we said of a document holds, or no longer does.</summary>
    void Say(KeptReceipt known, bool isOutdated)
    {
        if (known.IsOutdated != isOutdated)
            Change().Receipts = State.Receipts.Replace(known, known with { IsOutdated = isOutdated });
    }

    ImmutableArray<DocumentType> Missing() => ParcelViews.Missing(State);

    ParcelDocuments Documents() =>
        new(
            State.Live(DocumentType.Order),
            State.Live(DocumentType.Payment),
            State.Live(DocumentType.Waybill),
            State.Live(DocumentType.DeclarationList)
        );

    /// <summary>A text with people's numbers masked; those of this parcel stay whole.</summary>
    string Masked(string text) =>
        IdNumbers.IsIn(text) ? IdNumbers.Mask(text, BusinessNumbers.Of(State)) : text;

    /// <summary>A receipt as people may see it.</summary>
    CebDocument Shown(CebDocument receipt) => ReceiptText.Masked(receipt, BusinessNumbers.Of(State));

    static string GuidOf(CebDocument document) => document.Guid;
}
