using System.Text.RegularExpressions;
using ClearanceEngine.Silo.Hosting;
using ClearanceEngine.Silo.Storage;
using Npgsql;

namespace ClearanceEngine.Tests.Storage;

/// <summary>Migrations beside the work that goes on, which only a server knows.</summary>
public sealed class PostgreSqlMigrationTests : MigrationConformance
{
    const string IndexNames =
        "SELECT c.relname::text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relnamespace = current_schema()::regnamespace";

    static readonly Migration BuildsIndex = Migrations.Parse(
        "090_index.sql",
        """
        CREATE INDEX CONCURRENTLY IF NOT EXISTS outbound_message_trial ON outbound_message (sender);

        INSERT INTO schema_step (number, major, name) VALUES (90, 2, 'index') ON CONFLICT DO NOTHING;
        """
    );

    internal override string Product => "PostgreSql";

    internal override IReadOnlyList<string> FirstEdition =>
        [
            "CREATE TABLE schema_version (version integer NOT NULL PRIMARY KEY, name text NOT NULL)",
            "INSERT INTO schema_version (version, name) VALUES (1, 'state'), (2, 'orleans')",
            "CREATE TABLE grain_state (grain_type text, grain_key text, version bigint, nonce uuid, due_at bigint, payload bytea)",
            "INSERT INTO grain_state (grain_type, grain_key) VALUES ('parcel', 'p/old/1')",
        ];

    /// <summary>This engine's scripts and one more, which builds an index beside the work.</summary>
    IReadOnlyList<Migration> WithIndex => [.. Migrations.For(Product), BuildsIndex];

    /// <summary>An index build waits for every writer that began before it: one that does not end holds it up.</summary>
    [Fact]
    public async Task A_long_migration_meets_no_time_out_and_blocks_no_writer()
    {
        await Migrate();
        await using var silo = await StorageOfSilo.Start(Database);
        await using var slow = await Writing();
        var options = Database.Options();
        await using var database = new PostgreSqlDatabase(
            options.ConnectionString,
            commandTimeout: TimeSpan.FromSeconds(1),
            scripts: WithIndex
        );

        var migration = database.Migrate(Tell, TestContext.Current.CancellationToken);
        await Until(IndexIsBuilt);
        await (await silo.Activate("p/a/1")).Write(s => s.Text = "goes on");
        await Task.Delay(TimeSpan.FromSeconds(1.5), TestContext.Current.CancellationToken);
        Assert.False(migration.IsCompleted);

        await slow.Transaction.CommitAsync(TestContext.Current.CancellationToken);
        await migration;
        Assert.Empty(await Invalid());
    }

    [Fact]
    public async Task An_index_whose_building_was_interrupted_is_built_again()
    {
        await Migrate();
        await using (var slow = await Writing())
        {
            await using var database = Database.Open(WithIndex);
            using var stop = new CancellationTokenSource();
            var migration = database.Migrate(Tell, stop.Token);
            await Until(IndexIsBuilt);
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => migration);
        }
        Assert.Equal(["outbound_message_trial"], await Invalid());

        await Migrate(WithIndex);
        Assert.Contains(new SchemaNews.Rebuilds("outbound_message_trial"), News);
        Assert.Empty(await Invalid());
        Assert.Contains("outbound_message_trial", await Names(IndexNames));
    }

    /// <summary>By hand with "if not exists", such a script enters itself over the invalid index.</summary>
    [Fact]
    public async Task An_invalid_index_is_built_again_even_where_its_script_is_entered()
    {
        await Migrate(WithIndex);
        await Database.Query(
            "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'outbound_message_trial'::regclass"
        );
        Assert.Equal(["outbound_message_trial"], await Invalid());

        await Migrate(WithIndex);
        Assert.Empty(await Invalid());
    }

    [Fact]
    public async Task One_engine_migrates_and_the_others_are_told_and_wait()
    {
        await using var first = new NpgsqlConnection(Database.Options().ConnectionString + ";Pooling=false");
        await first.OpenAsync(TestContext.Current.CancellationToken);
        await using var hold = new NpgsqlCommand(PostgreSqlDatabase.TryMigrationLock, first);
        Assert.Equal(true, await hold.ExecuteScalarAsync(TestContext.Current.CancellationToken));

        var second = Migrate();
        await Until(() => Task.FromResult(News.Contains(new SchemaNews.Waits())));
        Assert.DoesNotContain(News, n => n is SchemaNews.Applies);

        await first.CloseAsync();
        await second;
        Assert.Contains(News, n => n is SchemaNews.Applies);
    }

    /// <summary>Not by psql script by script: that takes each change's locks anew, and cannot tell what is done.</summary>
    [Fact]
    public async Task The_migration_job_calls_the_verb_that_brings_the_schema_up()
    {
        var job = await File.ReadAllTextAsync(
            Path.Combine(AppContext.BaseDirectory, "k8s", "migrate-job.yaml"),
            TestContext.Current.CancellationToken
        );
        var words = Regex.Match(job, @"args: \[(.+)\]").Groups[1].Value.Split(", ");
        var options = Database.Options();

        var code = await HostCommandLine.Run(
            [
                .. words,
                "--Storage:Provider=PostgreSql",
                $"--Storage:ConnectionString={options.ConnectionString}",
                $"--Storage:Keys:Ring:1={options.Keys.Ring["1"]}",
                $"--Identity:HmacKey={options.Keys.Ring["1"]}",
            ],
            TextWriter.Null,
            TextWriter.Null
        );
        Assert.Equal(ExitCode.Done, code);
        await Migrate();
        Assert.Empty(News);
    }

    internal override ValueTask<TestDatabase> Create() => PostgreSqlTestDatabase.Create();

    Task<List<string>> Invalid() => Names($"{IndexNames} AND NOT i.indisvalid");

    async Task<bool> IndexIsBuilt() => (await Invalid()).Count > 0;

    async Task<List<string>> Names(string sql) => [.. (await Database.Query(sql)).Select(r => (string)r[0])];

    /// <summary>An old silo's transaction that has written and does not end.</summary>
    async Task<OpenWrite> Writing()
    {
        var connection = new NpgsqlConnection(Database.Options().ConnectionString + ";Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using var write = new NpgsqlCommand(
            "INSERT INTO outbound_message (guid, message_type, sender, members, created_at) VALUES ('SLOW', 'CEB311', 'x', '[]', 1)",
            connection
        );
        await write.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        return new OpenWrite(connection, transaction);
    }

    static async Task Until(Func<Task<bool>> condition)
    {
        for (var left = 600; !await condition(); left--)
        {
            Assert.True(left > 0, "it did not come within 30 s");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    sealed record OpenWrite(NpgsqlConnection Connection, NpgsqlTransaction Transaction) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Transaction.DisposeAsync();
            await Connection.DisposeAsync();
        }
    }
}
