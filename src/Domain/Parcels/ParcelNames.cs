using ClearanceEngine.Ceb;
using ClearanceEngine.Storage;

namespace ClearanceEngine.Parcels;

/// <summary>
/// The names in the index that lead to a parcel: those that its documents have, and those that they only mention. A receipt
/// finds a parcel by what it has alone (ADR 018).
/// </summary>
static class ParcelNames
{
    /// <summary>Names of the documents that are here, and those that customs gave.</summary>
    public static IEnumerable<string> Had(ParcelState parcel)
    {
        foreach (var kept in parcel.Documents)
        {
            if (kept.IsDeleted || parcel.Elsewhere.Contains(kept.Key))
                continue;
            if (kept.Type == DocumentType.WaybillStatus)
                continue; // its name is its waybill's, and leads to the parcel that has that
            if (IndexKey.Of(kept.Key) is { } name)
                yield return name;
        }
        if (parcel.PreNo is { Length: > 0 } preNo)
            yield return IndexKey.PreNo(preNo);
        if (parcel.InvtNo is { Length: > 0 } invtNo)
            yield return IndexKey.InvtNo(invtNo);
    }

    /// <summary>Whether the parcel has, or had, what a receipt echoes by this name; an order's is the parcel's own.</summary>
    public static bool Has(ParcelState parcel, string echoed, CebDocument receipt)
    {
        if (receipt.Type == CebType.OrderReceipt)
            return receipt[OrderReturn.EbpCode] == parcel.EbpCode
                && receipt[OrderReturn.OrderNo] == parcel.OrderNo;
        return Had(parcel).Contains(echoed, StringComparer.Ordinal) || parcel.EarlierKeys.Contains(echoed);
    }

    /// <summary>The waybill that the list names and that is not here: its news and its inbound note come to this parcel until another has it.</summary>
    public static IEnumerable<string> Mentioned(ParcelState parcel)
    {
        if (ClaimedWaybill(parcel) is { } listed && parcel[listed] is null)
            yield return IndexKey.ListedWaybill(listed.Issuer, listed.Number);
    }

    /// <summary>Names under which news of a waybill, or its inbound note, may wait for this parcel.</summary>
    public static IReadOnlyList<string> Sought(ParcelState parcel)
    {
        var names = new List<string>();
        foreach (var kept in parcel.Documents)
        {
            if (kept is { Type: DocumentType.Waybill, IsDeleted: false })
                names.Add(IndexKey.UnmatchedByWaybill(kept.Key.Issuer, kept.Key.Number));
        }
        if (ClaimedWaybill(parcel) is { } named)
            names.Add(IndexKey.UnmatchedByWaybill(named.Issuer, named.Number));
        return names;
    }

    /// <summary>The waybill that the list names, once there is an order: a list alone, which anybody may send, takes nothing (ADR 025).</summary>
    static DocumentKey? ClaimedWaybill(ParcelState parcel) =>
        parcel.Live(DocumentType.Order) is null ? null : ListedWaybill(parcel);

    /// <summary>The waybill that the list names.</summary>
    public static DocumentKey? ListedWaybill(ParcelState parcel) =>
        parcel.Live(DocumentType.DeclarationList) is { } list
            ? Waybill(list[InventoryHead.LogisticsCode], list[InventoryHead.LogisticsNo])
            : null;

    /// <summary>The waybill that the order names, carrier and number.</summary>
    public static DocumentKey? OrderedWaybill(ParcelState parcel) =>
        parcel.Live(DocumentType.Order) is { } order
            ? Waybill(order[OrderHead.LogisticsCode], order[OrderHead.LogisticsNo])
            : null;

    static DocumentKey? Waybill(string? logisticsCode, string? logisticsNo)
    {
        var key = new DocumentKey(DocumentType.Waybill, logisticsCode ?? "", logisticsNo ?? "");
        return key.IsWhole ? key : null;
    }
}
