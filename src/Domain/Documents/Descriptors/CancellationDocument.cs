using ClearanceEngine.Ceb;

namespace ClearanceEngine.Documents;

/// <summary>撤销单: takes the list back before the goods have departed.</summary>
static class CancellationDocument
{
    public static DocumentDescriptor Descriptor { get; } =
        new()
        {
            Type = DocumentType.Cancellation,
            Message = CebType.Cancellation,
            Receipt = CebType.CancellationReceipt,
            Topic = "declarations.cancel",
            Name = "cancel",
            Chinese = "撤销单",
            KeyFields = ("agentCode", "copNo"),
            EchoedFields = ["customsCode", "ebpCode", "ebcCode", "agentCode", "copNo", "preNo", "invtNo"],
            QueryFields = ["agentCode", "copNo"],
            OtherCode = -623001,
        };
}
