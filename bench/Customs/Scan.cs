using System.Buffers.Text;

namespace ClearanceEngine.Bench.Customs;

/// <summary>
/// Reads canonical CEB XML forward, element by element that is asked for, and skips what is between: cheap, since what
/// is measured is not the reader of this side.
/// </summary>
ref struct Scan(ReadOnlySpan<byte> xml)
{
    ReadOnlySpan<byte> _rest = xml;

    /// <summary>Root element's number: 621 of <c>CEB621Message</c>.</summary>
    public static int TypeOf(ReadOnlySpan<byte> xml)
    {
        var at = xml.IndexOf("CEB"u8) + 3;
        return ((xml[at] - '0') * 100) + ((xml[at + 1] - '0') * 10) + xml[at + 2] - '0';
    }

    /// <summary>The root's guid.</summary>
    public static Guid GuidOf(ReadOnlySpan<byte> xml) =>
        Utf8Parser.TryParse(xml[(xml.IndexOf("guid=\""u8) + 6)..], out Guid guid, out _) ? guid : default;

    /// <summary>Goes behind the next of these tags; false when there is none.</summary>
    public bool GoTo(ReadOnlySpan<byte> tag)
    {
        var at = _rest.IndexOf(tag);
        if (at < 0)
            return false;
        _rest = _rest[(at + tag.Length)..];
        return true;
    }

    /// <summary>The text of the next element with this start tag.</summary>
    public ReadOnlySpan<byte> Text(ReadOnlySpan<byte> tag)
    {
        if (!GoTo(tag))
            return default;
        var text = _rest[.._rest.IndexOf((byte)'<')];
        _rest = _rest[text.Length..];
        return text;
    }

    /// <summary>The number with which all keys of a benchmark's parcel end.</summary>
    public static int Serial(ReadOnlySpan<byte> key)
    {
        if (key.Length < 9)
            return -1;
        var serial = 0;
        foreach (var digit in key[^9..])
        {
            if (digit is < (byte)'0' or > (byte)'9')
                return -1;
            serial = (serial * 10) + digit - '0';
        }
        return serial;
    }
}
