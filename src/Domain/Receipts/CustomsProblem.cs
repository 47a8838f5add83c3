namespace ClearanceEngine.Receipts;

/// <summary>What customs said against a document, as an open problem for its sender and the operator.</summary>
static class CustomsProblem
{
    /// <param name="info">Customs' own words, as <see cref="ReceiptText.Quoted"/> has them.</param>
    public static Problem Refused(DocumentType type, int code, string info) =>
        Of(
            ProblemCode.CustomsRefused,
            type,
            $"海关退单 {code}（{type.Chinese()}）：{info}。请更正后重新报送。Customs refused the {type.Name()} ({code}); correct it and send it again."
        );

    /// <summary>The list is refused for its buyer, and no correction of it helps.</summary>
    public static Problem OverLimit(int code, string info) =>
        Of(
            ProblemCode.CustomsRefused,
            DocumentType.DeclarationList,
            $"海关退单 {code}（清单）：{info}。海关认定超出交易限值，更正单证无济于事，请按一般贸易办理。Customs refused the list ({code}) as over the limit; correcting it does not help, declare the goods as ordinary trade."
        );

    /// <summary>Customs was asked and keeps to a number that the official table does not have.</summary>
    public static Problem Unclear(DocumentType type, int code, string info) =>
        Of(
            ProblemCode.CustomsUnclear,
            type,
            $"海关对{type.Chinese()}的回执 {code} 不在官方代码表内：{info}。已查询一次，海关答复相同；请与海关核实，再以 POST /api/v1/parcels/{{ebpCode}}/{{orderNo}}/ask 取回最新回执、以 …/resend?document=list 重发或以 …/close 关闭，期间额度保持预占。Customs answers the {type.Name()} with {code}, which the official table does not have, and said so again when asked. Clear it with customs, then fetch its latest receipt by POST /api/v1/parcels/{{ebpCode}}/{{orderNo}}/ask, send it again by …/resend?document=list or close the parcel by …/close; the quota stays reserved meanwhile."
        );

    /// <summary>Customs' words are masked already, by someone who knows the numbers of the parcel.</summary>
    static Problem Of(ProblemCode code, DocumentType type, string text) =>
        new(code, type, null, null, "") { Text = text };
}
