using System.Collections.Immutable;

namespace ClearanceEngine.Parcels;

/// <summary>What of a decision the journal gets (rule 15), and how much of one company (rule 17).</summary>
static class Journaling
{
    /// <summary>
    /// The decision with its entry. What only hands something on, or is tried again later, has none: the parcel stands where it
    /// stood, and whoever asks every minute, or is waited for, would fill its journal.
    /// </summary>
    public static Decision Enter(Decision decision, ParcelState before, ParcelState next, JournalEntry entry)
    {
        if (IsWhereItStood(before, next))
            return decision with { State = next };
        if (entry.Input is DocumentArrived { Submission: var submission })
            next.JournalBytes = With(next.JournalBytes, submission);
        return decision with { State = next, Entry = entry };
    }

    /// <summary>Whether the journal still takes a document of this company.</summary>
    /// <param name="bytes">What it has, by company.</param>
    /// <param name="submission">The document.</param>
    /// <param name="bound">Most bytes.</param>
    public static bool HasRoom(
        ImmutableSortedDictionary<string, long> bytes,
        Submission submission,
        long bound
    ) => bytes.GetValueOrDefault(submission.Owner) + SizeOf(submission) <= bound;

    /// <summary>What the journal has, by company, once it has this document, too.</summary>
    public static ImmutableSortedDictionary<string, long> With(
        ImmutableSortedDictionary<string, long> bytes,
        Submission submission
    ) => bytes.SetItem(submission.Owner, bytes.GetValueOrDefault(submission.Owner) + SizeOf(submission));

    /// <summary>Why it takes this document no more.</summary>
    public static Problem Full(Submission submission, long bound) =>
        new(
            ProblemCode.JournalFull,
            submission.Type,
            null,
            null,
            $"本单中 {submission.Owner} 的单证已达 {bound / 1024} KiB（设置 Parcel:MaxJournalBytes），不再接收，请联系平台运维。The documents of {submission.Owner} for this order have reached {bound / 1024} KiB (setting Parcel:MaxJournalBytes) and no more are taken; ask the operator of this platform."
        );

    static int SizeOf(Submission submission) => submission.Document.Packed.Length;

    static bool IsWhereItStood(ParcelState before, ParcelState next)
    {
        if (ReferenceEquals(before, next))
            return true;

        // In place: the next state is the step's own as yet, and a copy a decision is what most of them allocated.
        var outbox = next.Outbox;
        var redriveAt = next.RedriveAt;
        next.Outbox = before.Outbox;
        next.RedriveAt = before.RedriveAt;
        var isSame = next == before;
        next.Outbox = outbox;
        next.RedriveAt = redriveAt;
        return isSame;
    }
}
