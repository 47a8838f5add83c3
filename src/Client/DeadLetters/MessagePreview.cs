using System.Text;
using System.Text.RegularExpressions;
using ClearanceEngine.Ceb;
using ClearanceEngine.Rules;
using ClearanceEngine.Subscribers;

namespace ClearanceEngine.Client.DeadLetters;

/// <summary>
/// The beginning of a record's value for people's eyes. Id numbers are masked by the field they stand in; in fields that hold
/// business numbers nothing is, since an order number may look like one; elsewhere whatever looks like an id number is.
/// A letter may be broken in any way: nothing is parsed.
/// </summary>
static partial class MessagePreview
{
    /// <summary>Characters shown.</summary>
    const int Most = 4_000;

    /// <summary>Of a larger value no more is looked at; what is cut is not shown.</summary>
    const int MostBytes = 64 * 1024;

    public static string Of(ReadOnlySpan<byte> value)
    {
        // UTF-16 and the like would show the digits of a number one by one, where no pattern finds them.
        if (value.Contains((byte)0))
            return $"（二进制 binary, {value.Length} bytes）";

        var text = Encoding.UTF8.GetString(value[..Math.Min(value.Length, MostBytes)]);
        var masked = Fields().Replace(Unnamed(text), Field);
        var shown = masked.Length > Most ? masked[..Most] : masked;
        var rest = value.Length > MostBytes || masked.Length > Most ? "…" : "";
        return Printable(shown) + rest;
    }

    static string Field(Match match) =>
        match.Groups["before"].Value + SubscriberIdentity.Mask(match.Groups["text"].Value.Trim());

    /// <summary>Masks by pattern what stands outside the fields of business numbers.</summary>
    static string Unnamed(string text)
    {
        var masked = new StringBuilder(text.Length);
        var done = 0;
        foreach (var number in BusinessNumbers().EnumerateMatches(text))
        {
            masked.Append(IdNumbers.Mask(text[done..number.Index]));
            masked.Append(text, number.Index, number.Length);
            done = number.Index + number.Length;
        }
        return masked.Append(IdNumbers.Mask(text[done..])).ToString();
    }

    /// <summary>No byte of a sender's reaches a terminal as a command.</summary>
    static string Printable(string text) =>
        string.Concat(text.Select(c => char.IsControl(c) && c is not ('\n' or '\t') ? '\uFFFD' : c));

    [GeneratedRegex(
        """(?<before><(?:\w+:)?\w*IdNumber\b[^>]*>(?:<!\[CDATA\[)?|"\w*IdNumber"\s*:\s*")(?<text>[^<"\]]+)""",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    )]
    private static partial Regex Fields();

    [GeneratedRegex(
        """(?:<(?:\w+:)?(?:orderNo|payTransactionId|logisticsNo|billNo|copNo|preNo|invtNo|guid)>|"(?:orderNo|payTransactionId|logisticsNo|billNo|copNo|preNo|invtNo|guid)"\s*:\s*")[^<"]+""",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex BusinessNumbers();
}
