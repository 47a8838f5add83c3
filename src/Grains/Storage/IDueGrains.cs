namespace ClearanceEngine.Storage;

/// <summary>The scan behind <see cref="IOwingState"/>: who owes, oldest first.</summary>
public interface IDueGrains
{
    /// <summary>Grains whose <see cref="IOwingState.DueAt"/> is not later than <paramref name="until"/>.</summary>
    Task<IReadOnlyList<DueGrain>> Due(
        DateTimeOffset until,
        int limit,
        CancellationToken cancellationToken = default
    );
}

/// <summary>A grain that owes, and since when.</summary>
public readonly record struct DueGrain(string GrainKey, DateTimeOffset DueAt);
