using System.Collections.Immutable;

namespace ClearanceEngine.Parcels;

/// <summary>One parcel, key <see cref="GrainKey.Parcel"/>. Every answer is given after the write that holds what it was read from.</summary>
[Alias("clearance.parcel")]
public interface IParcelGrain : IGrainWithStringKey
{
    /// <summary>The documents of one record that belong to this parcel, in document order; one reply each, in that order.</summary>
    [Alias("submit")]
    Task<ImmutableArray<SubmissionReply>> Submit(ImmutableArray<Submission> submissions);

    /// <summary>Receipts of one record for this parcel, in order.</summary>
    [Alias("receive")]
    Task<bool> Receive(ImmutableArray<CustomsAnswer> answers);

    /// <summary>Debts that were done. Returns when the parcel has stored it.</summary>
    [Alias("settle")]
    Task Settle(ImmutableArray<Settlement> settlements);

    /// <summary>The scan found that this parcel owes something or waits too long: drive it again.</summary>
    [Alias("wake")]
    Task Wake();

    /// <summary>Asks customs for the latest receipts of all open documents now. False when nothing is open.</summary>
    [Alias("ask")]
    Task<bool> Ask();

    /// <summary>A site event: the goods have left the zone or site. Returns the refusal if that cannot be, else null.</summary>
    [Alias("leave")]
    Task<Problem?> Leave(DateTimeOffset leftAt);

    /// <summary>The participant-signed message that carried this document is refused as a whole.</summary>
    [Alias("carrier-refused")]
    Task CarrierRefused(DocumentKind kind, string documentGuid, Problem problem);

    /// <summary>
    /// Customs refused the format of a message (CEB900) that carried these debts: the documents are free to go again
    /// if they may, or are refused with the given problem.
    /// </summary>
    [Alias("format-refused")]
    Task FormatRefused(ImmutableArray<string> owedIds, Problem? problem);

    /// <summary>
    /// Another parcel's list names this waybill: gives it up, unless this parcel's own list names it or it has left for customs.
    /// It is owed to that parcel from then on, so that no lost call loses the waybill.
    /// </summary>
    [Alias("give-up-waybill")]
    Task GiveUpWaybill(string logisticsCode, string logisticsNo, string to);

    /// <summary>Everything there is to show, without id numbers; null when there is no such parcel.</summary>
    [Alias("show")]
    Task<ParcelView?> Show();
}
