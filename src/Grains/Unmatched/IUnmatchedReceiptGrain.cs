using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;

namespace ClearanceEngine.Unmatched;

/// <summary>
/// Receipts of customs that came before what they are known by: a tax bill before the receipt that brings the list's
/// number, say. They wait and look again, each time later, until their parcel is found; key <see cref="GrainKey.UnmatchedReceipts"/>.
/// </summary>
[Alias("clearance.waiting-receipt")]
public interface IUnmatchedReceiptGrain : IGrainWithStringKey
{
    /// <summary>Keeps a receipt durably; one that waits already is kept once.</summary>
    [Alias("hold")]
    Task Hold(CustomsAnswer answer);

    /// <summary>The scan: look again, or give up after <see cref="UnmatchedOptions.GiveUpAfter"/>.</summary>
    [Alias("wake")]
    Task Wake();
}

/// <summary>Where receipts go that nobody claimed.</summary>
public interface IUnclaimedReceipts
{
    /// <summary>Returns when it is parked durably, with its reason.</summary>
    Task Park(CebDocument receipt, DateTimeOffset since);
}
