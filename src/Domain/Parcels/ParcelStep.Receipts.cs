using ClearanceEngine.Ceb;
using ClearanceEngine.Receipts;
using ClearanceEngine.Rules;

namespace ClearanceEngine.Parcels;

/// <summary>Receipts of customs: ranked, idempotent, bound to the attempt; late ones never move a parcel back.</summary>
sealed partial class ParcelStep
{
    /// <summary>A returnTime may be cut to whole seconds.</summary>
    static readonly TimeSpan WholeSeconds = TimeSpan.FromSeconds(1);

    bool _answersQuestion;

    public void Receive(CustomsAnswer answer)
    {
        var receipt = answer.Receipt;
        if (DocumentKinds.OfReceipt(receipt.Type) is not { } kind)
            return;
        if (receipt.Type is CebType.TaxBill or CebType.TaxBillState)
        {
            TakeTaxBill(receipt, answer.HandOn);
            return;
        }
        var receiver = ReceiptRouting.Sender(State, kind);
        if (State.Receipts.FirstOrDefault(r => !r.IsOwn && SameReceipt(r.Receipt, receipt)) is { } known)
        {
            Again(known);
            // The same words under another guid (a note that left in two messages has two receipts) are due to its sender as well.
            if (State.Receipts.All(r => GuidOf(r.Receipt) != GuidOf(receipt)))
                Keep(kind, receipt, own: false, applied: false, answer.HandOn, receiver);
            return;
        }
        receipt = Apart(receipt);
        var applied = State[kind] is { LeftRevision: > 0 } slot && Apply(kind, slot, receipt);
        Keep(kind, receipt, own: false, applied, answer.HandOn, receiver);
    }

    /// <summary>
    /// Several receipts of one document have come under one guid. Each is news of its own: a receiver that drops repeated guids
    /// must not drop the release for the acceptance before it.
    /// </summary>
    CebDocument Apart(CebDocument receipt)
    {
        var guid = GuidOf(receipt);
        if (State.Receipts.All(r => GuidOf(r.Receipt) != guid))
            return receipt;
        return receipt.With(
            receipt.Schema.Head.Find("guid")!,
            UuidV5.Of(
                "receipt",
                guid,
                Text(receipt, "returnStatus"),
                Text(receipt, "returnTime"),
                Text(receipt, "returnInfo")
            )
        );
    }

    /// <summary>
    /// A receipt that is known already has no second effect. When customs was asked it is the answer: what was applied
    /// ends the asking, if it was the last word; what was doubted is judged once more, and not asked about at once again.
    /// </summary>
    void Again(KeptReceipt known)
    {
        var kind = known.Kind;
        if (
            State[kind] is not { Questions: > 0 } slot
            || State.Owes.Any(o => o is OwedQuery q && q.Kind == kind)
        )
            return; // nobody asked, or not yet: a mere duplicate
        if (known.Applied)
        {
            if (slot.CustomsCode is { } code && !IsAwaited(kind, code))
                Put(kind, slot with { AskAt = null, Questions = 0 });
            return;
        }
        _answersQuestion = true;
        if (Apply(kind, slot, known.Receipt))
            State = State with { Receipts = State.Receipts.Remove(known).Add(known with { Applied = true }) };
    }

    static bool SameReceipt(CebDocument a, CebDocument b) =>
        a.Type == b.Type
        && Text(a, "returnStatus") == Text(b, "returnStatus")
        && Text(a, "returnTime") == Text(b, "returnTime")
        && Text(a, "returnInfo") == Text(b, "returnInfo");

    bool Apply(DocumentKind kind, DocumentSlot slot, CebDocument receipt)
    {
        var time = Text(receipt, "returnTime");
        if (CustomsCode.Parse(Text(receipt, "returnStatus")) is not { } code)
            return false;
        if (!SpeaksForThisAttempt(kind, slot, receipt, code))
        {
            if (
                !ParcelTable.IsSettled(State.Status)
                && (slot.HasLeft || (kind == DocumentKind.List && CustomsCode.IsTerminal(code)))
            )
                Doubt(kind);
            return false;
        }
        var verdict = CustomsCode.VerdictOf(code);
        if (verdict == Verdict.Ask)
        {
            Doubt(kind);
            return false;
        }
        if (slot.CustomsCode is { } last && IsLate(kind, slot, last, code, time))
            return false;
        if (verdict == Verdict.Retry && !MayResend(kind))
            return false;
        if (kind == DocumentKind.List && !ApplyToList(receipt, code))
            return false;

        var wasRefused =
            slot.IsRefused && kind is DocumentKind.Order or DocumentKind.Payment or DocumentKind.Waybill;
        slot = State[kind]! with { CustomsCode = code, CustomsTime = time, Questions = 0 };
        Put(kind, slot with { AskAt = IsAwaited(kind, code) ? now + rules.Options.AnswerTimeout : null });
        if (kind != DocumentKind.List)
            Enter(
                $"{Name(kind)}-receipt-{code}",
                $"{kind.Chinese()}回执 {code}：{Shorten(Text(receipt, "returnInfo"))}"
            );

        if (verdict == Verdict.Retry)
            Resend(kind);
        else if (IsRequested(kind))
            Decided(kind, code);
        else if (wasRefused && !slot.IsRefused && State.Status == ParcelStatus.Rejected)
            Enter("reopened", "海关已受理 customs has taken it after all", ParcelStatus.Collecting);
        return true;
    }

    /// <summary>Older than what was applied, or a step back at the same time; a decision counts even late.</summary>
    static bool IsLate(DocumentKind kind, DocumentSlot slot, int last, int code, string time)
    {
        var order = string.CompareOrdinal(time, slot.CustomsTime);
        if (order == 0 && CustomsCode.Rank(code) < CustomsCode.Rank(last))
            return true;
        // Customs has had two revisions and its receipt does not say which it answers: its last word counts.
        if (kind != DocumentKind.List && slot.FollowsAnother)
            return order < 0;
        if (order < 0 && !(CustomsCode.IsTerminal(code) && !CustomsCode.IsTerminal(last)))
            return true;
        // A decision is taken back only along the edges of the table, which stand for the list alone.
        return kind != DocumentKind.List && CustomsCode.IsTerminal(last) && !CustomsCode.IsTerminal(code);
    }

    /// <summary>After this code customs still has something to say: what stays silent is asked about.</summary>
    bool IsAwaited(DocumentKind kind, int code) =>
        kind switch
        {
            DocumentKind.List => !CustomsCode.IsTerminal(code) && !ParcelTable.IsSettled(State.Status),
            DocumentKind.Cancel or DocumentKind.Return => IsRequested(kind)
                && code != 399
                && CustomsCode.VerdictOf(code) != Verdict.Refused,
            _ => !CustomsCode.IsTerminal(code) && CustomsCode.Rank(code) < CustomsCode.Rank(120),
        };

    /// <summary>The cancellation or return is under way.</summary>
    bool IsRequested(DocumentKind kind) =>
        (kind, State.Status)
            is
                (DocumentKind.Cancel, ParcelStatus.CancelRequested)
                or
                (DocumentKind.Return, ParcelStatus.ReturnRequested);

    /// <summary>A technical failure matters only while customs still needs the document.</summary>
    bool MayResend(DocumentKind kind) =>
        kind switch
        {
            DocumentKind.List => State.Status == ParcelStatus.Declared,
            DocumentKind.Cancel or DocumentKind.Return => IsRequested(kind),
            _ => State.Status == ParcelStatus.Rejected || !ParcelTable.IsSettled(State.Status),
        };

    /// <summary>Rule 4: the identifiers agree, and the answer is not older than the dispatch.</summary>
    bool SpeaksForThisAttempt(DocumentKind kind, DocumentSlot slot, CebDocument receipt, int code)
    {
        // While this revision has not left, customs can only speak of one before it. A release is a fact all the same.
        if (
            !slot.HasLeft
            && !(
                kind == DocumentKind.List
                && State.Status == ParcelStatus.Rejected
                && CustomsCode.StatusOf(code) == ParcelStatus.Released
            )
        )
            return false;
        // The tolerance is for clocks that differ. Where an earlier revision left, what is older than the dispatch is that one's.
        // Said again when asked again, it is customs' latest word; but nothing is refused on such evidence.
        var tolerance = slot.FollowsAnother ? WholeSeconds : rules.Options.ReceiptTolerance;
        var insists =
            _answersQuestion && slot.Questions > 1 && CustomsCode.VerdictOf(code) == Verdict.Progress;
        if (CebTime.Parse(Text(receipt, "returnTime")) < slot.LeftAt - tolerance && !insists)
            return false;
        if (kind != DocumentKind.List)
            return true;
        var (preNo, invtNo, copNo) = (
            Text(receipt, "preNo"),
            Text(receipt, "invtNo"),
            Text(receipt, "copNo")
        );
        if (State.PreNo is { } known && preNo.Length > 0 && preNo != known)
            return false;
        if (State.InvtNo is { } number && invtNo.Length > 0 && invtNo != number)
            return false;
        return copNo.Length == 0
            || slot.Document[InventoryHead.CopNo] is not { Length: > 0 } ours
            || ours == copNo;
    }

    bool ApplyToList(CebDocument receipt, int code)
    {
        // A cancellation or return under way is ended by its own receipts: what befalls the list meanwhile is where a refusal leads back to.
        var behind = State.Status is ParcelStatus.CancelRequested or ParcelStatus.ReturnRequested
            ? State.Before
            : null;
        var from = behind ?? State.Status;
        var target = CustomsCode.StatusOf(code) ?? from;
        if (target != from && !(ParcelTable.Allows(from, target) && ParcelTable.Allows(State.Status, target)))
        {
            // Backward or contradictory. A late step is only late; a contradiction is asked about.
            if (CustomsCode.IsTerminal(code))
                Doubt(DocumentKind.List);
            return false;
        }
        if (behind is not null)
            State = State with { Before = target };
        if (Text(receipt, "preNo") is { Length: > 0 } preNo)
            State = State with { PreNo = preNo };
        if (Text(receipt, "invtNo") is { Length: > 0 } invtNo)
            State = State with { InvtNo = invtNo };

        var status = behind is null ? target : State.Status;
        var info = Shorten(Text(receipt, "returnInfo"));
        if (status == ParcelStatus.Rejected)
            State = State with
            {
                Problems =
                [
                    new Problem(
                        "customs-refused",
                        DocumentKind.List,
                        null,
                        null,
                        $"海关退单 {code}：{info}。Customs refused the list ({code}); correct it and declare it again."
                    ),
                ],
            };
        Enter($"list-receipt-{code}", $"清单回执 {code}：{info}", status);
        switch (status)
        {
            case ParcelStatus.Released:
                EndQuota(QuotaStep.Post);
                break;
            case ParcelStatus.Closed when State.Quota is { IsHeld: true }:
                EndQuota(QuotaStep.Post);
                break;
            case ParcelStatus.Rejected or ParcelStatus.ReturnedAbroad:
                EndQuota(QuotaStep.Void);
                break;
        }
        return true;
    }

    /// <summary>A cancellation or return is done only at 399; refused, the parcel is as before.</summary>
    void Decided(DocumentKind kind, int code)
    {
        var before = State.Before ?? ParcelStatus.Released;
        if (CustomsCode.VerdictOf(code) == Verdict.Refused)
        {
            Enter($"{Name(kind)}-refused-by-customs", $"{kind.Chinese()}被海关退单 {code}", before);
            return;
        }
        if (code != 399)
            return;
        if (kind == DocumentKind.Cancel)
        {
            Enter("cancelled", "撤销成功 cancelled", ParcelStatus.Cancelled);
            if (State.Quota is { } all)
                GiveBack(kind, all.AmountFen - all.GivenBackFen);
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
            if (whole > 0)
                value += CebAmount.Of(list[line, InventoryList.TotalPrice]) * quantity / whole;
        }
        State = State with { ReturnedQuantities = returned };
        var complete = Enumerable
            .Range(0, list.LineCount)
            .All(i => returned.GetValueOrDefault(i) >= CebAmount.Of(list[i, InventoryList.Qty]));
        Enter(
            complete ? "returned" : "partly-returned",
            complete ? "退货完成 returned" : "部分退货 partly returned",
            complete ? ParcelStatus.Returned : ParcelStatus.PartlyReturned
        );
        if (State.Quota is { } quota)
            GiveBack(kind, complete ? quota.AmountFen - quota.GivenBackFen : CebAmount.ToFen(value));
    }

    void TakeTaxBill(CebDocument bill, bool handOn)
    {
        if (State.Receipts.Any(r => !r.IsOwn && r.Receipt.SameAs(bill)))
            return;
        var number = Text(bill, "taxNo");
        var time = CebTime.Parse(Text(bill, "returnTime")) ?? now;
        var known = State.TaxBills.FirstOrDefault(t => t.TaxNo == number);
        var status = Text(bill, "status");
        TaxBillView view;
        if (bill.Type == CebType.TaxBill)
        {
            view = new TaxBillView(
                number,
                status,
                CebAmount.ToFen(CebAmount.Of(bill[TaxHeadRd.CustomsTax])),
                CebAmount.ToFen(CebAmount.Of(bill[TaxHeadRd.ValueAddedTax])),
                CebAmount.ToFen(CebAmount.Of(bill[TaxHeadRd.ConsumptionTax])),
                bill[TaxHeadRd.EntDutyNo],
                time
            );
            // A state that came before its bill, or is newer, stays.
            if (known is not null && known.Time > time)
                view = view with
                {
                    Status = known.Status,
                    EntDutyNo = known.EntDutyNo ?? view.EntDutyNo,
                    Time = known.Time,
                };
        }
        else
        {
            view =
                known is null ? new TaxBillView(number, status, 0, 0, 0, bill[TaxHeadStatus.EntDutyNo], time)
                : known.Time > time ? known
                : known with
                {
                    Status = status,
                    EntDutyNo = bill[TaxHeadStatus.EntDutyNo] ?? known.EntDutyNo,
                    Time = time,
                };
        }
        State = State with
        {
            TaxBills = known is null ? State.TaxBills.Add(view) : State.TaxBills.Replace(known, view),
        };
        Keep(
            DocumentKind.List,
            bill,
            own: false,
            applied: true,
            handOn,
            ReceiptRouting.Sender(State, DocumentKind.List)
        );
        Enter($"tax-bill-{status}", $"电子税单 {number} 状态 {status}");
    }

    /// <summary>Doubt is a question, except about the very answer to one: then the next question waits its time.</summary>
    void Doubt(DocumentKind kind)
    {
        if (!_answersQuestion)
            Question(kind);
    }

    /// <summary>Asks customs for the latest receipt; each question has a name of its own.</summary>
    void Question(DocumentKind kind)
    {
        if (State[kind] is not { LeftRevision: > 0 } slot)
            return;
        if (State.Owes.Any(o => o is OwedQuery q && q.Kind == kind))
            return;
        State = State with { Asked = State.Asked + 1 };
        Owe(
            new OwedQuery(
                $"query/{Name(kind)}/{State.Asked}",
                now,
                kind,
                OwnReceipt.QueryKey(kind, slot.Document),
                Math.Max(1, State.Attempt)
            )
        );
        var wait = rules.Options.AnswerTimeout * Math.Pow(2, Math.Min(slot.Questions + 1, 20));
        if (wait > rules.Options.LongestQuestionInterval)
            wait = rules.Options.LongestQuestionInterval;
        // A parcel that never became whole may be forgotten at customs, too; what holds quota, or is requested, must come to an end.
        var asksOn =
            slot.Questions + 1 < rules.Options.MaxQuestions
            || State.Quota is { IsHeld: true }
            || IsRequested(kind);
        Put(kind, slot with { Questions = slot.Questions + 1, AskAt = asksOn ? now + wait : null });
        Enter($"{Name(kind)}-asked", $"向海关查询{kind.Chinese()}回执 asked customs");
    }

    void Resend(DocumentKind kind)
    {
        var slot = State[kind]!;
        // What its participant signed is not ours to send again in another message.
        if (slot.Carrier is not null || slot.Resends >= rules.Options.MaxResends)
        {
            Question(kind);
            return;
        }
        GoAgain(kind, slot);
    }

    /// <summary>The same document once more, under the name of a debt of its own; such a one leaves alone.</summary>
    void GoAgain(DocumentKind kind, DocumentSlot slot)
    {
        slot = slot with { Resends = slot.Resends + 1, SentAt = null, MessageGuid = null };
        Put(kind, slot);
        Owe(new OwedDocument(DebtOf(kind, slot), now, kind, slot.Document, slot.Sender.CopCode, null));
    }

    static string Shorten(string text) => Clip.To(text, 200);
}
