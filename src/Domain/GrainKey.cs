using System.Buffers;
using System.Text;

namespace ClearanceEngine;

/// <summary>
/// Keys of grains. Each begins with a non-hex letter of its kind (a store may alias keys that look like numbers),
/// and free text in it is escaped, so that no two different things can share a key.
/// </summary>
public static class GrainKey
{
    /// <summary>The separator, the sign of what is escaped, and control characters.</summary>
    static readonly SearchValues<char> Escaped = SearchValues.Create([
        '/',
        '%',
        .. Enumerable.Range(0, 256).Select(code => (char)code).Where(char.IsControl),
    ]);

    /// <summary>The parcels of an order number, whatever their platform: <c>p/{orderNo}</c> (ADR 025).</summary>
    public static string Parcels(string orderNo) => $"p/{Escape(orderNo)}";

    /// <summary>A subscriber: <c>s/{keyed hash of the id number}</c>.</summary>
    public static string Subscriber(string idHash) => $"s/{idHash}";

    /// <summary>Documents that know only a waybill number and wait for its parcel: <c>w/{logisticsCode}/{logisticsNo}</c>.</summary>
    public static string UnmatchedWaybill(string logisticsCode, string logisticsNo) =>
        $"w/{Escape(logisticsCode)}/{Escape(logisticsNo)}";

    /// <summary>Receipts that wait for the parcel of this name of the index: <c>r/{name}</c>.</summary>
    public static string UnmatchedReceipts(string name) => $"r/{Escape(name)}";

    /// <summary>A message that its participant signed, on its way as a whole: <c>m/{guid}</c>.</summary>
    public static string SignedMessage(string guid) => $"m/{Escape(guid)}";

    /// <summary>The order number of the key of its parcels; null when it is no such key.</summary>
    public static string? OrderNoOf(string key)
    {
        var parts = key.Split('/');
        return parts is ["p", { Length: > 0 } order] ? Unescape(order) : null;
    }

    /// <summary>Escapes <c>/</c>, <c>%</c> and control characters as <c>%XXXX</c> (UTF-16); everything else stays readable.</summary>
    public static string Escape(string part)
    {
        if (part.Length > 0 && !part.AsSpan().ContainsAny(Escaped))
            return part;
        var text = new StringBuilder(part.Length + 8);
        foreach (var c in part)
        {
            if (Escaped.Contains(c))
                text.Append('%').Append(((int)c).ToString("X4", null));
            else
                text.Append(c);
        }
        return text.ToString();
    }

    /// <summary>The inverse of <see cref="Escape"/>.</summary>
    public static string Unescape(string part)
    {
        if (!part.Contains('%'))
            return part;
        var text = new StringBuilder(part.Length);
        for (var i = 0; i < part.Length; i++)
        {
            if (
                part[i] == '%'
                && i + 4 < part.Length
                && ushort.TryParse(
                    part.AsSpan(i + 1, 4),
                    System.Globalization.NumberStyles.HexNumber,
                    null,
                    out var code
                )
            )
            {
                text.Append((char)code);
                i += 4;
            }
            else
                text.Append(part[i]);
        }
        return text.ToString();
    }
}
