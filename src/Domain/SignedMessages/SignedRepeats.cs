using ClearanceEngine.Ceb;

namespace ClearanceEngine.SignedMessages;

/// <summary>
/// Finds what stands twice in one signed message. Where we make the message, the newest revision goes and the other stays here.
/// What its participant signed leaves byte for byte, so both would go: customs takes documents one by one, in an order that
/// it does not promise, and its receipts echo the key alone. It would refuse one of the two as a repetition, and nobody could tell
/// which of them the refusal, or the acceptance, speaks of. So the message is refused at once.
/// </summary>
public sealed class SignedRepeats
{
    readonly Dictionary<(DocumentKey Key, string Platform, string OrderNo), int> _seen = [];

    /// <summary>Why a document may not be in the message together with those before it; null when it may.</summary>
    /// <param name="document">The next document of the message.</param>
    /// <param name="number">Its place, from 1.</param>
    public Problem? Find(CebDocument document, int number)
    {
        if (document.Type == CebType.InboundNote)
            return RepeatedLine(document);
        var place = PlaceOf(document);
        return _seen.TryAdd(place, number) ? null : Repeated(place.Key.Type, _seen[place], number);
    }

    /// <summary>Where the parcel keeps it: by its key, or as the only one of its type. One payment may be for several orders.</summary>
    static (DocumentKey Key, string Platform, string OrderNo) PlaceOf(CebDocument document)
    {
        var key = DocumentKey.Of(document);
        if (!key.Type.Descriptor().MayBeSeveral)
            key = new DocumentKey(key.Type, "", "");
        return (key, Text(document, "ebpCode"), Text(document, "orderNo"));
    }

    static Problem Repeated(DocumentType type, int first, int second) =>
        new(
            ProblemCode.DocumentRepeated,
            type,
            null,
            null,
            $"加签报文中第 {second} 份{type.Chinese()}与第 {first} 份为同一单证（业务主键相同，或同一订单只能有一份）。加签报文须原样整份发往海关，海关回执只回填业务主键，无法区分两份，因此整份报文未受理。请只保留最新的一份，以新的 guid 重新加签后发送。Documents {first} and {second} of the signed message are the same {type.Name()}: they have one business key, or their order may have only one. A signed message leaves as it is, and the receipts of customs, which echo the key alone, could not tell them apart; so none of it is taken. Leave the newest in, give the message a new guid, sign it and send it again."
        );

    static Problem? RepeatedLine(CebDocument note)
    {
        var lines = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < note.LineCount; i++)
        {
            if (note[i, DeliveryList.LogisticsNo] is { } waybill && !lines.TryAdd(waybill, i + 1))
                return new Problem(
                    ProblemCode.LineRepeated,
                    DocumentType.InboundNote,
                    i + 1,
                    DeliveryList.LogisticsNo.Name,
                    $"加签入库明细单第 {i + 1} 行与第 {lines[waybill]} 行为同一运单（logisticsNo），每票运单只列一行；请删去重复行，以新的 guid 重新加签后发送。Lines {lines[waybill]} and {i + 1} of the signed inbound note name the same waybill (logisticsNo), and each has one line; take one out, give the message a new guid, sign it and send it again."
                );
        }
        return null;
    }

    static string Text(CebDocument document, string field) =>
        document.Schema.Head.Find(field) is { } f ? document[f] ?? "" : "";
}
