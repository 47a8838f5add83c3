using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using ClearanceEngine.Storage.Forms;

namespace ClearanceEngine.Silo.Storage;

/// <summary>
/// A row of a journal in the clear: format (1 byte), number of things, each with its length, the form of the entries with its
/// length, and a seal: a hash over the seal of the row before and all of this one. A row that is missing, changed or in another
/// place breaks the chain.
/// </summary>
static class JournalFormat
{
    const byte Format = 1;

    /// <summary>Bytes of a seal.</summary>
    public const int SealSize = SHA256.HashSizeInBytes;

    /// <summary>Appends a row.</summary>
    /// <param name="to">Takes it.</param>
    /// <param name="added">What the entries and the snapshot refer to and the journal does not have yet.</param>
    /// <param name="entries">Form of the entries.</param>
    /// <param name="before">Seal of the row before; empty for the first.</param>
    /// <returns>Its seal.</returns>
    public static ReadOnlyMemory<byte> Write(
        IBufferWriter<byte> to,
        IReadOnlyList<IShelved> added,
        ReadOnlySpan<byte> entries,
        ReadOnlySpan<byte> before
    )
    {
        var size = 1 + (2 + added.Count) * sizeof(int) + entries.Length + SealSize;
        foreach (var thing in added)
            size += thing.Packed.Length;

        var row = to.GetSpan(size)[..size];
        var rest = row;
        rest[0] = Format;
        rest = Number(rest[1..], added.Count);
        foreach (var thing in added)
            rest = Bytes(rest, thing.Packed);
        rest = Bytes(rest, entries);
        Seal(before, row[..(size - SealSize)], rest);
        to.Advance(size);
        // The row is let go with the write; its seal stays as long as the grain.
        return rest.ToArray();
    }

    /// <summary>All rows of a journal, oldest first.</summary>
    /// <exception cref="InvalidDataException">They are no journal, or not all of one.</exception>
    public static ReadJournal Read(IReadOnlyList<byte[]> rows)
    {
        var things = new List<ReadOnlyMemory<byte>>();
        var entries = new List<ReadOnlyMemory<byte>>();
        ReadOnlyMemory<byte> seal = default;
        var expected = new byte[SealSize];
        foreach (var row in rows)
        {
            if (row.Length < 1 + 2 * sizeof(int) + SealSize || row[0] != Format)
                throw new InvalidDataException(
                    "A row of its journal is of an unknown format; a newer version wrote it: upgrade this one."
                );
            Seal(seal.Span, row.AsSpan(0, row.Length - SealSize), expected);
            seal = row.AsMemory(row.Length - SealSize);
            if (!seal.Span.SequenceEqual(expected))
                throw new InvalidDataException(
                    $"Its journal is not whole: row {entries.Count + 1} of {rows.Count} does not follow the one before. Restore it from a backup."
                );
            ReadRow(row.AsMemory(1, row.Length - 1 - SealSize), things, entries);
        }
        return new ReadJournal(things, entries, seal);
    }

    static void ReadRow(
        ReadOnlyMemory<byte> rest,
        List<ReadOnlyMemory<byte>> things,
        List<ReadOnlyMemory<byte>> entries
    )
    {
        var count = BinaryPrimitives.ReadInt32LittleEndian(rest.Span);
        rest = rest[sizeof(int)..];
        for (var i = 0; i < count; i++)
            things.Add(Take(ref rest));
        entries.Add(Take(ref rest));
    }

    static ReadOnlyMemory<byte> Take(ref ReadOnlyMemory<byte> rest)
    {
        var length = BinaryPrimitives.ReadInt32LittleEndian(rest.Span);
        var bytes = rest.Slice(sizeof(int), length);
        rest = rest[(sizeof(int) + length)..];
        return bytes;
    }

    static Span<byte> Bytes(Span<byte> to, ReadOnlySpan<byte> bytes)
    {
        to = Number(to, bytes.Length);
        bytes.CopyTo(to);
        return to[bytes.Length..];
    }

    static Span<byte> Number(Span<byte> to, int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(to, value);
        return to[sizeof(int)..];
    }

    static void Seal(ReadOnlySpan<byte> before, ReadOnlySpan<byte> row, Span<byte> seal)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(before);
        hash.AppendData(row);
        _ = hash.GetHashAndReset(seal);
    }
}

/// <summary>What the rows of a journal have.</summary>
/// <param name="Things">Documents and receipts by their numbers, from 1.</param>
/// <param name="Entries">A form of entries for each row.</param>
/// <param name="Seal">Of the last row; empty when there is none.</param>
sealed record ReadJournal(
    IReadOnlyList<ReadOnlyMemory<byte>> Things,
    IReadOnlyList<ReadOnlyMemory<byte>> Entries,
    ReadOnlyMemory<byte> Seal
);
