using System.Collections.Concurrent;
using ClearanceEngine.Audit;
using ClearanceEngine.Silo.Storage;
using ClearanceEngine.Storage;

namespace ClearanceEngine.Tests.Storage;

/// <summary>A database whose connection dies on demand, before or after the work was done, and that can be held up.</summary>
internal sealed class FaultyDatabase(IStateDatabase inner) : IStateDatabase
{
    int _before,
        _after;
    TaskCompletionSource? _gate,
        _readGate;

    /// <summary>Every batch that reached the database, in order.</summary>
    public ConcurrentQueue<IReadOnlyList<RowWrite>> Batches { get; } = [];

    public int Lookups { get; private set; }

    /// <summary>Sizes of the batches of reads, in order.</summary>
    public ConcurrentQueue<int> Reads { get; } = [];

    /// <summary>Sizes of the batches of finished messages, in order.</summary>
    public ConcurrentQueue<int> Finished { get; } = [];

    /// <summary>A row that the database cannot give, as when its page is damaged.</summary>
    public RowKey? Damaged { get; set; }

    /// <summary>What others do between the commit and the news that the connection was lost.</summary>
    public Func<Task>? Meanwhile { get; set; }

    public string Place => inner.Place;

    /// <summary>The next calls that change something fail before they reach the database.</summary>
    public void LoseBefore(int times) => _before = times;

    /// <summary>The next calls that change something are done, but their answer is lost.</summary>
    public void LoseAfter(int times) => _after = times;

    public void Hold() =>
        _gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void HoldReads() =>
        _readGate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void LetGo()
    {
        _gate?.TrySetResult();
        _readGate?.TrySetResult();
    }

    public Task Migrate(Action<SchemaNews> tell, CancellationToken cancellationToken) =>
        Change(async () =>
        {
            await inner.Migrate(tell, cancellationToken);
            return true;
        });

    public Task ChangeKeys(Func<IReadOnlyList<DatabaseKey>, IReadOnlyList<DatabaseKey>> change) =>
        Change(async () =>
        {
            await inner.ChangeKeys(change);
            return true;
        });

    public Task<bool> HasRows(IReadOnlyList<string> grainTypes) => inner.HasRows(grainTypes);

    public Task<bool> IsEncryptedWith(byte key) => inner.IsEncryptedWith(key);

    public async Task<bool[]> Commit(IReadOnlyList<RowWrite> writes)
    {
        Batches.Enqueue(writes);
        if (_gate is { } gate)
            await gate.Task;
        return await Change(() => inner.Commit(writes));
    }

    public async Task<StateRow?[]> Read(IReadOnlyList<RowKey> keys)
    {
        Reads.Enqueue(keys.Count);
        if (_readGate is { } gate)
            await gate.Task;
        if (Damaged is { } damaged && keys.Contains(damaged))
            throw new InvalidOperationException("invalid page in block 7");
        return await inner.Read(keys);
    }

    public async Task<bool[]> Exist(IReadOnlyList<RowKey> keys)
    {
        Lookups++;
        if (_gate is { } gate)
            await gate.Task;
        return await inner.Exist(keys);
    }

    public async Task<IReadOnlyList<(string IndexKey, string GrainKey)>> Find(
        IReadOnlyCollection<string> keys
    )
    {
        Lookups++;
        if (_gate is { } gate)
            await gate.Task;
        return await inner.Find(keys);
    }

    public Task<IReadOnlyList<DueGrain>> Due(DueFor what, DateTimeOffset until, DueGrain? after, int limit) =>
        inner.Due(what, until, after, limit);

    public Task<ClaimAnswer> Claim(OutboundMessage message) => Change(() => inner.Claim(message));

    public async Task Finish(IReadOnlyList<string> messageGuids)
    {
        Finished.Enqueue(messageGuids.Count);
        if (_gate is { } gate)
            await gate.Task;
        await Change(async () =>
        {
            await inner.Finish(messageGuids);
            return true;
        });
    }

    public Task<OutboundMessage?> FindMessage(string messageGuid) => inner.FindMessage(messageGuid);

    public Task<bool> Dissolve(string messageGuid) => Change(() => inner.Dissolve(messageGuid));

    public Task<IReadOnlyList<UnfinishedMessage>> Unfinished(
        DateTimeOffset before,
        UnfinishedMessage? after,
        int limit
    ) => inner.Unfinished(before, after, limit);

    public Task AppendAudit(IReadOnlyList<AuditLine> entries) =>
        Change(async () =>
        {
            await inner.AppendAudit(entries);
            return true;
        });

    public Task<IReadOnlyList<AuditLine>> FindAudit(AuditQuery query) => inner.FindAudit(query);

    public Task<Backlog> Backlog(DateTimeOffset now) => inner.Backlog(now);

    public Task<int> Retire(
        int beforeDay,
        int limit,
        Func<IReadOnlyList<RetiredRow>, Task> keep,
        CancellationToken cancellationToken
    ) => Change(() => inner.Retire(beforeDay, limit, keep, cancellationToken));

    public Task<bool> Restore(RetiredRow row) => Change(() => inner.Restore(row));

    /// <summary>Old messages that were looked at, in all.</summary>
    public int LookedAt { get; private set; }

    public async Task<MessageLook> ForgetMessages(
        MessagePlace? behind,
        DateTimeOffset before,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var look = await Change(() => inner.ForgetMessages(behind, before, limit, cancellationToken));
        LookedAt += look.Looked;
        return look;
    }

    public bool IsTransient(Exception error) => error is LostConnectionException || inner.IsTransient(error);

    public Task TryWrite(CancellationToken cancellationToken) => inner.TryWrite(cancellationToken);

    public void Failed(Exception error) => inner.Failed(error);

    public Task Ping(CancellationToken cancellationToken) => inner.Ping(cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    async Task<T> Change<T>(Func<Task<T>> work)
    {
        if (_before > 0)
        {
            _before--;
            throw new LostConnectionException();
        }
        var result = await work();
        if (_after == 0)
            return result;
        _after--;
        if (Meanwhile is { } meanwhile)
            await meanwhile();
        throw new LostConnectionException();
    }

    sealed class LostConnectionException() : Exception("the connection was lost");
}
