using System.Globalization;
using System.Runtime.CompilerServices;
using ClearanceEngine.Storage;
using Microsoft.Extensions.Logging;
using Orleans.Serialization;
using Orleans.Storage;

namespace ClearanceEngine.Silo.Storage;

/// <summary>
/// Grain storage that gathers concurrent writes of many grains into one transaction with optimistic versions. A row
/// that lost its version fails its own grain only. Index rows and what is owed are written beside the state.
/// </summary>
public sealed partial class GroupCommitStorage : IGrainStorage, IAsyncDisposable
{
    /// <summary>First byte of the clear payload: how the rest is written.</summary>
    const byte OrleansBinary = 1;

    readonly IStateDatabase _database;
    readonly StorageOptions _options;
    readonly StateProtection _protection;
    readonly Serializer _serializer;
    readonly TimeProvider _time;
    readonly ILogger<GroupCommitStorage> _logger;
    readonly Batcher<RowWrite, bool> _writes;
    readonly Batcher<RowKey, StateRow?> _reads;

    /// <summary>Index keys that the stored row has, by the activation's state holder: an unchanged set costs nothing.</summary>
    readonly ConditionalWeakTable<object, string[]> _known = [];

    public GroupCommitStorage(IStateDatabase database, StorageOptions options, StateProtection protection, Serializer serializer, TimeProvider time, ILogger<GroupCommitStorage> logger)
    {
        (_database, _options, _protection, _serializer, _time, _logger) = (database, options, protection, serializer, time, logger);
        var writers = options.Provider == StorageProvider.Sqlite ? 1 : options.Writers;
        _writes = new Batcher<RowWrite, bool>(options.QueueLimit, options.BatchSize, writers, Commit);
        _reads = new Batcher<RowKey, StateRow?>(options.QueueLimit, options.BatchSize, writers, async keys => [.. (await Retry(() => _database.Read(keys))).Select(r => new Batcher<RowKey, StateRow?>.Outcome(r))]);
        StorageMetrics.Watch(() => _writes.Waiting);
    }

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var row = await _reads.Add(Key(stateName, grainId));
        if (row is null)
        {
            grainState.State = Activator.CreateInstance<T>();
            grainState.ETag = null;
            grainState.RecordExists = false;
            _known.AddOrUpdate(grainState, []);
            return;
        }
        grainState.State = Deserialize<T>(row.Payload);
        grainState.ETag = row.Version.ToString(CultureInfo.InvariantCulture);
        grainState.RecordExists = true;
        _known.AddOrUpdate(grainState, Keys(grainState.State));
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        // All of the state is read before the first await: what is written is what it was at the call.
        var payload = Serialize(grainState.State);
        var keys = Keys(grainState.State);
        var due = (grainState.State as IOwingState)?.DueAt?.ToUnixTimeMilliseconds();
        var known = _known.TryGetValue(grainState, out var before) ? before : null;
        var write = new RowWrite(Key(stateName, grainId), Version(grainState.ETag), Guid.NewGuid(), payload, due,
            known is null ? keys : Sorted(keys.Except(known, StringComparer.Ordinal)),
            known is null ? null : Sorted(known.Except(keys, StringComparer.Ordinal)));
        await Write(write, grainState.ETag);
        grainState.ETag = write.Version.ToString(CultureInfo.InvariantCulture);
        grainState.RecordExists = true;
        _known.AddOrUpdate(grainState, keys);
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (grainState.ETag is not null) await Write(new RowWrite(Key(stateName, grainId), Version(grainState.ETag), Guid.NewGuid(), null, null, [], null), grainState.ETag);
        grainState.State = Activator.CreateInstance<T>();
        grainState.ETag = null;
        grainState.RecordExists = false;
        _known.AddOrUpdate(grainState, []);
    }

    public ValueTask DisposeAsync() => new(Task.WhenAll(_writes.DisposeAsync().AsTask(), _reads.DisposeAsync().AsTask()));

    async Task Write(RowWrite write, string? etag)
    {
        if (write.Payload?.Length > _options.MaxStateBytes)
            throw new InvalidOperationException($"The state of {write.Key.GrainKey} has {write.Payload.Length} bytes, more than Storage:MaxStateBytes ({_options.MaxStateBytes}).");
        if (await _writes.Add(write)) return;
        StorageMetrics.Conflict();
        throw new InconsistentStateException($"{write.Key.GrainType} {write.Key.GrainKey} was written by another activation since version {etag ?? "none"}.", "unknown", etag);
    }

    async Task<IReadOnlyList<Batcher<RowWrite, bool>.Outcome>> Commit(IReadOnlyList<RowWrite> writes)
    {
        var results = new Batcher<RowWrite, bool>.Outcome[writes.Count];
        // One key once a transaction: a second write of the same grain (two activations) goes in the next one.
        var rounds = new List<List<int>>();
        var seen = new Dictionary<RowKey, int>();
        for (var i = 0; i < writes.Count; i++)
        {
            var round = seen.GetValueOrDefault(writes[i].Key);
            seen[writes[i].Key] = round + 1;
            if (rounds.Count == round) rounds.Add([]);
            rounds[round].Add(i);
        }
        foreach (var round in rounds) await CommitRound(writes, round, results);
        return results;
    }

    async Task CommitRound(IReadOnlyList<RowWrite> writes, List<int> round, Batcher<RowWrite, bool>.Outcome[] results)
    {
        try
        {
            var started = _time.GetTimestamp();
            var won = await Retry(() => _database.Commit([.. round.Select(i => writes[i])]));
            StorageMetrics.Committed(round.Count, _time.GetElapsedTime(started));
            for (var i = 0; i < round.Count; i++) results[round[i]] = new(won[i]);
        }
        catch (Exception e) when (round.Count > 1 && !_database.IsTransient(e))
        {
            // One row is poison: halves find it, and the others go through.
            LogPoison(e, round.Count);
            await CommitRound(writes, round[..(round.Count / 2)], results);
            await CommitRound(writes, round[(round.Count / 2)..], results);
        }
        catch (Exception e)
        {
            foreach (var i in round) results[i] = new(false, e);
        }
    }

    /// <summary>A lost connection may hide a commit that went through: the same rows, same nonces, are simply tried again.</summary>
    async Task<TResult> Retry<TResult>(Func<Task<TResult>> work)
    {
        var backoff = _options.FirstBackoff;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await work();
            }
            catch (Exception e) when (_database.IsTransient(e) && attempt < _options.Retries)
            {
                StorageMetrics.Retried();
                LogRetry(e, attempt);
                await Task.Delay(backoff, _time);
                backoff *= 2;
            }
        }
    }

    byte[] Serialize<T>(T state)
    {
        var binary = _serializer.SerializeToArray(state);
        var clear = new byte[binary.Length + 1];
        clear[0] = OrleansBinary;
        binary.CopyTo(clear, 1);
        return _protection.Protect(clear);
    }

    T Deserialize<T>(byte[] payload)
    {
        var clear = _protection.Unprotect(payload);
        if (clear is not [OrleansBinary, ..]) throw new InvalidDataException($"Stored state has the unknown format {(clear.Length == 0 ? "(empty)" : clear[0])}; it was written by a newer version.");
        return _serializer.Deserialize<T>(clear.AsSpan(1).ToArray())!;
    }

    static RowKey Key(string stateName, GrainId grainId) => new(stateName, grainId.Key.ToString()!);

    static long Version(string? etag) => etag is null ? 0 : long.Parse(etag, CultureInfo.InvariantCulture);

    static string[] Keys<T>(T state) => state is IIndexedState indexed ? Sorted(indexed.IndexKeys.Distinct(StringComparer.Ordinal)) : [];

    static string[] Sorted(IEnumerable<string> keys) => [.. keys.Order(StringComparer.Ordinal)];

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database did not answer (try {Attempt}); the same rows are written again.")]
    partial void LogRetry(Exception e, int attempt);

    [LoggerMessage(Level = LogLevel.Error, Message = "A transaction of {Rows} rows was refused; looking for the row at fault.")]
    partial void LogPoison(Exception e, int rows);
}
