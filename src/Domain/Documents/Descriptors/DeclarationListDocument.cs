using System.Collections.Frozen;
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
            OfficialCodes = new Dictionary<string, int>
            {
                ["over-single-limit"] = -621005,
                ["over-annual-limit"] = -621018,
                ["sender-not-entitled"] = -621016,
                ["sender-unknown"] = -621016,
                ["sender-inactive"] = -621016,
                ["mode-not-activated"] = -621016,
                ["customs-not-activated"] = -621016,
                ["speaks-for-another"] = -621016,
                ["signature-missing"] = -621026,
                ["signature-invalid"] = -621029,
                ["certificate-foreign"] = -621029,
                ["certificate-expired"] = -621029,
                ["no-lines"] = -621000,
                ["line-number-repeated"] = -621027,
                ["already-declared"] = -621012,
                ["nothing-to-delete"] = -621011,
                ["document-of-another"] = -621012,
                ["document-repeated"] = -621012,
            }.ToFrozenDictionary(),
            OtherCode = -621001,
        };
}
