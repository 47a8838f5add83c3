using System.Net;
using ClearanceEngine.Silo.Hosting;
using ClearanceEngine.Silo.Storage;
using ClearanceEngine.Tests.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
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
        await using var other = await Holding();

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
        Assert.NotEmpty(await Database.Query("SELECT number FROM schema_step"));
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => http.GetAsync("health/live", token));
    }

    [Fact]
    public async Task An_upgrade_that_its_user_stops_says_so_and_another_can_go_on()
    {
        await using var app = Build();
        var startup = app.Services.GetRequiredService<StorageStartup>();
        using var error = new StringWriter();
        await using (var other = await Holding())
        {
            var told = new TaskCompletionSource();
            var upgrade = SchemaVerb.Upgrade(startup, told.Task, error);
            await Task.Delay(TimeSpan.FromSeconds(0.5), TestContext.Current.CancellationToken);
            Assert.False(upgrade.IsCompleted);
            told.SetResult();

            Assert.Equal(ExitCode.Stopped, await upgrade.WaitAsync(Long));
        }
        Assert.StartsWith("已中止", error.ToString(), StringComparison.Ordinal);
        Assert.Single(error.ToString().TrimEnd().Split('\n'));

        Assert.Equal(
            ExitCode.Done,
            await SchemaVerb.Upgrade(startup, new TaskCompletionSource().Task, error)
        );
        Assert.NotEmpty(await Database.Query("SELECT number FROM schema_step"));
    }

    /// <summary>As another engine that migrates.</summary>
    async Task<NpgsqlConnection> Holding()
    {
        var token = TestContext.Current.CancellationToken;
        var other = new NpgsqlConnection($"{Database.Options().ConnectionString};Pooling=false");
        await other.OpenAsync(token);
        await using var hold = new NpgsqlCommand(PostgreSqlDatabase.TryMigrationLock, other);
        Assert.Equal(true, await hold.ExecuteScalarAsync(token));
        return other;
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
            "--Engine:AllowDevelopmentParts=Broker,Token,Participants,Identity",
            $"--Engine:StartTimeout={StartTimeout}",
            "--Storage:Provider=PostgreSql",
            $"--Storage:ConnectionString={Database.Options().ConnectionString}",
            $"--Storage:Keys:Ring:1={key}",
            $"--Identity:HmacKey={key}",
            $"--Urls={_url}",
        ]);
    }
}
