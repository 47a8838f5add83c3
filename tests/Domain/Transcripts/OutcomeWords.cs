using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Receipts;
using ClearanceEngine.Subscribers;

namespace ClearanceEngine.Tests.Transcripts;

/// <summary>What an input led to, in the words of the glossary.</summary>
static class OutcomeWords
{
    public static string Of(ParcelStatus status)
    {
        var chinese = status switch
        {
            ParcelStatus.Staged => "暂存",
            ParcelStatus.Collecting => "收单中",
            ParcelStatus.Matched => "已匹配",
            ParcelStatus.Reserved => "额度已预占",
            ParcelStatus.Declared => "已申报",
            ParcelStatus.AtCustoms => "海关审核",
            ParcelStatus.Inspected => "查验",
            ParcelStatus.Detained => "扣留",
            ParcelStatus.Released => "放行",
            ParcelStatus.Departed => "已离区/离场",
            ParcelStatus.Closed => "结关",
            ParcelStatus.Rejected => "退单",
            ParcelStatus.CancelRequested => "撤销申请中",
            ParcelStatus.Cancelled => "已撤销",
            ParcelStatus.ReturnRequested => "退货申请中",
            ParcelStatus.Returned => "已退货",
            ParcelStatus.PartlyReturned => "部分退货",
            ParcelStatus.ReturnedAbroad => "退运",
            _ => throw new ArgumentOutOfRangeException(nameof(status)),
        };
        return $"{WireName.Of(status)} {chinese}";
    }

    /// <summary>What its sender is answered.</summary>
    public static string Of(SubmissionReply reply, ParcelStatus before)
    {
        var chinese = reply.Outcome switch
        {
            SubmissionOutcome.Accepted => "受理",
            SubmissionOutcome.Staged => "暂存",
            SubmissionOutcome.Duplicate => "重复",
            SubmissionOutcome.Stale => "过时",
            SubmissionOutcome.Refused => "不受理",
            _ => "待匹配",
        };
        var from = reply.Status == before ? "" : $"{Of(before)} → ";
        var status = reply.Status is { } stands ? $"，状态 {from}{Of(stands)}" : "";
        var missing = reply.Missing.IsEmpty
            ? ""
            : $"，缺 {string.Join(' ', reply.Missing.Select(type => type.Name()))}";
        return $"{WireName.Of(reply.Outcome)} {chinese}{status}{missing}";
    }

    public static string Of(Problem problem)
    {
        var line = problem.Line is { } number ? $" 第 {number} 项" : "";
        var field = problem.Field is { } name ? $" {name}" : "";
        return $"{problem.Code}（{problem.Document.Chinese()} {problem.Document.Name()}{line}{field}）";
    }

    public static string Of(ParcelQuota quota)
    {
        var chinese = quota.Stage switch
        {
            QuotaStage.Reserving => "reserving 预占中",
            QuotaStage.Reserved => "reserved 已预占",
            QuotaStage.Refused => "refused 未获准",
            QuotaStage.Posted => "posted 已核扣",
            QuotaStage.Voided => "voided 已释放",
            _ => "givenBack 已恢复",
        };
        var givenBack =
            quota.GivenBackFen > 0 ? $"，其中已恢复 {CebAmount.FromFen(quota.GivenBackFen)} 元" : "";
        return $"{chinese}，{CebAmount.FromFen(quota.AmountFen)} 元（{quota.Year} 年，第 {quota.Attempt} 次申报）{givenBack}";
    }

    public static string Of(Effect effect, ParcelState parcel) =>
        effect switch
        {
            DispatchDocument d => $"{d.Id}：{d.Type.Chinese()} {DocumentKey.Of(d.Document).Number} 发往海关",
            ForwardReceipt r =>
                $"{r.Id}：{Author(r, parcel)}{Chinese(r.Receipt)}{Code(r.Receipt)}转交{InputWords.Participant(r.Receiver)}",
            AskCustoms q => $"{q.Id}：向海关询问{q.Type.Chinese()} {q.Key.Split('|')[^1]}",
            ChangeQuota { Step: QuotaStep.FlagOver } q => $"{q.Id}：记录海关认定超限 {q.CustomsCode}",
            ChangeQuota q => $"{q.Id}：额度{Of(q.Step)} {CebAmount.FromFen(q.AmountFen)} 元（{q.Year} 年）",
            SeekUnmatched s => $"{s.Id}：查找待匹配单证",
            _ => throw new ArgumentException($"No words for {effect.GetType().Name}.", nameof(effect)),
        };

    /// <summary>What comes from the engine's own work and not from outside; null for what only completes an effect.</summary>
    public static string? Of(ParcelInput input) =>
        input switch
        {
            ReserveAnswered { Answer: var answer } =>
                $"额度答复 {Of(answer.Outcome)}，本年已用 {CebAmount.FromFen(answer.UsedFen)} / {CebAmount.FromFen(answer.LimitFen)} 元",
            QuotaStepDone { Step: var step } => $"额度{Of(step)}完成",
            WaybillClaimed { Waybill: var waybill } => $"另一订单认领运单 {waybill.Number}",
            Sought { Superseded.IsEmpty: true, Elsewhere.IsEmpty: true } => null,
            Sought sought =>
                $"查找结果：运单 {string.Join(' ', sought.Superseded.Concat(sought.Elsewhere).Select(k => k.Number))} 属于另一订单",
            _ => null,
        };

    public static string Of(WaybillClaim claim) =>
        claim switch
        {
            WaybillClaim.Free => "free 让出",
            WaybillClaim.Superseded => "superseded 本单所存更新",
            _ => "kept 清单已在海关，不让出",
        };

    static string Of(QuotaStep step) =>
        step switch
        {
            QuotaStep.Reserve => "预占",
            QuotaStep.Post => "核扣",
            QuotaStep.Void => "释放",
            QuotaStep.GiveBack => "恢复",
            _ => "超限记录",
        };

    static string Of(ReserveOutcome outcome) =>
        outcome switch
        {
            ReserveOutcome.Granted => "granted 准予预占",
            ReserveOutcome.OverAnnual => "overAnnual 超过年度限值",
            ReserveOutcome.Voided => "voided 已释放",
            _ => WireName.Of(outcome),
        };

    /// <summary>What the record of a receipt hands on.</summary>
    public static string Of(HandOn handOn) =>
        $"{Chinese(handOn.Receipt)}{Code(handOn.Receipt)}转交{InputWords.Participant(handOn.Receiver)}";

    static string Author(ForwardReceipt effect, ParcelState parcel) =>
        parcel.Receipts.Any(kept => kept.IsOwn && kept.Receipt == effect.Receipt) ? "引擎出具的" : "";

    static string Chinese(CebDocument receipt) =>
        receipt.Type is CebType.TaxBill or CebType.TaxBillState
            ? receipt.Schema.ChineseName
            : $"{DocumentTypes.OfReceipt(receipt.Type)!.Value.Chinese()}回执";

    static string Code(CebDocument receipt) =>
        InputWords.Head(receipt, "returnStatus") is { Length: > 0 } code ? $" {code} " : "";
}
