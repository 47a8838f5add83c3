using ClearanceEngine.Ceb;

namespace ClearanceEngine.Documents;

/// <summary>运单: by the carrier.</summary>
static class WaybillDocument
{
    public static DocumentDescriptor Descriptor { get; } =
        new()
        {
            Type = DocumentType.Waybill,
            Message = CebType.Waybill,
            Receipt = CebType.WaybillReceipt,
            Topic = "declarations.waybill",
            Name = "waybill",
            Chinese = "运单",
            KeyFields = ("logisticsCode", "logisticsNo"),
            MayBeSeveral = true,
            EchoedFields = ["logisticsCode", "logisticsNo"],
            QueryFields = ["logisticsCode", "logisticsNo"],
            After = [DocumentType.Order, DocumentType.Payment],
            OtherCode = -504011,
        };
}
