using System.Globalization;
using System.Text;

namespace ClearanceEngine;

/// <summary>
/// What senders wrote, fit for a log and a terminal: line breaks, escape sequences and signs that turn the direction of writing
/// become escapes such as <c>\n</c> and <c>\u001B</c>, so that nobody forges a line or drives a screen. Inside the strings of a JSON
/// text the escapes mean what was there before.
/// </summary>
public static class VisibleText
{
    /// <summary>The text as one line.</summary>
    public static string Of(string text) => Escape(text, "");

    /// <summary>The text with its lines and tabs as they are.</summary>
    public static string Lines(string text) => Escape(text, "\n\r\t");

    /// <summary>True if nothing of it has to be escaped.</summary>
    public static bool IsVisible(string text) => ReferenceEquals(Of(text), text);

    static string Escape(string text, string kept)
    {
        var first = IndexOfHidden(text, 0, kept);
        if (first < 0)
            return text;

        var visible = new StringBuilder(text.Length + 16);
        var from = 0;
        for (var at = first; at >= 0; at = IndexOfHidden(text, from, kept))
        {
            visible.Append(text, from, at - from);
            from = at + (char.IsSurrogatePair(text, at) ? 2 : 1);
            for (var i = at; i < from; i++)
                visible.Append(Escaped(text[i]));
        }
        return visible.Append(text, from, text.Length - from).ToString();
    }

    static int IndexOfHidden(string text, int from, string kept)
    {
        for (var i = from; i < text.Length; i++)
        {
            if (text[i] is >= ' ' and < '\x7F' || kept.Contains(text[i], StringComparison.Ordinal))
                continue;
            if (IsHidden(CharUnicodeInfo.GetUnicodeCategory(text, i)))
                return i;
            if (char.IsSurrogatePair(text, i))
                i++;
        }
        return -1;
    }

    static bool IsHidden(UnicodeCategory category) =>
        category
            is UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.Surrogate;

    static string Escaped(char c) =>
        c switch
        {
            '\n' => @"\n",
            '\r' => @"\r",
            '\t' => @"\t",
            _ => string.Create(CultureInfo.InvariantCulture, $@"\u{(int)c:X4}"),
        };
}
