namespace ClearanceEngine.Storage.Forms;

/// <summary>
/// The numbers of what stands in a grain's journal, as far as the grain still refers to it, and what is to be added by the next
/// write. A shelf is never changed: a write makes the next one, which counts once the write is durable.
/// </summary>
public sealed class Shelf
{
    readonly (IShelved Thing, int Number)[] _referred;

    /// <summary>By content: of a grain that came from another silo nothing else is known. Null where references are.</summary>
    readonly Dictionary<byte[], int>? _byContent;

    Shelf(
        (IShelved Thing, int Number)[] referred,
        Dictionary<byte[], int>? byContent,
        int count,
        ReadOnlyMemory<byte> seal
    )
    {
        _referred = referred;
        _byContent = byContent;
        Count = count;
        Seal = seal;
    }

    /// <summary>Of a grain of which nothing is stored.</summary>
    public static Shelf Empty { get; } = new([], null, 0, default);

    /// <summary>Things in the journal so far; they are numbered from 1.</summary>
    public int Count { get; }

    /// <summary>The hash that the last row of the journal ends with; empty before the first.</summary>
    public ReadOnlyMemory<byte> Seal { get; }

    /// <summary>The shelf of a grain that was read: what it refers to has these numbers.</summary>
    public static Shelf Of(
        IEnumerable<(IShelved Thing, int Number)> read,
        int count,
        ReadOnlyMemory<byte> seal
    ) => new([.. read], null, count, seal);

    /// <summary>The shelf of a grain whose state came from elsewhere: what it refers to is known by its bytes.</summary>
    public static Shelf OfContents(IReadOnlyList<byte[]> contents, ReadOnlyMemory<byte> seal)
    {
        var byContent = new Dictionary<byte[], int>(BytesComparer.Instance);
        for (var i = 0; i < contents.Count; i++)
            byContent.TryAdd(contents[i], i + 1);
        return new Shelf([], byContent, contents.Count, seal);
    }

    /// <summary>The number of something; null when it is not in the journal yet.</summary>
    internal int? NumberOf(IShelved thing)
    {
        foreach (var (known, number) in _referred)
        {
            if (ReferenceEquals(known, thing))
                return number;
        }
        return _byContent is not null && _byContent.TryGetValue(thing.Packed, out var place) ? place : null;
    }

    /// <summary>The next shelf: what the state refers to now, and how far the journal goes.</summary>
    internal Shelf After(
        ReadOnlySpan<(IShelved Thing, int Number)> referred,
        int count,
        ReadOnlyMemory<byte> seal
    ) =>
        // Mostly it is what it was: then nothing is kept twice.
        new(referred.SequenceEqual(_referred) ? _referred : referred.ToArray(), null, count, seal);

    sealed class BytesComparer : IEqualityComparer<byte[]>
    {
        public static readonly BytesComparer Instance = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] bytes)
        {
            var hash = new HashCode();
            hash.AddBytes(bytes);
            return hash.ToHashCode();
        }
    }
}
