using ClearanceEngine.Ceb;
using ClearanceEngine.Receipts;
using ClearanceEngine.Rules;
using ClearanceEngine.Subscribers;

namespace ClearanceEngine.Parcels;

/// <summary>The buyer's quota: reserved before the list leaves, posted at release, else voided; each attempt under a name of its own.</summary>
sealed partial class ParcelStep
{
    void Reserve()
    {
        var list = State.Live(DocumentType.DeclarationList)!;
        // The limits and the year are those of the dispatch: a list of December that leaves in January is reserved anew.
        var limit = rules.Limits.At(now).SingleFen;
        var judgement = TransactionRule.Judge(list, limit);
        if (!judgement.Allowed)
        {
            RejectList(OverSingleLimit(judgement, limit));
            return;
        }
        var subscriber = rules.Identity.Hash(list.Required(InventoryHead.BuyerIdNumber));
        var year = CebTime.BeijingYear(now);
        if (!IsPendingFor(judgement.AmountFen, subscriber, year))
            BeginAttempt(list, judgement, subscriber, year);
        GoOn(State.Quota!);
    }

    static Problem OverSingleLimit(TransactionJudgement judgement, long limit) =>
        new(
            ProblemCode.OverSingleLimit,
            DocumentType.DeclarationList,
            null,
            null,
            $"单次交易 {CebAmount.FromFen(judgement.AmountFen)} 元超过限值 {CebAmount.FromFen(limit)} 元且不止一件商品。The transaction of ¥{CebAmount.FromFen(judgement.AmountFen)} is over the single limit of ¥{CebAmount.FromFen(limit)} and has more than one item; split the order or declare it as ordinary trade."
        );

    bool IsPendingFor(long amountFen, string subscriber, int year) =>
        State.Quota is { IsPending: true } quota
        && quota.AmountFen == amountFen
        && quota.Subscriber == subscriber
        && quota.Year == year;

    /// <summary>A new attempt, whose reservation takes the place of the pending one.</summary>
    void BeginAttempt(CebDocument list, TransactionJudgement judgement, string subscriber, int year)
    {
        var replaces = EndPending(subscriber);
        var attempt = State.Attempt + 1;
        Change().Attempt = attempt;
        Change().Quota = new ParcelQuota(
            attempt,
            subscriber,
            year,
            judgement.AmountFen,
            QuotaStage.Reserving,
            judgement.OneItem
        );
        Change().Estimate = rules.Tax.Estimate(list, judgement.OneItem).Total;
        AddEffect(
            new ChangeQuota(
                $"quota/reserve/{attempt}",
                now,
                QuotaStep.Reserve,
                attempt,
                judgement.AmountFen,
                subscriber,
                year,
                replaces
            )
        );
        if (State.Status == ParcelStatus.Reserved)
            Become(ParcelStatus.Matched, "matched", "单证重新匹配 matched anew");
    }

    /// <summary>The first of this subscriber's attempts that the next one replaces, 0 for none; another's reservation is let go.</summary>
    int EndPending(string subscriber)
    {
        if (State.Quota is not { IsPending: true } pending)
            return 0;
        if (pending.Subscriber != subscriber)
        {
            EndQuota(QuotaStep.Void);
            return 0;
        }
        var first = FirstPending(pending);
        RemoveEffects(o => o is ChangeQuota { Step: QuotaStep.Reserve });
        return first;
    }

    /// <summary>The list leaves once its quota is reserved and customs has accepted what goes before it.</summary>
    void GoOn(ParcelQuota quota)
    {
        if (quota.Stage == QuotaStage.Reserving)
        {
            Become(ParcelStatus.Matched, "matched", "四单匹配 all documents match");
            return;
        }
        Become(
            ParcelStatus.Reserved,
            "reserved",
            $"额度已预占 {CebAmount.FromFen(quota.AmountFen)} 元 quota reserved"
        );
        if (Accepted(DocumentType.Order) && Accepted(DocumentType.Payment) && Accepted(DocumentType.Waybill))
        {
            Dispatch(State[DocumentType.DeclarationList]!);
            Become(
                ParcelStatus.Declared,
                "declared",
                $"清单申报（第 {State.Attempt} 次）list declared, attempt {State.Attempt}"
            );
        }
    }

    public void ReserveAnswered(ReserveAnswered answered)
    {
        RemoveEffects(o => o.Id == $"quota/reserve/{answered.Attempt}");
        if (State.Quota is not { Stage: QuotaStage.Reserving } quota || quota.Attempt != answered.Attempt)
            return;
        var answer = answered.Answer;
        switch (answer.Outcome)
        {
            case ReserveOutcome.Granted:
                Change().Quota = quota with { Stage = QuotaStage.Reserved };
                break;
            case ReserveOutcome.Voided:
                Change().Quota = quota with { Stage = QuotaStage.Voided }; // this attempt's name is spent: the next one gets a new name
                break;
            default:
                Change().Quota = quota with { Stage = QuotaStage.Refused };
                RejectList(
                    answer.Outcome == ReserveOutcome.OverAnnual
                        ? new Problem(
                            ProblemCode.OverAnnualLimit,
                            DocumentType.DeclarationList,
                            null,
                            null,
                            $"超过年度交易限值：已用 {CebAmount.FromFen(answer.UsedFen)} 元，限值 {CebAmount.FromFen(answer.LimitFen)} 元，本单 {CebAmount.FromFen(quota.AmountFen)} 元。The annual limit would be passed: used ¥{CebAmount.FromFen(answer.UsedFen)} of ¥{CebAmount.FromFen(answer.LimitFen)}, this parcel ¥{CebAmount.FromFen(quota.AmountFen)}; declare it as ordinary trade."
                        )
                        : new Problem(
                            answer.Outcome == ReserveOutcome.TooOld
                                ? ProblemCode.QuotaYearTooOld
                                : ProblemCode.QuotaConflict,
                            DocumentType.DeclarationList,
                            null,
                            null,
                            "额度预占被拒绝，请联系口岸。The quota could not be reserved under this attempt; ask the port."
                        )
                );
                break;
        }
    }

    public void QuotaDone(QuotaStepDone done)
    {
        if (
            !RemoveEffects(o => o.Id == done.EffectId)
            || State.Quota is not { } quota
            || quota.Attempt != done.Attempt
        )
            return;
        switch (done.Step)
        {
            case QuotaStep.Post:
                Change().Quota = quota with { Stage = QuotaStage.Posted };
                Enter("quota-posted", $"额度已核扣 {CebAmount.FromFen(quota.AmountFen)} 元 quota posted");
                break;
            case QuotaStep.GiveBack:
                var given = quota.GivenBackFen + done.Fen;
                Change().Quota = quota with
                {
                    GivenBackFen = given,
                    Stage = given >= quota.AmountFen ? QuotaStage.GivenBack : quota.Stage,
                };
                Enter("quota-given-back", $"额度已恢复 {CebAmount.FromFen(done.Fen)} 元 quota given back");
                break;
        }
    }

    /// <summary>Ends the reservation of the current attempt. Voiding what was posted or never reserved is nothing.</summary>
    void EndQuota(QuotaStep step)
    {
        if (State.Quota is not { } quota)
            return;
        if (step == QuotaStep.Void)
        {
            if (!quota.IsPending)
                return;
            var first = FirstPending(quota);
            RemoveEffects(o => o is ChangeQuota { Step: QuotaStep.Reserve });
            Change().Quota = quota with { Stage = QuotaStage.Voided };
            for (var attempt = first; attempt < quota.Attempt; attempt++)
                AddQuotaChange(step, quota with { Attempt = attempt });
        }
        else if (quota.Stage is QuotaStage.Posted or QuotaStage.GivenBack)
            return;
        AddQuotaChange(step, quota);
    }

    void AddQuotaChange(QuotaStep step, ParcelQuota quota) =>
        AddEffect(
            new ChangeQuota(
                $"quota/{step.ToString().ToLowerInvariant()}/{quota.Attempt}",
                now,
                step,
                quota.Attempt,
                quota.AmountFen,
                quota.Subscriber,
                quota.Year
            )
        );

    /// <summary>The first attempt that may still hold quota: a reserve that was not answered may not have taken the place of those before it.</summary>
    int FirstPending(ParcelQuota quota) =>
        State.Outbox.FirstOrDefault(o => o is ChangeQuota { Step: QuotaStep.Reserve, Replaces: > 0 })
            is ChangeQuota reserve
            ? reserve.Replaces
            : quota.Attempt;

    /// <summary>The buyer is known to be over from now on, for customs has counted what this engine cannot see.</summary>
    void FlagOver(CebDocument receipt, int code)
    {
        if (State.Quota is not { } quota)
            return;
        AddEffect(
            new ChangeQuota(
                $"quota/flag-over/{GuidOf(receipt)}",
                now,
                QuotaStep.FlagOver,
                quota.Attempt,
                quota.AmountFen,
                quota.Subscriber,
                quota.Year,
                CustomsCode: code
            )
        );
    }

    void GiveBack(ParcelDocument kept, long fen)
    {
        if (State.Quota is not { } quota || fen <= 0)
            return;
        AddEffect(
            new ChangeQuota(
                $"quota/give-back/{kept.Type.Name()}/{kept.Revision}",
                now,
                QuotaStep.GiveBack,
                quota.Attempt,
                fen,
                quota.Subscriber,
                quota.Year
            )
        );
    }
}
