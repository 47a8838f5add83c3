using System.Buffers;
using System.Buffers.Binary;
using ClearanceEngine.Storage;
using ClearanceEngine.Storage.Forms;
using Orleans.Serialization;

namespace ClearanceEngine.Silo.Storage;

/// <summary>
/// State as bytes of a row, encrypted. Clear layout: format (1 byte), fingerprint of the index keys that stand beside
/// the row (8), then Orleans binary, or the snapshot of a state with a journal (<see cref="SnapshotFormat"/>). The fingerprint
/// tells whether the keys that this code derives from the state are those that are in the index; if a newer version names them
/// differently, the next write replaces all of them.
/// </summary>
public sealed class StateFormat(Serializer serializer, StateProtection protection)
{
    /// <summary>1 had documents field by field, 2 one document of each type (ADR 018).</summary>
    const byte OrleansBinary = 3;

    /// <summary>ADR 024.</summary>
    const byte Snapshot = 4;

    const int Header = 1 + sizeof(ulong);

    /// <summary>States are written many times a second, each within one call: two buffers a thread serve them all.</summary>
    [ThreadStatic]
    static ArrayBufferWriter<byte>? s_clear,
        s_journal;

    /// <param name="key">Of the row.</param>
    /// <param name="state">What is to be stored.</param>
    /// <param name="names">Its names.</param>
    /// <param name="shelf">What its journal has; of no meaning for a state without.</param>
    public WrittenState Write<T>(RowKey key, T state, IndexNames names, Shelf shelf)
    {
        var clear = s_clear ??= new ArrayBufferWriter<byte>(16 * 1024);
        var row = s_journal ??= new ArrayBufferWriter<byte>(16 * 1024);
        clear.ResetWrittenCount();
        row.ResetWrittenCount();
        var header = clear.GetSpan(Header);
        header[0] = state is IJournaledState ? Snapshot : OrleansBinary;
        BinaryPrimitives.WriteUInt64LittleEndian(header[1..], names.Fingerprint);
        clear.Advance(Header);

        if (state is IJournaledState journaled)
            shelf = SnapshotFormat.Write(clear, row, journaled, shelf);
        else
            serializer.Serialize(state, clear);

        if (clear.Capacity > SnapshotFormat.LargestKept)
            s_clear = null;
        if (row.Capacity > SnapshotFormat.LargestKept)
            s_journal = null;
        var journal = row.WrittenCount == 0 ? null : protection.Protect(row.WrittenSpan, JournalPlace(key));
        return new WrittenState(protection.Protect(clear.WrittenSpan, Place(key)), journal, shelf);
    }

    /// <returns>The state, the index keys that its row has (null when these are not known), and what its journal has.</returns>
    /// <exception cref="InvalidDataException">The bytes do not decrypt, or a newer version wrote them; the text says what to do.</exception>
    public ReadState<T> Read<T>(RowKey key, StateRow row)
    {
        var clear = protection.Unprotect(row.Payload, Place(key));
        var format = SnapshotFormat.IsJournaled<T>() ? Snapshot : OrleansBinary;
        if (clear.Length < Header || clear[0] != format)
            throw new InvalidDataException(
                $"The stored state of {key.GrainType} {key.GrainKey} has the unknown format {(clear.Length == 0 ? "(empty)" : clear[0])}; another version of the engine wrote it: upgrade this one, or use the one that wrote it."
            );

        var (state, shelf) = Deserialize<T>(key, clear.AsMemory(Header), row);
        var names = IndexNames.Of(state);
        var isKnown = BinaryPrimitives.ReadUInt64LittleEndian(clear.AsSpan(1)) == names.Fingerprint;
        return new ReadState<T>(state, isKnown ? names : null, shelf);
    }

    /// <summary>What the journal of a row has, by its bytes: for a state that did not come from here.</summary>
    /// <exception cref="InvalidDataException">It cannot be read.</exception>
    public Shelf ReadShelf(RowKey key, StateRow row)
    {
        var journal = Journal(key, row);
        return Shelf.OfContents([.. journal.Things.Select(thing => thing.ToArray())], journal.Seal);
    }

    ReadJournal Journal(RowKey key, StateRow row) =>
        JournalFormat.Read([
            .. row.Journal.Select(stored => protection.Unprotect(stored, JournalPlace(key))),
        ]);

    /// <summary>The bytes are those that were written (they decrypted): what fails here is made by code that this one does not know.</summary>
    (T State, Shelf Shelf) Deserialize<T>(RowKey key, ReadOnlyMemory<byte> content, StateRow row)
    {
        try
        {
            return SnapshotFormat.IsJournaled<T>()
                ? SnapshotFormat.Read<T>(content, Journal(key, row))
                : (serializer.Deserialize<T>(new ReadOnlySequence<byte>(content))!, Shelf.Empty);
        }
        catch (InvalidDataException)
        {
            throw;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw new InvalidDataException(
                $"The stored state of {key.GrainType} {key.GrainKey} has content that this engine does not know ({e.GetType().Name}); a newer version wrote it: upgrade this one.",
                e
            );
        }
    }

    static string Place(RowKey key) => $"{key.GrainType}\n{key.GrainKey}";

    static string JournalPlace(RowKey key) => $"{key.GrainType}\n{key.GrainKey}\njournal";
}

/// <summary>A state as it goes to the database.</summary>
/// <param name="Payload">The row.</param>
/// <param name="Journal">The row that its journal gets; null for none.</param>
/// <param name="Shelf">What its journal has once both are written.</param>
public sealed record WrittenState(byte[] Payload, byte[]? Journal, Shelf Shelf);

/// <summary>A state as it came from the database.</summary>
/// <param name="State">The state.</param>
/// <param name="Names">The names that stand beside its row; null when these are not known.</param>
/// <param name="Shelf">What its journal has.</param>
public sealed record ReadState<T>(T State, IndexNames? Names, Shelf Shelf);
