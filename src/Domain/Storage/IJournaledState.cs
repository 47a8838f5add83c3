using ClearanceEngine.Storage.Forms;

namespace ClearanceEngine.Storage;

/// <summary>
/// A grain state that is stored as a small snapshot, which every write makes anew, and a journal, which is only appended
/// (ADR 024). What is large stands once, in the journal; the snapshot refers to it by number. The store writes both in one
/// transaction.
/// </summary>
public interface IJournaledState
{
    /// <summary>Writes the snapshot.</summary>
    void WriteSnapshot(FormWriter writer);

    /// <summary>Writes the entries that are not stored yet, oldest first; false when there are none.</summary>
    bool WriteEntries(FormWriter writer);
}

/// <summary>How such a state is read.</summary>
/// <typeparam name="TSelf">The state itself.</typeparam>
public interface IJournaledState<TSelf> : IJournaledState
    where TSelf : IJournaledState<TSelf>
{
    /// <summary>The state of a snapshot and of all entries that were written before it, oldest first.</summary>
    /// <exception cref="InvalidDataException">They do not belong together, or are of a newer form.</exception>
    static abstract TSelf Read(FormReader snapshot, IReadOnlyList<FormReader> entries);

    /// <summary>What its journal has, from its bytes.</summary>
    /// <exception cref="InvalidDataException">These are no bytes of it.</exception>
    static abstract IShelved Unpack(byte[] packed);
}
