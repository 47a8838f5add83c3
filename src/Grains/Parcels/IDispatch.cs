namespace ClearanceEngine.Parcels;

/// <summary>
/// The silo's way out: takes what parcels owe, gathers documents into messages, has them signed and produces them,
/// and settles each with its parcel (<see cref="IParcelGrain.Settle"/>). Never blocks a grain.
/// </summary>
public interface IDispatch
{
    /// <summary>
    /// Hands over a stored debt: <see cref="OwedDocument"/>, <see cref="OwedReceipt"/> or <see cref="OwedQuery"/>.
    /// False when the way out is full: the debt stays with the parcel and is offered again later.
    /// Handing the same debt over twice is harmless.
    /// </summary>
    bool TryHand(string parcelKey, Owed owed);
}
