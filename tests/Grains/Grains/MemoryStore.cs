using System.Collections.Immutable;
using ClearanceEngine.Storage;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Orleans.Storage;

namespace ClearanceEngine.Tests.Grains;

/// <summary>A stored row, with what the engine's store keeps beside it.</summary>
sealed record Row(long Version, byte[] Payload, DateTimeOffset? DueAt, ImmutableArray<string> IndexKeys);

/// <summary>
/// The rows of all hosts of a test, with optimistic versions as the engine's store has them. Writes can be held, lost
/// before or lost after they took place. It is the document index, too: of what is written, and of nothing else.
/// </summary>
sealed class MemoryStore(Journal journal) : IDocumentIndex
{
    static readonly Serializer Serializer = new ServiceCollection()
        .AddSerializer()
        .BuildServiceProvider()
        .GetRequiredService<Serializer>();

    readonly Lock _lock = new();
    readonly Dictionary<(string Name, string Key), Row> _rows = [];
    readonly Dictionary<string, Queue<HeldWrite>> _held = new(StringComparer.Ordinal);
    readonly Dictionary<string, HeldWrite> _heldReads = new(StringComparer.Ordinal);
    readonly List<HeldWrite> _all = [];

    /// <summary>What becomes of writes that nobody holds; by default all are done.</summary>
    public Func<string, Fate> Weather { get; set; } = _ => Fate.Done;

    /// <summary>Sees each row that was written, by its key.</summary>
    public Action<string, object>? Written { get; set; }

    /// <summary>Holds the next write of a grain that is not held yet.</summary>
    public HeldWrite Hold(string key)
    {
        lock (_lock)
        {
            if (!_held.TryGetValue(key, out var queue))
                _held[key] = queue = [];
            var held = new HeldWrite();
            queue.Enqueue(held);
            _all.Add(held);
            return held;
        }
    }

    /// <summary>Holds the next read of a grain: whoever calls it meanwhile waits for one activation.</summary>
    public HeldWrite HoldRead(string key)
    {
        lock (_lock)
        {
            var held = new HeldWrite();
            _heldReads[key] = held;
            _all.Add(held);
            return held;
        }
    }

    public Row? Find(string name, string key)
    {
        lock (_lock)
            return _rows.GetValueOrDefault((name, key));
    }

    public T? State<T>(string name, string key)
        where T : class =>
        Find(name, key) is { } row ? (T)Serializer.Deserialize<object>(row.Payload)! : null;

    public async Task<Row?> Read(string host, string name, string key)
    {
        if (TakeRead(key) is { } held)
            await held.Arrive();
        journal.Add(host, "read", key);
        return Find(name, key);
    }

    /// <summary>Writes a state, or clears the row when there is none; returns the new version.</summary>
    public async Task<long> Write(string host, string name, string key, long version, object? state)
    {
        // All of the state is read before the first await, as the engine's store does.
        var row = state is null
            ? null
            : new Row(
                version + 1,
                Serializer.SerializeToArray<object>(state),
                DueAt(state as IDueState),
                [.. (state as IIndexedState)?.IndexKeys ?? []]
            );
        var fate = Take(key) is { } held ? await held.Arrive() : Weather(key);
        if (fate == Fate.LostBefore)
            throw new IOException("the write was lost");
        lock (_lock)
        {
            var stored = _rows.GetValueOrDefault((name, key))?.Version ?? 0;
            if (stored != version)
                throw new InconsistentStateException(
                    $"{key} has version {stored}, not {version}.",
                    $"{stored}",
                    $"{version}"
                );
            if (row is null)
                _rows.Remove((name, key));
            else
                _rows[(name, key)] = row;
            journal.Add(host, "wrote", key);
            if (row is not null)
                Written?.Invoke(key, Serializer.Deserialize<object>(row.Payload)!);
        }
        if (fate == Fate.LostAfter)
            throw new IOException("the answer to the write was lost");
        return row?.Version ?? 0;
    }

    public Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> Find(
        IReadOnlyCollection<string> keys,
        bool fresh,
        CancellationToken cancellationToken = default
    )
    {
        lock (_lock)
        {
            return Task.FromResult<IReadOnlyDictionary<string, IReadOnlyList<string>>>(
                _rows
                    .SelectMany(r => r.Value.IndexKeys.Select(k => (Name: k, r.Key.Key)))
                    .Where(r => keys.Contains(r.Name))
                    .GroupBy(r => r.Name, StringComparer.Ordinal)
                    .ToDictionary(
                        g => g.Key,
                        g => (IReadOnlyList<string>)[.. g.Select(r => r.Key).Order(StringComparer.Ordinal)],
                        StringComparer.Ordinal
                    )
            );
        }
    }

    /// <summary>A test that failed must not leave its grains waiting.</summary>
    public void ReleaseAll()
    {
        lock (_lock)
        {
            foreach (var held in _all)
                held.Release(Fate.LostBefore);
        }
    }

    HeldWrite? Take(string key)
    {
        lock (_lock)
            return _held.TryGetValue(key, out var queue) && queue.TryDequeue(out var held) ? held : null;
    }

    HeldWrite? TakeRead(string key)
    {
        lock (_lock)
            return _heldReads.Remove(key, out var held) ? held : null;
    }

    /// <summary>Whatever for.</summary>
    static DateTimeOffset? DueAt(IDueState? state) =>
        ((DateTimeOffset?[])[state?.OutboxDueAt, state?.TimeDueAt]).Min();
}
