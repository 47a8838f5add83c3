using ClearanceEngine.Ceb;
using ClearanceEngine.Storage;

namespace ClearanceEngine.Unmatched;

/// <summary>
/// What a waybill, its status or a line of an inbound note is known by, and the parcel that it leads to. A waybill is filed
/// under the order number that it names (design rule 12); the others go to the parcel that has their waybill.
/// </summary>
/// <param name="LogisticsCode">The carrier.</param>
/// <param name="LogisticsNo">Its number.</param>
/// <param name="OrderNo">The order that a waybill names; null for the others, which name none.</param>
public sealed record WaybillNames(string LogisticsCode, string LogisticsNo, string? OrderNo)
{
    /// <summary>What the index is asked for.</summary>
    public IEnumerable<string> IndexKeys =>
        OrderNo is { } orderNo ? [Had, Listed, Ordered, IndexKey.Order(orderNo)] : [Had, Listed];

    string Had => IndexKey.Waybill(LogisticsCode, LogisticsNo);

    string Listed => IndexKey.ListedWaybill(LogisticsCode, LogisticsNo);

    string Ordered => IndexKey.OrderedWaybill(LogisticsCode, LogisticsNo);

    /// <summary>The names of a document; null where it has no readable number.</summary>
    public static WaybillNames? Of(CebDocument document)
    {
        var (code, number, orderNo) = document.Type switch
        {
            CebType.Waybill => (
                document[LogisticsHead.LogisticsCode],
                document[LogisticsHead.LogisticsNo],
                document[LogisticsHead.OrderNo]
            ),
            CebType.WaybillStatus => (
                document[LogisticsStatus.LogisticsCode],
                document[LogisticsStatus.LogisticsNo],
                null
            ),
            CebType.InboundNote => (
                document[DeliveryHead.LogisticsCode],
                document.LineCount > 0 ? document[0, DeliveryList.LogisticsNo] : null,
                null
            ),
            _ => throw new ArgumentException(
                $"{document.Type} names its parcel and no waybill alone.",
                nameof(document)
            ),
        };
        if (code is not { Length: > 0 and <= 18 } || number is not { Length: > 0 and <= 60 })
            return null;
        return orderNo is null or { Length: > 0 and <= 60 } ? new WaybillNames(code, number, orderNo) : null;
    }

    /// <summary>The parcel, as far as the index can tell; null while that is open.</summary>
    public string? Parcel(IReadOnlyDictionary<string, IReadOnlyList<string>> found) =>
        OrderNo is { } orderNo ? OfOrder(found, orderNo) : OfNumber(found);

    /// <summary>
    /// The parcel of the order number. Where several platforms use it, the one that has the waybill, or whose list or order
    /// names it; what an order of another number mentions is no reason (ADR 018).
    /// </summary>
    string? OfOrder(IReadOnlyDictionary<string, IReadOnlyList<string>> found, string orderNo)
    {
        var byOrder = found.GetValueOrDefault(IndexKey.Order(orderNo), []);
        if (byOrder.Count < 2)
            return byOrder is [var only] ? only : null;
        foreach (var name in (string[])[Had, Listed, Ordered])
        {
            var naming = found.GetValueOrDefault(name, []);
            if (byOrder.Intersect(naming, StringComparer.Ordinal).Take(2).ToArray() is [var alone])
                return alone;
        }
        return null;
    }

    /// <summary>The parcel that has the waybill; until one has it, the one whose list names it.</summary>
    string? OfNumber(IReadOnlyDictionary<string, IReadOnlyList<string>> found)
    {
        var holders = found.GetValueOrDefault(Had, []);
        if (holders.Count == 0)
            holders = found.GetValueOrDefault(Listed, []);
        return holders is [var alone] ? alone : null;
    }
}
