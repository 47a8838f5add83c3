using System.Collections.Immutable;
using ClearanceEngine.Parcels;

namespace ClearanceEngine.Unmatched;

/// <summary>
/// Documents that know only a waybill number (CEB511 before its order or list, 513, lines of 711) and wait for their
/// parcel; key <see cref="GrainKey.UnmatchedWaybill"/>. Its row is indexed by <see cref="Storage.IndexKey.UnmatchedByWaybill"/>
/// and, once a waybill is there, <see cref="Storage.IndexKey.UnmatchedByOrder"/>.
/// </summary>
[Alias("clearance.waiting")]
public interface IUnmatchedWaybillGrain : IGrainWithStringKey
{
    /// <summary>
    /// Keeps them durably, then looks for the parcel once more past any cache; hands over at once if it is there now
    /// (design rule 12). One reply for each.
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

    /// <summary>The scan: look again, or report that it has waited too long.</summary>
    [Alias("wake")]
    Task Wake();
}
