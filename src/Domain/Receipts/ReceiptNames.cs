using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Storage;

namespace ClearanceEngine.Receipts;

/// <summary>The names by which a receipt knows its document: what the E-Port echoes of it (receipts table of SPEC22).</summary>
public static class ReceiptNames
{
    /// <summary>Names in the index, the best first; for an order the key of its parcels (<c>p/…</c>), which no index is asked for.</summary>
    /// <remarks>A name of which a part is missing is none: it would name whatever else lacks that part.</remarks>
    public static IEnumerable<string> Of(CebDocument r) =>
        r.Type switch
        {
            CebType.OrderReceipt => r[OrderReturn.EbpCode] is { Length: > 0 }
                ? One(GrainKey.Parcels, r[OrderReturn.OrderNo])
                : [],
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

    /// <summary>
    /// The parcels that a receipt is for, by the first of its names that any has: the business key. Where several have it, those
    /// that have its other names as well, then those whose order customs names in its text; a list's receipt that still fits
    /// several is for none, for nobody could tell (ADR 018).
    /// </summary>
    /// <param name="receipt">The receipt.</param>
    /// <param name="found">What the index knows of its names.</param>
    public static IReadOnlyList<string> Parcels(
        CebDocument receipt,
        IReadOnlyDictionary<string, IReadOnlyList<string>> found
    )
    {
        IReadOnlyList<string> parcels = [];
        foreach (var name in Of(receipt))
            parcels = Narrowed(parcels, IsParcel(name) ? [name] : found.GetValueOrDefault(name, []));
        if (parcels.Count < 2 || receipt.Type == CebType.InboundNoteReceipt)
            return parcels;

        string[] named = [.. parcels.Where(parcel => IsNamed(receipt, parcel))];
        if (named.Length > 0)
            return named;
        var isOfList = DocumentTypes.OfReceipt(receipt.Type) is { } type && !type.Descriptor().MayBeSeveral;
        return isOfList ? [] : parcels;
    }

    /// <summary>Those of several that have a further name as well; a name that contradicts the ones before it says nothing.</summary>
    static IReadOnlyList<string> Narrowed(IReadOnlyList<string> parcels, IReadOnlyList<string> holders)
    {
        if (parcels.Count == 0)
            return holders;
        if (parcels.Count == 1)
            return parcels;
        string[] both = [.. parcels.Intersect(holders, StringComparer.Ordinal)];
        return both.Length > 0 ? both : parcels;
    }

    /// <summary>Customs names the parcel's order in its text: of one payment for two orders it refuses the one or the other.</summary>
    static bool IsNamed(CebDocument receipt, string parcel)
    {
        if (receipt.Schema.Head.Find("returnInfo") is not { } info || receipt[info] is not { } text)
            return false;
        return GrainKey.OrderNoOf(parcel) is { } orderNo && Names(text, orderNo);
    }

    /// <summary>The number stands in the text as a whole, and not as a part of a longer one.</summary>
    static bool Names(string text, string number)
    {
        for (
            var at = text.IndexOf(number, StringComparison.Ordinal);
            at >= 0;
            at = text.IndexOf(number, at + 1, StringComparison.Ordinal)
        )
        {
            var end = at + number.Length;
            if ((at == 0 || !IsOfNumber(text[at - 1])) && (end == text.Length || !IsOfNumber(text[end])))
                return true;
        }
        return false;
    }

    static bool IsOfNumber(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_';

    /// <summary>
    /// The same among the parcels of one order number, which customs' text cannot tell apart: those that have the most of what the
    /// receipt echoes; of a list's, none where several have.
    /// </summary>
    public static IReadOnlyList<ParcelState> Among(CebDocument receipt, IReadOnlyList<ParcelState> parcels)
    {
        if (parcels.Count == 1)
            return parcels;
        IReadOnlyList<ParcelState> holders = [];
        foreach (var name in Of(receipt))
        {
            ParcelState[] having = [.. parcels.Where(parcel => ParcelNames.Has(parcel, name, receipt))];
            ParcelState[] both = [.. holders.Where(having.Contains)];
            if (holders.Count == 0)
                holders = having;
            else if (both.Length > 0)
                holders = both;
        }
        var isOfList = DocumentTypes.OfReceipt(receipt.Type) is { } type && !type.Descriptor().MayBeSeveral;
        var isShared = receipt.Type == CebType.InboundNoteReceipt;
        return holders.Count > 1 && isOfList && !isShared ? [] : holders;
    }

    /// <summary>Whether a name is the key of parcels, which no index is asked for.</summary>
    public static bool IsParcel(string name) => name.StartsWith("p/", StringComparison.Ordinal);
}
