using ClearanceEngine.Storage;

namespace ClearanceEngine.Silo.Storage;

/// <summary>The scan of who is due, over a database.</summary>
sealed class DueGrains(IStateDatabase database, DatabaseRetry retry) : IDueGrains
{
    public Task<IReadOnlyList<DueGrain>> Due(
        DueFor what,
        DateTimeOffset until,
        DueGrain? after,
        int limit,
        CancellationToken cancellationToken = default
    ) => retry.Run(() => database.Due(what, until, after, limit)).WaitAsync(cancellationToken);
}
