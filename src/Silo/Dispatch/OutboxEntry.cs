using ClearanceEngine.Parcels;

namespace ClearanceEngine.Silo.Dispatch;

/// <summary>An effect on its way out.</summary>
/// <param name="Key">Of the grain whose it is.</param>
/// <param name="Effect">What is to be done.</param>
/// <param name="Ticket">Where its grain, or the record that waits, hears of it.</param>
readonly record struct OutboxEntry(string Key, Effect Effect, EffectTicket Ticket);
