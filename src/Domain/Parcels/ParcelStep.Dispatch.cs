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
            DispatchIfReady(DocumentType.Order);
            DispatchIfReady(DocumentType.Payment);
            if (Accepted(DocumentType.Order) && Accepted(DocumentType.Payment))
                DispatchIfReady(DocumentType.Waybill);
        }
        if (!ParcelTable.IsOpen(State.Status))
        {
            if (State[DocumentType.DeclarationList] is { IsDispatched: true })
                DispatchIfReady(DocumentType.InboundNote);
            if (State.Status == ParcelStatus.CancelRequested)
                DispatchIfReady(DocumentType.Cancellation);
            if (State.Status == ParcelStatus.ReturnRequested)
                DispatchIfReady(DocumentType.Return);
        }
        if (Accepted(DocumentType.Waybill))
            DispatchIfReady(DocumentType.WaybillStatus);
    }

    void DispatchIfReady(DocumentType type)
    {
        if (State[type] is not { IsDispatched: false, IsStaged: false } kept)
            return;
        if (kept.IsDeleted && kept.DispatchedRevision == 0)
            return; // customs never heard of it
        if (State.Outbox.Any(o => o is DispatchDocument d && d.Type == type))
            return; // one revision at a time, in order
        Dispatch(type);
    }

    void Dispatch(DocumentType type)
    {
        var kept = State[type]! with
        {
            DispatchedRevision = State[type]!.Revision,
            FollowsAnother = State[type]!.DispatchedRevision > 0,
            DispatchedAt = now,
            SentAt = null,
            MessageGuid = null,
            CustomsCode = null,
            CustomsTime = null,
            Questions = 0,
            Resends = 0,
        };
        Put(type, kept);
        AddEffect(
            new DispatchDocument(
                EffectIdOf(type, kept),
                now,
                type,
                kept.Document,
                kept.Sender.CopCode,
                kept.SignedMessageGuid,
                kept.Frame
            )
        );
    }

    /// <summary>Name of the effect by which a document left last.</summary>
    static string EffectIdOf(DocumentType type, ParcelDocument kept) =>
        kept.Resends == 0
            ? $"{type.Name()}/{kept.DispatchedRevision}"
            : $"{type.Name()}/{kept.DispatchedRevision}/r{kept.Resends}";

    bool Accepted(DocumentType type) => State[type]?.IsAccepted(rules.CustomsPort.AcceptedLevel) is true;

    public void Complete(Completion completion)
    {
        if (State.Outbox.FirstOrDefault(o => o.Id == completion.EffectId) is not { } effect)
            return;
        RemoveEffects(o => o.Id == effect.Id);
        if (
            effect is not DispatchDocument document
            || State[document.Type] is not { IsDispatched: true } kept
            || effect.Id != EffectIdOf(document.Type, kept)
        )
            return; // an older revision
        if (completion.Problem is { } problem)
        {
            Withdraw(document.Type, problem);
            return;
        }
        Put(
            document.Type,
            kept with
            {
                SentAt = completion.At,
                MessageGuid = completion.MessageGuid,
                AskAt = kept.CustomsCode is null ? completion.At + rules.Options.AnswerTimeout : kept.AskAt,
            }
        );
        Enter($"{document.Type.Name()}-sent", $"{document.Type.Chinese()}已发往海关 sent to customs");
    }

    public void RefuseSignedMessage(SignedMessageRefused refused)
    {
        if (State[refused.Type] is { SentAt: null } kept && kept.Guid == refused.Guid)
            Withdraw(refused.Type, refused.Problem);
    }

    public void RefuseFormat(FormatRefused refused)
    {
        foreach (var id in refused.EffectIds)
        {
            RemoveEffects(o => o.Id == id); // it left and came to nothing: what goes again has another name
            foreach (var (type, kept) in State.Documents)
            {
                if (kept.IsDispatched && id == EffectIdOf(type, kept))
                    RefuseFormat(type, kept, refused.Problem);
            }
        }
    }

    /// <summary>Customs never saw it, so there is nothing to ask: the documents go again, or are taken out.</summary>
    public void DissolveMessage(MessageDissolved dissolved)
    {
        foreach (var id in dissolved.EffectIds)
        {
            RemoveEffects(o => o.Id == id); // its message never leaves: what goes again has another name
            foreach (var (type, kept) in State.Documents)
            {
                if (!kept.IsDispatched || kept.SentAt is not null || id != EffectIdOf(type, kept))
                    continue;
                if (dissolved.Problem is { } problem)
                    Withdraw(type, problem);
                else
                    DispatchAgain(type, kept);
            }
        }
    }

    /// <summary>The message in which a document left last was refused. Alone, it is at fault; among others it goes again alone, unless it is not ours to send.</summary>
    void RefuseFormat(DocumentType type, ParcelDocument kept, Problem? problem)
    {
        if (kept.CustomsCode is { } code && CustomsCode.VerdictOf(type, code) != Verdict.Retry)
            Question(type); // customs has read it all the same
        else if (problem is not null)
            Withdraw(type, problem);
        else if (kept.SignedMessageGuid is not null)
            Withdraw(
                type,
                new Problem(
                    "format-refused",
                    type,
                    null,
                    null,
                    "海关报文格式校验未通过，加签报文须由企业重新签名后发送。Customs refused the format of the signed message that carried this document; sign it anew and send it again."
                )
            );
        else
            Resend(type);
    }

    /// <summary>Takes a document out of the parcel: it cannot be sent. Its sender is told and may send it anew.</summary>
    void Withdraw(DocumentType type, Problem problem)
    {
        var kept = State[type]!;
        RemoveEffects(o => o is DispatchDocument d && d.Type == type);
        RefuseByReceipt(type, kept.Document, [problem], kept.Sender.CopCode);
        State = State with
        {
            Documents = State.Documents.Remove(type),
            Withdrawn = State.Withdrawn.SetItem(type, kept.Revision),
            EarlierKeys = [.. State.EarlierKeys.Union(State.CurrentKeys(), StringComparer.Ordinal)],
        };
        Record(type, kept.Document, [problem]);
        Enter($"{type.Name()}-withdrawn", $"{type.Chinese()}无法发出：{problem.Code}");
        if (type == DocumentType.DeclarationList && State.Status == ParcelStatus.Declared)
            Reject([problem]);
        else if (IsRequested(type) && State.StatusBefore is { } back)
            Become(back, $"{type.Name()}-withdrawn", "恢复原状态 as before");
    }

    public void GiveUp(WaybillGivenUp given)
    {
        if (!ParcelViews.MayGiveUp(State, given.LogisticsCode, given.LogisticsNo))
            return;
        var kept = State[DocumentType.Waybill]!;
        AddEffect(
            new HandOverWaybill(
                $"hand-over/waybill/{kept.Revision}",
                now,
                ParcelViews.Resubmit(DocumentType.Waybill, kept)
            )
        );
        State = State with
        {
            Documents = State.Documents.Remove(DocumentType.Waybill),
            Withdrawn = State.Withdrawn.SetItem(DocumentType.Waybill, kept.Revision),
            // It never left, so no receipt looks for it here; the name now leads to the other parcel alone.
            EarlierKeys = State.EarlierKeys.Remove(IndexKey.Waybill(given.LogisticsCode, given.LogisticsNo)),
        };
        Enter("waybill-given-up", "运单归属其他包裹 the waybill belongs to another parcel");
    }
}
