using System.Collections.Frozen;
using ClearanceEngine.Ceb;

namespace ClearanceEngine.Documents;

/// <summary>支付单: by the payment company.</summary>
static class PaymentDocument
{
    public static DocumentDescriptor Descriptor { get; } =
        new()
        {
            Type = DocumentType.Payment,
            Message = CebType.Payment,
            Receipt = CebType.PaymentReceipt,
            Topic = "declarations.payment",
            Name = "payment",
            Chinese = "支付单",
            KeyFields = ("payCode", "payTransactionId"),
            MayBeSeveral = true,
            EchoedFields = ["payCode", "payTransactionId"],
            QueryFields = ["payCode", "payTransactionId"],
            OfficialCodes = new Dictionary<string, int>
            {
                ["already-declared"] = -401008,
                ["guid-reused"] = -401007,
                ["document-of-another"] = -401007,
                ["document-repeated"] = -401007,
                ["nothing-to-delete"] = -401006,
                ["stale"] = -401012,
            }.ToFrozenDictionary(),
            OtherCode = -401009,
        };
}
