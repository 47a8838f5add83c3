using ClearanceEngine.Storage;

namespace ClearanceEngine.Silo.Storage;

/// <summary>Batched look-ups with a bounded memory of what was found. Absence is never remembered.</summary>
sealed class DocumentIndex : IDocumentIndex, IAsyncDisposable
{
    readonly IStateDatabase _database;
    readonly DatabaseRetry _retry;
    readonly IndexCache _cache;
    readonly Batcher<IReadOnlyCollection<string>, IReadOnlyDictionary<string, string[]>> _lookups;

    public DocumentIndex(
        IStateDatabase database,
        StorageOptions options,
        DatabaseRetry retry,
        IndexCache cache,
        TimeProvider time
    )
    {
        _database = database;
        _retry = retry;
        _cache = cache;

        _lookups = new(new BatchLimits(options.QueueLimit, options.BatchSize, 1), _ => 0, LookUp, time);
    }

    public async Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> Find(
        IReadOnlyCollection<string> keys,
        bool fresh,
        CancellationToken cancellationToken = default
    )
    {
        var result = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        var open = new List<(string Key, long Mark)>();
        foreach (var key in keys)
        {
            // An order number may get a second platform's parcel any time, a copNo one more of its parcels: only names of one thing are remembered.
            if (!fresh && IsUnique(key) && _cache.Find(key) is { } known)
                result[key] = known;
            else
                open.Add((key, _cache.Mark(key)));
        }
        if (open.Count == 0)
            return result;

        var found = await _lookups.Add([.. open.Select(o => o.Key)]).WaitAsync(cancellationToken);
        foreach (var (key, mark) in open)
        {
            if (!found.TryGetValue(key, out var grains))
                continue;
            result[key] = grains;
            if (IsUnique(key))
                _cache.Remember(key, grains, mark);
        }
        return result;
    }

    public ValueTask DisposeAsync() => _lookups.DisposeAsync();

    static bool IsUnique(string key) =>
        key.StartsWith("pay/", StringComparison.Ordinal)
        || key.StartsWith("pre/", StringComparison.Ordinal)
        || key.StartsWith("inv/", StringComparison.Ordinal);

    async Task<IReadOnlyList<Outcome<IReadOnlyDictionary<string, string[]>>>> LookUp(
        IReadOnlyList<IReadOnlyCollection<string>> requests
    )
    {
        string[] names = [.. requests.SelectMany(r => r).Distinct(StringComparer.Ordinal)];
        var rows = await _retry.Run(() => _database.Find(names));
        IReadOnlyDictionary<string, string[]> found = rows.GroupBy(r => r.IndexKey, StringComparer.Ordinal)
            .ToDictionary(
                g => g.Key,
                g => g.Select(r => r.GrainKey).Order(StringComparer.Ordinal).ToArray(),
                StringComparer.Ordinal
            );
        return [.. requests.Select(_ => new Outcome<IReadOnlyDictionary<string, string[]>>(found))];
    }
}
