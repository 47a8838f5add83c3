using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;

namespace ClearanceEngine.Receipts;

/// <summary>
/// Who gets what. Receipts of order, payment, waybill and its status, inbound note, cancellation and return go to who
/// transmitted the document of the key that they echo. Receipts of the list, its release and its tax bills go to the
/// declarant (agentCode), with copies to platform or merchant where the option says so.
/// </summary>
public static class ReceiptRouting
{
    /// <summary>The participant that a receipt is for; null when nobody can tell.</summary>
    /// <param name="parcel">Whose receipt it is.</param>
    /// <param name="type">Of the document that it answers.</param>
    /// <param name="answered">That document; null when it is no longer here.</param>
    /// <param name="receipt">The receipt.</param>
    public static string? Receiver(
        ParcelState parcel,
        DocumentType type,
        ParcelDocument? answered,
        CebDocument receipt
    )
    {
        // What was replaced or taken out since: the company that gave the number that the receipt echoes.
        var echoed = DocumentKey.EchoedBy(receipt);
        if (echoed is { } key && answered?.Key.Issuer != key.Issuer)
            return key.Issuer;
        return type == DocumentType.DeclarationList ? Declarant(parcel) : answered?.Sender.CopCode;
    }

    /// <summary>The company that declares the list; null when the parcel has none.</summary>
    public static string? Declarant(ParcelState parcel) =>
        parcel[DocumentType.DeclarationList]?.Document[InventoryHead.AgentCode];

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
