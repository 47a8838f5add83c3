using System.Globalization;

namespace ClearanceEngine.Ceb;

/// <summary>Decimal text of the wire. Checks compare decimals; sums of money become fen once, half up, at the end.</summary>
public static class CebAmount
{
    /// <summary>
    /// Digits before and behind the point (SPEC22: decimal 19,5, as a database stores it). With that, no product of two
    /// fields leaves the range of a decimal and no sum of a message that of fen in a long.
    /// </summary>
    public const int Whole = 14,
        Decimals = 5;

    /// <summary>xs:decimal of at most 14 digits before and 5 behind the point; null otherwise (no exponent, no separators).</summary>
    public static decimal? Parse(string? text)
    {
        if (string.IsNullOrEmpty(text) || text.Length > 40)
            return null;
        var span = text.AsSpan();
        var start = span[0] is '+' or '-' ? 1 : 0;
        int whole = 0,
            fraction = -1,
            significant = 0;
        for (var i = start; i < span.Length; i++)
        {
            if (span[i] == '.')
            {
                if (fraction >= 0)
                    return null;
                fraction = 0;
            }
            else if (char.IsAsciiDigit(span[i]))
            {
                if (fraction >= 0)
                    fraction++;
                else
                {
                    whole++;
                    if (significant > 0 || span[i] != '0')
                        significant++;
                }
            }
            else
                return null;
        }
        if (whole + Math.Max(fraction, 0) == 0)
            return null;
        var decimals = fraction < 0 ? 0 : fraction - TrailingZeros(span, fraction);
        if (decimals > Decimals || significant > Whole)
            return null;
        return decimal.Parse(
            text,
            NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint,
            CultureInfo.InvariantCulture
        );
    }

    /// <summary>A field that was validated as a number; an absent optional one is 0.</summary>
    public static decimal Of(string? text) => Parse(text) ?? 0m;

    /// <summary>Yuan to fen by one half-up rounding.</summary>
    public static long ToFen(decimal yuan) => (long)Math.Round(yuan * 100m, MidpointRounding.AwayFromZero);

    /// <summary>Fen as yuan with two decimals.</summary>
    public static string FromFen(long fen) => (fen / 100m).ToString("0.00", CultureInfo.InvariantCulture);

    static int TrailingZeros(ReadOnlySpan<char> text, int fraction)
    {
        var zeros = 0;
        while (zeros < fraction && text[^(zeros + 1)] == '0')
            zeros++;
        return zeros;
    }
}
