namespace ClearanceEngine.Storage;

/// <summary>
/// A grain state that may have something to do in the world. The store keeps both times in indexed columns of the state's row,
/// so that whoever is due is found again after a crash, by scan and not by luck of the next call. They are two lists (ADR 026):
/// what cannot be done now keeps waiting nothing that time brings, and the other way round.
/// </summary>
public interface IDueState
{
    /// <summary>
    /// From when on what is in the outbox is tried again (documents to send, receipts to hand on, a reservation to end); null
    /// when it is empty. It stays as it is while nothing comes of the tries: who scans remembers how often it tried.
    /// </summary>
    DateTimeOffset? OutboxDueAt { get; }

    /// <summary>When time itself brings something: a question to customs, a look for what is unmatched, the end of a wait. Null for never.</summary>
    DateTimeOffset? TimeDueAt { get; }
}
