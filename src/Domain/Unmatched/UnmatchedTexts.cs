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
    /// <param name="submission">What waits.</param>
    /// <param name="sharedBy">By what several parcels claim it alike; null where none does.</param>
    public static string StillWaits(Submission submission, DocumentType? sharedBy) =>
        $"[still-unmatched] {Named(submission)}"
        + sharedBy switch
        {
            DocumentType.DeclarationList =>
                "尚不能确定归属，继续等待：该订单编号下，多个电商平台的清单均列有此运单；请核对运单编号，并请列错的申报企业更正清单。Lists of several platforms with this order number name it, so whose it is is not known and it goes on waiting; check its number, and have the declarant of the wrong list correct it.",
            DocumentType.Order =>
                "尚不能确定归属，继续等待：多个电商平台有该编号的订单，尚无清单列有此运单；请申报企业报送清单。Several platforms have an order of this number and no list names this waybill yet, so it goes on waiting; have the declarant send the list.",
            _ =>
                "尚未找到所属订单，继续等待；请核对编号，或请电商平台报送订单、申报企业报送清单。Its order is not known yet and it goes on waiting; check the number, or have the platform send the order and the declarant the list.",
        };

    /// <summary>It waited to the end.</summary>
    /// <param name="submission">What waited.</param>
    /// <param name="after">How long.</param>
    /// <param name="sharedBy">See <see cref="StillWaits"/>.</param>
    public static Problem Ended(Submission submission, TimeSpan after, DocumentType? sharedBy) =>
        new(
            ProblemCode.OrderUnknown,
            submission.Type,
            null,
            submission.Type == DocumentType.Waybill ? "orderNo" : "logisticsNo",
            Named(submission)
                + sharedBy switch
                {
                    DocumentType.DeclarationList =>
                        $"等待 {after.TotalHours:0.#} 小时仍不能确定归属（多个电商平台的清单均列有此运单），不再等待；待列错的清单更正后重新发送。Lists of several platforms name it and in {after.TotalHours:0.#} h none was corrected, so it waits no longer; send it again once the wrong list is corrected.",
                    DocumentType.Order =>
                        $"等待 {after.TotalHours:0.#} 小时仍不能确定归属（多个电商平台有该编号的订单，尚无清单列有此运单），不再等待；待清单报送后重新发送。Several platforms have an order of this number and in {after.TotalHours:0.#} h no list named this waybill, so it waits no longer; send it again once the list is here.",
                    _ =>
                        $"等待 {after.TotalHours:0.#} 小时仍未找到所属订单，不再等待；请核对编号，待订单或清单报送后重新发送。No order was found for it in {after.TotalHours:0.#} h and it waits no longer; check the number, and send it again once order or list are here.",
                }
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
