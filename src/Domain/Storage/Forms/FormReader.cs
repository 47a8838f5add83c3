using System.Buffers.Binary;
using System.Globalization;

namespace ClearanceEngine.Storage.Forms;

/// <summary>Reads what <see cref="FormWriter"/> wrote. What a newer version put at the end of a block is passed over.</summary>
public sealed class FormReader
{
    readonly ReadOnlyMemory<byte> _body;
    readonly string[] _texts;
    readonly long _base;
    readonly Func<int, IShelved> _shelved;
    int _at;
    int _end;

    /// <param name="form">The bytes.</param>
    /// <param name="shelved">Gives what stands in the journal under a number.</param>
    /// <exception cref="InvalidDataException">They are cut off.</exception>
    public FormReader(ReadOnlyMemory<byte> form, Func<int, IShelved> shelved)
    {
        _shelved = shelved;
        var rest = form.Span;
        var length = ReadNumber(ref rest);
        if (rest.Length < sizeof(long) || length > (ulong)(rest.Length - sizeof(long)))
            throw CutOff();

        _base = BinaryPrimitives.ReadInt64LittleEndian(rest);
        var texts = rest.Slice(sizeof(long), (int)length);
        _body = form[(form.Length - rest.Length + sizeof(long) + texts.Length)..];
        _end = _body.Length;

        var read = new List<string>();
        while (!texts.IsEmpty)
            read.Add(TextForm.Read(ref texts));
        _texts = [.. read];
    }

    /// <summary>The block, or the form, goes on: an older version that wrote it ended it earlier.</summary>
    public bool HasMore => _at < _end;

    public long Number()
    {
        var value = Raw();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    /// <exception cref="InvalidDataException">It is too large.</exception>
    public int Small() => checked((int)Number());

    /// <summary>How many items follow; each takes a byte at least.</summary>
    public int Count()
    {
        var count = Number();
        return count >= 0 && count <= _end - _at ? (int)count : throw CutOff();
    }

    public bool Flag() => Raw() != 0;

    public string? Text()
    {
        var number = Raw();
        if (number > (ulong)_texts.Length)
            throw new InvalidDataException("A stored form names a text that it does not have.");
        return number == 0 ? null : _texts[number - 1];
    }

    /// <summary>A text that is always there.</summary>
    public string Word() => Text() ?? throw new InvalidDataException("A stored form lacks a text.");

    public string[] Texts()
    {
        var texts = new string[Count()];
        for (var i = 0; i < texts.Length; i++)
            texts[i] = Word();
        return texts;
    }

    public DateTimeOffset Time()
    {
        var value = Raw();
        var distance = value >> 1;
        var ticks = _base + ((long)(distance >> 1) ^ -(long)(distance & 1));
        var utc = new DateTimeOffset(ticks, TimeSpan.Zero);
        return (value & 1) == 0 ? utc : utc.ToOffset(TimeSpan.FromMinutes(Number()));
    }

    public DateTimeOffset? TimeOrNone() => Flag() ? Time() : null;

    public decimal Amount() => decimal.Parse(Word(), CultureInfo.InvariantCulture);

    /// <summary>Something of the journal; null for none.</summary>
    public IShelved? Shelved()
    {
        var number = Raw();
        return number == 0 ? null : _shelved(checked((int)number));
    }

    /// <summary>Something of the journal, or that stands here as a whole.</summary>
    /// <param name="unpack">Makes it of its bytes.</param>
    public IShelved Passing(Func<byte[], IShelved> unpack)
    {
        if (Shelved() is { } shelved)
            return shelved;
        var length = Raw();
        if (length > (ulong)(_end - _at))
            throw CutOff();
        var bytes = _body.Slice(_at, (int)length).ToArray();
        _at += bytes.Length;
        return unpack(bytes);
    }

    /// <summary>Begins a block; <see cref="End"/> takes what this returns.</summary>
    public int Begin()
    {
        var length = Raw();
        if (length > (ulong)(_end - _at))
            throw CutOff();
        var outer = _end;
        _end = _at + (int)length;
        return outer;
    }

    /// <summary>Ends a block, whatever of it was not read.</summary>
    public void End(int outer)
    {
        _at = _end;
        _end = outer;
    }

    /// <exception cref="InvalidDataException">It is cut off.</exception>
    internal static ulong ReadNumber(ref ReadOnlySpan<byte> rest)
    {
        ulong value = 0;
        for (var i = 0; i < rest.Length && i < GrowingBytes.LongestNumber; i++)
        {
            value |= (ulong)(rest[i] & 0x7F) << (7 * i);
            if (rest[i] >= 0x80)
                continue;
            rest = rest[(i + 1)..];
            return value;
        }
        throw CutOff();
    }

    ulong Raw()
    {
        var rest = _body.Span[_at.._end];
        var before = rest.Length;
        var value = ReadNumber(ref rest);
        _at += before - rest.Length;
        return value;
    }

    static InvalidDataException CutOff() => new("A stored form is cut off.");
}
