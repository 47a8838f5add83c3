using System.Collections.Immutable;
using ClearanceEngine.Storage;

namespace ClearanceEngine.Parcels;

/// <summary>
/// The parcels of one order number: normally one, for each platform that uses the number one (ADR 025); and the waybills of that
/// number of which nothing says yet whose they are.
/// </summary>
[GenerateSerializer, Alias("clearance.order-parcels")]
public sealed record OrderParcels
{
    /// <summary>The parcels, in the order of their platforms' codes.</summary>
    [Id(0)]
    public ImmutableArray<ParcelState> Parcels { get; init; } = [];

    /// <summary>Waybills that wait for their parcel, in the order in which they came.</summary>
    [Id(1)]
    public ImmutableArray<UnmatchedDocument> Unmatched { get; init; } = [];

    /// <summary>Receipts of ours about what waits, or waited: no parcel's outbox can have them.</summary>
    [Id(2)]
    public ImmutableArray<ForwardReceipt> Outbox { get; init; } = [];

    /// <summary>From when on what is in <see cref="Outbox"/> is tried again.</summary>
    [Id(3)]
    public DateTimeOffset? RedriveAt { get; init; }

    /// <summary>Bytes of waybills that the journal has because they waited, by the company whose they are; a parcel's are its own.</summary>
    [Id(4)]
    public ImmutableSortedDictionary<string, long> JournalBytes { get; init; } =
        ImmutableSortedDictionary.Create<string, long>(StringComparer.Ordinal);

    /// <summary>The parcel of a platform; null when it has none here.</summary>
    public ParcelState? this[string ebpCode]
    {
        get
        {
            foreach (var parcel in Parcels)
            {
                if (parcel.EbpCode == ebpCode)
                    return parcel;
            }
            return null;
        }
    }

    /// <summary>See <see cref="IIndexedState.IndexKeys"/>. What waits has no names: nobody is to find it, it finds its parcel.</summary>
    public IReadOnlyCollection<string> IndexKeys =>
        Parcels is [var only]
            ? only.IndexKeys
            : [.. Parcels.SelectMany(parcel => parcel.IndexKeys).Distinct(StringComparer.Ordinal)];

    /// <summary>See <see cref="IDueState.OutboxDueAt"/>.</summary>
    public DateTimeOffset? OutboxDueAt
    {
        get
        {
            var due = Outbox.Length > 0 ? RedriveAt : null;
            foreach (var parcel in Parcels)
                due = Earlier(due, parcel.OutboxDueAt);
            return due;
        }
    }

    /// <summary>See <see cref="IDueState.TimeDueAt"/>: when customs is asked next, or a wait has lasted too long.</summary>
    public DateTimeOffset? TimeDueAt
    {
        get
        {
            DateTimeOffset? due = null;
            foreach (var parcel in Parcels)
                due = Earlier(due, parcel.TimeDueAt);
            foreach (var waiting in Unmatched)
                due = Earlier(due, waiting.DueAt);
            return due;
        }
    }

    /// <summary>See <see cref="IRestingState.IsAtRest"/>.</summary>
    public bool IsAtRest =>
        OutboxDueAt is null && TimeDueAt is null && Parcels.All(parcel => parcel.IsAtRest);

    /// <summary>With this parcel in the place of its platform's.</summary>
    public OrderParcels With(ParcelState parcel)
    {
        if (this[parcel.EbpCode] is { } before)
            return this with
            {
                Parcels = Parcels.Replace(before, parcel, ReferenceEqualityComparer.Instance),
            };
        var place = Parcels.Count(other => string.CompareOrdinal(other.EbpCode, parcel.EbpCode) < 0);
        return this with { Parcels = Parcels.Insert(place, parcel) };
    }

    static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) =>
        one is null || other < one ? other : one;
}

/// <summary>A waybill of which nothing says yet to which platform's parcel it belongs.</summary>
/// <param name="Submission">As it came.</param>
/// <param name="Since">When it came.</param>
/// <param name="DueAt">When its sender is told that it waits, or, told, when the wait ends.</param>
/// <param name="IsTold">Its sender was told.</param>
[GenerateSerializer, Immutable, Alias("clearance.unmatched-document")]
public sealed record UnmatchedDocument(
    [property: Id(0)] Submission Submission,
    [property: Id(1)] DateTimeOffset Since,
    [property: Id(2)] DateTimeOffset DueAt,
    [property: Id(3)] bool IsTold = false
)
{
    public DocumentKey Key => Submission.Document.Key;
}

/// <summary>Something that happens to the parcels of an order number.</summary>
/// <param name="Input">What.</param>
/// <param name="EbpCode">To the parcel of which platform; null where what it says tells that, and where it is for all.</param>
public readonly record struct OrderInput(ParcelInput Input, string? EbpCode = null);

/// <summary>What an input led to.</summary>
/// <param name="State">The next state.</param>
/// <param name="Answer">What the parcel that it was for answers; of several, what they answer together.</param>
/// <param name="Entries">What the journal says of it.</param>
public sealed record OrderDecision(OrderParcels State, Decision Answer, ImmutableArray<JournalEntry> Entries);
