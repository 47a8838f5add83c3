using System.Text;

namespace ClearanceEngine.Tests.Privacy;

/// <summary>Looks for id numbers in whatever the engine leaves behind, in every form in which text is likely to be hidden.</summary>
sealed class IdTraces(IEnumerable<string> ids)
{
    readonly (string Id, string Form, byte[] Pattern)[] _patterns = [.. ids.Distinct().SelectMany(Forms)];

    /// <summary>Where any was found, and how.</summary>
    public List<string> Found { get; } = [];

    public void Look(string where, string text) => Look(where, Encoding.UTF8.GetBytes(text));

    public void Look(string where, ReadOnlySpan<byte> bytes)
    {
        foreach (var (id, form, pattern) in _patterns)
        {
            if (bytes.IndexOf(pattern) is >= 0 and var at)
                Found.Add(
                    $"{where}: {id} as {form}: …{Encoding.UTF8.GetString(bytes[Math.Max(0, at - 60)..Math.Min(bytes.Length, at + 60)])}…"
                );
        }
    }

    public bool IsIn(ReadOnlySpan<byte> bytes)
    {
        foreach (var (_, _, pattern) in _patterns)
        {
            if (bytes.IndexOf(pattern) >= 0)
                return true;
        }
        return false;
    }

    static IEnumerable<(string, string, byte[])> Forms(string id)
    {
        foreach (var text in new[] { id.ToUpperInvariant(), id.ToLowerInvariant() }.Distinct())
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            yield return (id, "text", bytes);
            yield return (id, "UTF-16 little-endian", Encoding.Unicode.GetBytes(text));
            yield return (id, "UTF-16 big-endian", Encoding.BigEndianUnicode.GetBytes(text));
            yield return (id, "hex", Encoding.ASCII.GetBytes(Convert.ToHexString(bytes)));
            yield return (id, "hex", Encoding.ASCII.GetBytes(Convert.ToHexStringLower(bytes)));
            for (var shift = 0; shift < 3; shift++)
                yield return (id, "base64", Base64(bytes, shift));
        }
    }

    /// <summary>The characters that the bytes have in base64 whatever stands before and after them.</summary>
    static byte[] Base64(byte[] bytes, int shift)
    {
        var text = Convert.ToBase64String([.. new byte[shift], .. bytes]);
        var skip = shift == 0 ? 0 : shift + 1;
        var whole = (shift + bytes.Length) * 8 / 6;
        return Encoding.ASCII.GetBytes(text[skip..whole]);
    }
}
