namespace ClearanceEngine.Unmatched;

/// <summary>To which parcel a waybill belongs (design rule 12): by its own name, else by its order number; among several it is the list that binds.</summary>
public static class WaybillParcel
{
    /// <summary>The parcel, as far as the index can tell; null while that is open.</summary>
    /// <param name="byWaybill">Parcels that are known by the waybill: its holder, an order or list that names it, or once did.</param>
    /// <param name="byOrder">Parcels with the waybill's order number.</param>
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
