using System.Collections.Immutable;

namespace ClearanceEngine.Parcels;

/// <summary>
/// To which of the parcels of its order number a waybill belongs, for it names no platform (ADR 019, 025): to the one that has it;
/// else to the one whose list names it, or whose order does; else to the only one that has an order. Without an order nobody
/// has a claim: a list or a payment for another platform's order number takes nothing.
/// </summary>
static class WaybillHome
{
    /// <summary>The parcel; null while that is open.</summary>
    public static ParcelState? Of(ImmutableArray<ParcelState> parcels, DocumentKey waybill) =>
        Holder(parcels, waybill) ?? Claimant(parcels, waybill);

    /// <summary>The parcel that has it; one that had it deleted, where no other has.</summary>
    public static ParcelState? Holder(ImmutableArray<ParcelState> parcels, DocumentKey waybill)
    {
        ParcelState? deleted = null;
        foreach (var parcel in parcels)
        {
            if (parcel[waybill] is not { } kept)
                continue;
            if (!kept.IsDeleted)
                return parcel;
            deleted ??= parcel;
        }
        return deleted;
    }

    /// <summary>The parcel that what its documents say gives the best claim; null where none has, or several have the same.</summary>
    public static ParcelState? Claimant(ImmutableArray<ParcelState> parcels, DocumentKey waybill)
    {
        var best = FirstOfBest(parcels, waybill, out var isShared);
        return isShared ? null : best;
    }

    /// <summary>By what several parcels have the same best claim: their lists, or no more than their orders. Null where they have not.</summary>
    public static DocumentType? SharedBy(ImmutableArray<ParcelState> parcels, DocumentKey waybill)
    {
        var best = FirstOfBest(parcels, waybill, out var isShared);
        if (!isShared)
            return null;
        return ParcelNames.ListedWaybill(best!) == waybill
            ? DocumentType.DeclarationList
            : DocumentType.Order;
    }

    static ParcelState? FirstOfBest(
        ImmutableArray<ParcelState> parcels,
        DocumentKey waybill,
        out bool isShared
    )
    {
        ParcelState? best = null;
        isShared = false;
        foreach (var parcel in parcels)
        {
            if (ClaimOf(parcel, waybill) is not { } claim)
                continue;
            var before = best is null ? null : ClaimOf(best, waybill);
            if (before is null || claim > before)
                (best, isShared) = (parcel, false);
            else if (claim == before)
                isShared = true;
        }
        return best;
    }

    /// <summary>
    /// The parcel that a waybill belongs to though another has it: what names it came later than the only order of that time.
    /// Null where it stays.
    /// </summary>
    public static ParcelState? Rightful(
        ImmutableArray<ParcelState> parcels,
        ParcelState holder,
        ParcelDocument kept
    )
    {
        if (kept.IsDeleted || !MayMove(holder, kept))
            return null;
        if (Claimant(parcels, kept.Key) is not { } claimant || ReferenceEquals(claimant, holder))
            return null;
        return IsNamedBy(claimant, kept.Key) && ParcelTable.IsOpen(claimant.Status) ? claimant : null;
    }

    /// <summary>Not while it or its status is just leaving, nor when a list that is with customs stands on it.</summary>
    static bool MayMove(ParcelState holder, ParcelDocument kept)
    {
        var isLeaving = holder.IsLeaving(kept.Key) || holder.IsLeaving(ParcelViews.StatusOf(kept.Key));
        var isStoodOn =
            !ParcelTable.IsOpen(holder.Status) && ReferenceEquals(holder[DocumentType.Waybill], kept);
        return !isLeaving && !isStoodOn;
    }

    static bool IsNamedBy(ParcelState parcel, DocumentKey waybill) => ClaimOf(parcel, waybill) > 0;

    /// <summary>The list outranks the order, and no more for the order's word beside it: both are one sender's to write. Null without an order.</summary>
    static int? ClaimOf(ParcelState parcel, DocumentKey waybill)
    {
        if (parcel.Live(DocumentType.Order) is null)
            return null;
        if (ParcelNames.ListedWaybill(parcel) == waybill)
            return 2;
        return ParcelNames.OrderedWaybill(parcel) == waybill ? 1 : 0;
    }
}
