using System.Collections.Immutable;
using System.Text.Json.Serialization;
using ClearanceEngine.Ceb;

namespace ClearanceEngine.Parcels;

/// <summary>
/// A parcel as an audience sees it (ADR 028): operators all of it, a company its own documents and, if it is a party, where the
/// parcel stands. <c>State</c> is null for who is no party. Times are UTC, money is fen, id numbers are masked. <c>Outbox</c> and
/// <c>Awaited</c> are null when an older silo answers, in the minutes of an upgrade; <c>OutboxIds</c> are the outbox's names.
/// <c>Documents</c> has the one that counts of each type, <c>OtherDocuments</c> the further payments and waybills.
/// <c>ClosedAt</c> is null unless an operator closed it.
/// </summary>
[GenerateSerializer, Immutable, Alias("clearance.parcel.view")]
public sealed record ParcelView(
    [property: Id(0)] string EbpCode,
    [property: Id(1)] string OrderNo,
    [property: Id(2)] ParcelStatus? State,
    [property: Id(3)] string? Mode,
    [property: Id(4)] int Attempt,
    [property: Id(5)] ImmutableSortedDictionary<DocumentType, DocumentView> Documents,
    [property: Id(6)] ImmutableArray<DocumentType> Missing,
    [property: Id(7)] ImmutableArray<Problem> Problems,
    [property: Id(8)] string? PreNo,
    [property: Id(9)] string? InvtNo,
    [property: Id(10)] QuotaView? Quota,
    [property: Id(11)] TaxView? TaxEstimate,
    [property: Id(12)] ImmutableArray<ReceiptView> Receipts,
    [property: Id(13)] ImmutableArray<TaxBillView> TaxBills,
    [property: Id(14)] ImmutableArray<TimelineEntry> Timeline,
    [property: Id(15)] [property: JsonPropertyName("owes")] ImmutableArray<string> OutboxIds,
    [property: Id(16)] ImmutableList<PendingView>? Outbox,
    [property: Id(17)] ImmutableList<PendingView>? Awaited,
    [property: Id(18)] ImmutableList<OtherDocumentView>? OtherDocuments = null,
    [property: Id(19)] DateTimeOffset? ClosedAt = null,
    [property: Id(20)] string? ClosedReason = null
);

/// <summary>Something that a parcel waits for.</summary>
/// <param name="Id">Name of the outbox entry; null for what is in no outbox.</param>
/// <param name="Document">The document it is about; null when it is about none alone.</param>
/// <param name="Since">Since when it waits.</param>
/// <param name="Reason">Stable name of why, kebab-case, for example <c>to-customs</c>, <c>documents-before-it</c>.</param>
/// <param name="Text">Why, for people: a Chinese sentence, then an English one.</param>
/// <param name="Due">When it is tried again, or customs is asked, if nothing comes before; null when it waits for others.</param>
[GenerateSerializer, Immutable, Alias("clearance.parcel.pending-view")]
public sealed record PendingView(
    [property: Id(0)] string? Id,
    [property: Id(1)] DocumentType? Document,
    [property: Id(2)] DateTimeOffset Since,
    [property: Id(3)] string Reason,
    [property: Id(4)] string Text,
    [property: Id(5)] DateTimeOffset? Due
);

/// <summary>One document of a parcel.</summary>
/// <param name="Guid">Its head guid.</param>
/// <param name="Revision">1 for the first, one more for each change.</param>
/// <param name="Sender">Who transmitted it.</param>
/// <param name="Received">When.</param>
/// <param name="Staged">True while it is only staged.</param>
/// <param name="Deleted">True when it was deleted (appType 3).</param>
/// <param name="Sent">When it left for customs.</param>
/// <param name="CustomsStatus">The latest applied returnStatus, null before any.</param>
[GenerateSerializer, Immutable, Alias("clearance.parcel.document-view")]
public sealed record DocumentView(
    [property: Id(0)] string Guid,
    [property: Id(1)] int Revision,
    [property: Id(2)] string Sender,
    [property: Id(3)] DateTimeOffset Received,
    [property: Id(4)] bool Staged,
    [property: Id(5)] bool Deleted,
    [property: Id(6)] DateTimeOffset? Sent,
    [property: Id(7)] string? CustomsStatus
);

/// <summary>A document beside the one of its type that counts: deleted, or not the one that order or list names.</summary>
/// <param name="Type">Which document.</param>
/// <param name="Issuer">The company that gave its number.</param>
/// <param name="Number">Its number.</param>
/// <param name="Document">The rest of it.</param>
[GenerateSerializer, Immutable, Alias("clearance.parcel.other-document-view")]
public sealed record OtherDocumentView(
    [property: Id(0)] DocumentType Type,
    [property: Id(1)] string Issuer,
    [property: Id(2)] string Number,
    [property: Id(3)] DocumentView Document
);

/// <summary>What the parcel took of its buyer's quota.</summary>
/// <param name="Year">Beijing calendar year.</param>
/// <param name="AmountFen">Amount in fen.</param>
/// <param name="Stage"><c>reserving</c>, <c>reserved</c>, <c>refused</c>, <c>posted</c>, <c>voided</c>, <c>givenBack</c>.</param>
/// <param name="GivenBackFen">Given back so far.</param>
/// <param name="OneItemCase">True when over the single limit with one item: full tax.</param>
[GenerateSerializer, Immutable, Alias("clearance.parcel.quota-view")]
public sealed record QuotaView(
    [property: Id(0)] int Year,
    [property: Id(1)] long AmountFen,
    [property: Id(2)] string Stage,
    [property: Id(3)] long GivenBackFen,
    [property: Id(4)] bool OneItemCase
);

/// <summary>Our estimate of the tax, in fen.</summary>
[GenerateSerializer, Immutable, Alias("clearance.parcel.tax-view")]
public sealed record TaxView(
    [property: Id(0)] long DutiableFen,
    [property: Id(1)] long TariffFen,
    [property: Id(2)] long ConsumptionTaxFen,
    [property: Id(3)] long ValueAddedTaxFen
);

/// <summary>A receipt kept with the parcel.</summary>
/// <param name="Type">For example <c>CEB622Message</c>.</param>
/// <param name="Source"><c>customs</c> or <c>engine</c> (our own).</param>
/// <param name="Status">returnStatus.</param>
/// <param name="Info">returnInfo.</param>
/// <param name="Time">returnTime.</param>
/// <param name="Guid">The receipt's guid.</param>
/// <param name="Applied">False for one that came late or speaks for an earlier attempt.</param>
[GenerateSerializer, Immutable, Alias("clearance.parcel.receipt-view")]
public sealed record ReceiptView(
    [property: Id(0)] string Type,
    [property: Id(1)] DocumentType Document,
    [property: Id(2)] string Source,
    [property: Id(3)] string Status,
    [property: Id(4)] string Info,
    [property: Id(5)] DateTimeOffset Time,
    [property: Id(6)] string Guid,
    [property: Id(7)] bool Applied
);

/// <summary>An electronic tax bill (CEB816) with its latest state (CEB818).</summary>
/// <param name="TaxNo">电子税单编号.</param>
/// <param name="Status">1 generated, 2 summarised, 3 void.</param>
[GenerateSerializer, Immutable, Alias("clearance.parcel.tax-bill-view")]
public sealed record TaxBillView(
    [property: Id(0)] string TaxNo,
    [property: Id(1)] string Status,
    [property: Id(2)] long CustomsTaxFen,
    [property: Id(3)] long ValueAddedTaxFen,
    [property: Id(4)] long ConsumptionTaxFen,
    [property: Id(5)] string? EntDutyNo,
    [property: Id(6)] DateTimeOffset Time
);

/// <summary>One step in the life of a parcel.</summary>
/// <param name="At">When.</param>
/// <param name="State">The state after it.</param>
/// <param name="Event">Short machine name, for example <c>list-received</c>, <c>order-sent</c>, <c>receipt-800</c>.</param>
/// <param name="Text">For people; whatever looks like an id number in it is masked. A text that may name numbers of the parcel is set masked.</param>
[GenerateSerializer, Immutable, Alias("clearance.parcel.timeline-entry")]
public sealed record TimelineEntry(
    [property: Id(0)] DateTimeOffset At,
    [property: Id(1)] ParcelStatus State,
    [property: Id(2)] string Event,
    string Text
)
{
    [Id(3)]
    public string Text { get; init; } = Rules.IdNumbers.Mask(Text);
}
