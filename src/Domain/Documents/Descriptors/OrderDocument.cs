using System.Collections.Frozen;
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
            OfficialCodes = new Dictionary<string, int>
            {
                ["no-lines"] = -301001,
                ["line-number-repeated"] = -301002,
                ["already-declared"] = -301011,
                ["guid-reused"] = -301010,
                ["document-of-another"] = -301010,
                ["document-repeated"] = -301010,
                ["nothing-to-delete"] = -301009,
                ["stale"] = -301014,
            }.ToFrozenDictionary(),
            OtherCode = -301008,
        };
}
