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
            OtherCode = -401009,
        };
}
