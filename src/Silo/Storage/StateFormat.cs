using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using ClearanceEngine.Storage;
using Orleans.Serialization;

namespace ClearanceEngine.Silo.Storage;

/// <summary>
/// State as bytes of a row, encrypted. Clear layout: format (1 byte), fingerprint of the index keys that stand beside
/// the row (8), Orleans binary. The fingerprint tells whether the keys that this code derives from the state are those
/// that are in the index; if a newer version names them differently, the next write replaces all of them.
/// </summary>
public sealed class StateFormat(Serializer serializer, StateProtection protection)
{
    /// <summary>1 had documents field by field, 2 one document of each type (ADR 018).</summary>
    const byte OrleansBinary = 3;
    const int Header = 1 + sizeof(ulong);

    /// <summary>A buffer that had to grow beyond this is not kept.</summary>
    const int LargestKept = 256 * 1024;

    /// <summary>States are written many times a second, each within one call: a buffer a thread serves them all.</summary>
    [ThreadStatic]
    static ArrayBufferWriter<byte>? s_clear;

    public byte[] Write<T>(RowKey key, T state, string[] indexKeys)
    {
        var clear = s_clear ??= new ArrayBufferWriter<byte>(16 * 1024);
        clear.ResetWrittenCount();
        var header = clear.GetSpan(Header);
        header[0] = OrleansBinary;
        BinaryPrimitives.WriteUInt64LittleEndian(header[1..], Fingerprint(indexKeys));
        clear.Advance(Header);
        serializer.Serialize(state, clear);
        if (clear.Capacity > LargestKept)
            s_clear = null;
        return protection.Protect(clear.WrittenSpan, Place(key));
    }

    /// <returns>The state, and the index keys that its row has; null when these are not known.</returns>
    /// <exception cref="InvalidDataException">The bytes do not decrypt, or a newer version wrote them; the text says what to do.</exception>
    public (T State, string[]? IndexKeys) Read<T>(RowKey key, byte[] payload)
    {
        var clear = protection.Unprotect(payload, Place(key));
        if (clear.Length < Header || clear[0] != OrleansBinary)
            throw new InvalidDataException(
                $"The stored state of {key.GrainType} {key.GrainKey} has the unknown format {(clear.Length == 0 ? "(empty)" : clear[0])}; another version of the engine wrote it: upgrade this one, or use the one that wrote it."
            );

        var state = Deserialize<T>(key, new ReadOnlySequence<byte>(clear, Header, clear.Length - Header));
        var keys = IndexKeys(state);
        var known = BinaryPrimitives.ReadUInt64LittleEndian(clear.AsSpan(1)) == Fingerprint(keys);
        return (state, known ? keys : null);
    }

    /// <summary>The bytes are those that were written (they decrypted): what fails here is made by code that this one does not know.</summary>
    T Deserialize<T>(RowKey key, ReadOnlySequence<byte> content)
    {
        try
        {
            return serializer.Deserialize<T>(content)!;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw new InvalidDataException(
                $"The stored state of {key.GrainType} {key.GrainKey} has content that this engine does not know ({e.GetType().Name}); a newer version wrote it: upgrade this one.",
                e
            );
        }
    }

    /// <summary>Distinct and in ordinal order; none for a state that is not indexed.</summary>
    public static string[] IndexKeys<T>(T state) =>
        state is IIndexedState indexed
            ? [.. indexed.IndexKeys.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]
            : [];

    static string Place(RowKey key) => $"{key.GrainType}\n{key.GrainKey}";

    static ulong Fingerprint(string[] keys) =>
        keys.Length == 0
            ? 0
            : BinaryPrimitives.ReadUInt64LittleEndian(
                SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', keys)))
            );
}
