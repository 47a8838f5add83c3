namespace ClearanceEngine.Storage;

/// <summary>
/// A grain state that may have something to do in the world (documents to send, receipts to hand on, a reservation to end,
/// a question to ask). The store keeps <see cref="DueAt"/> in an indexed column of the state's row, so that whoever
/// is due is found again after a crash, by scan and not by luck of the next call.
/// </summary>
public interface IDueState
{
    /// <summary>When the grain wants to be woken; null when its outbox is empty.</summary>
    DateTimeOffset? DueAt { get; }
}
