namespace ClearanceEngine.Tests.Storage;

public sealed class SqliteStorageTests : StorageConformance
{
    internal override ValueTask<TestDatabase> Create() => SqliteTestDatabase.Create();
}

public sealed class SqliteAuditTests : AuditConformance
{
    internal override ValueTask<TestDatabase> Create() => SqliteTestDatabase.Create();

    /// <summary>A replacement is a removal that asks no trigger of removals.</summary>
    [Fact]
    public async Task An_entry_is_not_replaced()
    {
        var line = Entry(1).Line();
        await Silo.Database.AppendAudit([line]);

        await Database.Run([
            "INSERT OR REPLACE INTO audit_entry (id, act, at, actor, actor_kind, act_right, subject, came_from, outcome) SELECT id, act, at, 'another', actor_kind, act_right, subject, came_from, outcome FROM audit_entry",
        ]);

        Assert.Equal([line], await Silo.Database.FindAudit(All));
    }
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
