using ClearanceEngine.Ceb;
using ClearanceEngine.Storage;

namespace ClearanceEngine.Receipts;

/// <summary>The names by which a receipt knows its document: what the E-Port echoes of it (receipts table of SPEC22).</summary>
public static class ReceiptNames
{
    /// <summary>Names in the index, the best first; the parcel's own key (<c>p/…</c>) where the receipt has all of it.</summary>
    public static IEnumerable<string> Of(CebDocument r)
    {
        switch (r.Type)
        {
            case CebType.OrderReceipt:
                yield return GrainKey.Parcel(r[OrderReturn.EbpCode] ?? "", r[OrderReturn.OrderNo] ?? "");
                break;
            case CebType.PaymentReceipt:
                yield return IndexKey.Payment(
                    r[PaymentReturn.PayCode] ?? "",
                    r[PaymentReturn.PayTransactionId] ?? ""
                );
                break;
            case CebType.WaybillReceipt:
                yield return IndexKey.Waybill(
                    r[LogisticsReturn.LogisticsCode] ?? "",
                    r[LogisticsReturn.LogisticsNo] ?? ""
                );
                break;
            case CebType.WaybillStatusReceipt:
                yield return IndexKey.Waybill(
                    r[LogisticsStatusReturn.LogisticsCode] ?? "",
                    r[LogisticsStatusReturn.LogisticsNo] ?? ""
                );
                break;
            case CebType.EntryNoteReceipt:
                yield return IndexKey.Entry(
                    r[DeliveryReturn.OperatorCode] ?? "",
                    r[DeliveryReturn.CopNo] ?? ""
                );
                break;
            case CebType.TaxBill:
                yield return IndexKey.InvtNo(r[TaxHeadRd.InvtNo] ?? "");
                break;
            case CebType.TaxBillState:
                yield return IndexKey.InvtNo(r[TaxHeadStatus.InvtNo] ?? "");
                break;
            default:
                var head = r.Schema.Head;
                var (invtNo, preNo, agent, copNo) = (
                    r[head.Find("invtNo")!],
                    r[head.Find("preNo")!],
                    r[head.Find("agentCode")!],
                    r[head.Find("copNo")!]
                );
                if (copNo is { Length: > 0 } && agent is { Length: > 0 })
                    yield return IndexKey.ListCopNo(agent, copNo);
                if (invtNo is { Length: > 0 })
                    yield return IndexKey.InvtNo(invtNo);
                if (preNo is { Length: > 0 })
                    yield return IndexKey.PreNo(preNo);
                break;
        }
    }

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
