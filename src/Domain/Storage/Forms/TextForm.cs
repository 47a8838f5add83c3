using System.Buffers;
using System.Text;

namespace ClearanceEngine.Storage.Forms;

/// <summary>
/// One text of a form. What is written as a guid, or as hexadecimal digits, takes as many bytes as it says; it is read exactly
/// as it was.
/// </summary>
static class TextForm
{
    const int Plain = 0,
        LowerGuid = 1,
        UpperGuid = 2,
        LowerHex = 3;

    const int GuidLength = 36,
        GuidSize = 16;

    static readonly SearchValues<char> LowerDigits = SearchValues.Create("0123456789abcdef");

    /// <summary>Fewer digits are as well written as they stand.</summary>
    const int ShortestHex = 16;

    public static void Write(GrowingBytes to, string text)
    {
        if (text.Length == GuidLength && Guid.TryParseExact(text, "D", out var guid))
        {
            if (CaseOf(guid, text) is { } kind)
            {
                WriteGuid(to, guid, kind);
                return;
            }
        }
        if (IsLowerHex(text))
            WriteHex(to, text);
        else
            WritePlain(to, text);
    }

    /// <exception cref="InvalidDataException">It is cut off, or of a kind that this code does not know.</exception>
    public static string Read(ref ReadOnlySpan<byte> rest)
    {
        var head = FormReader.ReadNumber(ref rest);
        var (kind, length) = ((int)(head & 3), head >> 2);
        if (length > (ulong)rest.Length)
            throw new InvalidDataException("A stored text is cut off.");

        var bytes = rest[..(int)length];
        rest = rest[bytes.Length..];
        return kind switch
        {
            Plain => Encoding.UTF8.GetString(bytes),
            LowerGuid => new Guid(bytes).ToString("D"),
            UpperGuid => Upper(new Guid(bytes).ToString("D")),
            _ => Convert.ToHexStringLower(bytes),
        };
    }

    static void WriteGuid(GrowingBytes to, Guid guid, int kind)
    {
        to.Number(Head(GuidSize, kind));
        _ = guid.TryWriteBytes(to.Room(GuidSize));
        to.Advance(GuidSize);
    }

    static void WriteHex(GrowingBytes to, string text)
    {
        to.Number(Head(text.Length / 2, LowerHex));
        _ = Convert.FromHexString(text, to.Room(text.Length / 2), out _, out var written);
        to.Advance(written);
    }

    static void WritePlain(GrowingBytes to, string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        to.Number(Head(length, Plain));
        to.Advance(Encoding.UTF8.GetBytes(text, to.Room(length)));
    }

    /// <summary>The kind stands in the two lowest bits of the length.</summary>
    static ulong Head(int length, int kind) => ((ulong)length << 2) | (uint)kind;

    /// <summary>Null for a guid of mixed case.</summary>
    static int? CaseOf(Guid guid, string text)
    {
        Span<char> digits = stackalloc char[GuidLength];
        _ = guid.TryFormat(digits, out _, "D");
        if (digits.SequenceEqual(text))
            return LowerGuid;
        for (var i = 0; i < digits.Length; i++)
            digits[i] = char.ToUpperInvariant(digits[i]);
        return digits.SequenceEqual(text) ? UpperGuid : null;
    }

    static string Upper(string text) => text.ToUpperInvariant();

    static bool IsLowerHex(string text)
    {
        if (text.Length < ShortestHex || text.Length % 2 != 0)
            return false;
        return !text.AsSpan().ContainsAnyExcept(LowerDigits);
    }
}
