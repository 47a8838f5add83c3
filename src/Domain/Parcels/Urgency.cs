using ClearanceEngine.Participants;

namespace ClearanceEngine.Parcels;

/// <summary>
/// Which changes may be stored a little later, together with what comes next. Whatever it is, it is stored before it is
/// answered, acknowledged or driven: waiting loses nothing, and urgent is only what others wait for.
/// </summary>
public static class Urgency
{
    /// <summary>Of the parcels of an order number the shortest; a waybill that waits is in no hurry.</summary>
    public static TimeSpan Patience(OrderParcels before, OrderParcels after, ParcelOptions options)
    {
        var isNewlyWaiting = before.Unmatched != after.Unmatched;
        var patience = isNewlyWaiting ? options.DocumentsWait : options.ReceiptsWait;
        foreach (var parcel in after.Parcels)
        {
            var known = before[parcel.EbpCode] ?? ParcelState.Nothing;
            if (ReferenceEquals(known, parcel))
                continue;
            var own = Patience(known, parcel, options);
            patience = own < patience ? own : patience;
        }
        return patience;
    }

    /// <summary>
    /// None for a new status, an identifier of customs, a tax bill, and what is newly in the outbox; a little for a document while
    /// others are lacking anyhow; more for what brings nothing but receipts to hand on.
    /// </summary>
    public static TimeSpan Patience(ParcelState before, ParcelState after, ParcelOptions options)
    {
        if (before.PreNo != after.PreNo || before.InvtNo != after.InvtNo || before.TaxBills != after.TaxBills)
            return TimeSpan.Zero;
        var stage = Stage(after.Status);
        if (stage != Stage(before.Status))
            return TimeSpan.Zero;
        if (HasNewDocument(before, after))
            return stage == ParcelStatus.Collecting && !MayBeComplete(after)
                ? options.DocumentsWait
                : TimeSpan.Zero;
        if (!HasNewEffect(before, after))
            return options.ReceiptsWait;
        return stage == ParcelStatus.Collecting ? options.DocumentsWait : TimeSpan.Zero;
    }

    static bool MayBeComplete(ParcelState parcel) =>
        parcel.Live(DocumentType.Order) is not null
        && parcel.Live(DocumentType.Payment) is not null
        && parcel.Live(DocumentType.Waybill) is not null
        && parcel.Live(DocumentType.DeclarationList) is not null;

    static bool HasNewDocument(ParcelState before, ParcelState after)
    {
        foreach (var kept in after.Documents)
        {
            if (before[kept.Key]?.Revision != kept.Revision)
                return true;
        }
        return !before.Exists;
    }

    /// <summary>Something beside receipts is to be done that was not before.</summary>
    static bool HasNewEffect(ParcelState before, ParcelState after)
    {
        if (before.Outbox == after.Outbox)
            return false;
        foreach (var effect in after.Outbox)
        {
            if (effect is not ForwardReceipt && !before.Has(effect.Id))
                return true;
        }
        return false;
    }

    /// <summary>What is staged lacks documents as well; a grant of quota alone moves nobody.</summary>
    static ParcelStatus Stage(ParcelStatus status) =>
        status switch
        {
            ParcelStatus.Staged => ParcelStatus.Collecting,
            ParcelStatus.Reserved => ParcelStatus.Matched,
            _ => status,
        };

    /// <summary>
    /// Whether nothing follows from it that an effect was done: it is no refusal, and no document waits for this one to have left,
    /// be it the next in order, its own next revision, or one that another platform's parcel is to have.
    /// </summary>
    public static bool MayWait(Completion completion, OrderParcels order, ParcelRules rules)
    {
        if (completion.Problem is not null || rules.Options.ReceiptsWait <= TimeSpan.Zero)
            return false;
        if (rules.CustomsPort.AcceptedLevel == AcceptedLevel.Sent || order.Parcels is not [var parcel])
            return false;
        foreach (var kept in parcel.Documents)
        {
            if (kept.DispatchedRevision > 0 && !kept.IsDispatched)
                return false;
        }
        return true;
    }
}
