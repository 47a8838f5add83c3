using System.Collections.Concurrent;
using ClearanceEngine.Storage;

namespace ClearanceEngine.Silo.Storage;

/// <summary>Batched look-ups with a bounded memory of what was found. Absence is never remembered.</summary>
sealed class DocumentIndex : IDocumentIndex, IAsyncDisposable
{
    readonly IStateDatabase _database;
    readonly int _cacheSize;
    readonly ConcurrentDictionary<string, string[]> _cache = new(StringComparer.Ordinal);
    readonly Batcher<IReadOnlyCollection<string>, IReadOnlyDictionary<string, string[]>> _lookups;

    public DocumentIndex(IStateDatabase database, StorageOptions options)
    {
        _database = database;
        _cacheSize = options.IndexCacheSize;
        _lookups = new(options.QueueLimit, options.BatchSize, 1, LookUp);
    }

    public async Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> Find(IReadOnlyCollection<string> keys, bool fresh, CancellationToken cancellationToken = default)
    {
        var result = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        var open = new List<string>();
        foreach (var key in keys)
        {
            // An order number may get a second platform's parcel any time, a copNo one more of its parcels: only names of one thing are remembered.
            if (!fresh && IsUnique(key) && _cache.TryGetValue(key, out var known)) result[key] = known;
            else open.Add(key);
        }
        if (open.Count == 0) return result;
        var found = await _lookups.Add(open).WaitAsync(cancellationToken);
        foreach (var key in open)
        {
            if (!found.TryGetValue(key, out var grains)) continue;
            result[key] = grains;
            if (!IsUnique(key)) continue;
            if (_cache.Count >= _cacheSize) _cache.Clear(); // crude and bounded; what is hot is back at once
            _cache[key] = grains;
        }
        return result;
    }

    public ValueTask DisposeAsync() => _lookups.DisposeAsync();

    static bool IsUnique(string key) => key.StartsWith("pay/", StringComparison.Ordinal) || key.StartsWith("pre/", StringComparison.Ordinal) || key.StartsWith("inv/", StringComparison.Ordinal);

    async Task<IReadOnlyList<Batcher<IReadOnlyCollection<string>, IReadOnlyDictionary<string, string[]>>.Outcome>> LookUp(IReadOnlyList<IReadOnlyCollection<string>> requests)
    {
        var rows = await _database.Find([.. requests.SelectMany(r => r).Distinct(StringComparer.Ordinal)]);
        IReadOnlyDictionary<string, string[]> found = rows.GroupBy(r => r.IndexKey, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.Select(r => r.GrainKey).Order(StringComparer.Ordinal).ToArray(), StringComparer.Ordinal);
        return [.. requests.Select(_ => new Batcher<IReadOnlyCollection<string>, IReadOnlyDictionary<string, string[]>>.Outcome(found))];
    }
}
