namespace ClearanceEngine.Tests.Storage;

/// <summary>A test with an empty database of its own.</summary>
public abstract class DatabaseTest : IAsyncLifetime
{
    internal TestDatabase Database { get; private set; } = null!;

    public virtual async ValueTask InitializeAsync() => Database = await Create();

    public virtual async ValueTask DisposeAsync()
    {
        if (Database is not null)
            await Database.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    internal abstract ValueTask<TestDatabase> Create();
}

/// <summary>A test with the storage of one silo; more silos may be started over the same database.</summary>
public abstract class StorageTest : DatabaseTest
{
    internal StorageOfSilo Silo { get; set; } = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Silo = await StorageOfSilo.Start(Database);
    }

    public override async ValueTask DisposeAsync()
    {
        if (Silo is not null)
            await Silo.DisposeAsync();
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
