using ClearanceEngine.Ceb;

namespace ClearanceEngine.Documents;

/// <summary>订单: what the consumer bought, by the platform.</summary>
static class OrderDocument
{
    public static DocumentDescriptor Descriptor { get; } =
        new()
        {
            Type = DocumentType.Order,
            Message = CebType.Order,
            Receipt = CebType.OrderReceipt,
            Topic = "declarations.order",
            Name = "order",
            Chinese = "订单",
            KeyFields = ("ebpCode", "orderNo"),
            EchoedFields = ["ebpCode", "ebcCode", "orderNo"],
            QueryFields = ["ebpCode", "ebcCode", "orderNo"],
            OtherCode = -301008,
        };
}
