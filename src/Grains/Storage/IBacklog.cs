namespace ClearanceEngine.Storage;

/// <summary>How much waits to be finished, in the store that all silos share.</summary>
public interface IBacklog
{
    /// <summary>Counts what is unfinished and who is due at <paramref name="now"/>.</summary>
    Task<Backlog> Measure(DateTimeOffset now, CancellationToken cancellationToken = default);
}

/// <summary>What waits, and since when.</summary>
/// <param name="Unfinished">Messages that were claimed and are not finished.</param>
/// <param name="OldestUnfinished">When the oldest of them was claimed; null for none.</param>
/// <param name="OutboxDue">Grains whose outbox is to be tried again; counted up to <see cref="CountedUpTo"/>.</param>
/// <param name="TimeDue">Grains to which time has brought something; counted as far.</param>
public sealed record Backlog(long Unfinished, DateTimeOffset? OldestUnfinished, long OutboxDue, long TimeDue)
{
    /// <summary>More due grains than this are not counted: to count is to read.</summary>
    public const int CountedUpTo = 100_000;
}
