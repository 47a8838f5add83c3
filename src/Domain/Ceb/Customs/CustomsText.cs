using System.Text;
using System.Text.Unicode;

namespace ClearanceEngine.Ceb.Customs;

/// <summary>
/// Bytes of customs or the E-Port as text, whatever encoding they are in and whatever encoding they say. Each text between
/// two tags is decoded by itself: one that was cut in the middle of a character, or put in by another system, spoils itself only.
/// </summary>
static class CustomsText
{
    /// <summary>GBK and GB2312 are parts of it.</summary>
    static readonly Encoding Gb18030 = CodePagesEncodingProvider.Instance.GetEncoding(
        "GB18030",
        EncoderFallback.ReplacementFallback,
        DecoderFallback.ReplacementFallback
    )!;

    /// <summary>First character that UTF-8 writes in three bytes: Chinese is beyond it, and what lies below comes of Chinese in GB read as UTF-8.</summary>
    const char FirstWide = '\u0800';

    /// <summary>A declaration is short; one that is longer says nothing.</summary>
    const int LongestDeclaration = 256;

    /// <summary>The message from its root element on: without mark, declaration, blanks and NULs at its ends, and with U+FFFD for what no XML may hold.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        var text = Utf16(bytes) ?? Bytewise(WithoutMark(bytes));
        return Clip.Clean(WithoutDeclaration(text.Trim(Edges)));
    }

    static readonly char[] Edges = [' ', '\t', '\r', '\n', '\0', '\uFEFF'];

    static string? Utf16(ReadOnlySpan<byte> bytes) =>
        bytes switch
        {
            [0xFF, 0xFE, ..] or [(byte)'<', 0, ..] => Encoding.Unicode.GetString(bytes),
            [0xFE, 0xFF, ..] or [0, (byte)'<', ..] => Encoding.BigEndianUnicode.GetString(bytes),
            _ => null,
        };

    static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> bytes) =>
        bytes switch
        {
            [0xEF, 0xBB, 0xBF, .. var rest] => rest,
            [0x84, 0x31, 0x95, 0x33, .. var rest] => rest,
            _ => bytes,
        };

    static string Bytewise(ReadOnlySpan<byte> bytes)
    {
        var saysGb = SaysGb(bytes);
        if (Ascii.IsValid(bytes) || (!saysGb && Utf8.IsValid(bytes)))
            return Encoding.UTF8.GetString(bytes);

        var text = new StringBuilder(bytes.Length);
        while (bytes.Length > 0)
        {
            // Neither sign is ever a part of a character of UTF-8 or GB18030.
            var next = bytes[1..].IndexOfAny((byte)'<', (byte)'>') + 1;
            var piece = next == 0 ? bytes : bytes[..next];
            text.Append(Piece(piece, saysGb));
            bytes = bytes[piece.Length..];
        }
        return text.ToString();
    }

    /// <summary>
    /// Valid UTF-8 with Chinese in it is no accident. Without, it may be one, and then the declaration counts. What is no valid
    /// UTF-8 is that all the same when most of its characters are: it was cut.
    /// </summary>
    static string Piece(ReadOnlySpan<byte> piece, bool saysGb)
    {
        var utf8 = Encoding.UTF8.GetString(piece);
        if (Ascii.IsValid(piece))
            return utf8;

        var broken = utf8.AsSpan().Count(Rune.ReplacementChar.ToString()[0]);
        var wide = 0;
        foreach (var c in utf8)
        {
            if (c >= FirstWide)
                wide++;
        }
        wide -= broken;
        var isUtf8 = broken == 0 ? wide > 0 || !saysGb : wide > broken;
        return isUtf8 ? utf8 : Gb18030.GetString(piece);
    }

    static bool SaysGb(ReadOnlySpan<byte> bytes)
    {
        var start = Encoding
            .Latin1.GetString(bytes[..Math.Min(bytes.Length, LongestDeclaration)])
            .TrimStart();
        if (
            !start.StartsWith("<?xml", StringComparison.Ordinal)
            || start.IndexOf("?>", 5, StringComparison.Ordinal) is not (> 0 and var end)
        )
            return false;
        return CebEncoding.DeclaredName(start[..end]) is { } name
            && (
                name.Contains("gb", StringComparison.OrdinalIgnoreCase)
                || name.Contains("936", StringComparison.Ordinal)
            );
    }

    static string WithoutDeclaration(string text)
    {
        if (!text.StartsWith("<?xml", StringComparison.Ordinal))
            return text;
        var end = text.IndexOf("?>", StringComparison.Ordinal);
        return end is > 0 and <= LongestDeclaration ? text[(end + 2)..].TrimStart(Edges) : text;
    }
}
