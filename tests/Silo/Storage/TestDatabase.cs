using System.Data.Common;
using ClearanceEngine.Silo.Storage;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace ClearanceEngine.Tests.Storage;

/// <summary>An empty database of one test, on one of the two products.</summary>
internal abstract class TestDatabase : IAsyncDisposable
{
    /// <summary>Options that point at it.</summary>
    public abstract StorageOptions Options();

    /// <summary>Another connection to it, as after a restart or from another silo.</summary>
    public IStateDatabase Open() => Open(null);

    /// <param name="scripts">What makes the schema; the product's where none are given.</param>
    public abstract IStateDatabase Open(IReadOnlyList<Migration>? scripts);

    /// <summary>From now on the database refuses rows of this grain key, as it would a row that it cannot hold.</summary>
    public abstract Task Forbid(string grainKey);

    public abstract Task<List<object[]>> Query(string sql);

    /// <summary>Statements one by one over one connection.</summary>
    /// <returns>For each the rows that it returned or changed.</returns>
    public abstract Task<IReadOnlyList<int>> Run(IReadOnlyList<string> statements);

    public abstract ValueTask DisposeAsync();

    protected static async Task<IReadOnlyList<int>> Run(
        DbConnection connection,
        IReadOnlyList<string> statements
    )
    {
        await connection.OpenAsync();
        var rows = new List<int>();
        foreach (var statement in statements)
        {
            await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Scripts of the product and of its tests.
            command.CommandText = statement;
#pragma warning restore CA2100
            await using var reader = await command.ExecuteReaderAsync();
            var read = 0;
            while (await reader.ReadAsync())
                read++;
            rows.Add(reader.FieldCount > 0 ? read : reader.RecordsAffected);
        }
        return rows;
    }

    protected static StorageOptions Options(StorageProvider provider, string connectionString) =>
        new()
        {
            Provider = provider,
            ConnectionString = connectionString,
            FirstBackoff = TimeSpan.FromMilliseconds(1),
            Keys = new StateKeyOptions
            {
                Current = 1,
                Ring = { ["1"] = Convert.ToBase64String(new byte[32]) },
            },
        };
}

internal sealed class SqliteTestDatabase : TestDatabase
{
    readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("clearance-storage-");

    string ConnectionString => $"Data Source={Path.Combine(_directory.FullName, "state.db")}";

    public static ValueTask<TestDatabase> Create() => new(new SqliteTestDatabase());

    public override StorageOptions Options() => Options(StorageProvider.Sqlite, ConnectionString);

    public override IStateDatabase Open(IReadOnlyList<Migration>? scripts) =>
        new SqliteDatabase(ConnectionString, TimeSpan.FromSeconds(30), scripts);

    public override Task Forbid(string grainKey) =>
        Query(
            $"CREATE TRIGGER forbid BEFORE INSERT ON grain_state WHEN new.grain_key = '{grainKey}' BEGIN SELECT RAISE(ABORT, 'forbidden'); END"
        );

    public override async Task<List<object[]>> Query(string sql)
    {
        await using var connection = new SqliteConnection($"{ConnectionString};Pooling=false");
        await connection.OpenAsync();
        await using var command = new SqliteCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<object[]>();
        while (await reader.ReadAsync())
        {
            var row = new object[reader.FieldCount];
            reader.GetValues(row);
            rows.Add(row);
        }
        return rows;
    }

    public override async Task<IReadOnlyList<int>> Run(IReadOnlyList<string> statements)
    {
        await using var connection = new SqliteConnection($"{ConnectionString};Pooling=false");
        return await Run(connection, statements);
    }

    public override ValueTask DisposeAsync()
    {
        _directory.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }
}

/// <summary>A schema of its own in the server that <c>CLEARANCE_TEST_POSTGRES</c> names.</summary>
internal sealed class PostgreSqlTestDatabase : TestDatabase
{
    public const string Variable = "CLEARANCE_TEST_POSTGRES";

    readonly string _server;

    PostgreSqlTestDatabase(string server) => _server = server;

    public string Schema { get; } = $"t{Guid.NewGuid():N}";

    public string ConnectionString =>
        new NpgsqlConnectionStringBuilder(_server)
        {
            SearchPath = Schema,
            ApplicationName = Schema,
            MaxPoolSize = 10,
        }.ConnectionString;

    /// <summary>Skips the test where there is no server; in CI that is a failure.</summary>
    public static async ValueTask<TestDatabase> Create()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } server)
        {
            if (Environment.GetEnvironmentVariable("CI") == "true")
                Assert.Fail($"{Variable} is not set; CI must test PostgreSQL.");
            Assert.Skip($"{Variable} (a connection string of a PostgreSQL server for tests) is not set.");
            throw new InvalidOperationException();
        }
        var database = new PostgreSqlTestDatabase(server);
        await database.Query($"CREATE SCHEMA {database.Schema}");
        return database;
    }

    public override StorageOptions Options() => Options(StorageProvider.PostgreSql, ConnectionString);

    public override IStateDatabase Open(IReadOnlyList<Migration>? scripts) =>
        new PostgreSqlDatabase(ConnectionString, TimeSpan.FromSeconds(30), scripts: scripts);

    public override Task Forbid(string grainKey) =>
        Query($"ALTER TABLE grain_state ADD CONSTRAINT forbid CHECK (grain_key <> '{grainKey}')");

    public override async Task<List<object[]>> Query(string sql)
    {
        await using var source = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(ConnectionString)
            {
                Pooling = false,
                ApplicationName = "test",
            }.ConnectionString
        );
        await using var command = source.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<object[]>();
        while (await reader.ReadAsync())
        {
            var row = new object[reader.FieldCount];
            reader.GetValues(row);
            rows.Add(row);
        }
        return rows;
    }

    public override async Task<IReadOnlyList<int>> Run(IReadOnlyList<string> statements)
    {
        await using var connection = new NpgsqlConnection($"{ConnectionString};Pooling=false");
        return await Run(connection, statements);
    }

    public override async ValueTask DisposeAsync() => await Query($"DROP SCHEMA {Schema} CASCADE");
}
