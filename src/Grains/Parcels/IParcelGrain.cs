using System.Collections.Immutable;
using ClearanceEngine.Access;

namespace ClearanceEngine.Parcels;

/// <summary>
/// The parcels of one order number, key <see cref="GrainKey.Parcels"/>: normally one, for each platform that uses the number one
/// (ADR 025). Every answer is given after the write that holds what it was read from.
/// </summary>
[Alias("clearance.parcel")]
public interface IParcelGrain : IGrainWithStringKey
{
    /// <summary>
    /// The documents of one record that name this order number, or a waybill of its parcels, in document order; one reply each, in
    /// that order. A waybill whose parcel is not known waits here; of its status and its inbound note <see cref="SubmissionOutcome.Unmatched"/>
    /// says that no parcel here has the waybill, and nothing is kept.
    /// </summary>
    /// <param name="submissions">The documents.</param>
    /// <param name="atOnce">True when somebody waits for the answer: it is not stored later with what comes next.</param>
    [Alias("submit")]
    Task<ImmutableArray<SubmissionReply>> Submit(ImmutableArray<Submission> submissions, bool atOnce = false);

    /// <summary>
    /// Receipts of one record, in order; for each, whether it was taken, and to whom the caller is to hand it on. One that echoes
    /// no document of these parcels is not taken: it is another's, or its document is still on its way. When it returns, they are
    /// stored; the same receipts again are due to the same receivers again (ADR 023).
    /// </summary>
    [Alias("receive")]
    Task<ImmutableArray<ReceiptReply>> Receive(ImmutableArray<CustomsAnswer> answers);

    /// <summary>Receipts that cannot be handed on now come into the outbox: when it returns, that is stored, and the caller answers for nothing any more.</summary>
    [Alias("put-off")]
    Task PutOff(ImmutableArray<HandOn> handOns);

    /// <summary>
    /// Effects that were done. Returns before that is stored: should it get lost, the effect is driven again, and doing it twice
    /// is doing it once (a document is found to have left, a receipt goes again under its guid).
    /// </summary>
    [Alias("settle")]
    Task Complete(ImmutableArray<Completion> completions);

    /// <summary>The scan found that something is in an outbox here or waits too long: drive it again.</summary>
    [Alias("wake")]
    Task Wake();

    /// <summary>Asks customs for the latest receipts of all open documents of a platform's parcel now. False when nothing is open.</summary>
    [Alias("ask")]
    Task<bool> Ask(string ebpCode);

    /// <summary>
    /// Has a document sent to customs once more. Returns why that cannot be, else null; <see cref="ProblemCode.DocumentNotFound"/> when
    /// it is not here.
    /// </summary>
    /// <param name="ebpCode">Of which platform's parcel.</param>
    /// <param name="type">Which document.</param>
    /// <param name="number">Its number; null for the one of its type that counts.</param>
    [Alias("resend")]
    Task<Problem?> Resend(string ebpCode, DocumentType type, string? number);

    /// <summary>Ends the engine's own work on a platform's parcel; what customs still says of it is applied all the same.</summary>
    /// <returns>Why it needs no closing; null when it is closed.</returns>
    [Alias("close")]
    Task<Problem?> Close(string ebpCode, string reason);

    /// <summary>A site event: the goods of a platform's parcel have left the zone or site. Returns the refusal if that cannot be, else null.</summary>
    [Alias("leave")]
    Task<Problem?> Depart(string ebpCode, DateTimeOffset leftAt);

    /// <summary>
    /// A participant-signed message is refused as a whole: its documents here leave their parcels, and their sender is told. Stored when
    /// it returns; a repeat changes nothing.
    /// </summary>
    [Alias("carrier-refused")]
    Task RefuseSignedMessage(string messageGuid, Problem problem);

    /// <summary>
    /// Customs refused the format of a message (CEB900) that carried these effects: the documents are free to go again
    /// if they may, or are refused with the given problem.
    /// </summary>
    [Alias("format-refused")]
    Task RefuseFormat(ImmutableArray<string> effectIds, Problem? problem);

    /// <summary>
    /// The message that carried these effects never leaves, for the broker refuses it: the documents go again by themselves
    /// under new names, or are refused with the given problem. Stored when it returns; a repeat changes nothing.
    /// </summary>
    [Alias("message-dissolved")]
    Task DissolveMessage(ImmutableArray<string> effectIds, Problem? problem);

    /// <summary>
    /// Another parcel has this waybill as well: the newer revision stays, by appTime and then guid. When it returns, what it says
    /// is stored.
    /// </summary>
    [Alias("claim-waybill")]
    Task<WaybillClaim> ClaimWaybill(DocumentKey waybill, string appTime, string guid);

    /// <summary>
    /// What is stored of a platform's parcel, as its audience sees it, without id numbers; null when there is no such parcel, or
    /// none for this audience (ADR 028).
    /// </summary>
    [Alias("show-to")]
    Task<ParcelView?> Show(string ebpCode, Audience audience);

    /// <summary>
    /// The same of the parcel that has the first of these names of the index that any has; null when none has one, and for an
    /// audience that is no party and holds no document of that name.
    /// </summary>
    [Alias("find-for")]
    Task<ParcelView?> Find(ImmutableArray<string> names, Audience audience);

    /// <summary>
    /// Whether one of the audience is a party to a platform's parcel: who acts on what is its own, a site whose goods depart, say, is
    /// to ask first.
    /// </summary>
    [Alias("is-party")]
    Task<bool> IsParty(string ebpCode, Audience audience);
}
