namespace ClearanceEngine.Tests.Storage;

public sealed class SqliteStorageTests : StorageConformance
{
    internal override ValueTask<TestDatabase> Create() => SqliteTestDatabase.Create();
}

public sealed class SqliteOutboundLogTests : OutboundLogConformance
{
    internal override ValueTask<TestDatabase> Create() => SqliteTestDatabase.Create();
}

public sealed class SqliteRetentionTests : RetentionConformance
{
    internal override ValueTask<TestDatabase> Create() => SqliteTestDatabase.Create();
}

public sealed class SqliteMigrationTests : MigrationConformance
{
    internal override string Product => "Sqlite";

    internal override bool ScriptsRepeat => false; // SQLite adds no column "if not exists"

    internal override int Released => 2;

    internal override ValueTask<TestDatabase> Create() => SqliteTestDatabase.Create();
}

public sealed class SqliteSiloTests : SiloConformance
{
    internal override ValueTask<TestDatabase> Create() => SqliteTestDatabase.Create();
}

public sealed class SqliteKeyTests : DatabaseKeyConformance
{
    internal override ValueTask<TestDatabase> Create() => SqliteTestDatabase.Create();
}
