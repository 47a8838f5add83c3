using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;

namespace ClearanceEngine.Storage.Forms;

/// <summary>
/// Writes what is stored, compactly: numbers of as many bytes as they need, each text once, times by what they differ from
/// a base, large things by their number in the journal. Fields have no names: they are read in the order in which they were
/// written. A block may only grow at its end, so that older code reads what it knows of it (<see cref="FormReader"/>).
/// </summary>
/// <remarks>Layout: length of the texts, texts, base time, body.</remarks>
public sealed class FormWriter
{
    readonly GrowingBytes _body = new();
    readonly GrowingBytes _texts = new();
    readonly Dictionary<string, int> _known = new(StringComparer.Ordinal);
    readonly List<IShelved> _added = [];
    readonly List<(IShelved Thing, int Number)> _referred = [];
    Shelf _shelf = Shelf.Empty;
    long _base;

    /// <summary>Things that the journal does not have yet, in the order of their numbers.</summary>
    public IReadOnlyList<IShelved> Added => _added;

    /// <summary>Begins anew.</summary>
    /// <param name="shelf">What the journal has.</param>
    public void Reset(Shelf shelf)
    {
        _added.Clear();
        _referred.Clear();
        _shelf = shelf;
        Clear();
    }

    /// <summary>Begins another form of the same write: numbers of things go on.</summary>
    public void Clear()
    {
        _body.Clear();
        _texts.Clear();
        _known.Clear();
        _base = 0;
    }

    /// <summary>The shelf once this write is durable.</summary>
    /// <param name="seal">The hash that the journal ends with then.</param>
    public Shelf NextShelf(ReadOnlyMemory<byte> seal) =>
        _shelf.After(CollectionsMarshal.AsSpan(_referred), _shelf.Count + _added.Count, seal);

    /// <summary>Ends the form.</summary>
    public void WriteTo(IBufferWriter<byte> to)
    {
        Span<byte> head = stackalloc byte[GrowingBytes.LongestNumber + sizeof(long)];
        var length = GrowingBytes.WriteNumber(head, (ulong)_texts.Length);
        BinaryPrimitives.WriteInt64LittleEndian(head[length..], _base);
        length += sizeof(long);

        to.Write(head[..length]);
        to.Write(_texts.Span);
        to.Write(_body.Span);
    }

    public void Number(long value) => _body.Number(ZigZag(value));

    public void Flag(bool value) => _body.Number(value ? 1UL : 0);

    public void Text(string? text)
    {
        if (text is null)
        {
            _body.Number(0);
            return;
        }
        if (!_known.TryGetValue(text, out var number))
        {
            _known[text] = number = _known.Count + 1;
            TextForm.Write(_texts, text);
        }
        _body.Number((ulong)number);
    }

    public void Texts(IReadOnlyCollection<string> texts)
    {
        Number(texts.Count);
        foreach (var text in texts)
            Text(text);
    }

    /// <summary>To the tick, with its offset. The first time of a form is the base of the others.</summary>
    public void Time(DateTimeOffset time)
    {
        if (_base == 0)
            _base = time.UtcTicks;
        // The lowest bit says that an offset follows.
        var minutes = (long)time.Offset.TotalMinutes;
        var distance = ZigZag(time.UtcTicks - _base) << 1;
        _body.Number(distance | (minutes == 0 ? 0UL : 1));
        if (minutes != 0)
            Number(minutes);
    }

    public void Time(DateTimeOffset? time)
    {
        Flag(time is not null);
        if (time is { } some)
            Time(some);
    }

    /// <summary>With its scale: 1.50 stays 1.50.</summary>
    public void Amount(decimal value) => Text(value.ToString(CultureInfo.InvariantCulture));

    /// <summary>Something that stands in the journal, or will.</summary>
    public void Shelved(IShelved? thing)
    {
        if (thing is null)
        {
            _body.Number(0);
            return;
        }
        if (Referred(thing) is not { } number)
        {
            number = _shelf.NumberOf(thing) ?? Add(thing);
            _referred.Add((thing, number));
        }
        _body.Number((ulong)number);
    }

    /// <summary>
    /// Something that leaves soon: by its number where the journal has it, or gets it for another's sake, else the whole of it.
    /// The journal keeps for ever what it has.
    /// </summary>
    public void Passing(IShelved thing)
    {
        if (Referred(thing) is not null || _shelf.NumberOf(thing) is not null)
        {
            Shelved(thing);
            return;
        }
        _body.Number(0);
        _body.Number((ulong)thing.Packed.Length);
        thing.Packed.CopyTo(_body.Room(thing.Packed.Length));
        _body.Advance(thing.Packed.Length);
    }

    /// <summary>Begins a block; <see cref="End"/> takes what this returns.</summary>
    public int Begin() => _body.Length;

    /// <summary>Ends a block: its length is put before it.</summary>
    public void End(int begun) => _body.PrefixLength(begun);

    /// <summary>A parcel has some dozen of them: walking through is faster than hashing.</summary>
    int? Referred(IShelved thing)
    {
        foreach (var (known, number) in CollectionsMarshal.AsSpan(_referred))
        {
            if (ReferenceEquals(known, thing))
                return number;
        }
        return null;
    }

    int Add(IShelved thing)
    {
        _added.Add(thing);
        return _shelf.Count + _added.Count;
    }

    static ulong ZigZag(long value) => (ulong)((value << 1) ^ (value >> 63));
}
