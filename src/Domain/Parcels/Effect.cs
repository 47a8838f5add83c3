using ClearanceEngine.Ceb;

namespace ClearanceEngine.Parcels;

/// <summary>Something that a decision makes the engine do, stored with it until it is done (design rule 2).</summary>
/// <param name="Id">Name inside the parcel; doing it twice under one name is doing it once.</param>
/// <param name="Since">When it came into the outbox.</param>
[GenerateSerializer, Immutable, Alias("clearance.owed")]
public abstract record Effect([property: Id(0)] string Id, [property: Id(1)] DateTimeOffset Since)
{
    /// <summary>By it the document of this key leaves.</summary>
    public bool IsDispatchOf(DocumentKey key) =>
        this is DispatchDocument dispatch && dispatch.Document.Key == key;
}

/// <summary>A document that may leave for customs. Id: <c>{kind}/{revision}</c>, with <c>/r{n}</c> for a resend that customs made necessary.</summary>
/// <param name="Type">Which document.</param>
/// <param name="Document">Its content.</param>
/// <param name="Sender">The participant it is sent (and, if cloud-signed, signed) for.</param>
/// <param name="SignedMessageGuid">The participant-signed message it leaves in; null when we gather and sign.</param>
/// <param name="Frame">BaseSubscribe and ExtendMessage that it travels with; null for none.</param>
/// <param name="IsResend">The same content left before: it goes alone, so that what it met with does not hit its neighbours.</param>
[GenerateSerializer, Immutable, Alias("clearance.owed.document")]
public sealed record DispatchDocument(
    string Id,
    DateTimeOffset Since,
    [property: Id(0)] DocumentType Type,
    [property: Id(1)] CebDocument Document,
    [property: Id(2)] string Sender,
    [property: Id(3)] string? SignedMessageGuid,
    [property: Id(4)] CebFrame? Frame = null,
    [property: Id(5)] bool IsResend = false
) : Effect(Id, Since);

/// <summary>A receipt for a participant. Id: <c>receipt/{guid}/{receiver}</c>.</summary>
/// <param name="Receiver">Participant code.</param>
/// <param name="Receipt">The receipt; E-Port's guid kept, ours is a UUIDv5.</param>
[GenerateSerializer, Immutable, Alias("clearance.owed.receipt")]
public sealed record ForwardReceipt(
    string Id,
    DateTimeOffset Since,
    [property: Id(0)] string Receiver,
    [property: Id(1)] CebDocument Receipt
) : Effect(Id, Since);

/// <summary>A question to customs for the latest receipt (<c>customs.queries</c>: JSON type, key, attempt).</summary>
/// <param name="Type">The document in question.</param>
/// <param name="Key">Its business key as the receipts echo it, parts joined by <c>|</c>, (order: ebpCode|ebcCode|orderNo, payment: payCode|payTransactionId, waybill: logisticsCode|logisticsNo, list, cancel and return: agentCode|copNo, entry: operatorCode|copNo).</param>
/// <param name="Attempt">The attempt it is about.</param>
[GenerateSerializer, Immutable, Alias("clearance.owed.query")]
public sealed record AskCustoms(
    string Id,
    DateTimeOffset Since,
    [property: Id(0)] DocumentType Type,
    [property: Id(1)] string Key,
    [property: Id(2)] int Attempt
) : Effect(Id, Since);

/// <summary>What a parcel does with its subscriber's quota.</summary>
public enum QuotaStep
{
    Reserve,
    Post,
    Void,
    GiveBack,

    /// <summary>Customs said that the buyer is over a limit: remembered for the buyer's next orders.</summary>
    FlagOver,
}

/// <summary>A step of the two-phase quota. Id: <c>quota/{step}/{attempt}</c>, a give-back <c>quota/give-back/{kind}/{revision}</c> of its document, a flag <c>quota/flag-over/{guid}</c> of its receipt.</summary>
/// <param name="Step">Which step.</param>
/// <param name="Attempt">The attempt whose reservation it is.</param>
/// <param name="AmountFen">Amount in fen (for a give-back: the part).</param>
/// <param name="Subscriber">Keyed hash of the buyer whose quota it is.</param>
/// <param name="Year">Beijing calendar year it is taken from.</param>
/// <param name="Replaces">The first of the attempts whose reservations a reserve takes the place of, all up to its own; 0 for none.</param>
/// <param name="CustomsCode">Of a flag: by which returnStatus customs said so; else 0.</param>
[GenerateSerializer, Immutable, Alias("clearance.owed.quota")]
public sealed record ChangeQuota(
    string Id,
    DateTimeOffset Since,
    [property: Id(0)] QuotaStep Step,
    [property: Id(1)] int Attempt,
    [property: Id(2)] long AmountFen,
    [property: Id(3)] string Subscriber,
    [property: Id(4)] int Year,
    [property: Id(5)] int Replaces = 0,
    [property: Id(6)] int CustomsCode = 0
) : Effect(Id, Since);

/// <summary>
/// A look, on fresh data, for what waits for a waybill of this parcel and for others that have the waybill (design rule 12).
/// Until it was made, the waybill does not leave. Id: <c>seek/{n}</c>.
/// </summary>
[GenerateSerializer, Immutable, Alias("clearance.owed.seek")]
public sealed record SeekUnmatched(string Id, DateTimeOffset Since) : Effect(Id, Since);

/// <summary>An effect was done, or cannot be done.</summary>
/// <param name="EffectId">Name of the effect.</param>
/// <param name="At">When.</param>
/// <param name="MessageGuid">For documents: root guid of the message that carried it.</param>
/// <param name="Problem">Not null: it cannot be done (the participant has no signing key, say); the document is refused.</param>
[GenerateSerializer, Immutable, Alias("clearance.settlement")]
public sealed record Completion(
    [property: Id(0)] string EffectId,
    [property: Id(1)] DateTimeOffset At,
    [property: Id(2)] string? MessageGuid = null,
    [property: Id(3)] Problem? Problem = null
);
