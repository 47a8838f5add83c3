using ClearanceEngine.Parcels;

namespace ClearanceEngine.Silo.Dispatch;

/// <summary>An effect, with the grain whose it is.</summary>
/// <param name="Key">Of the grain.</param>
/// <param name="Effect">What is to be done.</param>
/// <param name="Ticket">Where whoever waits hears of it; null when the grain is called.</param>
readonly record struct OutboxEntry(string Key, Effect Effect, EffectTicket? Ticket = null);
