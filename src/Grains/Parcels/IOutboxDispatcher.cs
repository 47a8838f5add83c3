namespace ClearanceEngine.Parcels;

/// <summary>
/// The silo's way out: takes the outboxes of grains, gathers documents into messages, has them signed and produces them. What
/// was done it says on the ticket; only what its grain must know at once, and what was found after a crash, is a call
/// (<see cref="IParcelGrain.Complete"/>). Never blocks a grain.
/// </summary>
public interface IOutboxDispatcher
{
    /// <summary>
    /// Hands over a stored effect: <see cref="DispatchDocument"/>, <see cref="ForwardReceipt"/> or <see cref="AskCustoms"/>.
    /// False when the way out is full: the effect stays with its grain and is offered again later.
    /// Handing the same effect over twice is harmless.
    /// </summary>
    /// <param name="key">Key of the grain.</param>
    /// <param name="effect">The effect.</param>
    /// <param name="ticket">Says what became of it.</param>
    bool TryTake(string key, Effect effect, EffectTicket ticket);
}
