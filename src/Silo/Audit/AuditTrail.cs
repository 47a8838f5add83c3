using ClearanceEngine.Audit;
using ClearanceEngine.Silo.Storage;

namespace ClearanceEngine.Silo.Audit;

/// <summary>The audit trail of this engine's database: entries that come at the same time share a transaction.</summary>
sealed class AuditTrail : IAsyncDisposable
{
    readonly IStateDatabase _database;
    readonly DatabaseRetry _retry;
    readonly Batcher<AuditEntry, bool> _added;

    public AuditTrail(IStateDatabase database, StorageOptions options, DatabaseRetry retry, TimeProvider time)
    {
        _database = database;
        _retry = retry;
        var limits = new BatchLimits(options.QueueLimit, options.BatchSize, Workers: 1);
        _added = new Batcher<AuditEntry, bool>(limits, _ => 0, Append, time);
    }

    /// <summary>Stored when it returns.</summary>
    /// <exception cref="StorageUnavailableException">The database did not answer.</exception>
    public Task Add(AuditEntry entry, CancellationToken cancellationToken = default) =>
        _added.Add(entry).WaitAsync(cancellationToken);

    /// <summary>Entries that fit, the newest first.</summary>
    /// <exception cref="StorageUnavailableException">The database did not answer.</exception>
    public Task<IReadOnlyList<AuditLine>> Find(AuditQuery query, CancellationToken cancellationToken) =>
        _retry.Run(() => _database.FindAudit(query)).WaitAsync(cancellationToken);

    public ValueTask DisposeAsync() => _added.DisposeAsync();

    async Task<IReadOnlyList<Outcome<bool>>> Append(IReadOnlyList<AuditEntry> entries)
    {
        await _retry.Run(async () =>
        {
            await _database.AppendAudit([.. entries.Select(e => e.Line())]);
            return true;
        });
        return [.. entries.Select(_ => new Outcome<bool>(true))];
    }
}
