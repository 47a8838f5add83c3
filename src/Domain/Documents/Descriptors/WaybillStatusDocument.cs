using System.Collections.Frozen;
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
            OfficialCodes = new Dictionary<string, int>
            {
                ["nothing-to-delete"] = -505014,
                ["stale"] = -505016,
            }.ToFrozenDictionary(),
            OtherCode = -505011,
        };
}
