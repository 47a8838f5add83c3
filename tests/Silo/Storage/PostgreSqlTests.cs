using System.Net;
using ClearanceEngine.Silo.Storage;
using Npgsql;
using Orleans.Configuration;

namespace ClearanceEngine.Tests.Storage;

public sealed class PostgreSqlStorageTests : StorageConformance
{
    internal override ValueTask<TestDatabase> Create() => PostgreSqlTestDatabase.Create();

    [Fact]
    public async Task Rows_are_reached_by_key_even_while_the_table_is_empty()
    {
        await using var source = NpgsqlDataSource.Create(
            PostgreSqlDatabase
                .Connection(Database.Options().ConnectionString, TimeSpan.FromSeconds(30))
                .ConnectionString
        );
        await using var command = source.CreateCommand($"EXPLAIN {PostgreSqlDatabase.ReadRows}");
        command.Parameters.AddWithValue("t", Enumerable.Repeat("parcel", 500).ToArray());
        command.Parameters.AddWithValue("k", Enumerable.Range(0, 500).Select(i => $"p/a/{i}").ToArray());
        await using var reader = await command.ExecuteReaderAsync();
        var plan = "";
        while (await reader.ReadAsync())
            plan += reader.GetString(0) + "\n";
        Assert.Contains("grain_state_pkey", plan, StringComparison.Ordinal);
        Assert.Contains("grain_journal_pkey", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("Seq Scan", plan, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connections_that_are_killed_lose_and_double_nothing()
    {
        await using var silo = await StorageOfSilo.Start(Database, o => (o.Retries, o.BatchSize) = (20, 20));
        var grains = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => silo.Activate($"p/a/{i}")));
        using var done = new CancellationTokenSource();
        var killer = Task.Run(async () =>
        {
            var kills = 0;
            while (!done.IsCancellationRequested)
            {
                kills += (
                    await Database.Query(
                        $"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '{((PostgreSqlTestDatabase)Database).Schema}'"
                    )
                ).Count;
                await Task.Delay(20);
            }
            return kills;
        });

        for (var round = 1; round <= 20; round++)
            await Task.WhenAll(
                grains.Select(g => g.Write(s => (s.Text, s.Names) = ($"{round}", [$"wb/{round}"])))
            );
        await done.CancelAsync();

        Assert.NotEqual(0, await killer);
        Assert.All(grains, g => Assert.Equal("20", g.ETag));
        Assert.All(await Task.WhenAll(grains.Select((_, i) => silo.Activate($"p/a/{i}"))), g =>
            Assert.Equal(("20", "20"), (g.ETag, g.State.Text))
        );
        Assert.Equal(
            Enumerable.Repeat("wb/20", 100),
            (await Database.Query("SELECT index_key FROM document_index")).Select(r => (string)r[0])
        );
    }
}

public sealed class PostgreSqlAuditTests : AuditConformance
{
    internal override ValueTask<TestDatabase> Create() => PostgreSqlTestDatabase.Create();

    [Fact]
    public async Task The_trail_is_not_emptied_at_once()
    {
        var error = await Assert.ThrowsAsync<PostgresException>(() => Database.Run(["TRUNCATE audit_entry"]));

        Assert.Contains("neither changed nor removed", error.Message, StringComparison.Ordinal);
    }
}

public sealed class PostgreSqlOutboundLogTests : OutboundLogConformance
{
    internal override ValueTask<TestDatabase> Create() => PostgreSqlTestDatabase.Create();

    /// <summary>Claims that each hold a connection and wait for a second one would use up any pool.</summary>
    [Fact]
    public async Task No_claim_takes_a_second_connection()
    {
        var one = new NpgsqlConnectionStringBuilder(Database.Options().ConnectionString)
        {
            MaxPoolSize = 1,
            Timeout = 5,
        };
        await using var database = new PostgreSqlDatabase(one.ConnectionString, TimeSpan.FromSeconds(30));
        var message = Message("G1", "p/a/1");
        await database.Claim(message);

        var repeat = await database.Claim(message);
        Assert.Equal("G1", repeat.Message?.Guid);
        Assert.Single((await database.Claim(Message("G2", "p/a/1"))).Taken);
    }
}

public sealed class PostgreSqlRetentionTests : RetentionConformance
{
    internal override ValueTask<TestDatabase> Create() => PostgreSqlTestDatabase.Create();
}

public sealed class PostgreSqlSiloTests : SiloConformance
{
    internal override ValueTask<TestDatabase> Create() => PostgreSqlTestDatabase.Create();

    internal override void Cluster(ISiloBuilder silo)
    {
        silo.Configure<ClusterOptions>(o => (o.ClusterId, o.ServiceId) = ("test", "test"));
        silo.UseAdoNetClustering(o =>
            (o.Invariant, o.ConnectionString) = ("Npgsql", Database.Options().ConnectionString)
        );
        silo.ConfigureEndpoints(IPAddress.Loopback, FreePort(), FreePort());
    }
}

public sealed class PostgreSqlKeyTests : DatabaseKeyConformance
{
    internal override ValueTask<TestDatabase> Create() => PostgreSqlTestDatabase.Create();
}
