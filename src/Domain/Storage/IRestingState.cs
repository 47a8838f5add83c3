namespace ClearanceEngine.Storage;

/// <summary>
/// A grain state that ends: when its outbox is empty it may, after a long rest, leave the store for the archive.
/// The store keeps the day of the last write of a resting state in an indexed column of its row.
/// </summary>
public interface IRestingState
{
    /// <summary>True when nothing is in the outbox, awaited or held for others.</summary>
    bool IsAtRest { get; }
}
