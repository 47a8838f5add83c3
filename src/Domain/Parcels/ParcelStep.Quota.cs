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
        var slot = State[DocumentKind.List]!;
        var list = slot.Document;
        var judgement = TransactionRule.Judge(list, rules.Limits.At(slot.ReceivedAt).SingleFen);
        if (!judgement.Allowed)
        {
            var limit = rules.Limits.At(slot.ReceivedAt).SingleFen;
            RejectList(
                new Problem(
                    "over-single-limit",
                    DocumentKind.List,
                    null,
                    null,
                    $"单次交易 {CebAmount.FromFen(judgement.AmountFen)} 元超过限值 {CebAmount.FromFen(limit)} 元且不止一件商品。The transaction of ¥{CebAmount.FromFen(judgement.AmountFen)} is over the single limit of ¥{CebAmount.FromFen(limit)} and has more than one item; split the order or declare it as ordinary trade."
                )
            );
            return;
        }
        var subscriber = rules.Identity.Hash(list.Required(InventoryHead.BuyerIdNumber));
        var year = CebTime.BeijingYear(slot.ReceivedAt);
        if (
            State.Quota is not { IsHeld: true } quota
            || quota.AmountFen != judgement.AmountFen
            || quota.Subscriber != subscriber
            || quota.Year != year
        )
        {
            var replaces = 0;
            if (State.Quota is { IsHeld: true } old)
            {
                if (old.Subscriber == subscriber)
                {
                    replaces = FirstHeld(old);
                    Drop(o => o is OwedQuota { Step: QuotaStep.Reserve });
                }
                else
                    EndQuota(QuotaStep.Void);
            }
            var attempt = State.Attempt + 1;
            quota = new ParcelQuota(
                attempt,
                subscriber,
                year,
                judgement.AmountFen,
                QuotaStage.Reserving,
                judgement.OneItem
            );
            State = State with
            {
                Attempt = attempt,
                Quota = quota,
                Estimate = rules.Tax.Estimate(list, judgement.OneItem).Total,
            };
            Owe(
                new OwedQuota(
                    $"quota/reserve/{attempt}",
                    now,
                    QuotaStep.Reserve,
                    attempt,
                    quota.AmountFen,
                    subscriber,
                    year,
                    replaces
                )
            );
            if (State.Status == ParcelStatus.Reserved)
                Become(ParcelStatus.Matched, "matched", "单证重新匹配 matched anew");
        }
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
        if (Accepted(DocumentKind.Order) && Accepted(DocumentKind.Payment) && Accepted(DocumentKind.Waybill))
        {
            LetGo(DocumentKind.List);
            Become(
                ParcelStatus.Declared,
                "declared",
                $"清单申报（第 {State.Attempt} 次）list declared, attempt {State.Attempt}"
            );
        }
    }

    public void ReserveAnswered(ReserveAnswered answered)
    {
        Drop(o => o.Id == $"quota/reserve/{answered.Attempt}");
        if (State.Quota is not { Stage: QuotaStage.Reserving } quota || quota.Attempt != answered.Attempt)
            return;
        var answer = answered.Answer;
        switch (answer.Outcome)
        {
            case ReserveOutcome.Granted:
                State = State with { Quota = quota with { Stage = QuotaStage.Reserved } };
                break;
            case ReserveOutcome.Voided:
                State = State with { Quota = quota with { Stage = QuotaStage.Voided } }; // this attempt's name is spent: the next one gets a new name
                break;
            default:
                State = State with { Quota = quota with { Stage = QuotaStage.Refused } };
                RejectList(
                    answer.Outcome == ReserveOutcome.OverAnnual
                        ? new Problem(
                            "over-annual-limit",
                            DocumentKind.List,
                            null,
                            null,
                            $"超过年度交易限值：已用 {CebAmount.FromFen(answer.UsedFen)} 元，限值 {CebAmount.FromFen(answer.LimitFen)} 元，本单 {CebAmount.FromFen(quota.AmountFen)} 元。The annual limit would be passed: used ¥{CebAmount.FromFen(answer.UsedFen)} of ¥{CebAmount.FromFen(answer.LimitFen)}, this parcel ¥{CebAmount.FromFen(quota.AmountFen)}; declare it as ordinary trade."
                        )
                        : new Problem(
                            answer.Outcome == ReserveOutcome.TooOld ? "quota-year-too-old" : "quota-conflict",
                            DocumentKind.List,
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
        if (!Drop(o => o.Id == done.OwedId) || State.Quota is not { } quota || quota.Attempt != done.Attempt)
            return;
        switch (done.Step)
        {
            case QuotaStep.Post:
                State = State with { Quota = quota with { Stage = QuotaStage.Posted } };
                Enter("quota-posted", $"额度已核扣 {CebAmount.FromFen(quota.AmountFen)} 元 quota posted");
                break;
            case QuotaStep.GiveBack:
                var given = quota.GivenBackFen + done.Fen;
                State = State with
                {
                    Quota = quota with
                    {
                        GivenBackFen = given,
                        Stage = given >= quota.AmountFen ? QuotaStage.GivenBack : quota.Stage,
                    },
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
            if (!quota.IsHeld)
                return;
            var first = FirstHeld(quota);
            Drop(o => o is OwedQuota { Step: QuotaStep.Reserve });
            State = State with { Quota = quota with { Stage = QuotaStage.Voided } };
            for (var attempt = first; attempt < quota.Attempt; attempt++)
                OweQuota(step, quota with { Attempt = attempt });
        }
        else if (quota.Stage is QuotaStage.Posted or QuotaStage.GivenBack)
            return;
        OweQuota(step, quota);
    }

    void OweQuota(QuotaStep step, ParcelQuota quota) =>
        Owe(
            new OwedQuota(
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
    int FirstHeld(ParcelQuota quota) =>
        State.Owes.FirstOrDefault(o => o is OwedQuota { Step: QuotaStep.Reserve, Replaces: > 0 })
            is OwedQuota reserve
            ? reserve.Replaces
            : quota.Attempt;

    void GiveBack(DocumentKind kind, long fen)
    {
        if (State.Quota is not { } quota || fen <= 0)
            return;
        Owe(
            new OwedQuota(
                $"quota/give-back/{Name(kind)}/{State[kind]!.Revision}",
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
