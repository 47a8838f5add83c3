using System.Globalization;
using ClearanceEngine.Ceb;
using ClearanceEngine.Receipts;
using ClearanceEngine.Rules;

namespace ClearanceEngine.Parcels;

/// <summary>Receipts of customs: ranked, idempotent, bound to the attempt; late ones never move a parcel back.</summary>
sealed partial class ParcelStep
{
    public void Receive(CustomsAnswer answer)
    {
        var receipt = answer.Receipt;
        if (DocumentKinds.OfReceipt(receipt.Type) is not { } kind) return;
        if (receipt.Type is CebType.TaxBill or CebType.TaxBillState)
        {
            TakeTaxBill(receipt, answer.HandOn);
            return;
        }
        var receiver = ReceiptRouting.Sender(State, kind);
        if (State.Receipts.Any(r => !r.IsOwn && SameReceipt(r.Receipt, receipt)))
        {
            // Known already, perhaps as the answer to a question: nothing new, but nobody waits any longer.
            return;
        }
        var applied = State[kind] is { LeftRevision: > 0 } slot && Apply(kind, slot, receipt);
        Keep(kind, receipt, own: false, applied, answer.HandOn, receiver);
    }

    static bool SameReceipt(CebDocument a, CebDocument b) =>
        a.Type == b.Type && Text(a, "returnStatus") == Text(b, "returnStatus") && Text(a, "returnTime") == Text(b, "returnTime") && Text(a, "returnInfo") == Text(b, "returnInfo");

    bool Apply(DocumentKind kind, DocumentSlot slot, CebDocument receipt)
    {
        var time = Text(receipt, "returnTime");
        if (CustomsCode.Parse(Text(receipt, "returnStatus")) is not { } code) return false;
        if (!SpeaksForThisAttempt(kind, slot, receipt))
        {
            if (kind == DocumentKind.List && !ParcelTable.IsSettled(State.Status)) Question(kind);
            return false;
        }
        var verdict = CustomsCode.VerdictOf(code);
        if (slot.CustomsCode is { } last && verdict is not (Verdict.Ask or Verdict.Retry))
        {
            var order = string.CompareOrdinal(time, slot.CustomsTime);
            if (order < 0 && !(CustomsCode.IsTerminal(code) && !CustomsCode.IsTerminal(last))) return false;
            if (order == 0 && CustomsCode.Rank(code) < CustomsCode.Rank(last)) return false;
            // A decision is taken back only along the edges of the table, which stand for the list alone.
            if (kind != DocumentKind.List && CustomsCode.IsTerminal(last) && !CustomsCode.IsTerminal(code)) return false;
        }
        if (verdict == Verdict.Ask)
        {
            Question(kind);
            return false;
        }
        if (kind == DocumentKind.List && !ApplyToList(slot, receipt, code)) return false;

        slot = State[kind]! with { CustomsCode = code, CustomsTime = time, Questions = 0 };
        var open = !CustomsCode.IsTerminal(code) && (kind == DocumentKind.List ? !ParcelTable.IsSettled(State.Status) : CustomsCode.Rank(code) < CustomsCode.Rank(120));
        Put(kind, slot with { AskAt = open ? now + rules.Options.AnswerTimeout : null });
        if (kind != DocumentKind.List) Enter($"{Name(kind)}-receipt-{code}", $"{kind.Chinese()}回执 {code}:{Shorten(Text(receipt, "returnInfo"))}");

        if (verdict == Verdict.Retry) Resend(kind);
        else if (kind is DocumentKind.Cancel or DocumentKind.Return && State.Status is ParcelStatus.CancelRequested or ParcelStatus.ReturnRequested) Decided(kind, code);
        return true;
    }

    /// <summary>Rule 4: the identifiers agree, and the answer is not older than the dispatch.</summary>
    bool SpeaksForThisAttempt(DocumentKind kind, DocumentSlot slot, CebDocument receipt)
    {
        if (slot.LeftAt is { } left && CebTime.Parse(Text(receipt, "returnTime")) is { } time && time < left - rules.Options.ReceiptTolerance) return false;
        if (kind != DocumentKind.List) return true;
        var (preNo, invtNo, copNo) = (Text(receipt, "preNo"), Text(receipt, "invtNo"), Text(receipt, "copNo"));
        if (State.PreNo is { } known && preNo.Length > 0 && preNo != known) return false;
        if (State.InvtNo is { } number && invtNo.Length > 0 && invtNo != number) return false;
        return copNo.Length == 0 || slot.Document[InventoryHead.CopNo] is not { Length: > 0 } ours || ours == copNo;
    }

    bool ApplyToList(DocumentSlot slot, CebDocument receipt, int code)
    {
        if (CustomsCode.VerdictOf(code) == Verdict.Retry)
        {
            if (State.Status != ParcelStatus.Declared) return false;
        }
        else if (CustomsCode.StatusOf(code) is { } target && target != State.Status && !(target == ParcelStatus.Declared && State.Status == ParcelStatus.Declared))
        {
            if (!ParcelTable.Allows(State.Status, target))
            {
                // Backward or contradictory. A late step is only late; a contradiction is asked about.
                if (CustomsCode.IsTerminal(code)) Question(DocumentKind.List);
                return false;
            }
        }
        if (Text(receipt, "preNo") is { Length: > 0 } preNo) State = State with { PreNo = preNo };
        if (Text(receipt, "invtNo") is { Length: > 0 } invtNo) State = State with { InvtNo = invtNo };

        var status = CustomsCode.StatusOf(code) is { } next && ParcelTable.Allows(State.Status, next) ? next : State.Status;
        var info = Shorten(Text(receipt, "returnInfo"));
        if (status == ParcelStatus.Rejected)
            State = State with { Problems = [new Problem("customs-refused", DocumentKind.List, null, null, $"海关退单 {code}:{info}。Customs refused the list ({code}); correct it and declare it again.")] };
        Enter($"list-receipt-{code}", $"清单回执 {code}:{info}", status);
        switch (status)
        {
            case ParcelStatus.Released: EndQuota(QuotaStep.Post); break;
            case ParcelStatus.Closed when State.Quota is { Stage: QuotaStage.Reserved or QuotaStage.Reserving }: EndQuota(QuotaStep.Post); break;
            case ParcelStatus.Rejected or ParcelStatus.ReturnedAbroad: EndQuota(QuotaStep.Void); break;
        }
        return true;
    }

    /// <summary>A cancellation or return is done only at 399; refused, the parcel is as before.</summary>
    void Decided(DocumentKind kind, int code)
    {
        var before = State.Before ?? ParcelStatus.Released;
        if (CustomsCode.VerdictOf(code) == Verdict.Refused)
        {
            // A part returned earlier stays returned; the table knows the way back by the state before the request.
            var back = before == ParcelStatus.PartlyReturned ? ParcelStatus.PartlyReturned : before;
            Enter($"{Name(kind)}-refused-by-customs", $"{kind.Chinese()}被海关退单 {code}", back);
            return;
        }
        if (code != 399) return;
        if (kind == DocumentKind.Cancel)
        {
            Enter("cancelled", "撤销成功 cancelled", ParcelStatus.Cancelled);
            if (State.Quota is { } all) GiveBack(kind, all.AmountFen - all.GivenBackFen);
            return;
        }
        var list = State.Live(DocumentKind.List)!;
        var document = State.Live(DocumentKind.Return)!;
        var value = 0m;
        var returned = State.ReturnedQuantities;
        for (var i = 0; i < document.LineCount; i++)
        {
            var line = LineOf(list, document[i, InvtRefundList.Gnum]);
            var quantity = CebAmount.Of(document[i, InvtRefundList.Qty]);
            var whole = CebAmount.Of(list[line, InventoryList.Qty]);
            returned = returned.SetItem(line, returned.GetValueOrDefault(line) + quantity);
            if (whole > 0) value += CebAmount.Of(list[line, InventoryList.TotalPrice]) * quantity / whole;
        }
        State = State with { ReturnedQuantities = returned };
        var complete = Enumerable.Range(0, list.LineCount).All(i => returned.GetValueOrDefault(i) >= CebAmount.Of(list[i, InventoryList.Qty]));
        Enter(complete ? "returned" : "partly-returned", complete ? "退货完成 returned" : "部分退货 partly returned", complete ? ParcelStatus.Returned : ParcelStatus.PartlyReturned);
        if (State.Quota is { } quota) GiveBack(kind, complete ? quota.AmountFen - quota.GivenBackFen : CebAmount.ToFen(value));
    }

    void TakeTaxBill(CebDocument bill, bool handOn)
    {
        if (State.Receipts.Any(r => !r.IsOwn && r.Receipt.SameAs(bill))) return;
        var number = Text(bill, "taxNo");
        var time = CebTime.Parse(Text(bill, "returnTime")) ?? now;
        var known = State.TaxBills.FirstOrDefault(t => t.TaxNo == number);
        var status = Text(bill, "status");
        TaxBillView view;
        if (bill.Type == CebType.TaxBill)
        {
            view = new TaxBillView(number, status,
                CebAmount.ToFen(CebAmount.Of(bill[TaxHeadRd.CustomsTax])), CebAmount.ToFen(CebAmount.Of(bill[TaxHeadRd.ValueAddedTax])), CebAmount.ToFen(CebAmount.Of(bill[TaxHeadRd.ConsumptionTax])),
                bill[TaxHeadRd.EntDutyNo], time);
            // A state that came before its bill, or is newer, stays.
            if (known is not null && known.Time > time) view = view with { Status = known.Status, EntDutyNo = known.EntDutyNo ?? view.EntDutyNo, Time = known.Time };
        }
        else
        {
            view = known is null ? new TaxBillView(number, status, 0, 0, 0, bill[TaxHeadStatus.EntDutyNo], time)
                : known.Time > time ? known
                : known with { Status = status, EntDutyNo = bill[TaxHeadStatus.EntDutyNo] ?? known.EntDutyNo, Time = time };
        }
        State = State with { TaxBills = known is null ? State.TaxBills.Add(view) : State.TaxBills.Replace(known, view) };
        Keep(DocumentKind.List, bill, own: false, applied: true, handOn, ReceiptRouting.Sender(State, DocumentKind.List));
        Enter($"tax-bill-{status}", $"电子税单 {number} 状态 {status}");
    }

    /// <summary>Asks customs for the latest receipt; each question about a document has a name of its own.</summary>
    void Question(DocumentKind kind)
    {
        if (State[kind] is not { LeftRevision: > 0 } slot) return;
        if (State.Owes.Any(o => o is OwedQuery q && q.Kind == kind)) return;
        Owe(new OwedQuery($"query/{Name(kind)}/{slot.LeftRevision}/{slot.Questions + 1}", now, kind, OwnReceipt.QueryKey(kind, slot.Document), Math.Max(1, State.Attempt)));
        var wait = rules.Options.AnswerTimeout * Math.Pow(2, Math.Min(slot.Questions + 1, 20));
        if (wait > rules.Options.LongestQuestionInterval) wait = rules.Options.LongestQuestionInterval;
        Put(kind, slot with { Questions = slot.Questions + 1, AskAt = now + wait });
        Enter($"{Name(kind)}-asked", $"向海关查询{kind.Chinese()}回执 asked customs");
    }

    void Resend(DocumentKind kind)
    {
        var slot = State[kind]!;
        if (slot.Resends >= rules.Options.MaxResends)
        {
            Question(kind);
            return;
        }
        slot = slot with { Resends = slot.Resends + 1 };
        Put(kind, slot);
        Owe(new OwedDocument($"{Name(kind)}/{slot.LeftRevision}/r{slot.Resends}", now, kind, slot.Document, slot.Sender.CopCode, null));
    }

    static string Shorten(string text) => text.Length <= 200 ? text : string.Create(CultureInfo.InvariantCulture, $"{text[..200]}…");
}
