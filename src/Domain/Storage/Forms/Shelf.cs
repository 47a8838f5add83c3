using System.Runtime.CompilerServices;

namespace ClearanceEngine.Storage.Forms;

/// <summary>
/// The numbers of what stands in a grain's journal, as far as the grain still refers to it, and what is to be added by the next
/// write. A shelf is never changed: a write makes the next one, which counts once the write is durable.
/// </summary>
public sealed class Shelf
{
    readonly Dictionary<IShelved, int> _numbers;

    /// <summary>By content: of a grain that came from another silo nothing else is known. Null where references are.</summary>
    readonly Dictionary<byte[], int>? _byContent;

    Shelf(
        Dictionary<IShelved, int> numbers,
        Dictionary<byte[], int>? byContent,
        int count,
        ReadOnlyMemory<byte> seal
    )
    {
        _numbers = numbers;
        _byContent = byContent;
        Count = count;
        Seal = seal;
    }

    /// <summary>Of a grain of which nothing is stored.</summary>
    public static Shelf Empty { get; } = new(ByReference(), null, 0, default);

    /// <summary>Things in the journal so far; they are numbered from 1.</summary>
    public int Count { get; }

    /// <summary>The hash that the last row of the journal ends with; empty before the first.</summary>
    public ReadOnlyMemory<byte> Seal { get; }

    /// <summary>The shelf of a grain that was read: what it refers to has these numbers.</summary>
    public static Shelf Of(
        IEnumerable<KeyValuePair<IShelved, int>> read,
        int count,
        ReadOnlyMemory<byte> seal
    )
    {
        var numbers = ByReference();
        foreach (var (thing, number) in read)
            numbers[thing] = number;
        return new Shelf(numbers, null, count, seal);
    }

    /// <summary>The shelf of a grain whose state came from elsewhere: what it refers to is known by its bytes.</summary>
    public static Shelf OfContents(IReadOnlyList<byte[]> contents, ReadOnlyMemory<byte> seal)
    {
        var byContent = new Dictionary<byte[], int>(BytesComparer.Instance);
        for (var i = 0; i < contents.Count; i++)
            byContent.TryAdd(contents[i], i + 1);
        return new Shelf(ByReference(), byContent, contents.Count, seal);
    }

    /// <summary>The number of something; null when it is not in the journal yet.</summary>
    internal int? NumberOf(IShelved thing)
    {
        if (_numbers.TryGetValue(thing, out var number))
            return number;
        return _byContent is not null && _byContent.TryGetValue(thing.Packed, out number) ? number : null;
    }

    /// <summary>The next shelf: what the state refers to now, and how far the journal goes.</summary>
    internal static Shelf After(Dictionary<IShelved, int> referred, int count, ReadOnlyMemory<byte> seal) =>
        new(referred, null, count, seal);

    internal static Dictionary<IShelved, int> ByReference() => new(ReferenceComparer.Instance);

    sealed class ReferenceComparer : IEqualityComparer<IShelved>
    {
        public static readonly ReferenceComparer Instance = new();

        public bool Equals(IShelved? x, IShelved? y) => ReferenceEquals(x, y);

        public int GetHashCode(IShelved thing) => RuntimeHelpers.GetHashCode(thing);
    }

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
