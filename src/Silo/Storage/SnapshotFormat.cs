using System.Buffers;
using System.Buffers.Binary;
using ClearanceEngine.Storage;
using ClearanceEngine.Storage.Forms;

namespace ClearanceEngine.Silo.Storage;

/// <summary>
/// The snapshot of a state with a journal, in the clear: how much its journal has (4 bytes) and that journal's seal, then the
/// form. A snapshot and a journal that do not belong together are told apart by them.
/// </summary>
static class SnapshotFormat
{
    const int Header = sizeof(int) + JournalFormat.SealSize;

    /// <summary>A buffer that had to grow beyond this is not kept.</summary>
    public const int LargestKept = 256 * 1024;

    [ThreadStatic]
    static FormWriter? s_writer;

    /// <summary>Entries wait here while the snapshot is written, which may add things to their row.</summary>
    [ThreadStatic]
    static ArrayBufferWriter<byte>? s_entries;

    public static bool IsJournaled<T>() => typeof(IJournaledState).IsAssignableFrom(typeof(T));

    /// <summary>Appends the snapshot, and to <paramref name="row"/> the row for the journal unless there is nothing new.</summary>
    /// <returns>What the journal has then.</returns>
    public static Shelf Write(
        IBufferWriter<byte> to,
        IBufferWriter<byte> row,
        IJournaledState state,
        Shelf shelf
    )
    {
        var writer = s_writer ??= new FormWriter();
        var entries = s_entries ??= new ArrayBufferWriter<byte>();
        writer.Reset(shelf);
        entries.ResetWrittenCount();

        var hasEntries = state.WriteEntries(writer);
        writer.WriteTo(entries);
        writer.Clear();
        state.WriteSnapshot(writer);

        var seal = shelf.Seal;
        if (hasEntries || writer.Added.Count > 0)
            seal = JournalFormat.Write(row, writer.Added, entries.WrittenSpan, shelf.Seal.Span);
        var next = writer.NextShelf(seal);

        var header = to.GetSpan(Header);
        BinaryPrimitives.WriteInt32LittleEndian(header, next.Count);
        header[sizeof(int)..Header].Clear();
        next.Seal.Span.CopyTo(header[sizeof(int)..]);
        to.Advance(Header);
        writer.WriteTo(to);

        writer.Reset(Shelf.Empty);
        if (entries.Capacity > LargestKept)
            s_entries = null;
        return next;
    }

    /// <exception cref="InvalidDataException">It cannot be read, or the journal is another's.</exception>
    public static (T State, Shelf Shelf) Read<T>(ReadOnlyMemory<byte> content, ReadJournal journal)
    {
        var count = BinaryPrimitives.ReadInt32LittleEndian(content.Span);
        var seal = content.Slice(sizeof(int), JournalFormat.SealSize);
        if (count != journal.Things.Count || !IsSeal(seal.Span, journal.Seal.Span))
            throw new InvalidDataException(
                $"Its journal has {journal.Things.Count} documents where its row counts {count}, or another end; rows of both tables belong together. Restore them from a backup."
            );
        return Reader<T>.Instance.Read(content[Header..], journal);
    }

    /// <summary>Of a journal without rows the snapshot has zeros.</summary>
    static bool IsSeal(ReadOnlySpan<byte> stored, ReadOnlySpan<byte> seal) =>
        seal.IsEmpty ? !stored.ContainsAnyExcept((byte)0) : stored.SequenceEqual(seal);

    /// <summary>What is known of a state by its type alone.</summary>
    abstract class Reader<T>
    {
        public static readonly Reader<T> Instance =
            (Reader<T>)Activator.CreateInstance(typeof(JournaledReader<>).MakeGenericType(typeof(T)))!;

        public abstract (T State, Shelf Shelf) Read(ReadOnlyMemory<byte> form, ReadJournal journal);
    }

    sealed class JournaledReader<TJournaled> : Reader<TJournaled>
        where TJournaled : IJournaledState<TJournaled>
    {
        public override (TJournaled State, Shelf Shelf) Read(ReadOnlyMemory<byte> form, ReadJournal journal)
        {
            var things = new Things<TJournaled>(journal);
            var entries = journal.Entries.Select(e => new FormReader(e, things.Get)).ToArray();
            var state = TJournaled.Read(new FormReader(form, things.Get), entries);
            return (state, Shelf.Of(things.Unpacked, journal.Things.Count, journal.Seal.ToArray()));
        }
    }

    /// <summary>What a journal has, unpacked once, and only what is asked for.</summary>
    sealed class Things<T>(ReadJournal journal)
        where T : IJournaledState<T>
    {
        readonly IShelved?[] _unpacked = new IShelved?[journal.Things.Count];

        public IEnumerable<(IShelved Thing, int Number)> Unpacked
        {
            get
            {
                for (var i = 0; i < _unpacked.Length; i++)
                {
                    if (_unpacked[i] is { } thing)
                        yield return (thing, i + 1);
                }
            }
        }

        public IShelved Get(int number)
        {
            if (number < 1 || number > _unpacked.Length)
                throw new InvalidDataException(
                    $"A stored form refers to number {number} of a journal that has {_unpacked.Length}."
                );
            return _unpacked[number - 1] ??= T.Unpack(journal.Things[number - 1].ToArray());
        }
    }
}
