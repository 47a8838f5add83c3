using ClearanceEngine.Ceb;
using ClearanceEngine.Storage;

namespace ClearanceEngine.Receipts;

/// <summary>The names by which a receipt knows its document: what the E-Port echoes of it (receipts table of SPEC22).</summary>
public static class ReceiptNames
{
    /// <summary>Names in the index, the best first; the parcel's own key (<c>p/…</c>) where the receipt has all of it.</summary>
    /// <remarks>A name of which a part is missing is none: it would name whatever else lacks that part.</remarks>
    public static IEnumerable<string> Of(CebDocument r) =>
        r.Type switch
        {
            CebType.OrderReceipt => One(GrainKey.Parcel, r[OrderReturn.EbpCode], r[OrderReturn.OrderNo]),
            CebType.PaymentReceipt => One(
                IndexKey.Payment,
                r[PaymentReturn.PayCode],
                r[PaymentReturn.PayTransactionId]
            ),
            CebType.WaybillReceipt => One(
                IndexKey.Waybill,
                r[LogisticsReturn.LogisticsCode],
                r[LogisticsReturn.LogisticsNo]
            ),
            CebType.WaybillStatusReceipt => One(
                IndexKey.Waybill,
                r[LogisticsStatusReturn.LogisticsCode],
                r[LogisticsStatusReturn.LogisticsNo]
            ),
            CebType.InboundNoteReceipt => One(
                IndexKey.InboundNote,
                r[DeliveryReturn.OperatorCode],
                r[DeliveryReturn.CopNo]
            ),
            CebType.TaxBill => One(IndexKey.InvtNo, r[TaxHeadRd.InvtNo]),
            CebType.TaxBillState => One(IndexKey.InvtNo, r[TaxHeadStatus.InvtNo]),
            _ => OfList(r),
        };

    /// <summary>What the receipts of list, cancellation and return echo.</summary>
    static IEnumerable<string> OfList(CebDocument r)
    {
        var head = r.Schema.Head;
        string? Echoed(string field) => head.Find(field) is { } f ? r[f] : null;

        return One(IndexKey.ListCopNo, Echoed("agentCode"), Echoed("copNo"))
            .Concat(One(IndexKey.InvtNo, Echoed("invtNo")))
            .Concat(One(IndexKey.PreNo, Echoed("preNo")));
    }

    static IEnumerable<string> One(Func<string, string> name, string? part) =>
        part is { Length: > 0 } ? [name(part)] : [];

    static IEnumerable<string> One(Func<string, string, string> name, string? first, string? second) =>
        first is { Length: > 0 } && second is { Length: > 0 } ? [name(first, second)] : [];

    /// <summary>The parcels that a receipt is for, by the first of its names that any has.</summary>
    /// <param name="names">Of the receipt.</param>
    /// <param name="found">What the index knows.</param>
    public static IReadOnlyList<string> Parcels(
        IEnumerable<string> names,
        IReadOnlyDictionary<string, IReadOnlyList<string>> found
    ) =>
        names.Select(n => IsParcel(n) ? [n] : found.GetValueOrDefault(n, [])).FirstOrDefault(p => p.Count > 0)
        ?? [];

    /// <summary>Whether a name is a parcel's key, which no index is asked for.</summary>
    public static bool IsParcel(string name) => name.StartsWith("p/", StringComparison.Ordinal);
}
