using System.Collections.Immutable;
using ClearanceEngine.Access;
using ClearanceEngine.Ceb;

namespace ClearanceEngine.Parcels;

/// <summary>
/// Who may see what of a parcel (rule 16, ADR 028): its parties where it stands and what it lacks, a stranger that only knows its
/// order number what it sent itself and what customs says of that.
/// </summary>
sealed partial class ParcelStep
{
    /// <summary>The answer as its sender may see it.</summary>
    SubmissionReply Seen(Submission submission, SubmissionReply reply)
    {
        // Why it was refused concerns the document alone.
        var isAboutIt = reply.Outcome is SubmissionOutcome.Refused or SubmissionOutcome.Stale;
        if (IsParty(submission.Owner))
            return reply with
            {
                Problems = isAboutIt ? reply.Problems : ProblemsFor(submission),
                Parcel = name,
            };
        return reply with
        {
            Status = null,
            Missing = [],
            Problems = isAboutIt ? reply.Problems : ProblemsOf(submission),
            Parcel = IsNamedBy(submission.Document) ? name : null,
        };
    }

    /// <summary>What names only a waybill would learn from the answer which order that belongs to, and of which platform.</summary>
    bool IsNamedBy(CebDocument document) => Text(document, "ebpCode") == name.EbpCode;

    /// <summary>What is wrong with the parcel, as a party reads it.</summary>
    ImmutableArray<Problem> ProblemsFor(Submission submission) =>
        ParcelProblems.For(SightOf(submission.Owner, submission.Sender), State);

    /// <summary>What a document's owner and who transmitted it see.</summary>
    ParcelSight SightOf(string owner, CebTransfer sender) => new(State, Audience.Of([owner, sender.CopCode]));

    /// <summary>What customs says against the document of a submission, or was refused of it here.</summary>
    ImmutableArray<Problem> ProblemsOf(Submission submission)
    {
        var key = KeyOf(submission);
        var refused = State
            .Refusals.Where(r => r.Key == key && r.Owner == submission.Owner)
            .SelectMany(r => r.Problems);
        return State[key] is { IsRefused: true } kept
            ? [ParcelViews.RefusedByCustoms(State, kept), .. refused]
            : [.. refused];
    }

    bool IsParty(string company) => ParcelParties.IsParty(State, company);

    /// <summary>Why a document is not legal now; a stranger is not told where the parcel stands.</summary>
    Problem? Illegal(Submission submission)
    {
        var illegal = ParcelTable.Refuse(State.Status, submission.Type, IsNew(submission));
        if (illegal is null || IsParty(submission.Owner))
            return illegal;
        return IsFollowUp(submission.Type) ? NoListOf(submission.Type) : NotTakenNow(submission.Type);
    }

    static Problem NotTakenNow(DocumentType type) =>
        new(
            ProblemCode.WrongState,
            type,
            null,
            null,
            $"该订单当前不接受这份{type.Chinese()}，请与电商平台或申报企业核实。The order takes no such {type.Name()} now; ask its platform or its declarant."
        );
}
