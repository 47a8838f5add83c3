using System.Collections.Immutable;
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

    /// <summary>Takes a receipt, unless the document that it echoes is none of this parcel's, nor ever was (ADR 018).</summary>
    public ReceiptReply Take(CustomsAnswer answer)
    {
        var receipt = answer.Receipt;
        if (!State.Exists)
            return ReceiptReply.NotTaken;
        if (DocumentTypes.OfReceipt(receipt.Type) is not { } type || !IsOurs(receipt))
            return ReceiptReply.NotTaken;
        var status = State.Status;
        var handOns = receipt.Type is CebType.TaxBill or CebType.TaxBillState
            ? TakeTaxBill(receipt)
            : Receive(type, receipt);
        if (State.Status != status)
            Reopen("海关回执 by a receipt of customs");
        return new ReceiptReply(IsTaken: true, answer.HandOn ? handOns : []);
    }

    /// <summary>It echoes a name that one of the parcel's documents has, or had. What is only mentioned is another's.</summary>
    bool IsOurs(CebDocument receipt) =>
        ReceiptNames.Of(receipt).Any(echoed => ParcelNames.Has(State, echoed, receipt));

    /// <returns>
    /// What its record hands on: nobody wrote down whether it was handed on before a crash, so what comes again is due again, under
    /// the guid that it had (ADR 023).
    /// </returns>
    ImmutableArray<HandOn> Receive(DocumentType type, CebDocument receipt)
    {
        var answered = Answered(type, receipt);
        var receiver = ReceiptRouting.Receiver(State, type, answered, receipt);
        var due = receipt;
        if (State.Receipts.FirstOrDefault(r => !r.IsOwn && SameReceipt(r.Receipt, receipt)) is { } known)
        {
            Again(known);
            // The same words under another guid (a note that left in two messages has two receipts) are due to its sender as well.
            if (State.Receipts.All(r => GuidOf(r.Receipt) != GuidOf(receipt)))
                KeepFromCustoms(type, receipt, applied: false);
            else
                due = AsKept(receipt);
        }
        else
        {
            due = Apart(receipt);
            var applied = answered is { DispatchedRevision: > 0 } && Apply(answered, due);
            KeepFromCustoms(type, due, applied);
        }
        return due is null || receiver is null ? [] : HandOns(type, due, receiver);
    }

    /// <summary>A receipt that came before, as it was kept: under its own guid, or under the one that tells it apart.</summary>
    CebDocument? AsKept(CebDocument receipt)
    {
        var guids = (Own: GuidOf(receipt), Apart: GuidOf(Apart(receipt)));
        CebDocument? apart = null;
        foreach (var kept in State.Receipts)
        {
            if (kept.IsOwn || !SameReceipt(kept.Receipt, receipt))
                continue;
            if (GuidOf(kept.Receipt) == guids.Own)
                return kept.Receipt;
            if (GuidOf(kept.Receipt) == guids.Apart)
                apart = kept.Receipt;
        }
        return apart;
    }

    /// <summary>
    /// The document that a receipt speaks of: that of the key it echoes. Of the types of which there is one, the attempt is
    /// told apart later, by the identifiers of customs (rule 4).
    /// </summary>
    ParcelDocument? Answered(DocumentType type, CebDocument receipt)
    {
        if (!type.Descriptor().MayBeSeveral)
            return State[type];
        return DocumentKey.EchoedBy(receipt) is { } key ? State[key] : null;
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
                receipt.Schema.Root,
                string.Join('|', ReceiptNames.Of(receipt)),
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
        if (Answered(known.Type, known.Receipt) is not { Questions: > 0 } kept || IsBeingAsked(kept))
            return; // nobody asked, or not yet: a mere duplicate
        if (known.Applied)
        {
            if (kept.CustomsCode is { } code && !IsAwaited(kept.Type, code))
                Put(kept with { AskAt = null, Questions = 0 });
            return;
        }
        _answersQuestion = true;
        if (Apply(kept, known.Receipt))
            Change().Receipts = State.Receipts.Remove(known).Add(known with { Applied = true });
    }

    static bool SameReceipt(CebDocument a, CebDocument b) =>
        a.Type == b.Type
        && DocumentKey.EchoedBy(a) == DocumentKey.EchoedBy(b)
        && Text(a, "returnStatus") == Text(b, "returnStatus")
        && Text(a, "returnTime") == Text(b, "returnTime")
        && Text(a, "returnInfo") == Text(b, "returnInfo");

    bool Apply(ParcelDocument kept, CebDocument receipt)
    {
        var type = kept.Type;
        var time = Text(receipt, "returnTime");
        if (CustomsCode.Parse(Text(receipt, "returnStatus")) is not { } code)
            return false;
        if (!SpeaksForThisAttempt(kept, receipt, code))
        {
            if (
                !ParcelTable.IsDecided(State.Status)
                && (
                    kept.IsDispatched
                    || (type == DocumentType.DeclarationList && CustomsCode.IsTerminal(type, code))
                )
            )
                Doubt(kept);
            return false;
        }
        var verdict = CustomsCode.VerdictOf(type, code);
        if (verdict == Verdict.Ask || (verdict == Verdict.NeverGot && !IsLost(kept)))
        {
            kept = kept with { IsHeardOf = true };
            Put(kept);
            Wonder(kept, receipt, code);
            return false;
        }
        if (kept.CustomsCode is { } last && IsLate(kept, last, code, time))
            return false;
        if (verdict == Verdict.Retry && !MayResend(type))
            return false;
        if (type == DocumentType.DeclarationList && !ApplyToList(receipt, code))
            return false;

        var wasRefused =
            kept.IsRefused && type is DocumentType.Order or DocumentType.Payment or DocumentType.Waybill;
        var goesAgain = verdict is Verdict.Retry or Verdict.NeverGot;
        kept = State[kept.Key]! with { CustomsCode = code, CustomsTime = time };
        // The same failure once more is no news: what asked about it waits its time.
        if (!goesAgain || MayGoAgain(kept))
            kept = kept with
            {
                Questions = 0,
                AskAt = IsAwaited(type, code) ? now + rules.Options.AnswerTimeout : null,
            };
        Put(kept);
        if (type != DocumentType.DeclarationList)
            Enter(
                $"{type.Name()}-receipt-{code}",
                $"{type.Chinese()}回执 {type.Name()} receipt {code}：{Shorten(Text(receipt, "returnInfo"))}"
            );

        if (goesAgain)
            Resend(kept);
        else if (IsRequested(type))
            Decided(kept, code);
        else if (wasRefused && !kept.IsRefused && State.Status == ParcelStatus.Rejected)
            Enter("reopened", "海关已受理 customs has taken it after all", ParcelStatus.Collecting);
        return true;
    }

    /// <summary>Older than what was applied, or a step back at the same time; a decision counts even late.</summary>
    static bool IsLate(ParcelDocument kept, int last, int code, string time)
    {
        var type = kept.Type;
        var order = string.CompareOrdinal(time, kept.CustomsTime);
        if (order == 0 && CustomsCode.Rank(code) < CustomsCode.Rank(last))
            return true;
        // Customs has had two revisions and its receipt does not say which it answers: its last word counts.
        if (type != DocumentType.DeclarationList && kept.FollowsAnother)
            return order < 0;
        if (order < 0 && !(CustomsCode.IsTerminal(type, code) && !CustomsCode.IsTerminal(type, last)))
            return true;
        // A decision is taken back only along the edges of the table, which stand for the list alone.
        return type != DocumentType.DeclarationList
            && CustomsCode.IsTerminal(type, last)
            && !CustomsCode.IsTerminal(type, code);
    }

    /// <summary>After this code customs still has something to say: what stays silent is asked about.</summary>
    bool IsAwaited(DocumentType type, int code) =>
        type switch
        {
            DocumentType.DeclarationList => !CustomsCode.IsTerminal(type, code)
                && !ParcelTable.IsDecided(State.Status),
            DocumentType.Cancellation or DocumentType.Return => IsRequested(type)
                && !CustomsCode.Grants(type, code)
                && CustomsCode.VerdictOf(type, code) != Verdict.Refused,
            _ when CustomsCode.VerdictOf(type, code) is Verdict.Retry or Verdict.NeverGot => true,
            _ => !CustomsCode.IsTerminal(type, code) && CustomsCode.Rank(code) < CustomsCode.Rank(120),
        };

    /// <summary>The cancellation or return is under way.</summary>
    bool IsRequested(DocumentType type) =>
        (type, State.Status)
            is
                (DocumentType.Cancellation, ParcelStatus.CancelRequested)
                or
                (DocumentType.Return, ParcelStatus.ReturnRequested);

    /// <summary>Rule 4: the identifiers agree, and the answer is not older than the dispatch where none decides.</summary>
    bool SpeaksForThisAttempt(ParcelDocument kept, CebDocument receipt, int code)
    {
        var type = kept.Type;
        // While this revision has not left, customs can only speak of one before it. A release is a fact all the same.
        if (
            !kept.IsDispatched
            && !(
                type == DocumentType.DeclarationList
                && State.Status == ParcelStatus.Rejected
                && CustomsCode.StatusOf(code) == ParcelStatus.Released
            )
        )
            return false;
        // The tolerance is for clocks that differ. Where an earlier revision left, what is older than the dispatch is that one's.
        // Said again when asked again, it is customs' latest word; but nothing is refused on such evidence.
        var tolerance = kept.FollowsAnother ? WholeSeconds : rules.Options.ReceiptTolerance;
        var insists =
            _answersQuestion && kept.Questions > 1 && CustomsCode.VerdictOf(type, code) == Verdict.Progress;
        if (
            CebTime.Parse(Text(receipt, "returnTime")) < kept.DispatchedAt - tolerance
            && !insists
            && !HasNumberOfAttempt(type, receipt)
        )
            return false;
        if (type == DocumentType.DeclarationList && !NamesThisList(receipt))
            return false;
        // After a part was returned, customs' last words of that return must not end the next one.
        return Text(receipt, "copNo") is not { Length: > 0 } echoed
            || Text(kept.Document, "copNo") is not { Length: > 0 } ours
            || ours == echoed;
    }

    /// <summary>
    /// Customs' own number of this attempt's list, which outranks all clocks. Cancellations and returns echo the list's, whichever
    /// of them it is.
    /// </summary>
    bool HasNumberOfAttempt(DocumentType type, CebDocument receipt)
    {
        if (type != DocumentType.DeclarationList)
            return false;
        return (State.PreNo is { } preNo && preNo == Text(receipt, "preNo"))
            || (State.InvtNo is { } invtNo && invtNo == Text(receipt, "invtNo"));
    }

    /// <summary>No number that customs gave to this attempt's list differs.</summary>
    bool NamesThisList(CebDocument receipt)
    {
        var (preNo, invtNo) = (Text(receipt, "preNo"), Text(receipt, "invtNo"));
        if (State.PreNo is { } known && preNo.Length > 0 && preNo != known)
            return false;
        return State.InvtNo is not { } number || invtNo.Length == 0 || invtNo == number;
    }

    bool ApplyToList(CebDocument receipt, int code)
    {
        // A cancellation or return under way is ended by its own receipts: what befalls the list meanwhile is where a refusal leads back to.
        var behind = State.Status is ParcelStatus.CancelRequested or ParcelStatus.ReturnRequested
            ? State.StatusBefore
            : null;
        var from = behind ?? State.Status;
        var target = CustomsCode.StatusOf(code) ?? from;
        if (target != from && !(ParcelTable.Allows(from, target) && ParcelTable.Allows(State.Status, target)))
        {
            // Backward or contradictory. A late step is only late; a contradiction is asked about.
            if (CustomsCode.IsTerminal(DocumentType.DeclarationList, code))
                Doubt(State[DocumentType.DeclarationList]!);
            return false;
        }
        if (behind is not null)
            Change().StatusBefore = target;
        if (Text(receipt, "preNo") is { Length: > 0 } preNo)
            Change().PreNo = preNo;
        if (Text(receipt, "invtNo") is { Length: > 0 } invtNo)
            Change().InvtNo = invtNo;

        var status = behind is null ? target : State.Status;
        var info = Shorten(Text(receipt, "returnInfo"));
        Change().Problems = status == ParcelStatus.Rejected ? [RefusalOfList(receipt, code)] : [];
        Enter($"list-receipt-{code}", $"清单回执 list receipt {code}：{info}", status);
        switch (status)
        {
            case ParcelStatus.Released or ParcelStatus.Closed:
                Change().ReleasedAt = State.ReleasedAt ?? CebTime.Parse(Text(receipt, "returnTime")) ?? now;
                // The goods have passed: what an operator's close had let go is taken all the same.
                EndQuota(QuotaStep.Post);
                break;
            case ParcelStatus.Rejected or ParcelStatus.ReturnedAbroad:
                EndQuota(QuotaStep.Void);
                break;
        }
        if (CustomsCode.SaysOverLimit(code, Text(receipt, "returnInfo")))
            FlagOver(receipt, code);
        return true;
    }

    Problem RefusalOfList(CebDocument receipt, int code)
    {
        var words = Text(receipt, "returnInfo");
        return CustomsCode.SaysOverLimit(code, words)
            ? CustomsProblem.OverLimit(code, Shorten(words))
            : CustomsProblem.Refused(DocumentType.DeclarationList, code, Shorten(words));
    }

    /// <summary>A cancellation or return is done only when customs grants it; refused, the parcel is as before.</summary>
    void Decided(ParcelDocument kept, int code)
    {
        var type = kept.Type;
        var before = State.StatusBefore ?? ParcelStatus.Released;
        if (CustomsCode.VerdictOf(type, code) == Verdict.Refused)
        {
            Enter(
                $"{type.Name()}-refused-by-customs",
                $"{type.Chinese()}被海关退单 refused by customs {code}",
                before
            );
            return;
        }
        if (!CustomsCode.Grants(type, code))
            return;
        if (type == DocumentType.Cancellation)
        {
            Enter("cancelled", "撤销成功 cancelled", ParcelStatus.Cancelled);
            if (State.Quota is { } all)
                GiveBack(kept, all.AmountFen - all.GivenBackFen);
            return;
        }
        var list = State.Live(DocumentType.DeclarationList)!;
        var document = kept.Document;
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
        Change().ReturnedQuantities = returned;
        var complete = Enumerable
            .Range(0, list.LineCount)
            .All(i => returned.GetValueOrDefault(i) >= CebAmount.Of(list[i, InventoryList.Qty]));
        Enter(
            complete ? "returned" : "partly-returned",
            complete ? "退货完成 returned" : "部分退货 partly returned",
            complete ? ParcelStatus.Returned : ParcelStatus.PartlyReturned
        );
        if (State.Quota is { } quota)
            GiveBack(kept, complete ? quota.AmountFen - quota.GivenBackFen : CebAmount.ToFen(value));
    }

    ImmutableArray<HandOn> TakeTaxBill(CebDocument bill)
    {
        if (!State.Receipts.Any(r => !r.IsOwn && r.Receipt.SameAs(bill)))
            KeepTaxBill(bill);
        return ReceiptRouting.Declarant(State) is { } declarant
            ? HandOns(DocumentType.DeclarationList, bill, declarant)
            : [];
    }

    void KeepTaxBill(CebDocument bill)
    {
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
        Change().TaxBills = known is null ? State.TaxBills.Add(view) : State.TaxBills.Replace(known, view);
        KeepFromCustoms(DocumentType.DeclarationList, bill, applied: true);
        Enter($"tax-bill-{status}", $"电子税单 tax bill {number} 状态 state {status}");
    }

    /// <summary>
    /// An answer that leads nowhere is asked about. What the official table does not have, and customs says of the list when it was
    /// asked, will not get clearer by asking on: it is an open problem, and the operator's.
    /// </summary>
    void Wonder(ParcelDocument kept, CebDocument receipt, int code)
    {
        var type = kept.Type;
        if (!CustomsCode.IsUnknown(code) || kept.Questions == 0)
        {
            Doubt(kept);
            return;
        }
        if (State.IsClosed || ParcelTable.IsDecided(State.Status))
            return;
        if (kept.CustomsCode is { } last && IsLate(kept, last, code, Text(receipt, "returnTime")))
            return;
        Put(kept with { AskAt = null });
        var problem = CustomsProblem.Unclear(type, code, Shorten(Text(receipt, "returnInfo")));
        if (State.Problems.Contains(problem))
            return;
        Change().Problems = [problem];
        Enter(
            $"{type.Name()}-unclear",
            $"{type.Chinese()}回执 {code} 含义不明，待人工处理 an operator must clear it"
        );
    }

    /// <summary>
    /// Doubt is a question, except about the answer to one, or while that may still be on its way: then the next question waits its
    /// time. Customs answers every question, so asking about answers would never end (rule 4).
    /// </summary>
    void Doubt(ParcelDocument kept)
    {
        if (_answersQuestion || State.IsClosed || AwaitsAnswer(kept))
            return;
        Question(kept);
    }

    /// <summary>It was asked about since customs last brought news, and the time for the next question has not come, or never will.</summary>
    bool AwaitsAnswer(ParcelDocument kept) =>
        kept.Questions > 0
        && (kept.AskAt is null || kept.AskAt > now || kept.Questions >= rules.Options.MaxQuestions);

    /// <summary>A question about it is on its way.</summary>
    bool IsBeingAsked(ParcelDocument kept)
    {
        var name = kept.Type.Descriptor().QueryKeyOf(kept.Document);
        return State.Outbox.Any(o => o is AskCustoms q && q.Type == kept.Type && q.Key == name);
    }

    /// <summary>Asks customs for the latest receipt; each question has a name of its own.</summary>
    void Question(ParcelDocument kept)
    {
        if (kept.DispatchedRevision == 0 || IsBeingAsked(kept))
            return;
        var type = kept.Type;
        Change().Asked = State.Asked + 1;
        AddEffect(
            new AskCustoms(
                $"query/{type.Name()}/{State.Asked}",
                now,
                type,
                type.Descriptor().QueryKeyOf(kept.Document),
                Math.Max(1, State.Attempt)
            )
        );
        var wait = rules.Options.AnswerTimeout * Math.Pow(2, Math.Min(kept.Questions + 1, 20));
        if (wait > rules.Options.LongestQuestionInterval)
            wait = rules.Options.LongestQuestionInterval;
        // A parcel that never became whole may be forgotten at customs, too; what holds quota, or is requested, must come to an end.
        var asksOn =
            kept.Questions + 1 < rules.Options.MaxQuestions
            || IsLostAfter(kept, kept.Questions + 1)
            || State.Quota is { IsPending: true }
            || IsRequested(type);
        Put(kept with { Questions = kept.Questions + 1, AskAt = asksOn ? now + wait : null });
        Enter($"{type.Name()}-asked", $"向海关查询{type.Chinese()}回执 asked customs");
    }

    /// <summary>Words of customs, to be quoted in a text of ours.</summary>
    string Shorten(string text) => ReceiptText.Quoted(text, BusinessNumbers.Of(State));
}
