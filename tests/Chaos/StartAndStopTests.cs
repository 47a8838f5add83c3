using System.Net;
using System.Net.Sockets;
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
                "--Engine:AllowDevelopmentParts=Broker,Database,Participants,Identity",
                setting,
            ],
            null
        );
        silo.Start();
        Assert.Equal(2, await silo.Ended(TimeSpan.FromSeconds(30)));
        Assert.Contains(name, silo.Log, StringComparison.Ordinal);
        directory.Delete(recursive: true);
    }

    [Theory]
    [InlineData(
        "TERM",
        "PostgreSQL",
        "--Storage:Provider=PostgreSql",
        "--Storage:ConnectionString=Host=127.0.0.1;Port=1"
    )]
    [InlineData("QUIT", "Kafka", "--Kafka:BootstrapServers=127.0.0.1:1")]
    public async Task A_start_that_waits_ends_at_once_when_it_is_told_to(
        string signal,
        string part,
        params string[] settings
    )
    {
        using var silo = Alone(settings);
        silo.Start();
        await Waiting(silo);

        silo.Signal(signal);

        // Half of what the engine gives a start that does not hear; the machine may be busy.
        Assert.Equal(3, await silo.Ended(TimeSpan.FromSeconds(5)));
        Assert.Contains("told to stop", silo.Log, StringComparison.Ordinal);
        Assert.Contains(part, silo.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_waits_no_longer_than_it_may()
    {
        using var silo = Alone("--Kafka:BootstrapServers=127.0.0.1:1", "--Engine:StartTimeout=00:00:01");
        silo.Start();

        Assert.Equal(3, await silo.Ended(TimeSpan.FromSeconds(20)));
        Assert.Contains("Engine:StartTimeout 00:00:01", silo.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_taken_port_is_one_line_and_nothing_starts()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        using var silo = Alone($"--Urls=http://{taken.LocalEndpoint}");
        silo.Start();

        Assert.Equal(3, await silo.Ended(TimeSpan.FromSeconds(20)));
        Assert.Contains($"{taken.LocalEndpoint} cannot be had", silo.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", silo.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_development_broker_does_not_move_to_another_port()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        using var silo = Alone(
            "--Kafka:BootstrapServers=",
            $"--Engine:DevelopmentBrokerPort={((IPEndPoint)taken.LocalEndpoint).Port}"
        );
        silo.Start();

        Assert.Equal(3, await silo.Ended(TimeSpan.FromSeconds(20)));
        Assert.Contains("Engine:DevelopmentBrokerPort", silo.Log, StringComparison.Ordinal);
        Assert.Contains($"{taken.LocalEndpoint} cannot be had", silo.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_engines_never_share_a_file_database_and_a_killed_one_gives_it_up()
    {
        var directory = Directory.CreateTempSubdirectory("clearance-shared-").FullName;
        var shared = $"--Engine:DataDirectory={directory}";
        using var first = Alone(shared, "--Kafka:BootstrapServers=", "--Engine:DevelopmentBrokerPort=0");
        first.Start();
        await first.Ready(TimeSpan.FromSeconds(60));

        using var second = Alone(shared, "--Kafka:BootstrapServers=", "--Engine:DevelopmentBrokerPort=0");
        second.Start();
        Assert.Equal(3, await second.Ended(TimeSpan.FromSeconds(20)));
        Assert.Contains("Another engine runs", second.Log, StringComparison.Ordinal);

        first.Kill();
        second.Start();
        await second.Ready(TimeSpan.FromSeconds(60));
        second.Kill();
        Directory.Delete(directory, recursive: true);
    }

    /// <summary>A silo of its own directory and ports, whose database and broker the settings name.</summary>
    static EngineProcess Alone(params string[] settings)
    {
        var directory = Directory.CreateTempSubdirectory("clearance-start-").FullName;
        var url = $"http://127.0.0.1:{Ports.Free()}";
        var key = Convert.ToBase64String(new byte[32]);
        string[] own =
        [
            $"--Engine:DataDirectory={directory}/data",
            "--Engine:AllowDevelopmentParts=Database,Token,Participants,Identity",
            "--Kafka:BootstrapServers=127.0.0.1:1",
            $"--Engine:SiloPort={Ports.Free()}",
            $"--Engine:GatewayPort={Ports.Free()}",
            $"--Storage:Keys:Ring:1={key}",
            $"--Identity:HmacKey={key}",
            $"--Urls={url}",
        ];
        return new EngineProcess("silo", Path.Combine(directory, "silo.log"), [.. own, .. settings], url);
    }

    /// <summary>Until the process says that it lives and waits, or has had time to.</summary>
    static async Task Waiting(EngineProcess silo)
    {
        for (var end = DateTime.UtcNow.AddSeconds(30); DateTime.UtcNow < end; await Task.Delay(100))
        {
            if (silo.Log.Contains("Waiting for", StringComparison.Ordinal))
                return;
        }
        Assert.Fail($"It never said what it waits for.\n{silo.Tail()}");
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
