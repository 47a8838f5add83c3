using System.Collections.Immutable;
using ClearanceEngine.Subscribers;

namespace ClearanceEngine.Parcels;

/// <summary>Everything that can happen to a parcel. The core knows no other way in.</summary>
public abstract record ParcelInput;

/// <summary>A document came.</summary>
public sealed record DocumentArrived(Submission Submission) : ParcelInput;

/// <summary>A receipt came.</summary>
public sealed record ReceiptArrived(CustomsAnswer Answer) : ParcelInput;

/// <summary>Receipts that their record cannot hand on now: the parcel does it later, by its outbox.</summary>
public sealed record HandOnsPutOff(ImmutableArray<HandOn> HandOns) : ParcelInput;

/// <summary>An effect was done, or cannot be done.</summary>
public sealed record EffectCompleted(Completion Completion) : ParcelInput;

/// <summary>The subscriber answered a reserve of this attempt.</summary>
public sealed record ReserveAnswered(int Attempt, ReserveAnswer Answer) : ParcelInput;

/// <summary>The subscriber did a post, void or give-back.</summary>
public sealed record QuotaStepDone(string EffectId, QuotaStep Step, int Attempt, long Fen) : ParcelInput;

/// <summary>Time passed: what waited too long is asked for.</summary>
public sealed record Woken : ParcelInput;

/// <summary>An operator wants customs asked now.</summary>
public sealed record AskNow : ParcelInput;

/// <summary>An operator orders that a document goes to customs once more.</summary>
/// <param name="Type">Which document.</param>
/// <param name="Number">Its number; null for the one of its type that counts.</param>
public sealed record ResendOrdered(DocumentType Type, string? Number) : ParcelInput;

/// <summary>An operator ends the engine's own work on the parcel.</summary>
public sealed record CloseOrdered(string Reason) : ParcelInput;

/// <summary>The goods have left the zone or site.</summary>
public sealed record GoodsDeparted(DateTimeOffset At) : ParcelInput;

/// <summary>A participant-signed message that had documents of this parcel was refused as a whole.</summary>
public sealed record SignedMessageRefused(string MessageGuid, Problem Problem) : ParcelInput;

/// <summary>Customs refused the format of the message that carried these effects (CEB900).</summary>
public sealed record FormatRefused(ImmutableArray<string> EffectIds, Problem? Problem) : ParcelInput;

/// <summary>The message that carried these effects was dissolved, for the broker refuses it.</summary>
public sealed record MessageDissolved(ImmutableArray<string> EffectIds, Problem? Problem) : ParcelInput;

/// <summary>Another parcel has a revision of this waybill, since it names that parcel's order.</summary>
/// <param name="Waybill">Its key.</param>
/// <param name="AppTime">Of the other's revision; newer wins, by this and then by the guid.</param>
/// <param name="Guid">Of the other's revision.</param>
public sealed record WaybillClaimed(DocumentKey Waybill, string AppTime, string Guid) : ParcelInput;

/// <summary>What this parcel looked for on fresh data was found, or is not there.</summary>
/// <param name="EffectId">The look.</param>
/// <param name="Superseded">Waybills of which another parcel has a newer revision: they are given up.</param>
/// <param name="Elsewhere">Waybills, its own or named by its list, that are another parcel's.</param>
public sealed record Sought(
    string EffectId,
    ImmutableArray<DocumentKey> Superseded,
    ImmutableArray<DocumentKey> Elsewhere
) : ParcelInput;

/// <summary>A waybill of this parcel is another platform's with the same order number, as is known now (ADR 025).</summary>
public sealed record WaybillMovedAway(DocumentKey Waybill) : ParcelInput;

/// <summary>A waybill comes from the parcel of another platform with the same order number, with all that is known of it.</summary>
/// <param name="Waybill">As it was there.</param>
/// <param name="Status">Its status there; null for none.</param>
/// <param name="Receipts">The receipts that were kept there of the two.</param>
public sealed record WaybillMovedHere(
    ParcelDocument Waybill,
    ParcelDocument? Status,
    ImmutableArray<KeptReceipt> Receipts
) : ParcelInput;

/// <summary>What becomes of a waybill that another parcel claims.</summary>
public enum WaybillClaim
{
    /// <summary>It is not here, or was given up.</summary>
    Free,

    /// <summary>A newer revision is here: the claimant's is given up.</summary>
    Superseded,

    /// <summary>The parcel's list is with customs and stands on it: the claimant's is a second use of its number.</summary>
    Kept,
}

/// <summary>What an input led to: the next state and, for a document, the answer to its sender. What is to be done stands in <see cref="ParcelState.Outbox"/>.</summary>
/// <param name="State">The next state.</param>
/// <param name="Reply">Of a document: what its sender is answered.</param>
/// <param name="Refusal">Of a site's event, or an operator's order: why it cannot be.</param>
/// <param name="Claim">Of a claimed waybill: what becomes of it.</param>
/// <param name="Receipt">Of a receipt: whether it is this parcel's, and to whom its record hands it on once the state is stored.</param>
/// <param name="Entry">What the journal says of it; null when the parcel stands where it stood, see <see cref="Journaling"/>.</param>
public sealed record Decision(
    ParcelState State,
    SubmissionReply? Reply = null,
    Problem? Refusal = null,
    ReceiptReply? Receipt = null,
    WaybillClaim Claim = WaybillClaim.Free,
    JournalEntry? Entry = null
);
