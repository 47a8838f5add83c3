namespace ClearanceEngine.Silo.Storage;

/// <summary>
/// Whether anything is stored of a grain, without waking it: strangers ask for what is not there, and each would be a grain.
/// Look-ups gather in batches of their own, beside those of the grains' own reads.
/// </summary>
sealed class StoredGrains : IAsyncDisposable
{
    readonly IStateDatabase _database;
    readonly DatabaseRetry _retry;
    readonly Batcher<RowKey, bool> _lookups;

    public StoredGrains(
        IStateDatabase database,
        StorageOptions options,
        DatabaseRetry retry,
        TimeProvider time
    )
    {
        (_database, _retry) = (database, retry);
        _lookups = new(new BatchLimits(options.QueueLimit, options.BatchSize, 1), _ => 0, LookUp, time);
    }

    /// <summary>True if the state of this name and grain is in the database.</summary>
    /// <exception cref="StorageUnavailableException">The database did not answer.</exception>
    public Task<bool> Has(RowKey row, CancellationToken cancellationToken) =>
        _lookups.Add(row).WaitAsync(cancellationToken);

    public ValueTask DisposeAsync() => _lookups.DisposeAsync();

    async Task<IReadOnlyList<Outcome<bool>>> LookUp(IReadOnlyList<RowKey> rows)
    {
        var there = await _retry.Run(() => _database.Exist(rows));
        return [.. there.Select(t => new Outcome<bool>(t))];
    }
}
