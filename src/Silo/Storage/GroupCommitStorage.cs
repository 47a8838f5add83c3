using System.Globalization;
using System.Runtime.CompilerServices;
using ClearanceEngine.Storage;
using ClearanceEngine.Storage.Forms;
using Microsoft.Extensions.Logging;
using Orleans.Storage;

namespace ClearanceEngine.Silo.Storage;

/// <summary>
/// Grain storage that gathers concurrent writes of many grains into one transaction with optimistic versions. A row
/// that lost its version fails its own grain only. Index rows and what is in the outbox are written beside the state.
/// </summary>
public sealed partial class GroupCommitStorage : IGrainStorage, IAsyncDisposable
{
    readonly IStateDatabase _database;
    readonly StorageOptions _options;
    readonly StateFormat _format;
    readonly DatabaseRetry _retry;
    readonly IndexCache _cache;
    readonly TimeProvider _time;
    readonly ILogger<GroupCommitStorage> _logger;
    readonly Batcher<RowWrite, bool> _writes;
    readonly Batcher<RowKey, StateRow?> _reads;

    /// <summary>What is known of the stored row, by the activation's state holder.</summary>
    readonly ConditionalWeakTable<object, Known> _known = [];

    public GroupCommitStorage(
        IStateDatabase database,
        StorageOptions options,
        StateFormat format,
        DatabaseRetry retry,
        IndexCache cache,
        TimeProvider time,
        ILogger<GroupCommitStorage> logger
    )
    {
        _database = database;
        _options = options;
        _format = format;
        _retry = retry;
        _cache = cache;
        _time = time;
        _logger = logger;

        var writers = options.Provider == StorageProvider.Sqlite ? 1 : options.Writers;
        _writes = new Batcher<RowWrite, bool>(
            new BatchLimits(
                options.QueueLimit,
                options.BatchSize,
                writers,
                options.MaxBatchBytes,
                options.Linger
            ),
            w => (w.Payload?.Length ?? 0) + (w.Journal?.Length ?? 0),
            Commit,
            time
        );
        _reads = new Batcher<RowKey, StateRow?>(
            new BatchLimits(options.QueueLimit, options.BatchSize, writers),
            _ => 0,
            Read,
            time
        );
        StorageMetrics.Watch(() => _writes.Waiting);
    }

    /// <summary>Writes in the queue, not yet in a transaction.</summary>
    public int Waiting => _writes.Waiting;

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var key = Key(stateName, grainId);
        var row = await _reads.Add(key).ConfigureAwait(false);
        if (row is null)
        {
            Forget(grainState);
            return;
        }
        var read = Decode(() => _format.Read<T>(key, row), key);
        grainState.State = read.State;
        grainState.ETag = row.Version.ToString(CultureInfo.InvariantCulture);
        grainState.RecordExists = true;
        _known.AddOrUpdate(grainState, new Known(grainState.ETag, row.Nonce, read.Names, read.Shelf));
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        // What is written is the state at the call: one that came from elsewhere, which awaits here, is never changed in place.
        var key = Key(stateName, grainId);
        var state = grainState.State;
        var known = KnownOf(grainState);
        var shelf = known?.Shelf ?? await ShelfOf<T>(key, grainState.ETag).ConfigureAwait(false);
        var names = IndexNames.Of(state, known?.Names);
        var written = _format.Write(key, state, names, shelf);
        var due = state as IDueState;
        int? rest = (state as IRestingState)?.IsAtRest == true ? Days.Of(_time.GetUtcNow()) : null;
        var before = known?.Names ?? (state is IIndexedState ? null : IndexNames.None);
        var write = new RowWrite(
            key,
            Version(grainState.ETag),
            known?.Nonce,
            Guid.NewGuid(),
            written.Payload,
            due?.OutboxDueAt?.ToUnixTimeMilliseconds(),
            due?.TimeDueAt?.ToUnixTimeMilliseconds(),
            rest,
            names.Except(before ?? IndexNames.None),
            before?.Except(names),
            written.Journal
        );
        // Not back to the grain at each step: whoever waits for the write goes back there once.
        await Write(write, grainState.ETag).ConfigureAwait(false);
        grainState.ETag = write.Version.ToString(CultureInfo.InvariantCulture);
        grainState.RecordExists = true;
        _known.AddOrUpdate(grainState, new Known(grainState.ETag, write.Nonce, names, written.Shelf));
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (grainState.ETag is not null)
        {
            var known = KnownOf(grainState);
            await Write(
                new RowWrite(
                    Key(stateName, grainId),
                    Version(grainState.ETag),
                    known?.Nonce,
                    Guid.NewGuid(),
                    null,
                    null,
                    null,
                    null,
                    [],
                    typeof(IIndexedState).IsAssignableFrom(typeof(T)) ? null : []
                ),
                grainState.ETag
            );
        }
        Forget(grainState);
    }

    public ValueTask DisposeAsync() =>
        new(Task.WhenAll(_writes.DisposeAsync().AsTask(), _reads.DisposeAsync().AsTask()));

    void Forget<T>(IGrainState<T> grainState)
    {
        grainState.State = Activator.CreateInstance<T>();
        grainState.ETag = null;
        grainState.RecordExists = false;
        _known.AddOrUpdate(grainState, new Known(null, null, IndexNames.None, Shelf.Empty));
    }

    /// <summary>Nothing, if the holder got its ETag from elsewhere (an activation that moved here from another silo).</summary>
    Known? KnownOf<T>(IGrainState<T> grainState) =>
        _known.TryGetValue(grainState, out var known) && known.ETag == grainState.ETag ? known : null;

    async Task Write(RowWrite write, string? etag)
    {
        if (write.Payload?.Length > _options.MaxStateBytes)
            throw new InvalidOperationException(
                $"The state of {write.Key.GrainKey} has {write.Payload.Length} bytes, more than Storage:MaxStateBytes ({_options.MaxStateBytes})."
            );
        if (await _writes.Add(write).ConfigureAwait(false))
            return;
        StorageMetrics.Conflict();
        throw new InconsistentStateException(
            $"{write.Key.GrainType} {write.Key.GrainKey} was written by another activation since version {etag ?? "none"}.",
            "unknown",
            etag
        );
    }

    /// <summary>What the journal has of a state that an activation brought along from another silo.</summary>
    async Task<Shelf> ShelfOf<T>(RowKey key, string? etag)
    {
        if (etag is null || !SnapshotFormat.IsJournaled<T>())
            return Shelf.Empty;
        var row = await _reads.Add(key);
        return row is null ? Shelf.Empty : Decode(() => _format.ReadShelf(key, row), key);
    }

    /// <summary>By the caller whose grain it is, never by the batch: what cannot be read fails nobody else.</summary>
    /// <exception cref="UnreadableStateException">It cannot be read.</exception>
    TRead Decode<TRead>(Func<TRead> read, RowKey key)
    {
        try
        {
            return read();
        }
        catch (InvalidDataException e)
        {
            throw Unreadable(key, e);
        }
    }

    async Task<IReadOnlyList<Outcome<StateRow?>>> Read(IReadOnlyList<RowKey> keys)
    {
        try
        {
            var rows = await _retry.Run(() => _database.Read(keys));
            return [.. rows.Select(r => new Outcome<StateRow?>(r))];
        }
        catch (Exception e) when (keys.Count > 1 && e is not StorageUnavailableException)
        {
            // One row that the database cannot give: halves find it, and the others are read.
            var half = keys.Count / 2;
            return [.. await Read([.. keys.Take(half)]), .. await Read([.. keys.Skip(half)])];
        }
        catch (Exception e) when (e is not StorageUnavailableException)
        {
            return [new Outcome<StateRow?>(null, Unreadable(keys[0], e))];
        }
    }

    UnreadableStateException Unreadable(RowKey key, Exception cause)
    {
        StorageMetrics.Unreadable();
        LogUnreadable(cause, key.GrainType, key.GrainKey, _database.Place);
        return new UnreadableStateException(
            $"读不出 {key.GrainKey} 的状态，只影响该单据。The state of {key.GrainType} {key.GrainKey} cannot be read from {_database.Place}; only this grain waits: {cause.Message}",
            cause
        );
    }

    async Task<IReadOnlyList<Outcome<bool>>> Commit(IReadOnlyList<RowWrite> writes)
    {
        var results = new Outcome<bool>[writes.Count];
        // One key once a transaction: a second write of the same grain (two activations) goes in the next one.
        var rounds = new List<List<int>>();
        var seen = new Dictionary<RowKey, int>();
        for (var i = 0; i < writes.Count; i++)
        {
            var round = seen.GetValueOrDefault(writes[i].Key);
            seen[writes[i].Key] = round + 1;
            if (rounds.Count == round)
                rounds.Add([]);
            rounds[round].Add(i);
        }
        foreach (var round in rounds)
            await CommitRound(writes, round, results);
        foreach (var write in writes)
        {
            _cache.Changed(write.AddedKeys);
            _cache.Changed(write.RemovedKeys ?? []);
        }
        return results;
    }

    async Task CommitRound(IReadOnlyList<RowWrite> writes, List<int> round, Outcome<bool>[] results)
    {
        try
        {
            var started = _time.GetTimestamp();
            var won = await _retry.Run(() => _database.Commit([.. round.Select(i => writes[i])]));
            StorageMetrics.Committed(round.Count, _time.GetElapsedTime(started));
            for (var i = 0; i < round.Count; i++)
                results[round[i]] = new(won[i]);
        }
        catch (Exception e) when (round.Count > 1 && e is not StorageUnavailableException)
        {
            // One row is poison: halves find it, and the others go through.
            await CommitRound(writes, round[..(round.Count / 2)], results);
            await CommitRound(writes, round[(round.Count / 2)..], results);
        }
        catch (Exception e)
        {
            if (e is not StorageUnavailableException)
                LogRefused(e, _database.Place, writes[round[0]].Key.GrainType, writes[round[0]].Key.GrainKey);
            foreach (var i in round)
                results[i] = new(false, e);
        }
    }

    static RowKey Key(string stateName, GrainId grainId) => new(stateName, grainId.Key.ToString()!);

    static long Version(string? etag) => etag is null ? 0 : long.Parse(etag, CultureInfo.InvariantCulture);

    /// <summary>The stored row: its ETag, the write that made it, its names (null: not known), and what its journal has.</summary>
    sealed record Known(string? ETag, Guid? Nonce, IndexNames? Names, Shelf Shelf);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "{Place} refused the row of {GrainType} {GrainKey}; the others of its transaction were written."
    )]
    partial void LogRefused(Exception e, string place, string grainType, string grainKey);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "The state of {GrainType} {GrainKey} cannot be read from {Place}; only this grain waits."
    )]
    partial void LogUnreadable(Exception e, string grainType, string grainKey, string place);
}
