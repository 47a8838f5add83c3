using System.Collections.Immutable;
using ClearanceEngine.Ceb;
using ClearanceEngine.Receipts;
using ClearanceEngine.Rules;
using ClearanceEngine.Storage;
using ClearanceEngine.Subscribers;

namespace ClearanceEngine.Parcels;

/// <summary>What follows from what is there: matching, quota, and which documents may leave in which order.</summary>
sealed partial class ParcelStep
{
    static readonly DocumentKind[] Four = [DocumentKind.Order, DocumentKind.Payment, DocumentKind.Waybill, DocumentKind.List];

    /// <summary>Draws all conclusions; running it twice changes nothing.</summary>
    void Advance()
    {
        if (ParcelTable.IsOpen(State.Status) && State.Status != ParcelStatus.Rejected) Judge();
        LetDocumentsGo();
        Seek();
        if (State.Status != ParcelStatus.Rejected && ParcelTable.IsSettled(State.Status)) StopAsking();
        if (State.Status is ParcelStatus.Released or ParcelStatus.Closed && State[DocumentKind.WaybillStatus] is { IsStaged: false, IsDeleted: false } signed
            && !State.Timeline.Any(e => e.State == ParcelStatus.Left))
        {
            Enter("left", "已签收,货物已离区/离场 signed for, so the goods have left", ParcelStatus.Left);
        }
    }

    /// <summary>The list is decided: what customs still thinks of the documents behind it no longer matters.</summary>
    void StopAsking()
    {
        foreach (var (kind, slot) in State.Slots)
        {
            if (slot.AskAt is not null && kind is not (DocumentKind.Cancel or DocumentKind.Return)) Put(kind, slot with { AskAt = null });
        }
    }

    /// <summary>Before the list is on its way: what is missing, what does not match, and the quota.</summary>
    void Judge()
    {
        var refused = Four.FirstOrDefault(k => State[k] is { IsRefused: true }, DocumentKind.Entry);
        var live = Four.Where(k => State.Live(k) is not null).ToArray();
        var mismatches = CrossChecks.Check(Documents(), rules.Port).ToImmutableArray();
        if (refused != DocumentKind.Entry)
        {
            var code = State[refused]!.CustomsCode;
            Reject([new Problem("customs-refused", refused, null, null, $"海关退单 {code}:{Shorten(Latest(refused) is { } r ? Text(r, "returnInfo") : "")}。Customs refused the {Name(refused)} ({code}); correct it and send it again.")]);
            return;
        }
        if (!State.Problems.SequenceEqual(mismatches)) State = State with { Problems = mismatches };

        var complete = live.Length == Four.Length && live.All(k => !State[k]!.IsStaged);
        if (!complete || mismatches.Length > 0)
        {
            EndQuota(QuotaStep.Void);
            State = State with { Quota = State.Quota is { Stage: QuotaStage.Voided } ? null : State.Quota, Estimate = null };
            var staged = live.Length > 0 && live.All(k => State[k]!.IsStaged);
            Become(staged ? ParcelStatus.Staged : ParcelStatus.Collecting, complete ? "mismatch" : "waiting", complete ? "单证不一致 documents do not match" : "等待其余单证 waiting for documents");
            if (complete) TellMismatch(mismatches);
            return;
        }
        Reserve();
    }

    /// <summary>All four are there and do not match: the declarant is told, once for each set of problems.</summary>
    void TellMismatch(ImmutableArray<Problem> mismatches)
    {
        var receipt = OwnReceipt.Refusal(DocumentKind.List, State.Live(DocumentKind.List)!, mismatches, now);
        if (State.Receipts.Any(r => r.IsOwn && GuidOf(r.Receipt) == GuidOf(receipt))) return;
        Keep(DocumentKind.List, receipt, own: true, applied: false, handOn: true, ReceiptRouting.Sender(State, DocumentKind.List));
    }

    void Reserve()
    {
        var slot = State[DocumentKind.List]!;
        var list = slot.Document;
        var judgement = TransactionRule.Judge(list, rules.Limits.At(slot.ReceivedAt).SingleFen);
        if (!judgement.Allowed)
        {
            var limit = rules.Limits.At(slot.ReceivedAt).SingleFen;
            RejectList(new Problem("over-single-limit", DocumentKind.List, null, null,
                $"单次交易 {CebAmount.FromFen(judgement.AmountFen)} 元超过限值 {CebAmount.FromFen(limit)} 元且不止一件商品。The transaction of ¥{CebAmount.FromFen(judgement.AmountFen)} is over the single limit of ¥{CebAmount.FromFen(limit)} and has more than one item; split the order or declare it as ordinary trade."));
            return;
        }
        var subscriber = rules.Identity.Hash(list.Required(InventoryHead.BuyerIdNumber));
        var year = CebTime.BeijingYear(slot.ReceivedAt);
        if (State.Quota is not { Stage: QuotaStage.Reserving or QuotaStage.Reserved } quota || quota.AmountFen != judgement.AmountFen || quota.Subscriber != subscriber || quota.Year != year)
        {
            var replaces = 0;
            if (State.Quota is { Stage: QuotaStage.Reserving or QuotaStage.Reserved } old)
            {
                if (old.Subscriber == subscriber)
                {
                    replaces = old.Attempt;
                    Drop(o => o is OwedQuota { Step: QuotaStep.Reserve });
                }
                else EndQuota(QuotaStep.Void);
            }
            var attempt = State.Attempt + 1;
            quota = new ParcelQuota(attempt, subscriber, year, judgement.AmountFen, QuotaStage.Reserving, judgement.OneItem);
            State = State with { Attempt = attempt, Quota = quota, Estimate = rules.Tax.Estimate(list, judgement.OneItem).Total };
            Owe(new OwedQuota($"quota/reserve/{attempt}", now, QuotaStep.Reserve, attempt, quota.AmountFen, subscriber, year, replaces));
            if (State.Status == ParcelStatus.Reserved) Become(ParcelStatus.Matched, "matched", "单证重新匹配 matched anew");
        }
        if (quota.Stage == QuotaStage.Reserving)
        {
            Become(ParcelStatus.Matched, "matched", "四单匹配 all documents match");
            return;
        }
        Become(ParcelStatus.Reserved, "reserved", $"额度已预占 {CebAmount.FromFen(quota.AmountFen)} 元 quota reserved");
        if (Accepted(DocumentKind.Order) && Accepted(DocumentKind.Payment) && Accepted(DocumentKind.Waybill))
        {
            LetGo(DocumentKind.List);
            Become(ParcelStatus.Declared, "declared", $"清单申报(第 {State.Attempt} 次)list declared, attempt {State.Attempt}");
        }
    }

    public void ReserveAnswered(ReserveAnswered answered)
    {
        Drop(o => o.Id == $"quota/reserve/{answered.Attempt}");
        if (State.Quota is not { Stage: QuotaStage.Reserving } quota || quota.Attempt != answered.Attempt) return;
        var answer = answered.Answer;
        switch (answer.Outcome)
        {
            case ReserveOutcome.Granted:
                State = State with { Quota = quota with { Stage = QuotaStage.Reserved } };
                break;
            case ReserveOutcome.Voided:
                State = State with { Quota = null }; // this attempt's name is spent: the next one gets a new name
                break;
            default:
                State = State with { Quota = quota with { Stage = QuotaStage.Refused } };
                RejectList(answer.Outcome == ReserveOutcome.OverAnnual
                    ? new Problem("over-annual-limit", DocumentKind.List, null, null,
                        $"超过年度交易限值:已用 {CebAmount.FromFen(answer.UsedFen)} 元,限值 {CebAmount.FromFen(answer.LimitFen)} 元,本单 {CebAmount.FromFen(quota.AmountFen)} 元。The annual limit would be passed: used ¥{CebAmount.FromFen(answer.UsedFen)} of ¥{CebAmount.FromFen(answer.LimitFen)}, this parcel ¥{CebAmount.FromFen(quota.AmountFen)}; declare it as ordinary trade.")
                    : new Problem(answer.Outcome == ReserveOutcome.TooOld ? "quota-year-too-old" : "quota-conflict", DocumentKind.List, null, null,
                        "额度预占被拒绝,请联系口岸。The quota could not be reserved under this attempt; ask the port."));
                break;
        }
    }

    public void QuotaDone(QuotaStepDone done)
    {
        if (!Drop(o => o.Id == done.OwedId) || State.Quota is not { } quota || quota.Attempt != done.Attempt) return;
        switch (done.Step)
        {
            case QuotaStep.Post:
                State = State with { Quota = quota with { Stage = QuotaStage.Posted } };
                Enter("quota-posted", $"额度已核扣 {CebAmount.FromFen(quota.AmountFen)} 元 quota posted");
                break;
            case QuotaStep.GiveBack:
                var given = quota.GivenBackFen + done.Fen;
                State = State with { Quota = quota with { GivenBackFen = given, Stage = given >= quota.AmountFen ? QuotaStage.GivenBack : quota.Stage } };
                Enter("quota-given-back", $"额度已恢复 {CebAmount.FromFen(done.Fen)} 元 quota given back");
                break;
        }
    }

    /// <summary>Ends the reservation of the current attempt. Voiding what was posted or never reserved is nothing.</summary>
    void EndQuota(QuotaStep step)
    {
        if (State.Quota is not { } quota) return;
        if (step == QuotaStep.Void)
        {
            if (quota.Stage is not (QuotaStage.Reserving or QuotaStage.Reserved)) return;
            Drop(o => o is OwedQuota { Step: QuotaStep.Reserve });
            State = State with { Quota = quota with { Stage = QuotaStage.Voided } };
        }
        else if (quota.Stage is QuotaStage.Posted or QuotaStage.GivenBack) return;
        Owe(new OwedQuota($"quota/{step.ToString().ToLowerInvariant()}/{quota.Attempt}", now, step, quota.Attempt, quota.AmountFen, quota.Subscriber, quota.Year));
    }

    void GiveBack(DocumentKind kind, long fen)
    {
        if (State.Quota is not { } quota || fen <= 0) return;
        Owe(new OwedQuota($"quota/give-back/{State[kind]!.Guid}", now, QuotaStep.GiveBack, quota.Attempt, fen, quota.Subscriber, quota.Year));
    }

    /// <summary>Refuses the list here: the parcel is rejected and its declarant told; it may be declared again.</summary>
    void RejectList(Problem problem)
    {
        RefuseByReceipt(DocumentKind.List, State.Live(DocumentKind.List)!, [problem], ReceiptRouting.Sender(State, DocumentKind.List)!);
        Reject([problem]);
    }

    void Reject(ImmutableArray<Problem> problems)
    {
        EndQuota(QuotaStep.Void);
        State = State with { Problems = problems };
        Become(ParcelStatus.Rejected, "rejected", $"退单:{string.Join(", ", problems.Select(p => p.Code))}");
    }

    void Become(ParcelStatus status, string @event, string text)
    {
        if (State.Status != status) Enter(@event, text, status);
    }

    /// <summary>Order and payment when their own checks passed, the waybill after both, the entry note after the list.</summary>
    void LetDocumentsGo()
    {
        if (ParcelTable.IsOpen(State.Status))
        {
            MayGo(DocumentKind.Order);
            MayGo(DocumentKind.Payment);
            if (Accepted(DocumentKind.Order) && Accepted(DocumentKind.Payment)) MayGo(DocumentKind.Waybill);
        }
        else
        {
            if (State[DocumentKind.List] is { HasLeft: true }) MayGo(DocumentKind.Entry);
            if (State.Status == ParcelStatus.CancelRequested) MayGo(DocumentKind.Cancel);
            if (State.Status == ParcelStatus.ReturnRequested) MayGo(DocumentKind.Return);
        }
        if (Accepted(DocumentKind.Waybill)) MayGo(DocumentKind.WaybillStatus);
    }

    void MayGo(DocumentKind kind)
    {
        if (State[kind] is not { HasLeft: false, IsStaged: false } slot) return;
        if (slot.IsDeleted && slot.LeftRevision == 0) return; // customs never heard of it
        if (State.Owes.Any(o => o is OwedDocument d && d.Kind == kind)) return; // one revision at a time, in order
        LetGo(kind);
    }

    void LetGo(DocumentKind kind)
    {
        var slot = State[kind]! with { LeftRevision = State[kind]!.Revision, LeftAt = now, SentAt = null, MessageGuid = null, CustomsCode = null, CustomsTime = null, Questions = 0, Resends = 0 };
        Put(kind, slot);
        Owe(new OwedDocument($"{Name(kind)}/{slot.Revision}", now, kind, slot.Document, slot.Sender.CopCode, slot.Carrier));
    }

    bool Accepted(DocumentKind kind)
    {
        if (State[kind] is not { IsDeleted: false, HasLeft: true } slot || slot.IsRefused) return false;
        return rules.Port.AcceptedLevel == Participants.AcceptedLevel.Sent
            ? slot.SentAt is not null || slot.CustomsCode is not null
            : CustomsCode.Reached(slot.CustomsCode, rules.Port.AcceptedLevel);
    }

    public void Settle(Settlement settlement)
    {
        if (State.Owes.FirstOrDefault(o => o.Id == settlement.OwedId) is not { } owed) return;
        Drop(o => o.Id == owed.Id);
        if (owed is not OwedDocument document || State[document.Kind] is not { } slot) return;
        if (settlement.Problem is { } problem)
        {
            Withdraw(document.Kind, problem);
            return;
        }
        if (!owed.Id.StartsWith($"{Name(document.Kind)}/{slot.LeftRevision}", StringComparison.Ordinal)) return; // an older revision
        Put(document.Kind, slot with { SentAt = settlement.At, MessageGuid = settlement.MessageGuid, AskAt = slot.CustomsCode is null ? settlement.At + rules.Options.AnswerTimeout : slot.AskAt });
        Enter($"{Name(document.Kind)}-sent", $"{document.Kind.Chinese()}已发往海关 sent to customs");
    }

    public void CarrierRefused(CarrierRefused refused)
    {
        if (State[refused.Kind] is { SentAt: null } slot && slot.Guid == refused.Guid) Withdraw(refused.Kind, refused.Problem);
    }

    public void FormatRefused(FormatRefused refused)
    {
        foreach (var id in refused.OwedIds)
        {
            foreach (var (kind, slot) in State.Slots)
            {
                if (slot.LeftRevision == 0 || (id != $"{Name(kind)}/{slot.LeftRevision}" && !id.StartsWith($"{Name(kind)}/{slot.LeftRevision}/r", StringComparison.Ordinal))) continue;
                if (refused.Problem is { } problem) Withdraw(kind, problem);
                else Resend(kind);
                break;
            }
        }
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
            Refusals = State.Refusals.Add(new Refusal(kind, slot.Guid, [problem], now)),
        };
        Enter($"{Name(kind)}-withdrawn", $"{kind.Chinese()}无法发出:{problem.Code}");
        if (kind == DocumentKind.List && State.Status == ParcelStatus.Declared) Reject([problem]);
        else if (kind is DocumentKind.Cancel or DocumentKind.Return && State.Before is { } back) Become(back, $"{Name(kind)}-withdrawn", "恢复原状态 as before");
    }

    public void GiveUp(WaybillGivenUp given)
    {
        if (!ParcelViews.MayGiveUp(State, given.LogisticsCode, given.LogisticsNo)) return;
        Drop(o => o is OwedDocument { Kind: DocumentKind.Waybill });
        var slot = State[DocumentKind.Waybill]!;
        State = State with { Slots = State.Slots.Remove(DocumentKind.Waybill), Withdrawn = State.Withdrawn.SetItem(DocumentKind.Waybill, slot.Revision) };
        Owe(new OwedHandOver($"hand-over/{slot.Revision}", now, slot, given.To));
        Enter("waybill-given-up", "运单归属其他包裹 the waybill belongs to another parcel");
    }

    public Problem? Leave(DateTimeOffset at)
    {
        if (!State.Exists || !ParcelTable.Allows(State.Status, ParcelStatus.Left) || State.Timeline.Any(e => e.State == ParcelStatus.Left))
        {
            return State.Exists && State.Timeline.Any(e => e.State == ParcelStatus.Left)
                ? null
                : new Problem("wrong-state", DocumentKind.List, null, null, $"当前状态 {State.Status} 的货物不能离区/离场。Goods in state {State.Status} cannot leave; they must be released.");
        }
        Enter("left", $"货物已离区/离场 left at {CebTime.Format(at)}", ParcelStatus.Left);
        return null;
    }

    public void Wake()
    {
        if (State.Owes.Length > 0 && State.RedriveAt <= now) State = State with { RedriveAt = null };
        foreach (var (kind, slot) in State.Slots)
        {
            if (slot.AskAt <= now) Question(kind);
        }
    }

    public void AskNow()
    {
        foreach (var (kind, slot) in State.Slots)
        {
            if (slot.LeftRevision > 0 && (slot.CustomsCode is not { } code || !CustomsCode.IsTerminal(code))) Question(kind);
        }
    }

    /// <summary>Whatever waits for this parcel under a name that it did not have before is looked for.</summary>
    void Seek()
    {
        var names = new List<string>();
        if (State.Live(DocumentKind.Waybill) is { } waybill) names.Add(IndexKey.WaitingForWaybill(waybill.Required(LogisticsHead.LogisticsCode), waybill.Required(LogisticsHead.LogisticsNo)));
        else names.Add(IndexKey.WaitingForOrder(State.OrderNo));
        if (State.Live(DocumentKind.List) is { } list) names.Add(IndexKey.WaitingForWaybill(list.Required(InventoryHead.LogisticsCode), list.Required(InventoryHead.LogisticsNo)));
        else if (State.Live(DocumentKind.Order) is { } order && order[OrderHead.LogisticsCode] is { Length: > 0 } code && order[OrderHead.LogisticsNo] is { Length: > 0 } number)
            names.Add(IndexKey.WaitingForWaybill(code, number));
        var unsought = names.Except(State.Sought, StringComparer.Ordinal).ToArray();
        if (unsought.Length == 0) return;
        State = State with { Sought = [.. State.Sought.Union(unsought, StringComparer.Ordinal)] };
        Owe(new OwedSeek($"seek/{State.Sought.Length}", now));
    }
}
