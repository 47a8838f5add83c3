using System.Collections.Immutable;
using System.Text.Json.Serialization;
using ClearanceEngine.Ceb;
using ClearanceEngine.Receipts;

namespace ClearanceEngine.Parcels;

/// <summary>One document on its way to its parcel.</summary>
/// <param name="Type">Which document.</param>
/// <param name="Document">The document; an inbound note has just the line of this parcel's waybill.</param>
/// <param name="Sender">Who transmitted it (BaseTransfer).</param>
/// <param name="SignedMessageGuid">Root guid of the participant-signed message it came in and must leave in; null when we sign (云加签) or nobody does.</param>
/// <param name="ReceivedAt">Kafka's time of the record: the quota's year is taken from it.</param>
/// <param name="Problems">What intake found wrong with it by itself; such a document is recorded and refused.</param>
/// <param name="KnownOver">For orders: what is known of a buyer already over the annual limit (进口超额拦截); null when not.</param>
/// <param name="Frame">BaseSubscribe and ExtendMessage of the message it came in; null for none, and where it leaves in its own message.</param>
/// <param name="Principal">The company that the sender transmits for; null when it speaks for itself.</param>
[GenerateSerializer, Immutable, Alias("clearance.parcel.submission")]
public sealed record Submission(
    [property: Id(0)] DocumentType Type,
    [property: Id(1)] CebDocument Document,
    [property: Id(2)] CebTransfer Sender,
    [property: Id(3)] string? SignedMessageGuid,
    [property: Id(4)] DateTimeOffset ReceivedAt,
    [property: Id(5)] ImmutableArray<Problem> Problems,
    [property: Id(6)] OverLimit? KnownOver = null,
    [property: Id(7)] CebFrame? Frame = null,
    [property: Id(8)] string? Principal = null
)
{
    /// <summary>The participant whose document it is.</summary>
    public string Owner => Principal ?? Sender.CopCode;

    /// <summary>It came in a signed message, and what is here of it leaves in another, or in one of ours (rule 3).</summary>
    /// <param name="messageGuid">The signed message in which that leaves; null for one of ours.</param>
    public bool IsElsewhere(string? messageGuid) => SignedMessageGuid is { } signed && signed != messageGuid;

    /// <summary>One guid, two contents: the first to arrive stands.</summary>
    public Problem GuidReused()
    {
        var guid = Document[Document.Schema.Head.Find("guid")!];
        return new Problem(
            ProblemCode.GuidReused,
            Type,
            null,
            "guid",
            $"guid {guid} 已用于内容不同的{Type.Chinese()}，请换用新的 guid。This guid was used for a document with other content; use a new guid."
        );
    }
}

/// <summary>A buyer known to be over a limit.</summary>
/// <param name="UsedFen">Posted and pending, in fen.</param>
/// <param name="LimitFen">The year's limit, in fen.</param>
/// <param name="CustomsCode">The returnStatus by which customs said so this year; 0 when it is this engine that knows.</param>
[GenerateSerializer, Immutable, Alias("clearance.parcel.over-limit")]
public sealed record OverLimit(
    [property: Id(0)] long UsedFen,
    [property: Id(1)] long LimitFen,
    [property: Id(2)] int CustomsCode = 0
)
{
    /// <summary>One purchase was too dear, which is no reason to refuse the next.</summary>
    public bool IsOfOneTransaction => CustomsCode == Receipts.CustomsCode.OverSingleLimit;
}

/// <summary>What became of a submitted document.</summary>
public enum SubmissionOutcome
{
    /// <summary>Kept; it goes on to customs when it may.</summary>
    Accepted,

    /// <summary>Kept and checked, not declared (appStatus 1).</summary>
    Staged,

    /// <summary>It was here before; the reply carries the latest receipt, nothing else happened.</summary>
    Duplicate,

    /// <summary>Older than what is kept: not applied, and told so by a receipt.</summary>
    Stale,

    /// <summary>Refused; the problems say why and what to do.</summary>
    Refused,

    /// <summary>Its parcel is not known yet; kept until it is.</summary>
    [JsonStringEnumMemberName("waiting")]
    Unmatched,
}

/// <summary>The answer to one submitted document; true once it is durable.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Status">The parcel's state; null while waiting for one, and for a sender that is none of its parties.</param>
/// <param name="Receipt">The latest receipt of this document: customs' or our own.</param>
/// <param name="Problems">Why it was refused, or what does not match yet.</param>
/// <param name="Missing">Documents the parcel still needs.</param>
/// <param name="Source">Who wrote the receipt; null without one, and when an older silo answers, in the minutes of an upgrade.</param>
/// <param name="IsElsewhere">It is a repeat of what leaves, or left, in another message than the signed one that it came in now.</param>
/// <param name="Parcel">The parcel that it came to; null while it waits for one, where there is none, and for a stranger that did not name it.</param>
[GenerateSerializer, Immutable, Alias("clearance.parcel.reply")]
public sealed record SubmissionReply(
    [property: Id(0)] SubmissionOutcome Outcome,
    [property: Id(1)] ParcelStatus? Status,
    [property: Id(2)] CebDocument? Receipt,
    [property: Id(3)] ImmutableArray<Problem> Problems,
    [property: Id(4)] ImmutableArray<DocumentType> Missing,
    [property: Id(5)] ReceiptSource? Source = null,
    [property: Id(6)] bool IsElsewhere = false,
    [property: Id(7)] ParcelName? Parcel = null
);

/// <summary>A receipt from customs or the E-Port for a document of this parcel (312 … 712, 816, 818).</summary>
/// <param name="Receipt">The receipt as it came.</param>
/// <param name="ReceivedAt">Kafka's time of the record.</param>
/// <param name="HandOn">False for all but one of the parcels that share a receipt (712 of an inbound note), so that its sender gets it once.</param>
[GenerateSerializer, Immutable, Alias("clearance.parcel.answer")]
public sealed record CustomsAnswer(
    [property: Id(0)] CebDocument Receipt,
    [property: Id(1)] DateTimeOffset ReceivedAt,
    [property: Id(2)] bool HandOn = true
);

/// <summary>What a parcel makes of a receipt.</summary>
/// <param name="IsTaken">Whether the document that it echoes is, or was, one of this parcel's.</param>
/// <param name="HandOns">To whom it is due now that it is stored; whoever brought it answers for that until it is done or put off (ADR 023).</param>
[GenerateSerializer, Immutable, Alias("clearance.parcel.receipt-reply")]
public sealed record ReceiptReply(
    [property: Id(0)] bool IsTaken,
    [property: Id(1)] ImmutableArray<HandOn> HandOns
)
{
    public static ReceiptReply NotTaken { get; } = new(IsTaken: false, []);
}

/// <summary>A receipt that is due to a participant, and in no outbox.</summary>
/// <param name="Receiver">Participant code.</param>
/// <param name="Receipt">The receipt as it is shown.</param>
[GenerateSerializer, Immutable, Alias("clearance.parcel.hand-on")]
public sealed record HandOn([property: Id(0)] string Receiver, [property: Id(1)] CebDocument Receipt)
{
    /// <summary>The effect that it is in an outbox, or on its way.</summary>
    public ForwardReceipt AsEffect(DateTimeOffset now) =>
        new($"receipt/{Receipt[Receipt.Schema.Head.Find("guid")!]}/{Receiver}", now, Receiver, Receipt);
}
