using System.Collections.Immutable;
using ClearanceEngine.Parcels;

namespace ClearanceEngine.Unmatched;

/// <summary>
/// Documents that know only a waybill number (513, lines of 711) and wait for the parcel that has the waybill; key
/// <see cref="GrainKey.UnmatchedWaybill"/>. Its row is indexed by <see cref="Storage.IndexKey.UnmatchedByWaybill"/>.
/// </summary>
[Alias("clearance.waiting")]
public interface IUnmatchedWaybillGrain : IGrainWithStringKey
{
    /// <summary>
    /// Keeps them durably, then looks for the parcel once more past any cache; hands over at once if it is there now
    /// (design rule 12). One reply for each document.
    /// </summary>
    [Alias("hold")]
    Task<ImmutableArray<SubmissionReply>> Hold(ImmutableArray<Submission> submissions);

    /// <summary>
    /// A parcel looks for what waits for it: everything here is handed over to that parcel if it is the right one, see
    /// <see cref="WaybillNames"/>.
    /// </summary>
    /// <param name="parcelKey">The parcel that looks.</param>
    [Alias("offer")]
    Task Offer(string parcelKey);

    /// <summary>The scan: look again, tell senders that theirs has waited too long, or end the wait.</summary>
    [Alias("wake")]
    Task Wake();
}
