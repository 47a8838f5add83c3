using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace ClearanceEngine.Silo.Storage;

/// <summary>Which database holds the state.</summary>
public enum StorageProvider
{
    /// <summary>A file; for development and small sites, one silo.</summary>
    Sqlite,

    /// <summary>A server, for production: several silos share it.</summary>
    PostgreSql,
}

/// <summary>Where state is stored, and how writes gather.</summary>
public sealed class StorageOptions : IValidatableObject
{
    /// <summary>Which database holds the state; it is never changed on the way, for nothing is carried over. Default SQLite, so that the engine runs with nothing installed.</summary>
    public StorageProvider Provider { get; set; } = StorageProvider.Sqlite;

    /// <summary>For PostgreSQL an Npgsql connection string (<c>Host=…;Database=…;Username=…;Password=…</c>), required; for SQLite <c>Data Source=path</c>. Default with SQLite <c>clearance.db</c> in <c>Engine:DataDirectory</c>.</summary>
    [Required]
    [DataType(DataType.Password)]
    public string ConnectionString { get; set; } = "";

    /// <summary>Most rows of one transaction; more make fewer and longer ones. Default 500.</summary>
    [Range(1, 100_000)]
    public int BatchSize { get; set; } = 500;

    /// <summary>Most bytes of state in one transaction; a single larger state goes alone. Default 16 MiB.</summary>
    [Range(typeof(long), "1024", "1073741824")]
    public long MaxBatchBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>How long a writer with less than a batch waits for more: fewer transactions, each later by this. Default none: batches grow by themselves while the writers are busy.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:01")]
    public TimeSpan Linger { get; set; } = TimeSpan.Zero;

    /// <summary>Writers that commit side by side (PostgreSQL; SQLite has one). Default 2.</summary>
    [Range(1, 1_000)]
    public int Writers { get; set; } = 2;

    /// <summary>Writes that wait at once; more wait for a place, which slows the feed. Default 20,000.</summary>
    [Range(1, 10_000_000)]
    public int QueueLimit { get; set; } = 20_000;

    /// <summary>After this long a statement counts as failed. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Tries of a transaction that met a lost connection; then its grains fail and are tried by their callers. Default 5.</summary>
    [Range(1, 1_000)]
    public int Retries { get; set; } = 5;

    /// <summary>Wait after the first lost connection; doubled each time. Default 100 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "01:00:00")]
    public TimeSpan FirstBackoff { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Names of documents kept in memory with their parcels. Default 100,000.</summary>
    [Range(1, 100_000_000)]
    public int IndexCacheSize { get; set; } = 100_000;

    /// <summary>After this long a remembered name is looked up again: so long may a change made by another silo go unnoticed. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan IndexCacheTime { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the start waits for a database that does not answer; 0 as long as it takes. Set by <c>Engine:StartTimeout</c>, which bounds the wait for every part.</summary>
    internal TimeSpan StartTimeout { get; set; }

    /// <summary>Largest state of one grain, in bytes; a larger one fails alone. Default 16 MiB.</summary>
    [Range(1_024, 1024 * 1024 * 1024)]
    public int MaxStateBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>Keys that protect state at rest.</summary>
    public StateKeyOptions Keys { get; set; } = new();

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        ConnectionString.Length == 0 ? [] : ConnectionStringFaults.Of(Provider, ConnectionString);
}

/// <summary>The key ring of <see cref="StateProtection"/>.</summary>
public sealed class StateKeyOptions : IValidatableObject
{
    /// <summary>Id of the key that new state is encrypted with. Every silo must have that key before one writes with it. Default 1.</summary>
    [Range(1, byte.MaxValue)]
    public int Current { get; set; } = 1;

    /// <summary>All keys by id (1..255): base64 of 32 random bytes each, the same for every silo. Without its key nothing that is stored can be read: keep a copy elsewhere. Old ones stay until nothing is encrypted with them. Default with SQLite one that is made at the first start (<c>keys.json</c>).</summary>
    [DataType(DataType.Password)]
    public Dictionary<string, string> Ring { get; set; } = new(StringComparer.Ordinal);

    /// <summary>Bytes of a key.</summary>
    internal const int KeySize = 32;

    /// <summary>The keys by their ids; of options that are valid.</summary>
    internal IReadOnlyDictionary<byte, byte[]> Read() =>
        Ring.ToDictionary(
            k => byte.Parse(k.Key, CultureInfo.InvariantCulture),
            k => Convert.FromBase64String(k.Value)
        );

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (id, base64) in Ring)
        {
            // "01" beside "1" would be one key twice.
            var isId =
                byte.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && number > 0
                && id[0] != '0';
            if (!isId)
                yield return new ValidationResult(
                    "密钥编号应为 1 至 255。The id of a key must be 1 to 255.",
                    [$"{nameof(Ring)}:{id}"]
                );
            foreach (var fault in SettingRule.Key($"{nameof(Ring)}:{id}", base64, KeySize, KeySize))
                yield return fault;
        }

        if (Ring.Count > 0 && !Ring.ContainsKey(Current.ToString(CultureInfo.InvariantCulture)))
            yield return new ValidationResult(
                $"密钥环中没有此编号，现有 {string.Join("、", Ring.Keys)}。The ring has no such key; it has {string.Join(", ", Ring.Keys)}.",
                [nameof(Current)]
            );
    }
}
