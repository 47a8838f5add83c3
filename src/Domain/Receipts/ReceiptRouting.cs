using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;

namespace ClearanceEngine.Receipts;

/// <summary>
/// Who gets what. Receipts of order, payment, waybill and its status, inbound note, cancellation and return go to who
/// transmitted that document. Receipts of the list, its release and its tax bills go to the declarant (agentCode),
/// with copies to platform or merchant where the option says so.
/// </summary>
public static class ReceiptRouting
{
    /// <summary>The participant whose document it is; null when the parcel has no such document.</summary>
    public static string? Sender(ParcelState parcel, DocumentType type) =>
        type switch
        {
            DocumentType.DeclarationList => parcel[type]?.Document[InventoryHead.AgentCode],
            _ => parcel[type]?.Sender.CopCode,
        };

    /// <summary>Everyone who gets a receipt, its first receiver first.</summary>
    public static IEnumerable<string> Receivers(
        ParcelState parcel,
        ParcelOptions options,
        DocumentType type,
        string first
    )
    {
        yield return first;
        if (type != DocumentType.DeclarationList || parcel[type]?.Document is not { } list)
            yield break;
        foreach (var copy in options.ReceiptCopies)
        {
            var code = copy switch
            {
                "platform" => list[InventoryHead.EbpCode],
                "merchant" => list[InventoryHead.EbcCode],
                _ => null,
            };
            if (code is not null && code != first)
                yield return code;
        }
    }
}
