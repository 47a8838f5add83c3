using System.Collections.Frozen;
using System.Collections.Immutable;

namespace ClearanceEngine.Parcels;

/// <summary>
/// The life of a parcel, told for its receiver (ADR 028). Only events that are known to be for it are told; of any other it is
/// told that the state changed, if it did.
/// </summary>
static class ParcelTimeline
{
    const string StateChanged = "state-changed";

    /// <summary>They name an amount of the buyer's quota, or that it is used up.</summary>
    static readonly FrozenSet<string> AboutQuota =
    [
        "over-limit-warned",
        "quota-given-back",
        "quota-posted",
        "rejected",
        "reserved",
    ];

    public static ImmutableArray<TimelineEntry> For(ParcelSight sight, ParcelState state)
    {
        if (sight.IsWhole)
            return state.Timeline;
        if (!sight.IsParty)
            return [];

        var told = ImmutableArray.CreateBuilder<TimelineEntry>();
        ParcelStatus? before = null;
        foreach (var entry in state.Timeline)
        {
            if (Told(sight, entry) is { } own)
                told.Add(own);
            else if (entry.State != before)
                told.Add(
                    new TimelineEntry(entry.At, entry.State, StateChanged, "状态变更 the state changed")
                );
            before = entry.State;
        }
        return told.ToImmutable();
    }

    /// <summary>As the receiver may read it; null for what is not its business.</summary>
    static TimelineEntry? Told(ParcelSight sight, TimelineEntry entry)
    {
        if (TypeOf(entry.Event) is { } type)
            return sight.HoldsAll(type) ? WithoutWords(entry) : null;
        if (AboutQuota.Contains(entry.Event))
            return sight.HearsOfQuota ? entry : null;
        var isTaxBill = entry.Event.StartsWith("tax-bill-", StringComparison.Ordinal);
        return isTaxBill && sight.HearsOfList ? entry : null;
    }

    /// <summary>The document that an event is about, by its name: the longest, for a waybill's status is no waybill.</summary>
    static DocumentType? TypeOf(string @event) =>
        DocumentTypes
            .All.Where(type => @event.StartsWith($"{type.Name}-", StringComparison.Ordinal))
            .MaxBy(type => type.Name.Length)
            ?.Type;

    /// <summary>
    /// Without what customs said: the document of which it was said may be another company's, whose place this one took since.
    /// What customs says of what is here stands in its receipts.
    /// </summary>
    static TimelineEntry WithoutWords(TimelineEntry entry)
    {
        var words = entry.Text.IndexOf('：', StringComparison.Ordinal);
        return words < 0 ? entry : entry with { Text = entry.Text[..words] };
    }
}
