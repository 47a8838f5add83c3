using System.Net;
using System.Text.Json;
using Xunit;

namespace ClearanceEngine.Tests.Chaos;

/// <summary>A start without its parts, and an orderly end.</summary>
public sealed class StartAndStopTests
{
    [Fact]
    public async Task A_start_without_its_parts_says_which_where_and_what_to_do_and_goes_on_when_they_are_back()
    {
        await using var port = await Port.Open(softHsm: true, start: false);
        var silo = port.Silos[0];
        port.Kafka.Kill(1);
        port.Postgres.Stop(immediate: true);
        port.TakeToken();
        silo.Start();

        var told = await Told(silo, "PostgreSQL");
        Assert.Contains($"127.0.0.1:{port.Postgres.Port}", told, StringComparison.Ordinal);
        Assert.Contains("Storage:ConnectionString", told, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await silo.Get("health/live"))?.Status);
        port.Postgres.Start();

        told = await Told(silo, "Kafka");
        Assert.Contains(port.Kafka.BootstrapServers, told, StringComparison.Ordinal);
        Assert.Contains("Kafka:BootstrapServers", told, StringComparison.Ordinal);
        port.Kafka.Start(1);

        // Without the token the engine runs and takes documents in; only what must be signed waits.
        told = await Told(silo, "No token", HttpStatusCode.OK);
        Assert.Contains("clearance", told, StringComparison.Ordinal);
        Assert.Contains("Hsm:TokenLabel", told, StringComparison.Ordinal);
        port.GiveTokenBack();
        await Told(silo, "\"status\":\"Healthy\",\"parts\"", HttpStatusCode.OK);
        // The log says the same to whoever reads only that.
        Assert.Contains("Storage:ConnectionString", silo.Log, StringComparison.Ordinal);
        Assert.Contains("Kafka:BootstrapServers", silo.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silo_that_is_told_to_stop_under_load_finishes_what_it_began_in_time()
    {
        var workload = Workload.Make(200, TimeSpan.FromSeconds(6), Settings.Seed);
        await using var port = await Port.Open();
        var checker = port.Checker(workload);
        var feed = port.Feed(workload, TestContext.Current.CancellationToken);
        await Task.Delay(TimeSpan.FromSeconds(3));
        Assert.Equal(0, await port.Silos[0].Terminate(TimeSpan.FromSeconds(35)));
        await port.AssertNothingLost(checker, "after a stop");
        // Nothing that it had stored is left uncommitted: the next one repeats nothing.
        var unfinished = await port.Tables.Count("SELECT count(*) FROM outbound_message WHERE NOT finished");
        Assert.Equal(0, unfinished);
        await feed;
        port.Silos[0].Start();
        await port.Silos[0].Ready(TimeSpan.FromSeconds(60));
        await port.AssertWorkedOff(checker, TimeSpan.FromSeconds(90));
    }

    [Theory]
    [InlineData("--Dispatch:DocumentsPerMessage=101", "Dispatch:DocumentsPerMessage")]
    [InlineData("--Storage:BatchSize=0", "BatchSize")]
    [InlineData("--Intake:NoSuchSetting=1", "NoSuchSetting")]
    [InlineData("--Hsm:Provider=Pkcs11", "Hsm:ModulePath")]
    public async Task A_setting_that_cannot_work_ends_the_start_with_its_name(string setting, string name)
    {
        var directory = Directory.CreateTempSubdirectory("clearance-setting-");
        using var silo = new EngineProcess(
            "silo",
            Path.Combine(directory.FullName, "silo.log"),
            [
                $"--Engine:DataDirectory={directory.FullName}/data",
                "--Engine:DevelopmentBrokerPort=0",
                $"--Engine:SiloPort={Ports.Free()}",
                $"--Engine:GatewayPort={Ports.Free()}",
                $"--Urls=http://127.0.0.1:{Ports.Free()}",
                setting,
            ],
            null
        );
        silo.Start();
        Assert.Equal(2, await silo.Ended(TimeSpan.FromSeconds(30)));
        Assert.Contains(name, silo.Log, StringComparison.Ordinal);
        directory.Delete(recursive: true);
    }

    /// <summary>What the silo's readiness says, once it speaks of this part.</summary>
    static async Task<string> Told(
        EngineProcess silo,
        string part,
        HttpStatusCode expected = HttpStatusCode.ServiceUnavailable
    )
    {
        var said = "";
        for (var end = DateTime.UtcNow.AddSeconds(60); DateTime.UtcNow < end; await Task.Delay(200))
        {
            if (await silo.Get("health/ready") is not var (status, body))
                continue;
            said = JsonDocument.Parse(body).RootElement.ToString();
            if (status == expected && said.Contains(part, StringComparison.Ordinal))
                return said;
        }
        Assert.Fail($"{silo.Name} never said that {part} is away. Last: {said}\n{silo.Tail()}");
        return "";
    }
}
