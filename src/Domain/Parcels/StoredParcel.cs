using System.Collections.Immutable;
using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels.Forms;
using ClearanceEngine.Storage;
using ClearanceEngine.Storage.Forms;

namespace ClearanceEngine.Parcels;

/// <summary>A parcel as its grain holds and stores it: where it stands, and the entries that its journal does not have yet.</summary>
[GenerateSerializer, Alias("clearance.parcel.stored")]
public sealed record StoredParcel : IJournaledState<StoredParcel>, IIndexedState, IDueState, IRestingState
{
    /// <summary>Where it stands.</summary>
    [Id(0)]
    public ParcelState Parcel { get; init; } = Nothing;

    /// <summary>Of an order of which nothing is known.</summary>
    static readonly ParcelState Nothing = new();

    /// <summary>Entries that are not stored; none of a grain at rest.</summary>
    [field: NonSerialized]
    public ImmutableArray<JournalEntry> Unstored { get; init; } = [];

    /// <inheritdoc/>
    public IReadOnlyCollection<string> IndexKeys => Parcel.IndexKeys;

    /// <inheritdoc/>
    public DateTimeOffset? OutboxDueAt => Parcel.OutboxDueAt;

    /// <inheritdoc/>
    public DateTimeOffset? TimeDueAt => Parcel.TimeDueAt;

    /// <inheritdoc/>
    public bool IsAtRest => Parcel.IsAtRest;

    /// <summary>After a decision.</summary>
    public StoredParcel After(Decision decision) =>
        ReferenceEquals(decision.State, Parcel)
            ? this
            : new StoredParcel
            {
                Parcel = decision.State,
                Unstored = decision.Entry is { } entry ? Unstored.Add(entry) : Unstored,
            };

    /// <summary>Once the first entries of <see cref="Unstored"/> are stored.</summary>
    public StoredParcel WithStored(int entries) => this with { Unstored = Unstored.RemoveRange(0, entries) };

    /// <inheritdoc/>
    public void WriteSnapshot(FormWriter writer) => ParcelForm.Write(writer, Parcel);

    /// <inheritdoc/>
    public bool WriteEntries(FormWriter writer)
    {
        foreach (var entry in Unstored)
            JournalEntryForm.Write(writer, entry);
        return Unstored.Length > 0;
    }

    /// <inheritdoc/>
    public static StoredParcel Read(FormReader snapshot, IReadOnlyList<FormReader> entries)
    {
        var parcel = ParcelForm.Read(snapshot, out var length);
        var timeline = ImmutableArray.CreateBuilder<TimelineEntry>();
        foreach (var written in entries)
        {
            while (written.HasMore)
                timeline.AddRange(JournalEntryForm.ReadOutcome(written));
        }
        if (timeline.Count < length)
            throw new InvalidDataException(
                $"The journal of order {parcel.OrderNo} has {timeline.Count} steps where its snapshot counts {length}."
            );

        // Of a long one the first step and the last are kept, as the step that made it long kept them.
        timeline.RemoveRange(Math.Min(1, length), timeline.Count - length);
        return new StoredParcel { Parcel = parcel with { Timeline = timeline.ToImmutable() } };
    }

    /// <inheritdoc/>
    public static IShelved Unpack(byte[] packed) => CebDocument.Unpack(packed);

    /// <summary>The whole journal, for replay and audit.</summary>
    public static IEnumerable<JournalEntry> ReadJournal(IReadOnlyList<FormReader> entries)
    {
        foreach (var written in entries)
        {
            while (written.HasMore)
                yield return JournalEntryForm.Read(written);
        }
    }
}
