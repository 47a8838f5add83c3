using System.Text.Json;
using System.Text.Json.Serialization;
using ClearanceEngine.Ceb;
using ClearanceEngine.Door;
using ClearanceEngine.Parcels;
using ClearanceEngine.Receipts;

namespace ClearanceEngine.Silo.Door;

/// <summary>One document's answer as the HTTP door writes it.</summary>
/// <param name="Type">For example <c>CEB311Message</c>.</param>
/// <param name="Guid">The document's guid.</param>
/// <param name="Key">Its business key, by the wire's names.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="State">The parcel's state; null while waiting for one, and for who is none of its parties.</param>
/// <param name="Receipt">The latest receipt: customs', or ours.</param>
/// <param name="Problems">What is wrong, or does not match yet; of the document alone for who is none of the parcel's parties.</param>
/// <param name="Missing">Documents the parcel still needs; empty for who is none of its parties.</param>
/// <param name="Parcel">Address of the parcel; null while waiting for one, and for a stranger whose document does not name its platform.</param>
public sealed record DocumentResponse(
    string Type,
    DocumentType Document,
    string Guid,
    IReadOnlyDictionary<string, string> Key,
    SubmissionOutcome Outcome,
    ParcelStatus? State,
    ReceiptResponse Receipt,
    IReadOnlyList<Problem> Problems,
    IReadOnlyList<DocumentType> Missing,
    string? Parcel
);

/// <summary>A receipt in an answer.</summary>
/// <param name="ReturnInfo">Its words; the parcel masked what looks like an id number and is no number of its own.</param>
/// <param name="Source">Who wrote it; null when an older silo answers, in the minutes of an upgrade.</param>
public sealed record ReceiptResponse(
    string Type,
    string? Guid,
    string ReturnStatus,
    string ReturnInfo,
    string ReturnTime,
    ReceiptSource? Source
);

/// <summary>JSON of the door: camelCase, enums by name, money in fen as integers.</summary>
public static class DoorJson
{
    public static void Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.DictionaryKeyPolicy = JsonNamingPolicy.CamelCase;
        options.Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase));
    }

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
            reply.Parcel is { } parcel ? Link(parcel) : null
        );
    }

    /// <summary>The address of a parcel.</summary>
    public static string Link(ParcelName parcel) =>
        $"/api/v1/parcels/{Uri.EscapeDataString(parcel.EbpCode)}/{Uri.EscapeDataString(parcel.OrderNo)}";

    /// <summary>The address at which a parcel is found by a document of it.</summary>
    /// <param name="by"><c>waybill</c>, <c>payment</c> or <c>list</c>.</param>
    /// <param name="number">The document's.</param>
    /// <param name="company">Whose number it is; null for one of customs.</param>
    public static string LinkBy(string by, string number, string? company)
    {
        var whose = company is null ? "" : $"&company={Uri.EscapeDataString(company)}";
        return $"/parcels?{by}={Uri.EscapeDataString(number)}{whose}";
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
