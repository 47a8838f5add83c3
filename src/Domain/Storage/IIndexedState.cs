namespace ClearanceEngine.Storage;

/// <summary>
/// A grain state that can be found by more than its own key. The store writes one index row
/// (index key → grain key) for each name in <see cref="IndexKeys"/>, in the transaction that writes the state,
/// and removes the rows of names that are no longer there. Several grains may hold the same index key.
/// </summary>
public interface IIndexedState
{
    /// <summary>The complete set of names at the time of the write, see <see cref="IndexKey"/>; never an id number.</summary>
    IReadOnlyCollection<string> IndexKeys { get; }
}
