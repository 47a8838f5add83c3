using ClearanceEngine.Ceb;
using ClearanceEngine.Receipts;
using ClearanceEngine.Storage;

namespace ClearanceEngine.Parcels;

/// <summary>Which documents may leave for customs, in which order, and what becomes of those that cannot.</summary>
sealed partial class ParcelStep
{
    /// <summary>Order and payment when their own checks passed, the waybill after both, the inbound note after the list.</summary>
    void DispatchDocuments()
    {
        // Behind a declared list, too: a document that could not be sent is missing at customs until it comes again.
        if (ParcelTable.IsOpen(State.Status) || !ParcelTable.IsDecided(State.Status))
        {
            DispatchReady(DocumentType.Order);
            DispatchReady(DocumentType.Payment);
            if (Accepted(DocumentType.Order) && Accepted(DocumentType.Payment))
                DispatchReady(DocumentType.Waybill);
        }
        if (!ParcelTable.IsOpen(State.Status))
        {
            if (State[DocumentType.DeclarationList] is { IsDispatched: true })
                DispatchReady(DocumentType.InboundNote);
            if (State.Status == ParcelStatus.CancelRequested)
                DispatchReady(DocumentType.Cancellation);
            if (State.Status == ParcelStatus.ReturnRequested)
                DispatchReady(DocumentType.Return);
        }
        if (Accepted(DocumentType.Waybill))
            DispatchReady(DocumentType.WaybillStatus);
    }

    /// <summary>The bound document leaves; of the others only what customs has heard of already: a change, or that they are deleted.</summary>
    void DispatchReady(DocumentType type)
    {
        var bound = State[type];
        foreach (var kept in State.Documents)
        {
            if (kept.Type != type || kept.IsDispatched || kept.IsStaged)
                continue;
            if (kept.DispatchedRevision == 0 && (kept.IsDeleted || !ReferenceEquals(kept, bound)))
                continue; // customs never heard of it
            if (State.IsLeaving(kept.Key))
                continue; // one revision at a time, in order
            if (State.Elsewhere.Contains(kept.Key))
                continue; // another parcel's list stands on this number
            if (type == DocumentType.Waybill && State.IsSeeking)
                continue; // whether another parcel has it is not known yet
            Dispatch(kept);
        }
    }

    void Dispatch(ParcelDocument kept)
    {
        kept = kept with
        {
            DispatchedRevision = kept.Revision,
            FollowsAnother = kept.DispatchedRevision > 0,
            DispatchedAt = now,
            SentAt = null,
            MessageGuid = null,
            CustomsCode = null,
            CustomsTime = null,
            Questions = 0,
            Resends = 0,
            OrderedResends = 0,
            IsHeardOf = false,
        };
        Put(kept);
        Leave(kept, kept.SignedMessageGuid);
    }

    void Leave(ParcelDocument kept, string? signedMessageGuid) =>
        AddEffect(
            new DispatchDocument(
                EffectIdOf(kept),
                now,
                kept.Type,
                kept.Document,
                kept.Sender.CopCode,
                signedMessageGuid,
                kept.Frame,
                kept.Resends > 0
            )
        );

    /// <summary>Name of the effect by which a document left last.</summary>
    static string EffectIdOf(ParcelDocument kept) =>
        kept.Resends == 0
            ? $"{kept.Type.Name()}/{kept.DispatchedRevision}"
            : $"{kept.Type.Name()}/{kept.DispatchedRevision}/r{kept.Resends}";

    /// <summary>The document that left last by this effect; null for an older revision.</summary>
    ParcelDocument? LeftBy(string effectId) =>
        State.Documents.FirstOrDefault(kept => kept.IsDispatched && EffectIdOf(kept) == effectId);

    bool Accepted(DocumentType type) => State[type]?.IsAccepted(rules.CustomsPort.AcceptedLevel) is true;

    public void Complete(Completion completion)
    {
        if (State.Outbox.FirstOrDefault(o => o.Id == completion.EffectId) is not { } effect)
            return;
        RemoveEffects(o => o.Id == effect.Id);
        if (effect is not DispatchDocument || LeftBy(effect.Id) is not { } kept)
            return;
        if (completion.Problem is { } problem)
        {
            Withdraw(kept, problem);
            return;
        }
        Put(
            kept with
            {
                SentAt = completion.At,
                MessageGuid = completion.MessageGuid,
                AskAt = AskAfter(kept, completion.At),
            }
        );
        Enter($"{kept.Type.Name()}-sent", $"{kept.Type.Chinese()}已发往海关 sent to customs");
    }

    /// <summary>When to ask about what has left; a receipt may have been faster than the news of that.</summary>
    DateTimeOffset? AskAfter(ParcelDocument kept, DateTimeOffset sent)
    {
        if (kept.CustomsCode is { } code && (kept.AskAt is not null || !IsAwaited(kept.Type, code)))
            return kept.AskAt;
        return sent + rules.Options.AnswerTimeout;
    }

    /// <summary>What came in the message is free, whether it might have left or not; what came since in another is not meant.</summary>
    public void RefuseSignedMessage(SignedMessageRefused refused)
    {
        // A newer revision may stand behind one that waited for the message.
        RemoveEffects(effect =>
            effect is DispatchDocument { SignedMessageGuid: { } guid } && guid == refused.MessageGuid
        );
        foreach (var kept in State.Documents)
        {
            if (kept.SignedMessageGuid == refused.MessageGuid && kept.SentAt is null)
                Withdraw(kept, refused.Problem);
        }
    }

    public void RefuseFormat(FormatRefused refused)
    {
        foreach (var id in refused.EffectIds)
        {
            RemoveEffects(o => o.Id == id); // it left and came to nothing: what goes again has another name
            if (LeftBy(id) is { } kept)
                RefuseFormat(kept, refused.Problem);
        }
    }

    /// <summary>Customs never saw it, so there is nothing to ask: the documents go again, or are taken out.</summary>
    public void DissolveMessage(MessageDissolved dissolved)
    {
        foreach (var id in dissolved.EffectIds)
        {
            RemoveEffects(o => o.Id == id); // its message never leaves: what goes again has another name
            if (LeftBy(id) is not { SentAt: null } kept)
                continue;
            if (dissolved.Problem is { } problem)
                Withdraw(kept, problem);
            else
                DispatchAgain(kept);
        }
    }

    /// <summary>The message in which a document left last was refused. Alone, it is at fault; among others it goes again alone, unless it is not ours to send.</summary>
    void RefuseFormat(ParcelDocument kept, Problem? problem)
    {
        var type = kept.Type;
        if (kept.CustomsCode is { } code && CustomsCode.VerdictOf(type, code) != Verdict.Retry)
            Doubt(kept); // customs has read it all the same
        else if (problem is not null)
            Withdraw(kept, problem);
        else if (kept.SignedMessageGuid is not null)
            Withdraw(
                kept,
                new Problem(
                    ProblemCode.FormatRefused,
                    type,
                    null,
                    null,
                    "海关报文格式校验未通过，加签报文须由企业重新签名后发送。Customs refused the format of the signed message that carried this document; sign it anew and send it again."
                )
            );
        else
            Resend(kept);
    }

    /// <summary>
    /// Takes a document out of the parcel: it cannot be sent. Its sender is told and may send it anew. What customs has judged stays:
    /// it was to go once more, and cannot.
    /// </summary>
    void Withdraw(ParcelDocument kept, Problem problem)
    {
        var type = kept.Type;
        RemoveEffects(effect => effect.IsDispatchOf(kept.Key));
        if (HasArrived(kept))
        {
            Put(kept with { SentAt = kept.DispatchedAt, AskAt = AskAfter(kept, now) });
            Enter(
                $"{type.Name()}-not-sent-again",
                $"{type.Chinese()}未能重发 not sent again：{problem.Code}"
            );
            return;
        }
        RefuseByReceipt(type, kept.Document, [problem], kept.Sender.CopCode);
        TakeOut(kept);
        Record(kept.Document, [problem], kept.Owner);
        Enter($"{type.Name()}-withdrawn", $"{type.Chinese()}无法发出 cannot be sent：{problem.Code}");
        if (type == DocumentType.DeclarationList && State.Status == ParcelStatus.Declared)
            Reject([problem]);
        else if (IsRequested(type) && State.StatusBefore is { } back)
            Become(back, $"{type.Name()}-withdrawn", "恢复原状态 as before");
    }

    /// <summary>Customs has taken or refused it.</summary>
    static bool HasArrived(ParcelDocument kept) =>
        kept.CustomsCode is { } code
        && CustomsCode.VerdictOf(kept.Type, code) is Verdict.Progress or Verdict.Refused;
}
