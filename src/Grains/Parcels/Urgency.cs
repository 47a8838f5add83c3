namespace ClearanceEngine.Parcels;

/// <summary>
/// Which changes may be stored a little later, together with what comes next. Whatever it is, it is stored before it is
/// answered, acknowledged or driven: waiting loses nothing, and urgent is only what others wait for.
/// </summary>
public static class Urgency
{
    /// <summary>
    /// True while the parcel still lacks documents, and for a change that decides nothing: no other status, no identifier
    /// of customs, nothing newly owed but receipts to hand on.
    /// </summary>
    public static bool MayWait(ParcelState before, ParcelState after)
    {
        if (before.PreNo != after.PreNo || before.InvtNo != after.InvtNo || before.TaxBills != after.TaxBills) return false;
        if (Stage(before.Status) != Stage(after.Status)) return false;
        return Stage(after.Status) == ParcelStatus.Collecting || after.Owes.All(o => o is OwedReceipt || before.Owes.Any(b => b.Id == o.Id));
    }

    /// <summary>What is staged lacks documents as well; a grant of quota alone moves nobody.</summary>
    static ParcelStatus Stage(ParcelStatus status) => status switch
    {
        ParcelStatus.Staged => ParcelStatus.Collecting,
        ParcelStatus.Reserved => ParcelStatus.Matched,
        _ => status,
    };
}
