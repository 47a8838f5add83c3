using ClearanceEngine.Ceb;

namespace ClearanceEngine.Documents;

/// <summary>入库明细单 (9610): the parcels of its lines have arrived at the supervised site.</summary>
static class InboundNoteDocument
{
    public static DocumentDescriptor Descriptor { get; } =
        new()
        {
            Type = DocumentType.InboundNote,
            Message = CebType.InboundNote,
            Receipt = CebType.InboundNoteReceipt,
            Topic = "declarations.entry",
            Name = "entry",
            Chinese = "入库明细单",
            KeyFields = ("operatorCode", "copNo"),
            EchoedFields = ["customsCode", "operatorCode", "copNo"],
            QueryFields = ["operatorCode", "copNo"],
            OtherCode = -800001,
        };
}
