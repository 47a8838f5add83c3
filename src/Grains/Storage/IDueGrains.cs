namespace ClearanceEngine.Storage;

/// <summary>The scan behind <see cref="IDueState"/>: who is due, oldest first.</summary>
public interface IDueGrains
{
    /// <summary>Grains whose <see cref="IDueState.DueAt"/> is not later than <paramref name="until"/>, a page at a time.</summary>
    /// <param name="until">Due by then.</param>
    /// <param name="after">The last one of the page before; null for the first page.</param>
    /// <param name="limit">Most on a page.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<IReadOnlyList<DueGrain>> Due(
        DateTimeOffset until,
        DueGrain? after,
        int limit,
        CancellationToken cancellationToken = default
    );
}

/// <summary>A grain that is due, and since when.</summary>
public sealed record DueGrain(string GrainKey, DateTimeOffset DueAt);
