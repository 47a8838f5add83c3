using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;

namespace ClearanceEngine.Unmatched;

/// <summary>What the sender of a document that waits for its parcel is told.</summary>
static class UnmatchedTexts
{
    /// <summary>There is no room for one more.</summary>
    public static Problem NoRoom(DocumentType type) =>
        new(
            ProblemCode.TooManyWaiting,
            type,
            null,
            null,
            $"待匹配的{type.Chinese()}已达上限，请先由平台或申报企业发送对应的订单或清单，再重新发送。Too many documents of type {type.Name()} wait for their parcel already; have its order or list sent first, then send this one again."
        );

    /// <summary>It waits for long; nothing is lost.</summary>
    public static string StillWaits(Submission submission) =>
        $"[still-unmatched] {Named(submission)}尚未找到所属订单，继续等待；请核对编号，或请电商平台报送订单、申报企业报送清单。Its order is not known yet and it goes on waiting; check the number, or have the platform send the order and the declarant the list.";

    /// <summary>It waited to the end.</summary>
    public static Problem Ended(Submission submission, TimeSpan after) =>
        new(
            ProblemCode.OrderUnknown,
            submission.Type,
            null,
            submission.Type == DocumentType.Waybill ? "orderNo" : "logisticsNo",
            $"{Named(submission)}等待 {after.TotalHours:0.#} 小时仍未找到所属订单，不再等待；请核对编号，待订单或清单报送后重新发送。No order was found for it in {after.TotalHours:0.#} h and it waits no longer; check the number, and send it again once order or list are here."
        );

    /// <summary>By the number that it gave itself.</summary>
    static string Named(Submission submission)
    {
        var document = submission.Document;
        return submission.Type == DocumentType.Waybill
            ? $"{submission.Type.Chinese()}（orderNo {document[LogisticsHead.OrderNo]}）"
            : $"{submission.Type.Chinese()}（logisticsNo {WaybillNames.Of(document)?.LogisticsNo}）";
    }
}
