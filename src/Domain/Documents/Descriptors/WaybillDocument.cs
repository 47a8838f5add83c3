using System.Collections.Frozen;
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
            OfficialCodes = new Dictionary<string, int>
            {
                ["already-declared"] = -504016,
                ["guid-reused"] = -504015,
                ["document-of-another"] = -504015,
                ["document-repeated"] = -504015,
                ["nothing-to-delete"] = -504014,
                // The table has no stale waybill: "one with this number is here" is nearest.
                ["stale"] = -504015,
            }.ToFrozenDictionary(),
            OtherCode = -504011,
        };
}
