namespace ClearanceEngine.Parcels;

/// <summary>
/// The silo's way out: takes the outboxes of parcels, gathers documents into messages, has them signed and produces them,
/// and settles each with its parcel (<see cref="IParcelGrain.Complete"/>). Never blocks a grain.
/// </summary>
public interface IOutboxDispatcher
{
    /// <summary>
    /// Hands over a stored effect: <see cref="DispatchDocument"/>, <see cref="ForwardReceipt"/> or <see cref="AskCustoms"/>.
    /// False when the way out is full: the effect stays with the parcel and is offered again later.
    /// Handing the same effect over twice is harmless.
    /// </summary>
    bool TryTake(string parcelKey, Effect effect);
}
