using System.Collections.Immutable;
using ClearanceEngine.Ceb;
using ClearanceEngine.Receipts;

namespace ClearanceEngine.Parcels;

/// <summary>
/// Who may see what of a parcel (rule 16, ADR 018): its parties where it stands and what it lacks, a stranger that only knows its
/// order number what it sent itself and what customs says of that.
/// </summary>
sealed partial class ParcelStep
{
    static readonly ImmutableArray<string> PartyFields =
    [
        "ebcCode",
        "payCode",
        "logisticsCode",
        "agentCode",
        "areaCode",
    ];

    /// <summary>The answer as its sender may see it.</summary>
    SubmissionReply Seen(Submission submission, SubmissionReply reply)
    {
        if (IsParty(submission.Owner))
            return reply;
        // Why it was refused concerns the document alone.
        var isAboutIt = reply.Outcome is SubmissionOutcome.Refused or SubmissionOutcome.Stale;
        return reply with
        {
            Status = null,
            Missing = [],
            Problems = isAboutIt ? reply.Problems : ProblemsOf(submission),
        };
    }

    /// <summary>What customs says against the document of a submission, or was refused of it here.</summary>
    ImmutableArray<Problem> ProblemsOf(Submission submission)
    {
        var key = KeyOf(submission);
        var refused = State.Refusals.Where(r => r.Key == key).SelectMany(r => r.Problems);
        return State[key] is { IsRefused: true } kept
            ? [ParcelViews.RefusedByCustoms(State, kept), .. refused]
            : [.. refused];
    }

    /// <summary>The platform, whom order and list name, and whose documents count; anybody as long as nobody else's are here.</summary>
    bool IsParty(string company) =>
        company == State.EbpCode
        || IsAlone(company)
        || IsNamed(State.Live(DocumentType.Order), company)
        || IsNamed(State.Live(DocumentType.DeclarationList), company)
        || State.Documents.Any(kept => kept.Owner == company && Counts(kept));

    /// <summary>Nobody else's are here, refused ones included.</summary>
    bool IsAlone(string company) =>
        State.Documents.All(kept => kept.Owner == company)
        && State.Refusals.All(refusal => refusal.Owner == company);

    /// <summary>It is the one of its type, or one of several of one company, and the order names no other company for it.</summary>
    bool Counts(ParcelDocument kept)
    {
        if (kept.IsDeleted)
            return false;
        var isOneOfSeveral =
            Binding.IsOpen(State, kept.Type)
            && State.Documents.All(other => other.Type != kept.Type || other.Owner == kept.Owner);
        if (!isOneOfSeveral && !ReferenceEquals(State[kept.Type], kept))
            return false;
        // Without an order nobody says whose the parcel is; whose documents were refused may be it.
        if (State.Live(DocumentType.Order) is not { } order)
            return State.Refusals.All(refusal => refusal.Owner == kept.Owner);
        var named = kept.Type switch
        {
            DocumentType.Payment => Text(order, "payCode"),
            DocumentType.Waybill => Text(order, "logisticsCode"),
            _ => "",
        };
        return named.Length == 0 || named == kept.Key.Issuer;
    }

    static bool IsNamed(CebDocument? document, string company) =>
        document is not null && PartyFields.Any(field => Text(document, field) == company);

    /// <summary>Why a document is not legal now; a stranger is not told where the parcel stands.</summary>
    Problem? Illegal(Submission submission)
    {
        var illegal = ParcelTable.Refuse(State.Status, submission.Type, IsNew(submission));
        return illegal is null || IsParty(submission.Owner) ? illegal : NotTakenNow(submission.Type);
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
