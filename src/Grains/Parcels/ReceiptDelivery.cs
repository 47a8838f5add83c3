namespace ClearanceEngine.Parcels;

/// <summary>A receipt that is due to a participant, with the parcel that has it.</summary>
/// <param name="Parcel">Grain key of the parcel, which takes it into its outbox if it cannot be handed on now.</param>
/// <param name="HandOn">Who gets what.</param>
public readonly record struct ParcelHandOn(string Parcel, HandOn HandOn);

/// <summary>Gives one receipt to the parcels that it may be for.</summary>
public static class ReceiptDelivery
{
    /// <summary>One after the other; for the first that takes it, it is handed on.</summary>
    /// <param name="answer">The receipt.</param>
    /// <param name="parcels">Keys of the parcels.</param>
    /// <param name="grainOf">The grain of a key.</param>
    /// <returns>What is due to whom now; null when none took it.</returns>
    public static async Task<IReadOnlyList<ParcelHandOn>?> Deliver(
        CustomsAnswer answer,
        IReadOnlyList<string> parcels,
        Func<string, IParcelGrain> grainOf
    )
    {
        List<ParcelHandOn>? due = null;
        foreach (var parcel in parcels)
        {
            var replies = await grainOf(parcel).Receive([answer with { HandOn = due is null }]);
            if (replies[0].IsTaken)
                (due ??= []).AddRange(replies[0].HandOns.Select(handOn => new ParcelHandOn(parcel, handOn)));
        }
        return due;
    }
}
