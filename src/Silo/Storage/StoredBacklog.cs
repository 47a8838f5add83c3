using ClearanceEngine.Storage;

namespace ClearanceEngine.Silo.Storage;

/// <summary>The backlog, over a database. Not tried again: whoever watches asks again anyhow.</summary>
sealed class StoredBacklog(IStateDatabase database) : IBacklog
{
    public Task<Backlog> Measure(DateTimeOffset now, CancellationToken cancellationToken = default) =>
        database.Backlog(now).WaitAsync(cancellationToken);
}
