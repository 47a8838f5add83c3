using System.Text;
using ClearanceEngine.Ceb;
using ClearanceEngine.Rules;

namespace ClearanceEngine;

/// <summary>Cuts and cleans foreign text before it goes into a text, a receipt or a state of ours: what a sender may make us keep and print is bounded, and fit for XML.</summary>
public static class Clip
{
    /// <summary>Names and values that are quoted in a problem's text.</summary>
    public const int Quoted = 64;

    /// <summary>
    /// At most so many characters; the last of a cut text is an ellipsis. What no XML can carry, such as the odd character
    /// that a parser's own message quotes, becomes U+FFFD; no pair of surrogates is cut in two.
    /// </summary>
    public static string To(string text, int most)
    {
        text = IdNumbers.Mask(text); // before it is cut: most of a number is still a person
        return Clean(Cut(text, most));
    }

    /// <summary>At most so many characters, as they are; for what is handed on and not told by us.</summary>
    public static string Cut(string text, int most)
    {
        if (text.Length <= most)
            return text;
        var end = most - 1;
        if (end > 0 && char.IsHighSurrogate(text[end - 1]))
            end--;
        return $"{text.AsSpan(0, end)}…";
    }

    /// <summary>A name or value to be quoted.</summary>
    public static string Quote(string text) => To(text, Quoted);

    /// <summary>U+FFFD in place of what no XML can carry.</summary>
    public static string Clean(string text)
    {
        if (CebEncoding.IndexOfForbidden(text) < 0 && !text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF'))
            return text;
        var clean = new StringBuilder(text.Length);
        // Half a pair comes out of the enumeration as U+FFFD already.
        foreach (var rune in text.EnumerateRunes())
            clean.Append(
                rune.IsBmp && CebEncoding.IndexOfForbidden([(char)rune.Value]) >= 0
                    ? Rune.ReplacementChar
                    : rune
            );
        return clean.ToString();
    }
}
