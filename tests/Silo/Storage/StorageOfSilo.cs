using ClearanceEngine.Silo.Audit;
using ClearanceEngine.Silo.Storage;
using ClearanceEngine.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Runtime;
using Orleans.Serialization;

namespace ClearanceEngine.Tests.Storage;

/// <summary>The storage of one silo over a test's database, without the silo.</summary>
internal sealed class StorageOfSilo : IAsyncDisposable
{
    static readonly Serializer Serializer = new ServiceCollection()
        .AddSerializer()
        .BuildServiceProvider()
        .GetRequiredService<Serializer>();

    readonly DocumentIndex _index;
    readonly OutboundLog _log;
    readonly StorageOptions _options;
    readonly DatabaseRetry _retry;
    readonly TimeProvider _time;

    StorageOfSilo(FaultyDatabase database, StorageOptions options, TimeProvider time)
    {
        Database = database;
        _options = options;
        _time = time;
        var retry = _retry = new DatabaseRetry(database, options, time, NullLogger<DatabaseRetry>.Instance);
        var protection = new StateProtection(options.Keys);
        var cache = new IndexCache(options, time);
        Storage = new GroupCommitStorage(
            database,
            options,
            new StateFormat(Serializer, protection),
            retry,
            cache,
            time,
            NullLogger<GroupCommitStorage>.Instance
        );
        _index = new DocumentIndex(database, options, retry, cache, time);
        Stored = new StoredGrains(database, options, retry, time);
        Due = new DueGrains(database, retry);
        _log = new OutboundLog(database, options, protection, retry, time);
    }

    public FaultyDatabase Database { get; }

    public GroupCommitStorage Storage { get; }

    public IDocumentIndex Index => _index;

    public StoredGrains Stored { get; }

    public IDueGrains Due { get; }

    public IOutboundLog Log => _log;

    /// <summary>Another audit trail over the same database.</summary>
    public AuditTrail Trail() => new(Database, _options, _retry, _time);

    public static async Task<StorageOfSilo> Start(
        TestDatabase database,
        Action<StorageOptions>? configure = null,
        TimeProvider? time = null
    )
    {
        var options = database.Options();
        configure?.Invoke(options);
        var silo = new StorageOfSilo(
            new FaultyDatabase(database.Open()),
            options,
            time ?? TimeProvider.System
        );
        await silo.Database.Migrate(_ => { }, CancellationToken.None);
        return silo;
    }

    /// <summary>A new activation: it has read what is stored.</summary>
    public async Task<Activation<T>> Activate<T>(string key, string stateName = "test")
        where T : class, new()
    {
        var activation = new Activation<T>(Storage, stateName, key);
        await activation.Read();
        return activation;
    }

    public Task<Activation<TestState>> Activate(string key) => Activate<TestState>(key);

    public async ValueTask DisposeAsync()
    {
        Database.LetGo(); // a test that failed while it held the database must not wait for itself
        await Storage.DisposeAsync();
        await _index.DisposeAsync();
        await _log.DisposeAsync();
        await Stored.DisposeAsync();
        await Database.DisposeAsync();
    }
}

/// <summary>What Orleans does with a grain's storage.</summary>
internal sealed class Activation<T>(GroupCommitStorage storage, string stateName, string key)
    where T : class, new()
{
    readonly GrainId _id = GrainId.Create("test", key);

    public GrainState<T> Holder { get; private set; } = new(new T());

    public T State => Holder.State!;

    public string? ETag => Holder.ETag;

    public Task Read() => storage.ReadStateAsync(stateName, _id, Holder);

    public Task Write() => storage.WriteStateAsync(stateName, _id, Holder);

    public Task Write(Action<T> change)
    {
        change(State);
        return Write();
    }

    public Task Clear() => storage.ClearStateAsync(stateName, _id, Holder);

    /// <summary>As when an activation moves to another silo: state and ETag travel, what the storage knew does not.</summary>
    public void Move() =>
        Holder = new GrainState<T>(State) { ETag = Holder.ETag, RecordExists = Holder.RecordExists };
}
