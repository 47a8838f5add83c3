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

    internal override IReadOnlyList<string> FirstEdition =>
        [
            "CREATE TABLE schema_version (version INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL)",
            "INSERT INTO schema_version (version, name) VALUES (1, 'state'), (2, 'retention')",
            "CREATE TABLE grain_state (grain_type TEXT, grain_key TEXT, version INTEGER, nonce BLOB, due_at INTEGER, payload BLOB, written_at INTEGER)",
            "INSERT INTO grain_state (grain_type, grain_key) VALUES ('parcel', 'p/old/1')",
        ];

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
