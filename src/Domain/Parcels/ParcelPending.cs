using System.Collections.Immutable;
using ClearanceEngine.Participants;

namespace ClearanceEngine.Parcels;

/// <summary>What a parcel waits for and why, read off its state; of other companies it tells no more than the parcel's own documents do.</summary>
static class ParcelPending
{
    /// <summary>What is in the outbox, each with the time when it is tried again.</summary>
    public static ImmutableList<PendingView> Outbox(ParcelState state) =>
        [.. state.Owes.Select(owed => Entry(owed, state.RedriveAt))];

    /// <summary>Documents that are kept back, and those that customs has not answered for good.</summary>
    public static ImmutableList<PendingView> Awaited(ParcelState state, AcceptedLevel level)
    {
        var keptBack = state.Slots.Select(s => KeptBack(state, s.Key, s.Value, level));
        var unanswered = state.Slots.Select(s => Unanswered(s.Key, s.Value));
        return [.. keptBack.Concat(unanswered).OfType<PendingView>()];
    }

    static PendingView Entry(Owed owed, DateTimeOffset? due) =>
        owed switch
        {
            OwedDocument { Carrier: null } d => new(
                d.Id,
                d.Kind,
                d.Since,
                "to-customs",
                $"{d.Kind.Chinese()}待签名并发往海关。The {Name(d.Kind)} is to be signed and sent to customs.",
                due
            ),
            OwedDocument d => new(
                d.Id,
                d.Kind,
                d.Since,
                "in-signed-message",
                $"{d.Kind.Chinese()}随企业加签报文发出，须待报文内其余单证均可发出。The {Name(d.Kind)} leaves in the message that its participant signed, once every other document in it may go.",
                due
            ),
            OwedReceipt r => new(
                r.Id,
                DocumentKinds.OfReceipt(r.Receipt.Type),
                r.Since,
                "receipt",
                "回执待转发给企业。A receipt is to be handed on to its participant.",
                due
            ),
            OwedQuery q => new(
                q.Id,
                q.Kind,
                q.Since,
                "question",
                $"待向海关查询{q.Kind.Chinese()}的回执。Customs is to be asked about the {Name(q.Kind)}.",
                due
            ),
            OwedQuota q => new(q.Id, DocumentKind.List, q.Since, "quota", Quota(q.Step), due),
            OwedHandOver h => new(
                h.Id,
                DocumentKind.Waybill,
                h.Since,
                "hand-over",
                "运单归属其他包裹，待移交。The waybill belongs to another parcel and is to be handed over.",
                due
            ),
            _ => new(
                owed.Id,
                null,
                owed.Since,
                "search",
                "查找先到的单证。Documents that came before their order are looked for.",
                due
            ),
        };

    static string Quota(QuotaStep step) =>
        step switch
        {
            QuotaStep.Reserve => "待预占订购人额度。The subscriber's quota is to be reserved.",
            QuotaStep.Post => "待核扣订购人额度。The subscriber's quota is to be posted.",
            QuotaStep.Void => "待释放预占的额度。The reserved quota is to be let go.",
            _ => "待恢复已核扣的额度。The posted quota is to be given back.",
        };

    /// <summary>A document that is here and may not go to customs yet; null when it may, or went.</summary>
    static PendingView? KeptBack(ParcelState state, DocumentKind kind, DocumentSlot slot, AcceptedLevel level)
    {
        if (slot.HasLeft || slot.IsDeleted)
            return null;
        if (slot.IsStaged)
            return new(
                null,
                kind,
                slot.ReceivedAt,
                "staged",
                $"{kind.Chinese()}仅暂存（appStatus 1），申报须以 appStatus 2 再次发送。The {Name(kind)} is only staged (appStatus 1); send it with appStatus 2 to declare it.",
                null
            );

        DocumentKind[] missing = [.. Before(kind).Where(k => state[k]?.IsAccepted(level) is not true)];
        if (missing.Length == 0)
            return null;
        return new(
            null,
            kind,
            slot.ReceivedAt,
            "documents-before-it",
            $"{kind.Chinese()}须待海关受理{string.Join("、", missing.Select(k => k.Chinese()))}后发出。The {Name(kind)} goes to customs when the {string.Join(", ", missing.Select(Name))} has been accepted there (setting Port:AcceptedLevel, {level}).",
            null
        );
    }

    /// <summary>What customs must have accepted before a document goes there.</summary>
    static DocumentKind[] Before(DocumentKind kind) =>
        kind switch
        {
            DocumentKind.Waybill => [DocumentKind.Order, DocumentKind.Payment],
            DocumentKind.List => [DocumentKind.Order, DocumentKind.Payment, DocumentKind.Waybill],
            DocumentKind.WaybillStatus => [DocumentKind.Waybill],
            _ => [],
        };

    static PendingView? Unanswered(DocumentKind kind, DocumentSlot slot) =>
        slot is { AskAt: { } due, LeftAt: var left }
            ? new(
                null,
                kind,
                slot.SentAt ?? left ?? slot.ReceivedAt,
                "answer-of-customs",
                $"等待海关对{kind.Chinese()}的回执，逾期自动查询。The answer of customs to the {Name(kind)} is awaited; customs is asked if nothing comes.",
                due
            )
            : null;

    static string Name(DocumentKind kind) => kind.ToString().ToLowerInvariant();
}
