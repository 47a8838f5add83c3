using System.Collections.Immutable;
using ClearanceEngine.Participants;

namespace ClearanceEngine.Parcels;

/// <summary>What a parcel waits for and why, read off its state, as far as its receiver sees it (ADR 028).</summary>
static class ParcelPending
{
    /// <summary>What is in the outbox, each with the time from which it is tried again.</summary>
    public static ImmutableList<PendingView> Outbox(ParcelState state, ParcelSight sight) =>
        [.. state.Outbox.Where(sight.Sees).Select(effect => Entry(effect, state.RedriveAt))];

    /// <summary>Documents that are kept back, and those that customs has not answered for good.</summary>
    public static ImmutableList<PendingView> Awaited(
        ParcelState state,
        AcceptedLevel level,
        ParcelSight sight
    )
    {
        if (state.IsClosed)
            return []; // an operator has ended the waiting
        var held = state.Documents.Where(sight.Holds).ToArray();
        var keptBack = held.Select(kept => KeptBack(state, kept, level));
        var unanswered = held.Select(Unanswered);
        return [.. keptBack.Concat(unanswered).OfType<PendingView>()];
    }

    static PendingView Entry(Effect effect, DateTimeOffset? due) =>
        effect switch
        {
            DispatchDocument { SignedMessageGuid: null } d => new(
                d.Id,
                d.Type,
                d.Since,
                "to-customs",
                $"{d.Type.Chinese()}待签名并发往海关。The {d.Type.Name()} is to be signed and sent to customs.",
                due
            ),
            DispatchDocument d => new(
                d.Id,
                d.Type,
                d.Since,
                "in-signed-message",
                $"{d.Type.Chinese()}随企业加签报文发出，须待报文内其余单证均可发出。The {d.Type.Name()} leaves in the message that its participant signed, once every other document in it may go.",
                due
            ),
            ForwardReceipt r => new(
                r.Id,
                DocumentTypes.OfReceipt(r.Receipt.Type),
                r.Since,
                "receipt",
                "回执待转发给企业。A receipt is to be handed on to its participant.",
                due
            ),
            AskCustoms q => new(
                q.Id,
                q.Type,
                q.Since,
                "question",
                $"待向海关查询{q.Type.Chinese()}的回执。Customs is to be asked about the {q.Type.Name()}.",
                due
            ),
            ChangeQuota q => new(q.Id, DocumentType.DeclarationList, q.Since, "quota", Quota(q.Step), due),
            _ => new(
                effect.Id,
                null,
                effect.Since,
                "search",
                "查找先到的单证，并核对运单是否已属其他订单。Documents that came before their waybill are looked for, and other orders that have the waybill.",
                due
            ),
        };

    static string Quota(QuotaStep step) =>
        step switch
        {
            QuotaStep.Reserve => "待预占订购人额度。The subscriber's quota is to be reserved.",
            QuotaStep.Post => "待核扣订购人额度。The subscriber's quota is to be posted.",
            QuotaStep.FlagOver =>
                "待记录海关认定订购人超额。That customs calls the subscriber over the limit is to be remembered.",
            QuotaStep.Void => "待释放预占的额度。The reserved quota is to be let go.",
            _ => "待恢复已核扣的额度。The posted quota is to be given back.",
        };

    /// <summary>A document that is here and may not go to customs yet; null when it may, or went.</summary>
    static PendingView? KeptBack(ParcelState state, ParcelDocument kept, AcceptedLevel level)
    {
        if (kept.IsDispatched || kept.IsDeleted)
            return null;
        var type = kept.Type;
        if (kept.IsStaged)
            return new(
                null,
                type,
                kept.ReceivedAt,
                "staged",
                $"{type.Chinese()}仅暂存（appStatus 1），申报须以 appStatus 2 再次发送。The {type.Name()} is only staged (appStatus 1); send it with appStatus 2 to declare it.",
                null
            );

        if (kept.DispatchedRevision == 0 && !ReferenceEquals(state[type], kept))
            return new(
                null,
                type,
                kept.ReceivedAt,
                "not-bound",
                $"本单有多份{type.Chinese()}，未指明以本份为准，暂不发往海关。This parcel has several documents of type {type.Name()}, and none names this one; it does not go to customs.",
                null
            );

        DocumentType[] missing =
        [
            .. type.Descriptor().After.Where(k => state[k]?.IsAccepted(level) is not true),
        ];
        if (missing.Length == 0)
            return type == DocumentType.Waybill && state.IsSeeking ? KeptBackByLook(state, kept) : null;
        return new(
            null,
            type,
            kept.ReceivedAt,
            "documents-before-it",
            $"{type.Chinese()}须待海关受理{string.Join("、", missing.Select(k => k.Chinese()))}后发出。The {type.Name()} goes to customs when the {string.Join(", ", missing.Select(m => m.Name()))} has been accepted there (setting CustomsPort:AcceptedLevel, {level}).",
            null
        );
    }

    /// <summary>The look may fail again and again: then its age tells, and that it is tried again.</summary>
    static PendingView KeptBackByLook(ParcelState state, ParcelDocument kept)
    {
        var look = state.Outbox.OfType<SeekUnmatched>().LastOrDefault();
        return new(
            null,
            kept.Type,
            look?.Since ?? kept.ReceivedAt,
            "look-before-it",
            "运单须待核对是否已属其他订单后发出；核对未完成时自动重试，长时间未完成请联系平台运维。The waybill goes to customs when it was looked for in other orders; a look that fails is made again by itself, and if it stays so, ask the operator of this platform.",
            state.RedriveAt
        );
    }

    static PendingView? Unanswered(ParcelDocument kept) =>
        kept is { AskAt: { } due, DispatchedAt: var left, Type: var type }
            ? new(
                null,
                type,
                kept.SentAt ?? left ?? kept.ReceivedAt,
                "answer-of-customs",
                $"等待海关对{type.Chinese()}的回执，逾期自动查询。The answer of customs to the {type.Name()} is awaited; customs is asked if nothing comes.",
                due
            )
            : null;
}
