using ClearanceEngine.Parcels;

namespace ClearanceEngine.Silo.Dispatch;

/// <summary>An effect, with the grain in whose outbox it is.</summary>
readonly record struct OutboxEntry(string Key, Effect Effect);
