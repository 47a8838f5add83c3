using ClearanceEngine.Silo.Hosting;
using ClearanceEngine.Silo.Storage;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace ClearanceEngine.Tests.Storage;

/// <summary>A server that answers and takes no writes, as a standby does after a failover. Each test has a server of its own.</summary>
public sealed class FailoverTests : IAsyncLifetime
{
    readonly string _directory = Directory.CreateTempSubdirectory("clearance-failover-").FullName;
    PostgresServer _server = null!;
    PostgreSqlDatabase _database = null!;

    public async ValueTask InitializeAsync()
    {
        Parts.Require(PostgresServer.Binaries is not null, "No PostgreSQL: run test.sh");
        Commands.Shell($"chmod 755 {_directory}");
        _server = PostgresServer.Start(Path.Combine(_directory, "pg"));
        _database = new PostgreSqlDatabase(_server.ConnectionString, TimeSpan.FromSeconds(10));
        await _database.Migrate(_ => { }, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        _server.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task A_read_only_database_answers_and_is_not_ready_and_is_ready_again_when_it_takes_writes()
    {
        var token = TestContext.Current.CancellationToken;
        Assert.Equal(HealthStatus.Healthy, (await Health()).Status);

        await SetReadOnly(true);
        await _database.Ping(token);
        var health = await Health();
        Assert.Equal(HealthStatus.Unhealthy, health.Status);
        Assert.Contains("does not take writes", health.Description, StringComparison.Ordinal);
        var refused = await Assert.ThrowsAsync<PostgresException>(() => _database.TryWrite(token));
        Assert.Equal("25006", refused.SqlState);
        Assert.True(_database.IsTransient(refused));
        Assert.Equal(PartWatch.Database, Watch().Away(refused)?.Part);

        await SetReadOnly(false);
        Assert.Equal(HealthStatus.Healthy, (await Health()).Status);
    }

    /// <summary>What readiness asks for is what the work needs, and no right beside: without it such a silo was never ready.</summary>
    [Fact]
    public async Task A_role_that_may_write_no_table_but_those_of_the_work_is_ready()
    {
        var token = TestContext.Current.CancellationToken;
        await _database.TryWrite(token);
        await using (var owner = NpgsqlDataSource.Create(_server.ConnectionString))
        await using (
            var grants = owner.CreateCommand(
                """
                CREATE ROLE worker LOGIN;
                GRANT SELECT, INSERT, UPDATE, DELETE ON grain_state, grain_journal, document_index, outbound_message, outbound_member TO worker;
                """
            )
        )
            await grants.ExecuteNonQueryAsync(token);

        var worker = new NpgsqlConnectionStringBuilder(_server.ConnectionString) { Username = "worker" };
        await using var database = new PostgreSqlDatabase(worker.ConnectionString, TimeSpan.FromSeconds(10));
        await database.TryWrite(token);
    }

    [Fact]
    public async Task Connections_of_before_a_failover_are_dropped()
    {
        var token = TestContext.Current.CancellationToken;
        await _database.TryWrite(token);
        var old = await Backends();
        Assert.NotEmpty(old);

        await SetReadOnly(true);
        await Assert.ThrowsAsync<PostgresException>(() => _database.TryWrite(token));
        await SetReadOnly(false);

        // A backend that was told to end takes its moment.
        List<int> left = old;
        for (var deadline = DateTime.UtcNow.AddSeconds(10); left.Count > 0 && DateTime.UtcNow < deadline; )
        {
            await Task.Delay(20, token);
            left = [.. old.Intersect(await Backends())];
        }
        Assert.Empty(left);
        await _database.TryWrite(token);
    }

    [Fact]
    public async Task Of_several_hosts_the_one_that_takes_writes_is_used()
    {
        await using var second = new PostgreSqlDatabase(
            $"Host=127.0.0.1:{Ports.Free()},127.0.0.1:{_server.Port};Username=clearance;Database=postgres",
            TimeSpan.FromSeconds(10)
        );
        await second.TryWrite(TestContext.Current.CancellationToken);

        await SetReadOnly(true);
        await using var third = new PostgreSqlDatabase(
            $"Host=127.0.0.1:{Ports.Free()},127.0.0.1:{_server.Port};Username=clearance;Database=postgres",
            TimeSpan.FromSeconds(10)
        );
        var none = await Assert.ThrowsAnyAsync<NpgsqlException>(() =>
            third.TryWrite(TestContext.Current.CancellationToken)
        );
        Assert.Equal(PartWatch.Database, Watch().Away(none)?.Part);
    }

    /// <summary>The first host answers and takes no writes, as the standby does after a failover.</summary>
    [Theory]
    [InlineData("")]
    [InlineData(";Target Session Attributes=read-write")]
    public async Task Of_several_hosts_the_one_that_takes_writes_is_migrated(string wish)
    {
        var token = TestContext.Current.CancellationToken;
        using var primary = PostgresServer.Start(Path.Combine(_directory, "primary"));
        await SetReadOnly(true);
        await using var database = new PostgreSqlDatabase(
            $"Host=127.0.0.1:{_server.Port},127.0.0.1:{primary.Port};Username=clearance;Database=postgres{wish}",
            TimeSpan.FromSeconds(10)
        );

        await database.Migrate(_ => { }, token);
        await database.TryWrite(token);

        await using var written = new PostgreSqlDatabase(primary.ConnectionString, TimeSpan.FromSeconds(10));
        await written.TryWrite(token);
    }

    Task<HealthCheckResult> Health() =>
        new StorageHealthCheck(new WriteProbe(_database, TimeProvider.System)).CheckHealthAsync(
            new HealthCheckContext()
        );

    PartWatch Watch() => new(_database, null!, null!, null!, null!);

    async Task SetReadOnly(bool readOnly)
    {
        await using var connection = new NpgsqlConnection($"{_server.ConnectionString};Pooling=false");
        await connection.OpenAsync();
        foreach (
            var sql in (string[])
                [
                    $"ALTER SYSTEM SET default_transaction_read_only = {(readOnly ? "on" : "off")}",
                    "SELECT pg_reload_conf()",
                ]
        )
        {
#pragma warning disable CA2100 // Constants.
            await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
            await command.ExecuteNonQueryAsync();
        }

        // The server tells its backends in its own time.
        for (var deadline = DateTime.UtcNow.AddSeconds(20); DateTime.UtcNow < deadline; await Task.Delay(20))
        {
            if (await IsReadOnly() == readOnly)
                return;
        }
        Assert.Fail("The server did not take the setting.");
    }

    /// <summary>What a new connection sees.</summary>
    async Task<bool> IsReadOnly()
    {
        await using var connection = new NpgsqlConnection($"{_server.ConnectionString};Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("SHOW default_transaction_read_only", connection);
        return await command.ExecuteScalarAsync() is "on";
    }

    /// <summary>The server's own processes (such as the replication launcher, which bears the same user) are not counted.</summary>
    async Task<List<int>> Backends()
    {
        await using var connection = new NpgsqlConnection($"{_server.ConnectionString};Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()",
            connection
        );
        await using var reader = await command.ExecuteReaderAsync();
        var found = new List<int>();
        while (await reader.ReadAsync())
            found.Add(reader.GetInt32(0));
        return found;
    }
}
