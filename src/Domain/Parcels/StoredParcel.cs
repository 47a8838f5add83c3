using System.Collections.Immutable;
using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels.Forms;
using ClearanceEngine.Storage;
using ClearanceEngine.Storage.Forms;

namespace ClearanceEngine.Parcels;

/// <summary>The parcels of an order number as their grain holds and stores them: where they stand, and the entries that the journal does not have yet.</summary>
[GenerateSerializer, Alias("clearance.parcel.stored")]
public sealed record StoredParcel : IJournaledState<StoredParcel>, IIndexedState, IDueState, IRestingState
{
    /// <summary>Where they stand.</summary>
    [Id(0)]
    public OrderParcels Order { get; init; } = Nothing;

    /// <summary>Of an order number of which nothing is known.</summary>
    static readonly OrderParcels Nothing = new();

    /// <summary>Entries that are not stored; none of a grain at rest.</summary>
    [field: NonSerialized]
    public ImmutableArray<JournalEntry> Unstored { get; init; } = [];

    /// <inheritdoc/>
    public IReadOnlyCollection<string> IndexKeys => Order.IndexKeys;

    /// <inheritdoc/>
    public DateTimeOffset? OutboxDueAt => Order.OutboxDueAt;

    /// <inheritdoc/>
    public DateTimeOffset? TimeDueAt => Order.TimeDueAt;

    /// <inheritdoc/>
    public bool IsAtRest => Order.IsAtRest;

    /// <summary>After a decision.</summary>
    public StoredParcel After(OrderDecision decision) =>
        ReferenceEquals(decision.State, Order)
            ? this
            : new StoredParcel { Order = decision.State, Unstored = Unstored.AddRange(decision.Entries) };

    /// <summary>Once the first entries of <see cref="Unstored"/> are stored.</summary>
    public StoredParcel WithStored(int entries) => this with { Unstored = Unstored.RemoveRange(0, entries) };

    /// <inheritdoc/>
    public void WriteSnapshot(FormWriter writer) => OrderForm.Write(writer, Order);

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
        var order = OrderForm.Read(snapshot, out var lengths);
        var steps = ReadSteps(entries);
        for (var i = 0; i < lengths.Length; i++)
        {
            var parcel = order.Parcels[i];
            var timeline = Timeline(parcel, steps.GetValueOrDefault(parcel.EbpCode, []), lengths[i]);
            order = order.With(parcel with { Timeline = timeline });
        }
        return new StoredParcel { Order = order };
    }

    /// <summary>What the journal added to the timelines, by platform.</summary>
    static Dictionary<string, List<TimelineEntry>> ReadSteps(IReadOnlyList<FormReader> entries)
    {
        var steps = new Dictionary<string, List<TimelineEntry>>(StringComparer.Ordinal);
        foreach (var written in entries)
        {
            while (written.HasMore)
            {
                var outcome = JournalEntryForm.ReadOutcome(written, out var ebpCode);
                if (!steps.TryGetValue(ebpCode, out var own))
                    steps[ebpCode] = own = [];
                own.AddRange(outcome);
            }
        }
        return steps;
    }

    static ImmutableArray<TimelineEntry> Timeline(ParcelState parcel, List<TimelineEntry> steps, int length)
    {
        if (steps.Count < length)
            throw new InvalidDataException(
                $"The journal of order {parcel.OrderNo} has {steps.Count} steps where its snapshot counts {length}."
            );

        // Of a long one the first step and the last are kept, as the step that made it long kept them.
        steps.RemoveRange(Math.Min(1, length), steps.Count - length);
        return [.. steps];
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
