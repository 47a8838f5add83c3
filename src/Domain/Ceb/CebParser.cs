namespace ClearanceEngine.Ceb;

/// <summary>Reads a message in either form: XML, or the JSON form of <see cref="CebJson"/>.</summary>
public static class CebParser
{
    /// <exception cref="CebFormatException">It is neither.</exception>
    public static CebMessage Read(ReadOnlyMemory<byte> utf8, CebLimits? limits = null) =>
        IsJson(utf8.Span) ? CebJson.Read(WithoutMark(utf8), limits) : CebReader.Read(utf8, limits);

    /// <summary>Whether it begins like the JSON form.</summary>
    public static bool IsJson(ReadOnlySpan<byte> utf8)
    {
        var text = utf8.StartsWith("\uFEFF"u8) ? utf8[3..] : utf8;
        return text.TrimStart(" \t\r\n"u8) is [(byte)'{' or (byte)'[', ..];
    }

    static ReadOnlyMemory<byte> WithoutMark(ReadOnlyMemory<byte> utf8) =>
        utf8.Span.StartsWith("\uFEFF"u8) ? utf8[3..] : utf8;
}
