using System.Net;
using ClearanceEngine.Silo.Hosting;
using ClearanceEngine.Silo.Storage;
using ClearanceEngine.Tests.Storage;
using Microsoft.AspNetCore.Builder;
using Npgsql;

namespace ClearanceEngine.Tests.Hosting;

/// <summary>A silo that migrates, or waits for another that does, is alive and says so: nobody kills it for being silent.</summary>
public sealed class MigratingStartTests : DatabaseTest
{
    static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(5);
    static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    readonly string _directory = Directory.CreateTempSubdirectory("clearance-").FullName;
    readonly string _url = $"http://127.0.0.1:{Ports.Free()}";

    internal override ValueTask<TestDatabase> Create() => PostgreSqlTestDatabase.Create();

    public override async ValueTask DisposeAsync()
    {
        Directory.Delete(_directory, recursive: true);
        await base.DisposeAsync();
    }

    [Fact]
    public async Task A_silo_is_alive_while_it_waits_for_the_schema_however_long_that_takes()
    {
        var token = TestContext.Current.CancellationToken;
        var connection = $"{Database.Options().ConnectionString};Pooling=false";
        await using var other = new NpgsqlConnection(connection);
        await other.OpenAsync(token);
        await using var hold = new NpgsqlCommand(PostgreSqlDatabase.TryMigrationLock, other);
        Assert.Equal(true, await hold.ExecuteScalarAsync(token));

        await using var app = Build();
        var start = RunVerb.AwaitParts(app);
        using var http = new HttpClient { BaseAddress = new Uri(_url) };
        var told = await Told(http);
        Assert.Contains("Another engine brings the schema", told, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("health/live", token)).StatusCode);

        // Longer than the parts may be away.
        await Task.Delay(StartTimeout + TimeSpan.FromSeconds(0.5), token);
        Assert.False(start.IsCompleted);

        await other.CloseAsync();
        Assert.Null(await start.WaitAsync(Long, token));
        Assert.NotEmpty(await Database.Query("SELECT version FROM schema_version"));
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => http.GetAsync("health/live", token));
    }

    /// <summary>What readiness says, once it says anything.</summary>
    static async Task<string> Told(HttpClient http)
    {
        for (var deadline = DateTime.UtcNow + Long; ; await Task.Delay(20))
        {
            Assert.True(DateTime.UtcNow < deadline, "Nobody answered at the silo's address.");
            try
            {
                var answer = await http.GetAsync("health/ready");
                Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
                return await answer.Content.ReadAsStringAsync();
            }
            catch (HttpRequestException)
            {
                // Not open yet.
            }
        }
    }

    WebApplication Build()
    {
        var key = Convert.ToBase64String(new byte[32]);
        return EngineHost.Build([
            $"--Engine:DataDirectory={_directory}",
            "--Engine:DevelopmentBrokerPort=0",
            "--Engine:AllowDevelopmentParts=Broker,Token,Participants",
            $"--Engine:StartTimeout={StartTimeout}",
            "--Storage:Provider=PostgreSql",
            $"--Storage:ConnectionString={Database.Options().ConnectionString}",
            $"--Storage:Keys:Ring:1={key}",
            $"--Identity:HmacKey={key}",
            $"--Urls={_url}",
        ]);
    }
}
