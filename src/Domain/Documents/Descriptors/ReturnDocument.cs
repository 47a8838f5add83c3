using ClearanceEngine.Ceb;

namespace ClearanceEngine.Documents;

/// <summary>退货单: sends goods back after they have departed.</summary>
static class ReturnDocument
{
    public static DocumentDescriptor Descriptor { get; } =
        new()
        {
            Type = DocumentType.Return,
            Message = CebType.Return,
            Receipt = CebType.ReturnReceipt,
            Topic = "declarations.return",
            Name = "return",
            Chinese = "退货单",
            KeyFields = ("agentCode", "copNo"),
            EchoedFields = ["customsCode", "ebpCode", "ebcCode", "agentCode", "copNo", "preNo", "invtNo"],
            QueryFields = ["agentCode", "copNo"],
            OtherCode = -625001,
        };
}
