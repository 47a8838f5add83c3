using System.Globalization;

namespace ClearanceEngine.Silo.Storage;

/// <summary>Which database holds the state.</summary>
public enum StorageProvider
{
    /// <summary>A file; for development and small sites, one silo.</summary>
    Sqlite,

    PostgreSql,
}

/// <summary>Where state is stored, and how writes gather.</summary>
public sealed class StorageOptions
{
    /// <summary>Default SQLite, so that the engine runs with nothing installed.</summary>
    public StorageProvider Provider { get; set; } = StorageProvider.Sqlite;

    /// <summary>For PostgreSQL an Npgsql connection string; for SQLite <c>Data Source=path</c>. Required.</summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>Most rows of one transaction. Default 500.</summary>
    public int BatchSize { get; set; } = 500;

    /// <summary>Most bytes of state in one transaction; a single larger state goes alone. Default 16 MiB.</summary>
    public long MaxBatchBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>How long a writer with less than a batch waits for more: fewer transactions, each later by this. Default none: batches grow by themselves while the writers are busy.</summary>
    public TimeSpan Linger { get; set; } = TimeSpan.Zero;

    /// <summary>Writers that commit side by side (PostgreSQL; SQLite has one). Default 2.</summary>
    public int Writers { get; set; } = 2;

    /// <summary>Writes that wait at once; more wait for a place, which slows the feed. Default 20,000.</summary>
    public int QueueLimit { get; set; } = 20_000;

    /// <summary>After this long a statement counts as failed. Default 30 s.</summary>
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Tries of a transaction that met a lost connection; then its grains fail and are tried by their callers. Default 5.</summary>
    public int Retries { get; set; } = 5;

    /// <summary>Wait after the first lost connection; doubled each time. Default 100 ms.</summary>
    public TimeSpan FirstBackoff { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Names of documents kept in memory with their parcels. Default 100,000.</summary>
    public int IndexCacheSize { get; set; } = 100_000;

    /// <summary>After this long a remembered name is looked up again: so long may a change made by another silo go unnoticed. Default 30 s.</summary>
    public TimeSpan IndexCacheTime { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the start waits for a database that does not answer; 0 as long as it takes. Set by <c>Engine:StartTimeout</c>, which bounds the wait for every part.</summary>
    internal TimeSpan StartTimeout { get; set; }

    /// <summary>Largest state of one grain, in bytes; a larger one fails alone. Default 16 MiB.</summary>
    public int MaxStateBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>Keys that protect state at rest.</summary>
    public StateKeyOptions Keys { get; set; } = new();

    /// <summary>All that is wrong with these options, for the person who wrote them.</summary>
    public IReadOnlyList<string> Faults()
    {
        var faults = new List<string>();
        if (!Enum.IsDefined(Provider))
            faults.Add($"Storage:Provider is {Provider}; it is Sqlite or PostgreSql.");
        if (ConnectionString.Length == 0)
            faults.Add(
                "Storage:ConnectionString is empty; give an Npgsql connection string, or 'Data Source=path' for SQLite."
            );
        AtLeast(BatchSize, 1, nameof(BatchSize));
        AtLeast(MaxBatchBytes, 1024, nameof(MaxBatchBytes));
        AtLeast(Writers, 1, nameof(Writers));
        AtLeast(QueueLimit, 1, nameof(QueueLimit));
        AtLeast(Retries, 1, nameof(Retries));
        AtLeast(IndexCacheSize, 1, nameof(IndexCacheSize));
        AtLeast(MaxStateBytes, 1024, nameof(MaxStateBytes));
        NotBelow(CommandTimeout, TimeSpan.FromSeconds(1), nameof(CommandTimeout));
        NotBelow(FirstBackoff, TimeSpan.FromMilliseconds(1), nameof(FirstBackoff));
        NotBelow(IndexCacheTime, TimeSpan.Zero, nameof(IndexCacheTime));
        if (Linger < TimeSpan.Zero || Linger > TimeSpan.FromSeconds(1))
            faults.Add($"Storage:Linger is {Linger}; it is 0 to 1 s.");
        return faults;

        void AtLeast(long value, long least, string name)
        {
            if (value < least)
                faults.Add($"Storage:{name} is {value}; at least {least}.");
        }

        void NotBelow(TimeSpan value, TimeSpan least, string name)
        {
            if (value < least)
                faults.Add($"Storage:{name} is {value}; at least {least}.");
        }
    }
}

/// <summary>The key ring of <see cref="StateProtection"/>.</summary>
public sealed class StateKeyOptions
{
    /// <summary>Id of the key that new state is encrypted with, 1..255.</summary>
    public int Current { get; set; } = 1;

    /// <summary>All keys by id: base64 of 32 bytes each. Old ones stay until nothing is encrypted with them.</summary>
    public Dictionary<string, string> Ring { get; set; } = new(StringComparer.Ordinal);

    /// <summary>Bytes of a key.</summary>
    internal const int KeySize = 32;

    /// <summary>The keys by their ids.</summary>
    /// <exception cref="ArgumentException">An id or a key cannot work, or the current one is not there; the text names the setting.</exception>
    internal IReadOnlyDictionary<byte, byte[]> Read()
    {
        var keys = new Dictionary<byte, byte[]>();
        foreach (var (id, base64) in Ring)
            keys[ReadId(id)] = ReadKey(id, base64);

        if (Current is < 1 or > byte.MaxValue || !keys.ContainsKey((byte)Current))
            throw new ArgumentException(
                $"Storage:Keys:Current is {Current}, but the ring has no such key.",
                nameof(Current)
            );
        return keys;
    }

    static byte ReadId(string id) =>
        byte.TryParse(id, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw new ArgumentException(
                $"Storage:Keys:Ring has the id '{id}'; ids are 1..255.",
                nameof(id)
            );

    static byte[] ReadKey(string id, string base64)
    {
        byte[] key;
        try
        {
            key = Convert.FromBase64String(base64);
        }
        catch (FormatException e)
        {
            throw new ArgumentException($"Storage:Keys:Ring:{id} is no base64 text.", nameof(base64), e);
        }
        if (key.Length != KeySize)
            throw new ArgumentException(
                $"Storage:Keys:Ring:{id} must hold {KeySize} bytes, not {key.Length}.",
                nameof(base64)
            );
        return key;
    }
}
