using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace ClearanceEngine.Ceb;

/// <summary>The one encoding of the wire, checked before anything is read: a message must mean the same to every reader of it.</summary>
static class CebEncoding
{
    /// <summary>Characters that XML 1.0 forbids, surrogates aside; JSON can name them all.</summary>
    static readonly SearchValues<char> Forbidden = SearchValues.Create([
        .. Enumerable.Range(0, 0x20).Select(c => (char)c).Where(c => c is not ('\t' or '\n' or '\r')),
        '\uFFFE',
        '\uFFFF',
    ]);

    /// <summary>Position of the first character that XML 1.0 forbids, or -1. The text has no half surrogate pairs.</summary>
    public static int IndexOfForbidden(ReadOnlySpan<char> text) => text.IndexOfAny(Forbidden);

    /// <exception cref="CebFormatException">The bytes are in another encoding, or say so.</exception>
    public static void RequireUtf8(ReadOnlySpan<byte> bytes)
    {
        if (
            bytes.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF])
            || bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE])
            || bytes.StartsWith((ReadOnlySpan<byte>)[(byte)'<', 0])
            || bytes.StartsWith((ReadOnlySpan<byte>)[0, (byte)'<'])
        )
            throw Wrong("UTF-16");
        // The declaration, however long: readers of characters would not notice another name in it, readers of bytes would.
        if (
            bytes.StartsWith("<?xml "u8)
            || bytes.StartsWith("<?xml\t"u8)
            || bytes.StartsWith("<?xml\r"u8)
            || bytes.StartsWith("<?xml\n"u8)
        )
        {
            var end = bytes.IndexOf("?>"u8);
            if (
                end > 0
                && DeclaredName(Encoding.Latin1.GetString(bytes[..Math.Min(end, 4_096)])) is { } name
                && !name.Equals("UTF-8", StringComparison.OrdinalIgnoreCase)
            )
                throw Wrong(name);
        }
        if (Utf8.IsValid(bytes))
            return;
        int at = 0,
            line = 1;
        while (Rune.DecodeFromUtf8(bytes[at..], out var rune, out var used) == OperationStatus.Done)
        {
            at += used;
            if (rune.Value == '\n')
                line++;
        }
        throw new CebFormatException(
            ProblemCode.WrongEncoding,
            $"报文不是 UTF-8 编码（第 {at + 1} 字节，第 {line} 行），请转换为 UTF-8 后重新发送。The bytes are not UTF-8 (at byte {at + 1}, line {line}); convert the message to UTF-8 and send it again."
        );
    }

    /// <summary>The encoding that an XML declaration names; null when it names none, empty when that cannot be read.</summary>
    public static string? DeclaredName(string declaration)
    {
        var at = declaration.IndexOf("encoding", StringComparison.Ordinal);
        return at < 0 ? null
            : declaration[at..].Split('"', '\'') is [_, var name, ..] ? name
            : "";
    }

    static CebFormatException Wrong(string name) =>
        new(
            ProblemCode.WrongEncoding,
            $"报文编码为 {Clip.Quote(name)}，只接受 UTF-8，请转换后重新发送。The message is encoded as {Clip.Quote(name)}; only UTF-8 is accepted: convert it and send it again."
        );
}
