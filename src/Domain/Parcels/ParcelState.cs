using System.Collections.Immutable;
using ClearanceEngine.Ceb;
using ClearanceEngine.Participants;
using ClearanceEngine.Receipts;
using ClearanceEngine.Rules;
using ClearanceEngine.Storage;

namespace ClearanceEngine.Parcels;

/// <summary>One document of a parcel as it is kept.</summary>
[GenerateSerializer, Immutable, Alias("clearance.parcel.slot")]
public sealed record ParcelDocument
{
    [Id(0)]
    public required CebDocument Document { get; init; }

    [Id(1)]
    public required CebTransfer Sender { get; init; }

    /// <summary>The participant-signed message it must leave in; null when we gather.</summary>
    [Id(2)]
    public string? SignedMessageGuid { get; init; }

    [Id(3)]
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>1 for the parcel's first of this type, one more for each that came after it, whatever its key.</summary>
    [Id(4)]
    public required int Revision { get; init; }

    /// <summary>The last revision that was let go to customs; 0 for none.</summary>
    [Id(5)]
    public int DispatchedRevision { get; init; }

    /// <summary>When that revision was let go: receipts from before it speak for an earlier one.</summary>
    [Id(6)]
    public DateTimeOffset? DispatchedAt { get; init; }

    /// <summary>When the broker had it.</summary>
    [Id(7)]
    public DateTimeOffset? SentAt { get; init; }

    /// <summary>The message that carried it.</summary>
    [Id(8)]
    public string? MessageGuid { get; init; }

    /// <summary>returnStatus of the latest applied receipt; null before any.</summary>
    [Id(9)]
    public int? CustomsCode { get; init; }

    /// <summary>returnTime of that receipt.</summary>
    [Id(10)]
    public string? CustomsTime { get; init; }

    /// <summary>When to ask customs if nothing more was heard.</summary>
    [Id(11)]
    public DateTimeOffset? AskAt { get; init; }

    /// <summary>Questions asked since the last receipt; each waits longer than the one before.</summary>
    [Id(12)]
    public int Questions { get; init; }

    /// <summary>Times it was sent again, for whatever reason: the name of its effect has it.</summary>
    [Id(13)]
    public int Resends { get; init; }

    /// <summary>appTime and guid of the newest submission that said the same again: a question, yet newer than what came before it.</summary>
    [Id(14)]
    public string? RepeatedTime { get; init; }

    [Id(15)]
    public string? RepeatedGuid { get; init; }

    /// <summary>True when an earlier revision left before this one: a receipt from before the dispatch may be that one's.</summary>
    [Id(16)]
    public bool FollowsAnother { get; init; }

    /// <summary>BaseSubscribe and ExtendMessage of the message it came in, with which it leaves; null for none.</summary>
    [Id(17)]
    public CebFrame? Frame { get; init; }

    /// <summary>
    /// Guids of what this revision took the place of, the last <see cref="MostEarlierGuids"/>: a record that comes again after a
    /// crash is no news, and its sender is not told that it is stale.
    /// </summary>
    [Id(18)]
    public ImmutableArray<string> EarlierGuids { get; init; } = [];

    /// <summary>The participant whose document it is: who brought it first, or the company that gave its number.</summary>
    [Id(19)]
    public required string Owner { get; init; }

    /// <summary>Times of <see cref="Resends"/> that an operator ordered; they do not use up the engine's own.</summary>
    [Id(20)]
    public int OrderedResends { get; init; }

    /// <summary>Customs has spoken of this dispatch, if only in doubt: it has got it.</summary>
    [Id(21)]
    public bool IsHeardOf { get; init; }

    /// <summary>Beyond these a record that comes again is told to be stale, which is true and changes nothing.</summary>
    public const int MostEarlierGuids = 16;

    /// <summary>What a newer revision, or a newer repetition, is to know of the ones before it.</summary>
    public ImmutableArray<string> GuidsSoFar()
    {
        var guids = EarlierGuids.Add(Guid);
        if (RepeatedGuid is { } repeated)
            guids = guids.Add(repeated);
        return guids.Length > MostEarlierGuids ? guids[^MostEarlierGuids..] : guids;
    }

    public DocumentType Type => DocumentTypes.OfMessage(Document.Type)!.Value;

    public DocumentKey Key => Document.Key;

    public string Guid => Document.Guid;

    public string AppType => Document.AppType;

    public bool IsStaged => Document.AppStatus == "1";

    public bool IsDeleted => AppType == "3";

    /// <summary>Newer wins: by appTime, then guid.</summary>
    public (string AppTime, string Guid) Age => (RepeatedTime ?? Document.AppTime, RepeatedGuid ?? Guid);

    public bool IsDispatched => DispatchedRevision == Revision;

    public bool IsRefused =>
        CustomsCode is { } code && Receipts.CustomsCode.VerdictOf(Type, code) == Verdict.Refused;

    /// <summary>Customs has got as far with it as the port asks of a document before its successors go.</summary>
    public bool IsAccepted(AcceptedLevel level)
    {
        if (IsDeleted || !IsDispatched || IsRefused)
            return false;
        return level == AcceptedLevel.Sent
            ? SentAt is not null || CustomsCode is not null
            : Receipts.CustomsCode.Reached(CustomsCode, level);
    }
}

/// <summary>A receipt kept with its parcel.</summary>
/// <param name="About">Of our own: guid of the document that it speaks of. What customs sends names none.</param>
/// <param name="IsOutdated">Of our own: the document that it refuses was taken after it, so it says what was.</param>
[GenerateSerializer, Immutable, Alias("clearance.parcel.kept-receipt")]
public sealed record KeptReceipt(
    [property: Id(0)] DocumentType Type,
    [property: Id(1)] CebDocument Receipt,
    [property: Id(2)] bool IsOwn,
    [property: Id(3)] bool Applied,
    [property: Id(4)] string? About = null,
    [property: Id(5)] bool IsOutdated = false
)
{
    public ReceiptSource Source => IsOwn ? ReceiptSource.Engine : ReceiptSource.Customs;

    /// <summary>
    /// Of our own: it speaks of the document of this guid and key. A guid alone is chosen by its sender, who may choose another's.
    /// </summary>
    public bool SpeaksOf(string? guid, DocumentKey key)
    {
        if (About is null || About != guid || Type != key.Type)
            return false;
        return DocumentKey.EchoedBy(Receipt) is not { } echoed || echoed == key;
    }
}

/// <summary>A document that was refused here; not one of the parcel's documents, kept so that whoever asks sees why, until a newer one is good.</summary>
/// <param name="EarlyDelete">The delete that it was, of a document that may still come; null for any other.</param>
/// <param name="Key">Of the document, as far as it could be read.</param>
/// <param name="Owner">The participant whose document it is.</param>
[GenerateSerializer, Immutable, Alias("clearance.parcel.refusal")]
public sealed record Refusal(
    [property: Id(0)] DocumentType Type,
    [property: Id(1)] string Guid,
    [property: Id(2)] ImmutableArray<Problem> Problems,
    [property: Id(3)] DateTimeOffset At,
    [property: Id(4)] string AppTime = "",
    [property: Id(5)] Submission? EarlyDelete = null,
    [property: Id(6)] DocumentKey Key = default,
    [property: Id(7)] string Owner = ""
)
{
    /// <summary>
    /// It was about the document of this key: the same one, the only one of its type, or one whose number could not be read.
    /// </summary>
    public bool IsAbout(DocumentKey key)
    {
        if (Type != key.Type)
            return false;
        return !Type.Descriptor().MayBeSeveral || !Key.IsWhole || Key == key;
    }
}

/// <summary>Where the quota of the current attempt stands.</summary>
public enum QuotaStage
{
    Reserving,
    Reserved,
    Refused,
    Posted,
    Voided,
    GivenBack,
}

/// <summary>What the parcel takes of its buyer's quota.</summary>
[GenerateSerializer, Immutable, Alias("clearance.parcel.quota")]
public sealed record ParcelQuota(
    [property: Id(0)] int Attempt,
    [property: Id(1)] string Subscriber,
    [property: Id(2)] int Year,
    [property: Id(3)] long AmountFen,
    [property: Id(4)] QuotaStage Stage,
    [property: Id(5)] bool OneItem,
    [property: Id(6)] long GivenBackFen = 0
)
{
    /// <summary>It is taken of the buyer's year, or about to be, and neither spent nor let go yet.</summary>
    public bool IsPending => Stage is QuotaStage.Reserving or QuotaStage.Reserved;
}

/// <summary>Everything there is to a parcel. Only <see cref="Parcel.Decide"/> changes one, its own copy; all others are as they were.</summary>
[GenerateSerializer, Alias("clearance.parcel.state")]
public sealed record ParcelState
{
    [Id(0)]
    public string EbpCode { get; internal set; } = "";

    [Id(1)]
    public string OrderNo { get; internal set; } = "";

    [Id(2)]
    public ParcelStatus Status { get; internal set; } = ParcelStatus.Collecting;

    /// <summary>Number of the current try to declare; one more for each reservation of quota.</summary>
    [Id(3)]
    public int Attempt { get; internal set; }

    /// <summary>Its documents in the order of their keys; of most types it has one.</summary>
    [Id(4)]
    public ImmutableArray<ParcelDocument> Documents { get; internal set; } = [];

    /// <summary>What is to be done and not known to be complete.</summary>
    [Id(5)]
    public ImmutableArray<Effect> Outbox { get; internal set; } = [];

    [Id(6)]
    public ImmutableArray<KeptReceipt> Receipts { get; internal set; } = [];

    [Id(7)]
    public ImmutableArray<Refusal> Refusals { get; internal set; } = [];

    /// <summary>What does not match, or why the parcel was rejected.</summary>
    [Id(8)]
    public ImmutableArray<Problem> Problems { get; internal set; } = [];

    [Id(9)]
    public ParcelQuota? Quota { get; internal set; }

    /// <summary>Identifiers that customs gave to the current attempt's list.</summary>
    [Id(10)]
    public string? PreNo { get; internal set; }

    [Id(11)]
    public string? InvtNo { get; internal set; }

    [Id(12)]
    public ImmutableArray<TaxBillView> TaxBills { get; internal set; } = [];

    [Id(13)]
    public ImmutableArray<TimelineEntry> Timeline { get; internal set; } = [];

    [Id(14)]
    public Tax? Estimate { get; internal set; }

    [Id(15)]
    public DateTimeOffset? CreatedAt { get; internal set; }

    /// <summary>From when on what is in the outbox is tried again if nothing was heard of it.</summary>
    [Id(16)]
    public DateTimeOffset? RedriveAt { get; internal set; }

    /// <summary>Names under which waiting documents were already looked for.</summary>
    [Id(17)]
    public ImmutableArray<string> Sought { get; internal set; } = [];

    /// <summary>Every name that earlier attempts were known by: late receipts still find their parcel.</summary>
    [Id(18)]
    public ImmutableArray<string> EarlierKeys { get; internal set; } = [];

    /// <summary>The state to fall back to when a cancellation or return is refused.</summary>
    [Id(19)]
    public ParcelStatus? StatusBefore { get; internal set; }

    /// <summary>Quantities returned so far by line number of the list.</summary>
    [Id(20)]
    public ImmutableSortedDictionary<int, decimal> ReturnedQuantities { get; internal set; } =
        ImmutableSortedDictionary<int, decimal>.Empty;

    /// <summary>The last revision of each type, also of what is no longer here: no effect has the name of an earlier one.</summary>
    [Id(21)]
    public ImmutableSortedDictionary<DocumentType, int> LastRevisions { get; internal set; } =
        ImmutableSortedDictionary<DocumentType, int>.Empty;

    /// <summary>Questions to customs so far: each has a name of its own.</summary>
    [Id(22)]
    public int Asked { get; internal set; }

    /// <summary>When customs released the list, by its receipt's returnTime: the periods of a return count from it.</summary>
    [Id(23)]
    public DateTimeOffset? ReleasedAt { get; internal set; }

    /// <summary>When the goods left the zone or site.</summary>
    [Id(24)]
    public DateTimeOffset? DepartedAt { get; internal set; }

    /// <summary>Waybills that are here or named by the list, and are another parcel's: none of them goes to customs from here.</summary>
    [Id(25)]
    public ImmutableArray<DocumentKey> Elsewhere { get; internal set; } = [];

    /// <summary>Looks for others that have its waybill so far: each has a name of its own.</summary>
    [Id(26)]
    public int Seeks { get; internal set; }

    /// <summary>When an operator closed it: the engine does no work of its own for it any more. Null while it is open.</summary>
    [Id(27)]
    public DateTimeOffset? ClosedAt { get; internal set; }

    /// <summary>Why the operator closed it.</summary>
    [Id(28)]
    public string? ClosedReason { get; internal set; }

    /// <summary>Bytes of documents that the journal has, by the company whose they are.</summary>
    [Id(29)]
    public ImmutableSortedDictionary<string, long> JournalBytes { get; internal set; } =
        ImmutableSortedDictionary.Create<string, long>(StringComparer.Ordinal);

    /// <summary>The last look that was made, see <see cref="Seeks"/>: until then a waybill does not leave.</summary>
    [Id(30)]
    public int LooksMade { get; internal set; }

    /// <summary>Of a parcel of which nothing is known; one object for all, since a step changes a copy of its own.</summary>
    internal static ParcelState Nothing { get; } = new();

    /// <summary>The last look was not made yet. Not read off the outbox, which a replay of the journal does not have (ADR 024).</summary>
    public bool IsSeeking => LooksMade < Seeks;

    public bool Exists => CreatedAt is not null;

    public bool IsClosed => ClosedAt is not null;

    /// <summary>See <see cref="IRestingState.IsAtRest"/>.</summary>
    public bool IsAtRest => OutboxDueAt is null && TimeDueAt is null && Quota is not { IsPending: true };

    /// <summary>Whether an effect of this name is in the outbox.</summary>
    public bool Has(string effectId)
    {
        foreach (var effect in Outbox)
        {
            if (effect.Id == effectId)
                return true;
        }
        return false;
    }

    /// <summary>The dispatch of the document of this key is in the outbox.</summary>
    public bool IsLeaving(DocumentKey key)
    {
        foreach (var effect in Outbox)
        {
            if (effect.IsDispatchOf(key))
                return true;
        }
        return false;
    }

    /// <summary>The document of a type that counts, see <see cref="Binding"/>; a deleted one where there is no other.</summary>
    public ParcelDocument? this[DocumentType type] => Binding.Of(this, type);

    /// <summary>The document of this key.</summary>
    public ParcelDocument? this[DocumentKey key]
    {
        get
        {
            foreach (var kept in Documents)
            {
                if (kept.Key == key)
                    return kept;
            }
            return null;
        }
    }

    /// <summary>What a document of this key takes the place of: its own earlier revision, or the only one of its type.</summary>
    public ParcelDocument? InPlaceOf(DocumentKey key) =>
        key.Type.Descriptor().MayBeSeveral ? this[key] : this[key.Type];

    /// <summary>The document of a type that counts, unless it is missing or deleted.</summary>
    public CebDocument? Live(DocumentType type) =>
        this[type] is { IsDeleted: false } kept ? kept.Document : null;

    public string? Mode => Live(DocumentType.DeclarationList)?[InventoryHead.TradeMode];

    /// <summary>See <see cref="IDueState.OutboxDueAt"/>.</summary>
    public DateTimeOffset? OutboxDueAt => Outbox.Length > 0 ? RedriveAt : null;

    /// <summary>See <see cref="IDueState.TimeDueAt"/>: when customs is asked next.</summary>
    public DateTimeOffset? TimeDueAt
    {
        get
        {
            DateTimeOffset? due = null;
            foreach (var kept in Documents)
            {
                if (kept.AskAt is { } ask && (due is null || ask < due))
                    due = ask;
            }
            return due;
        }
    }

    /// <summary>See <see cref="IIndexedState.IndexKeys"/>.</summary>
    public IReadOnlyCollection<string> IndexKeys
    {
        get
        {
            var names = new List<string>(EarlierKeys.Length + Documents.Length + 2);
            names.AddRange(EarlierKeys);
            foreach (var name in ParcelNames.Had(this).Concat(ParcelNames.Mentioned(this)))
            {
                if (!names.Contains(name))
                    names.Add(name);
            }
            return names;
        }
    }
}
