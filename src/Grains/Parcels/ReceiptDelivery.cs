namespace ClearanceEngine.Parcels;

/// <summary>Gives one receipt to the parcels that it may be for.</summary>
public static class ReceiptDelivery
{
    /// <summary>One after the other; the first that takes it hands it on.</summary>
    /// <returns>Whether any took it.</returns>
    public static async Task<bool> Deliver(
        this IGrainFactory grains,
        CustomsAnswer answer,
        IReadOnlyList<string> parcels
    )
    {
        var isTaken = false;
        foreach (var parcel in parcels)
        {
            var taken = await grains.Grain<IParcelGrain>(parcel).Receive([answer with { HandOn = !isTaken }]);
            isTaken |= taken[0];
        }
        return isTaken;
    }
}
