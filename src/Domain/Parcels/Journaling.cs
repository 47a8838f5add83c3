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
        {
            var bytes = next.JournalBytes.GetValueOrDefault(submission.Owner) + SizeOf(submission);
            next.JournalBytes = next.JournalBytes.SetItem(submission.Owner, bytes);
        }
        return decision with { State = next, Entry = entry };
    }

    /// <summary>Whether the journal still takes a document of this company.</summary>
    /// <param name="parcel">The parcel.</param>
    /// <param name="submission">The document.</param>
    /// <param name="bound">Most bytes.</param>
    public static bool HasRoom(ParcelState parcel, Submission submission, long bound) =>
        parcel.JournalBytes.GetValueOrDefault(submission.Owner) + SizeOf(submission) <= bound;

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
