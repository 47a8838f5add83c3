using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using ClearanceEngine.Storage;

namespace ClearanceEngine.Silo.Storage;

/// <summary>The names of a state in the index: distinct, in ordinal order, and a fingerprint by which a row says which it has.</summary>
public sealed class IndexNames
{
    /// <summary>Names are gathered at every write and are mostly what they were: one list a thread serves for all.</summary>
    [ThreadStatic]
    static List<string>? s_gathered;

    readonly string[] _names;

    IndexNames(string[] names)
    {
        _names = names;
        Fingerprint =
            names.Length == 0
                ? 0
                : BinaryPrimitives.ReadUInt64LittleEndian(
                    SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', names)))
                );
    }

    /// <summary>Of a state that has none.</summary>
    public static IndexNames None { get; } = new([]);

    public IReadOnlyList<string> Names => _names;

    /// <summary>0 for no names.</summary>
    public ulong Fingerprint { get; }

    /// <summary>Those of a state; none for one that is not indexed.</summary>
    /// <param name="state">The state.</param>
    /// <param name="before">Those that its row has, if known: the same object comes back where nothing changed.</param>
    public static IndexNames Of<T>(T state, IndexNames? before = null)
    {
        if (state is not IIndexedState indexed)
            return None;

        var gathered = s_gathered ??= [];
        gathered.Clear();
        gathered.AddRange(indexed.IndexKeys);
        gathered.Sort(StringComparer.Ordinal);
        var names = Distinct(CollectionsMarshal.AsSpan(gathered));
        if (before is not null && names.SequenceEqual(before._names))
            return before;
        return names.IsEmpty ? None : new IndexNames(names.ToArray());
    }

    /// <summary>Those that are not among others; in order.</summary>
    public string[] Except(IndexNames others)
    {
        if (ReferenceEquals(this, others))
            return [];
        return [.. _names.Except(others._names, StringComparer.Ordinal)];
    }

    /// <summary>Moves one of each to the front.</summary>
    static ReadOnlySpan<string> Distinct(Span<string> sorted)
    {
        var count = 0;
        foreach (var name in sorted)
        {
            if (count == 0 || !string.Equals(sorted[count - 1], name, StringComparison.Ordinal))
                sorted[count++] = name;
        }
        return sorted[..count];
    }
}
