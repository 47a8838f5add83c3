namespace ClearanceEngine.Storage;

/// <summary>What a grain is due for; each is a list of its own.</summary>
public enum DueFor
{
    /// <summary>Its outbox is tried again, see <see cref="IDueState.OutboxDueAt"/>.</summary>
    Outbox,

    /// <summary>Time has brought something, see <see cref="IDueState.TimeDueAt"/>.</summary>
    Time,
}

/// <summary>The lists behind <see cref="IDueState"/>: who is due, oldest first.</summary>
public interface IDueGrains
{
    /// <summary>Grains that are due not later than <paramref name="until"/>, a page at a time.</summary>
    /// <param name="what">Which list.</param>
    /// <param name="until">Due by then.</param>
    /// <param name="after">The last one of the page before; null for the first page.</param>
    /// <param name="limit">Most on a page.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<IReadOnlyList<DueGrain>> Due(
        DueFor what,
        DateTimeOffset until,
        DueGrain? after,
        int limit,
        CancellationToken cancellationToken = default
    );
}

/// <summary>A grain that is due, and since when.</summary>
public sealed record DueGrain(string GrainKey, DateTimeOffset DueAt);
