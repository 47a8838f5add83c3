using ClearanceEngine.Storage;

namespace ClearanceEngine.Unmatched;

/// <summary>To which parcel a waybill belongs (design rule 12): by its own name, else by its order number; among several it is the list that binds.</summary>
public static class WaybillParcel
{
    /// <summary>Parcels that are known by a waybill: those that have it, and those whose list names it.</summary>
    public static IReadOnlyList<string> Named(
        IReadOnlyDictionary<string, IReadOnlyList<string>> found,
        string logisticsCode,
        string logisticsNo
    )
    {
        var holders = found.GetValueOrDefault(IndexKey.Waybill(logisticsCode, logisticsNo), []);
        var listed = found.GetValueOrDefault(IndexKey.ListedWaybill(logisticsCode, logisticsNo), []);
        return listed.Count == 0 ? holders : [.. holders.Union(listed, StringComparer.Ordinal)];
    }

    /// <summary>
    /// Parcels with the waybill's order number. Where several platforms use it, those whose order names the waybill: a
    /// mention by an order of another number binds nothing (ADR 018).
    /// </summary>
    public static IReadOnlyList<string> WithOrder(
        IReadOnlyList<string> byOrder,
        IReadOnlyList<string> mentioning
    )
    {
        if (byOrder.Count < 2)
            return byOrder;
        string[] agreeing = [.. byOrder.Intersect(mentioning, StringComparer.Ordinal)];
        return agreeing.Length > 0 ? agreeing : byOrder;
    }

    /// <summary>The parcel, as far as the index can tell; null while that is open.</summary>
    /// <param name="byWaybill">Parcels that are known by the waybill, see <see cref="Named"/>.</param>
    /// <param name="byOrder">Parcels with the waybill's order number, see <see cref="WithOrder"/>.</param>
    public static string? Of(IReadOnlyList<string> byWaybill, IReadOnlyList<string> byOrder) =>
        byWaybill.Count switch
        {
            0 => byOrder is [var alone] ? alone : null,
            1 => byWaybill[0],
            _ => null, // the list decides, see Among
        };

    /// <summary>Asks parcels that share the name: the only one whose list names the waybill; if there is none such, the only one with its order number.</summary>
    public static async Task<string?> Among(
        IReadOnlyList<string> byWaybill,
        IReadOnlyList<string> byOrder,
        Func<string, Task<bool>> listNames
    )
    {
        var bound = new List<string>();
        foreach (var parcel in byWaybill)
        {
            if (await listNames(parcel))
                bound.Add(parcel);
        }
        return bound.Count switch
        {
            0 => byOrder is [var alone] ? alone : null,
            1 => bound[0],
            _ => null,
        };
    }
}
