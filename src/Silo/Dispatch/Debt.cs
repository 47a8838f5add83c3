using ClearanceEngine.Parcels;

namespace ClearanceEngine.Silo.Dispatch;

/// <summary>Something owed, with the grain that owes it.</summary>
readonly record struct Debt(string Key, Owed Owed);
