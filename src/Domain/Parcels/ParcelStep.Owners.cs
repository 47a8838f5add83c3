using System.Collections.Immutable;
using ClearanceEngine.Ceb;
using ClearanceEngine.Receipts;

namespace ClearanceEngine.Parcels;

/// <summary>Whose document it is (ADR 018, rule 16): nobody changes, deletes, displaces or reads what is another's.</summary>
sealed partial class ParcelStep
{
    /// <summary>Why this document may not take the place of what is here; null when it may, or there is nothing.</summary>
    Problem? DocumentOfAnother(Submission submission)
    {
        if (Known(submission) is not { } kept)
            return null;
        if (kept.Key == KeyOf(submission))
            return MayReplace(kept.Document, kept.Owner, submission) ? null : OfAnother(submission);
        // Another number in the only place: its owner's own, or free again.
        var isFree = kept.IsDeleted || (kept.IsRefused && IsReplaceable(kept.Type));
        return kept.Key.Issuer == KeyOf(submission).Issuer || isFree ? null : OfAnother(submission);
    }

    /// <summary>What customs refused makes way: a list with its parcel, an inbound note by itself, for it decides nothing.</summary>
    bool IsReplaceable(DocumentType type) =>
        type == DocumentType.InboundNote || State.Status == ParcelStatus.Rejected;

    /// <summary>It would take the place of another's; an owner whose key is faulty is no stranger.</summary>
    bool IsStrangers(Submission submission) =>
        DocumentOfAnother(submission) is not null && Known(submission)?.Owner != submission.Owner;

    /// <summary>Its owner may, and the company that gave the number; the merchant of an order as long as the platform has not taken it.</summary>
    /// <param name="document">What is here.</param>
    /// <param name="owner">Whose it is.</param>
    /// <param name="submission">What comes.</param>
    static bool MayReplace(CebDocument document, string owner, Submission submission)
    {
        var issuer = DocumentKey.Of(document).Issuer;
        if (submission.Owner == owner || submission.Owner == issuer)
            return true;
        if (submission.Type != DocumentType.Order || owner == issuer)
            return false;
        return submission.Owner == document[OrderHead.EbcCode] && owner != document[OrderHead.EbcCode];
    }

    /// <summary>The company that gave the number takes what another brought for it; never the other way round.</summary>
    static string OwnerAfter(ParcelDocument? old, Submission submission) =>
        old is null || old.Key != KeyOf(submission) || submission.Owner == old.Key.Issuer
            ? submission.Owner
            : old.Owner;

    static Problem OfAnother(Submission submission) =>
        new(
            ProblemCode.DocumentOfAnother,
            submission.Type,
            null,
            "copCode",
            $"该{submission.Type.Chinese()}由其他企业报送，{submission.Owner} 不能变更、删除或替换，请核对业务主键；确需变更的，请联系原报送企业。This {submission.Type.Name()} is another company's; {submission.Owner} cannot change, delete or displace it. Check the numbers of its key, or ask the company that sent it."
        );

    /// <summary>
    /// Told to its sender and kept nowhere: what strangers send must neither be seen in another's parcel nor push anything out of it,
    /// and what nobody asked for must not fill it.
    /// </summary>
    SubmissionReply TellOnly(Submission submission, ImmutableArray<Problem> problems)
    {
        // By the record's time, so that the same record says the same when it comes again.
        var receipt = OwnReceipt.Refusal(
            submission.Type,
            submission.Document,
            problems,
            submission.ReceivedAt
        );
        HandOn(submission.Type, receipt, submission.Sender.CopCode);
        return new SubmissionReply(
            SubmissionOutcome.Refused,
            null,
            receipt,
            problems,
            [],
            ReceiptSource.Engine
        );
    }

    /// <summary>Rule 17: of one type a parcel holds no more of one company than the option says; a stranger's take no place of others'.</summary>
    Problem? TooMany(Submission submission)
    {
        if (Known(submission) is not null)
            return null;
        var here = State.Documents.Count(kept =>
            kept.Type == submission.Type && kept.Owner == submission.Owner
        );
        if (here < rules.Options.MaxOfOneType)
            return null;
        return new Problem(
            ProblemCode.TooManyDocuments,
            submission.Type,
            null,
            null,
            $"本单已有该企业的 {here} 份{submission.Type.Chinese()}，不再接收，请以已有的业务主键变更。This parcel holds {here} documents of type {submission.Type.Name()} of this company already and takes no more; change one of them under its own key."
        );
    }
}
