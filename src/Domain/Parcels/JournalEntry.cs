using System.Collections.Immutable;

namespace ClearanceEngine.Parcels;

/// <summary>An input that changed a parcel, with what came of it (design rule 15). Deciding the inputs again gives the same.</summary>
/// <param name="At">When it was decided.</param>
/// <param name="Input">The input, whole.</param>
/// <param name="Outcome">What it added to the timeline.</param>
/// <param name="EbpCode">Platform of the parcel that it changed; empty for what no parcel has yet.</param>
public sealed record JournalEntry(
    DateTimeOffset At,
    ParcelInput Input,
    ImmutableArray<TimelineEntry> Outcome,
    string EbpCode = ""
);
