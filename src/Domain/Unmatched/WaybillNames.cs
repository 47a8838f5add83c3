using ClearanceEngine.Ceb;
using ClearanceEngine.Storage;

namespace ClearanceEngine.Unmatched;

/// <summary>
/// The waybill that its status or a line of an inbound note names, and the parcel that it leads to: the one that has the waybill;
/// until one has it, the one whose list names it (design rule 12).
/// </summary>
/// <param name="LogisticsCode">The carrier.</param>
/// <param name="LogisticsNo">Its number.</param>
public sealed record WaybillNames(string LogisticsCode, string LogisticsNo)
{
    /// <summary>Key of the grain where what names it waits.</summary>
    public string UnmatchedKey => GrainKey.UnmatchedWaybill(LogisticsCode, LogisticsNo);

    /// <summary>What the index is asked for.</summary>
    public IEnumerable<string> IndexKeys => [Had, Listed];

    /// <summary>Leads to the parcel that has the waybill.</summary>
    public string Had => IndexKey.Waybill(LogisticsCode, LogisticsNo);

    /// <summary>Leads to the parcel whose list names it.</summary>
    public string Listed => IndexKey.ListedWaybill(LogisticsCode, LogisticsNo);

    /// <summary>The waybill of a document; null where it has no readable number.</summary>
    public static WaybillNames? Of(CebDocument document)
    {
        var (code, number) = document.Type switch
        {
            CebType.Waybill => (document[LogisticsHead.LogisticsCode], document[LogisticsHead.LogisticsNo]),
            CebType.WaybillStatus => (
                document[LogisticsStatus.LogisticsCode],
                document[LogisticsStatus.LogisticsNo]
            ),
            CebType.InboundNote => (
                document[DeliveryHead.LogisticsCode],
                document.LineCount > 0 ? document[0, DeliveryList.LogisticsNo] : null
            ),
            _ => throw new ArgumentException($"{document.Type} names no waybill alone.", nameof(document)),
        };
        if (code is not { Length: > 0 and <= 18 } || number is not { Length: > 0 and <= 60 })
            return null;
        return new WaybillNames(code, number);
    }

    /// <summary>Key of the grain that has the parcel, as far as the index can tell; null while that is open.</summary>
    public string? Parcel(IReadOnlyDictionary<string, IReadOnlyList<string>> found)
    {
        var holders = found.GetValueOrDefault(Had, []);
        if (holders.Count == 0)
            holders = found.GetValueOrDefault(Listed, []);
        return holders is [var alone] ? alone : null;
    }
}
