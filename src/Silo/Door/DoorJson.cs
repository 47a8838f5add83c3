using ClearanceEngine.Ceb;
using ClearanceEngine.Contracts;
using ClearanceEngine.Door;
using ClearanceEngine.Parcels;
using ClearanceEngine.Receipts;

namespace ClearanceEngine.Silo.Door;

/// <summary>What the door tells of documents.</summary>
static class DoorJson
{
    public static DocumentResponse Response(DocumentAnswer answer, DateTimeOffset now)
    {
        var document = answer.Document;
        var reply = answer.Reply;
        var key = answer
            .Type.Descriptor()
            .EchoOf(document)
            .Where(k => k.Value is not null)
            .ToDictionary(k => k.Name, k => k.Value!, StringComparer.Ordinal);
        if (document.Schema.Head.Find("orderNo") is { } orderNo && document[orderNo] is { } order)
            key["orderNo"] = order;
        return new DocumentResponse(
            document.Schema.Root,
            answer.Type,
            Text(document, "guid"),
            key,
            reply.Outcome,
            reply.Status,
            Receipt(answer, now),
            reply.Problems,
            reply.Missing,
            reply.Parcel is { } parcel ? ParcelAddress.Of(parcel) : null
        );
    }

    /// <summary>A decided document always has a receipt: customs' latest, our refusal, or our word that it is kept.</summary>
    static ReceiptResponse Receipt(DocumentAnswer answer, DateTimeOffset now)
    {
        var reply = answer.Reply;
        var type = CebSchema.Of(answer.Type.ReceiptType()).Root;
        if (reply.Receipt is { } r)
            return new ReceiptResponse(
                type,
                Text(r, "guid"),
                Text(r, "returnStatus"),
                Text(r, "returnInfo"),
                Text(r, "returnTime"),
                reply.Source
            );
        var (status, info) = reply.Outcome switch
        {
            SubmissionOutcome.Staged => ("1", "已暂存，未申报。Staged, not declared."),
            SubmissionOutcome.Unmatched => ("2", "已接收，等待所属订单。Kept; its order is not known yet."),
            // What becomes of it in a parcel that is not its sender's is not its sender's to know.
            _ when reply.Status is null => (
                "2",
                "已接收。订单或清单指明贵企业后（入库明细单：海关入库后），可查询进度。Kept. Where the parcel stands you see once its order or list names your company, or customs has stored your inbound note."
            ),
            _ => (
                "2",
                reply.Missing.Length > 0
                    ? $"已接收，尚缺：{string.Join("、", reply.Missing.Select(m => m.Chinese()))}。Kept; still missing: {string.Join(", ", reply.Missing.Select(m => m.Name()))}."
                    : "已接收，申报中。Kept; being declared."
            ),
        };
        return new ReceiptResponse(type, null, status, info, CebTime.FormatMillis(now), ReceiptSource.Engine);
    }

    static string Text(CebDocument document, string field) =>
        document.Schema.Head.Find(field) is { } f ? document[f] ?? "" : "";
}
