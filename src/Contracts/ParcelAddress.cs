using ClearanceEngine.Parcels;

namespace ClearanceEngine.Contracts;

/// <summary>Addresses of parcels, made and read.</summary>
public static class ParcelAddress
{
    /// <summary>The address of a parcel, or of what is below it.</summary>
    /// <param name="parcel">Its name.</param>
    /// <param name="path">One of <see cref="ApiPaths"/> that begins with <see cref="ApiPaths.Parcel"/>.</param>
    public static string Of(ParcelName parcel, string path = ApiPaths.Parcel) =>
        path.Replace(
                $"{{{ParameterNames.Platform}}}",
                Uri.EscapeDataString(parcel.EbpCode),
                StringComparison.Ordinal
            )
            .Replace(
                $"{{{ParameterNames.Order}}}",
                Uri.EscapeDataString(parcel.OrderNo),
                StringComparison.Ordinal
            );

    /// <summary>The address at which a parcel is found by a document of it.</summary>
    /// <param name="by"><see cref="ParameterNames.Waybill"/>, <see cref="ParameterNames.Payment"/> or <see cref="ParameterNames.List"/>.</param>
    /// <param name="number">The document's.</param>
    /// <param name="company">Whose number it is; null for one of customs.</param>
    public static string By(string by, string number, string? company)
    {
        var whose = company is null ? "" : $"&{ParameterNames.Company}={Uri.EscapeDataString(company)}";
        return $"{ApiPaths.Parcels}?{by}={Uri.EscapeDataString(number)}{whose}";
    }

    /// <summary>The parcel of an address that an answer gave.</summary>
    public static ParcelName Read(string address)
    {
        var parts = address.Split('/');
        return new ParcelName(Uri.UnescapeDataString(parts[^2]), Uri.UnescapeDataString(parts[^1]));
    }
}
