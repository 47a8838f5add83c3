using System.Buffers;
using System.Text;

namespace ClearanceEngine.Rules;

/// <summary>
/// Names of people as different programs write them. The dot within a name (买买提·艾力) has several characters that look the
/// same, and keyboards and exports differ in which they give.
/// </summary>
public static class PersonNames
{
    /// <summary>
    /// Middle dot, Greek ano teleia, runic punctuation, bullet, hyphenation point, bullet operator, dot operator, word
    /// separator, katakana middle dot and its half-width form.
    /// </summary>
    static readonly SearchValues<char> Dots = SearchValues.Create(
        "\u00B7\u0387\u16EB\u2022\u2027\u2219\u22C5\u2E31\u30FB\uFF65"
    );

    /// <summary>Whether both name one person.</summary>
    /// <param name="name">A name; null where it is absent.</param>
    /// <param name="other">Another.</param>
    /// <param name="lookAlike">True: dots that look alike are the same, and blanks at the ends do not count.</param>
    public static bool Same(string? name, string? other, bool lookAlike)
    {
        if (name is null || other is null || !lookAlike)
            return name == other;
        return Plain(name) == Plain(other);
    }

    /// <summary>Where two names differ first: characters count from 1, a name that ends before has none there.</summary>
    /// <returns>What stands there in each, in Chinese and in English; empty texts where the names are the same.</returns>
    public static (string Chinese, string English) Difference(string? name, string? other)
    {
        var ours = (name ?? "").EnumerateRunes().ToArray();
        var theirs = (other ?? "").EnumerateRunes().ToArray();
        var at = 0;
        while (at < ours.Length && at < theirs.Length && ours[at] == theirs[at])
            at++;
        if (at == ours.Length && at == theirs.Length)
            return ("", "");
        return (
            $"首个不同处为第 {at + 1} 个字符：{CodeOf(ours, at, "（无）")} 与 {CodeOf(theirs, at, "（无）")}",
            $"they differ first in character {at + 1}: {CodeOf(ours, at, "none")} against {CodeOf(theirs, at, "none")}"
        );
    }

    static string CodeOf(Rune[] name, int at, string none) =>
        at < name.Length ? $"U+{name[at].Value:X4}" : none;

    static string Plain(string name)
    {
        var trimmed = name.Trim();
        if (!trimmed.AsSpan().ContainsAny(Dots))
            return trimmed;
        return string.Create(trimmed.Length, trimmed, (plain, from) =>
        {
            for (var i = 0; i < from.Length; i++)
                plain[i] = Dots.Contains(from[i]) ? '\u00B7' : from[i];
        });
    }
}
