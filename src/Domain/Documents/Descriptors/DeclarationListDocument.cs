using ClearanceEngine.Ceb;

namespace ClearanceEngine.Documents;

/// <summary>清单: has the force of a customs declaration.</summary>
static class DeclarationListDocument
{
    public static DocumentDescriptor Descriptor { get; } =
        new()
        {
            Type = DocumentType.DeclarationList,
            Message = CebType.DeclarationList,
            Receipt = CebType.DeclarationListReceipt,
            Topic = "declarations.list",
            Name = "list",
            Chinese = "清单",
            KeyFields = ("agentCode", "copNo"),
            EchoedFields = ["customsCode", "ebpCode", "ebcCode", "agentCode", "copNo", "preNo", "invtNo"],
            QueryFields = ["agentCode", "copNo"],
            After = [DocumentType.Order, DocumentType.Payment, DocumentType.Waybill],
            OtherCode = -621001,
        };
}
