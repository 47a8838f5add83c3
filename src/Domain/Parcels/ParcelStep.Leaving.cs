using ClearanceEngine.Ceb;
using ClearanceEngine.Receipts;
using ClearanceEngine.Storage;

namespace ClearanceEngine.Parcels;

/// <summary>Which documents may leave for customs, in which order, and what becomes of those that cannot.</summary>
sealed partial class ParcelStep
{
    /// <summary>Order and payment when their own checks passed, the waybill after both, the entry note after the list.</summary>
    void LetDocumentsGo()
    {
        // Behind a declared list, too: a document that could not be sent is missing at customs until it comes again.
        if (ParcelTable.IsOpen(State.Status) || !ParcelTable.IsSettled(State.Status))
        {
            MayGo(DocumentKind.Order);
            MayGo(DocumentKind.Payment);
            if (Accepted(DocumentKind.Order) && Accepted(DocumentKind.Payment))
                MayGo(DocumentKind.Waybill);
        }
        if (!ParcelTable.IsOpen(State.Status))
        {
            if (State[DocumentKind.List] is { HasLeft: true })
                MayGo(DocumentKind.Entry);
            if (State.Status == ParcelStatus.CancelRequested)
                MayGo(DocumentKind.Cancel);
            if (State.Status == ParcelStatus.ReturnRequested)
                MayGo(DocumentKind.Return);
        }
        if (Accepted(DocumentKind.Waybill))
            MayGo(DocumentKind.WaybillStatus);
    }

    void MayGo(DocumentKind kind)
    {
        if (State[kind] is not { HasLeft: false, IsStaged: false } slot)
            return;
        if (slot.IsDeleted && slot.LeftRevision == 0)
            return; // customs never heard of it
        if (State.Owes.Any(o => o is OwedDocument d && d.Kind == kind))
            return; // one revision at a time, in order
        LetGo(kind);
    }

    void LetGo(DocumentKind kind)
    {
        var slot = State[kind]! with
        {
            LeftRevision = State[kind]!.Revision,
            FollowsAnother = State[kind]!.LeftRevision > 0,
            LeftAt = now,
            SentAt = null,
            MessageGuid = null,
            CustomsCode = null,
            CustomsTime = null,
            Questions = 0,
            Resends = 0,
        };
        Put(kind, slot);
        Owe(
            new OwedDocument(DebtOf(kind, slot), now, kind, slot.Document, slot.Sender.CopCode, slot.Carrier)
        );
    }

    /// <summary>Name of the debt by which a document left last.</summary>
    static string DebtOf(DocumentKind kind, DocumentSlot slot) =>
        slot.Resends == 0
            ? $"{Name(kind)}/{slot.LeftRevision}"
            : $"{Name(kind)}/{slot.LeftRevision}/r{slot.Resends}";

    bool Accepted(DocumentKind kind) => State[kind]?.IsAccepted(rules.Port.AcceptedLevel) is true;

    public void Settle(Settlement settlement)
    {
        if (State.Owes.FirstOrDefault(o => o.Id == settlement.OwedId) is not { } owed)
            return;
        Drop(o => o.Id == owed.Id);
        if (
            owed is not OwedDocument document
            || State[document.Kind] is not { HasLeft: true } slot
            || owed.Id != DebtOf(document.Kind, slot)
        )
            return; // an older revision
        if (settlement.Problem is { } problem)
        {
            Withdraw(document.Kind, problem);
            return;
        }
        Put(
            document.Kind,
            slot with
            {
                SentAt = settlement.At,
                MessageGuid = settlement.MessageGuid,
                AskAt = slot.CustomsCode is null ? settlement.At + rules.Options.AnswerTimeout : slot.AskAt,
            }
        );
        Enter($"{Name(document.Kind)}-sent", $"{document.Kind.Chinese()}已发往海关 sent to customs");
    }

    public void CarrierRefused(CarrierRefused refused)
    {
        if (State[refused.Kind] is { SentAt: null } slot && slot.Guid == refused.Guid)
            Withdraw(refused.Kind, refused.Problem);
    }

    public void FormatRefused(FormatRefused refused)
    {
        foreach (var id in refused.OwedIds)
        {
            Drop(o => o.Id == id); // it left and came to nothing: what goes again has another name
            foreach (var (kind, slot) in State.Slots)
            {
                if (slot.HasLeft && id == DebtOf(kind, slot))
                    FormatRefused(kind, slot, refused.Problem);
            }
        }
    }

    /// <summary>Customs never saw it, so there is nothing to ask: the documents go again, or are taken out.</summary>
    public void MessageDissolved(MessageDissolved dissolved)
    {
        foreach (var id in dissolved.OwedIds)
        {
            Drop(o => o.Id == id); // its message never leaves: what goes again has another name
            foreach (var (kind, slot) in State.Slots)
            {
                if (!slot.HasLeft || slot.SentAt is not null || id != DebtOf(kind, slot))
                    continue;
                if (dissolved.Problem is { } problem)
                    Withdraw(kind, problem);
                else
                    GoAgain(kind, slot);
            }
        }
    }

    /// <summary>The message in which a document left last was refused. Alone, it is at fault; among others it goes again alone, unless it is not ours to send.</summary>
    void FormatRefused(DocumentKind kind, DocumentSlot slot, Problem? problem)
    {
        if (slot.CustomsCode is { } code && CustomsCode.VerdictOf(code) != Verdict.Retry)
            Question(kind); // customs has read it all the same
        else if (problem is not null)
            Withdraw(kind, problem);
        else if (slot.Carrier is not null)
            Withdraw(
                kind,
                new Problem(
                    "format-refused",
                    kind,
                    null,
                    null,
                    "海关报文格式校验未通过，加签报文须由企业重新签名后发送。Customs refused the format of the signed message that carried this document; sign it anew and send it again."
                )
            );
        else
            Resend(kind);
    }

    /// <summary>Takes a document out of the parcel: it cannot be sent. Its sender is told and may send it anew.</summary>
    void Withdraw(DocumentKind kind, Problem problem)
    {
        var slot = State[kind]!;
        Drop(o => o is OwedDocument d && d.Kind == kind);
        RefuseByReceipt(kind, slot.Document, [problem], slot.Sender.CopCode);
        State = State with
        {
            Slots = State.Slots.Remove(kind),
            Withdrawn = State.Withdrawn.SetItem(kind, slot.Revision),
            EarlierKeys = [.. State.EarlierKeys.Union(State.CurrentKeys(), StringComparer.Ordinal)],
        };
        Record(kind, slot.Document, [problem]);
        Enter($"{Name(kind)}-withdrawn", $"{kind.Chinese()}无法发出：{problem.Code}");
        if (kind == DocumentKind.List && State.Status == ParcelStatus.Declared)
            Reject([problem]);
        else if (IsRequested(kind) && State.Before is { } back)
            Become(back, $"{Name(kind)}-withdrawn", "恢复原状态 as before");
    }

    public void GiveUp(WaybillGivenUp given)
    {
        if (!ParcelViews.MayGiveUp(State, given.LogisticsCode, given.LogisticsNo))
            return;
        var slot = State[DocumentKind.Waybill]!;
        Owe(
            new OwedHandOver(
                $"hand-over/waybill/{slot.Revision}",
                now,
                ParcelViews.Resubmit(DocumentKind.Waybill, slot)
            )
        );
        State = State with
        {
            Slots = State.Slots.Remove(DocumentKind.Waybill),
            Withdrawn = State.Withdrawn.SetItem(DocumentKind.Waybill, slot.Revision),
            // It never left, so no receipt looks for it here; the name now leads to the other parcel alone.
            EarlierKeys = State.EarlierKeys.Remove(IndexKey.Waybill(given.LogisticsCode, given.LogisticsNo)),
        };
        Enter("waybill-given-up", "运单归属其他包裹 the waybill belongs to another parcel");
    }
}
