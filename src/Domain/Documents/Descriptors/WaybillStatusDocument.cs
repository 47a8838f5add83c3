using ClearanceEngine.Ceb;

namespace ClearanceEngine.Documents;

/// <summary>运单状态: the carrier's later news of a waybill.</summary>
static class WaybillStatusDocument
{
    public static DocumentDescriptor Descriptor { get; } =
        new()
        {
            Type = DocumentType.WaybillStatus,
            Message = CebType.WaybillStatus,
            Receipt = CebType.WaybillStatusReceipt,
            Topic = "declarations.waybill",
            Name = "waybill-status",
            Chinese = "运单状态",
            KeyFields = ("logisticsCode", "logisticsNo"),
            MayBeSeveral = true,
            EchoedFields = ["logisticsCode", "logisticsNo", "logisticsStatus"],
            QueryFields = ["logisticsCode", "logisticsNo"],
            After = [DocumentType.Waybill],
            OtherCode = -505011,
        };
}
