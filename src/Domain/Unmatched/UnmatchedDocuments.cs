using System.Collections.Immutable;
using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Receipts;

namespace ClearanceEngine.Unmatched;

/// <summary>What becomes of documents while they wait for their parcel, wherever they do (rule 17, ADR 025).</summary>
public static class UnmatchedDocuments
{
    /// <summary>A document that begins to wait.</summary>
    public static UnmatchedDocument Begin(
        Submission submission,
        UnmatchedOptions options,
        DateTimeOffset now
    ) => new(submission, now, now + options.ReportAfter);

    /// <summary>The document of this type and guid that waits; null when none does.</summary>
    public static UnmatchedDocument? Known(
        ImmutableArray<UnmatchedDocument> waiting,
        Submission submission
    ) =>
        waiting.FirstOrDefault(w =>
            w.Submission.Type == submission.Type && w.Submission.Document.Guid == submission.Document.Guid
        );

    /// <summary>
    /// What is answered to a document that waits. In the signed message in which it comes again it is elsewhere: it leaves in the one
    /// that it came in first, and the second would gather for it in vain (ADR 021).
    /// </summary>
    public static SubmissionReply StillWaits(UnmatchedDocument known, Submission again) =>
        new(SubmissionOutcome.Unmatched, null, null, [], [])
        {
            IsElsewhere = again.IsElsewhere(known.Submission.SignedMessageGuid),
        };

    /// <summary>What waits is bounded, and what one company lets wait as well, so that it takes no place of others'.</summary>
    public static Problem? NoRoom(
        ImmutableArray<UnmatchedDocument> waiting,
        Submission submission,
        UnmatchedOptions options
    )
    {
        var own = waiting.Where(w => w.Submission.Owner == submission.Owner).ToArray();
        var size = SizeOf(submission);
        var isTooMany =
            own.Length >= options.MostOfOneSender
            || waiting.Length >= options.MostUnderOneName
            || own.Sum(w => SizeOf(w.Submission)) + size > options.MostBytesOfOneSender
            || waiting.Sum(w => SizeOf(w.Submission)) + size > options.MostBytesUnderOneName;
        return isTooMany ? UnmatchedTexts.NoRoom(submission.Type) : null;
    }

    /// <summary>Time has passed: who waits too long is told so once, and in the end refused, for it may be sent again.</summary>
    /// <param name="waiting">What waits.</param>
    /// <param name="options">How long it may.</param>
    /// <param name="now">When.</param>
    /// <param name="sharedBy">By what several parcels claim one alike; null where nobody can tell.</param>
    public static UnmatchedTurn Wake(
        ImmutableArray<UnmatchedDocument> waiting,
        UnmatchedOptions options,
        DateTimeOffset now,
        Func<UnmatchedDocument, DocumentType?>? sharedBy = null
    )
    {
        var left = ImmutableArray.CreateBuilder<UnmatchedDocument>();
        var receipts = ImmutableArray.CreateBuilder<ForwardReceipt>();
        foreach (var document in waiting)
        {
            if (document.DueAt > now)
                left.Add(document);
            else if (document.IsTold)
                receipts.Add(
                    Refuse(
                        document,
                        UnmatchedTexts.Ended(
                            document.Submission,
                            options.EndAfter,
                            sharedBy?.Invoke(document)
                        ),
                        now
                    )
                );
            else
            {
                left.Add(document with { IsTold = true, DueAt = document.Since + options.EndAfter });
                receipts.Add(Tell(document, sharedBy?.Invoke(document), now));
            }
        }
        return new UnmatchedTurn(left.ToImmutable(), receipts.ToImmutable());
    }

    /// <summary>The receipt by which one that no longer waits is refused.</summary>
    public static ForwardReceipt Refuse(UnmatchedDocument document, Problem problem, DateTimeOffset now) =>
        Forward(
            document,
            OwnReceipt.Refusal(TypeOf(document), document.Submission.Document, [problem], now),
            now
        );

    static ForwardReceipt Tell(UnmatchedDocument document, DocumentType? sharedBy, DateTimeOffset now)
    {
        var text = UnmatchedTexts.StillWaits(document.Submission, sharedBy);
        return Forward(
            document,
            OwnReceipt.Make(TypeOf(document), document.Submission.Document, Kept, text, now),
            now
        );
    }

    /// <summary>returnStatus of what is kept and goes on.</summary>
    const int Kept = 2;

    static ForwardReceipt Forward(UnmatchedDocument document, CebDocument receipt, DateTimeOffset now) =>
        new HandOn(document.Submission.Sender.CopCode, receipt).AsEffect(now);

    static DocumentType TypeOf(UnmatchedDocument document) => document.Submission.Type;

    static int SizeOf(Submission submission) => submission.Document.Packed.Length;
}

/// <summary>What came of time that passed.</summary>
/// <param name="Waiting">What goes on waiting.</param>
/// <param name="Receipts">What their senders are told.</param>
public sealed record UnmatchedTurn(
    ImmutableArray<UnmatchedDocument> Waiting,
    ImmutableArray<ForwardReceipt> Receipts
);
