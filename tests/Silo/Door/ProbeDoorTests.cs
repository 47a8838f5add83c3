using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using ClearanceEngine.Contracts;
using ClearanceEngine.Silo.Door;
using ClearanceEngine.Silo.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;

namespace ClearanceEngine.Tests.Door;

/// <summary>The address that is for probes only.</summary>
public sealed class ProbeDoorTests : IAsyncLifetime
{
    readonly ApplicationLifetime _life = new(NullLogger<ApplicationLifetime>.Instance);
    readonly HttpClient _http = new();
    ServiceProvider _services = null!;
    ProbeDoor _probes = null!;

    public async ValueTask InitializeAsync()
    {
        var services = new ServiceCollection().AddLogging();
        services.AddHealthChecks();
        _services = services.BuildServiceProvider();
        _probes = new ProbeDoor(
            new DoorOptions { ProbeUrl = "http://127.0.0.1:0", ProbeConnections = 8 },
            _services.GetRequiredService<HealthCheckService>(),
            _life,
            TimeProvider.System,
            NullLogger<ConnectionGuard>.Instance
        );
        await _probes.Open();
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _probes.DisposeAsync();
        await _services.DisposeAsync();
    }

    [Fact]
    public async Task It_lives_all_the_time_and_is_ready_between_start_and_stop()
    {
        await Is(HttpStatusCode.ServiceUnavailable, "starting");

        _life.NotifyStarted();
        await Is(HttpStatusCode.OK, null);

        _life.StopApplication();
        await Is(HttpStatusCode.ServiceUnavailable, "stopping");
    }

    [Fact]
    public async Task It_says_what_the_waiting_room_says()
    {
        await using var room = new WaitingRoom("http://127.0.0.1:0", _probes, isBehindProxies: false, _ =>
        { });
        room.Say("等待数据库。Waiting for PostgreSQL.");

        var ready = await Get(ApiPaths.Ready);

        Assert.Contains(
            "Waiting for PostgreSQL.",
            await ready.Content.ReadAsStringAsync(),
            StringComparison.Ordinal
        );
        Assert.Equal(TimeSpan.FromSeconds(5), ready.Headers.RetryAfter!.Delta);
    }

    [Theory]
    [InlineData("localhost:8081", null, true)]
    [InlineData("[::1]:8081", null, true)]
    [InlineData("10.0.0.7", null, true)]
    [InlineData("rebound.example", null, false)]
    [InlineData("127.0.0.1.rebound.example:8081", null, false)]
    [InlineData("localhost", "Forwarded: for=203.0.113.9", false)]
    [InlineData("localhost", "x-forwarded-for: 203.0.113.9", false)]
    [InlineData("localhost", "X-Forwarded-Proto: https", false)]
    public async Task What_it_waits_for_is_told_to_who_asks_from_this_machine_for_itself(
        string host,
        string? header,
        bool isTold
    )
    {
        _probes.Say("等待数据库。Waiting for PostgreSQL.");
        using var request = new HttpRequestMessage(
            HttpMethod.Get,
            new Uri(new Uri(_probes.Address!), ApiPaths.Ready)
        );
        request.Headers.Host = host;
        if (header?.Split(": ") is [var name, var value])
            request.Headers.Add(name, value);
        using var answer = await _http.SendAsync(request, TestContext.Current.CancellationToken);

        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal(isTold, text.Contains("PostgreSQL", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/ceb")]
    [InlineData("/api/v1/parcels/9999900001/A")]
    public async Task Nothing_else_is_there(string path) =>
        Assert.Equal(HttpStatusCode.NotFound, (await Get(path)).StatusCode);

    [Fact]
    public async Task One_client_may_have_a_quarter_of_its_connections()
    {
        using var first = Socket();
        using var second = Socket();
        using var third = Socket();
        Assert.StartsWith("HTTP/1.1 200 ", await Ask(first), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200 ", await Ask(second), StringComparison.Ordinal);
        Assert.Equal("", await Ask(third));

        await Is(HttpStatusCode.ServiceUnavailable, "starting");
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("https://127.0.0.1:8081")]
    [InlineData("http://127.0.0.1:8081/health")]
    public void An_address_that_cannot_be_listened_at_is_refused(string url)
    {
        var fault = Assert.Single(new DoorOptions { ProbeUrl = url }.Validate(new(new object())));
        Assert.Equal(["ProbeUrl"], fault.MemberNames);
    }

    [Fact]
    public async Task A_start_that_waits_for_its_parts_answers_probes()
    {
        var directory = Directory.CreateTempSubdirectory("clearance-probes-").FullName;
        var probes = $"http://127.0.0.1:{Ports.Free()}";
        var key = Convert.ToBase64String(new byte[32]);
        using var silo = new EngineProcess(
            "silo",
            Path.Combine(directory, "silo.log"),
            [
                $"--Engine:DataDirectory={directory}/data",
                "--Engine:AllowDevelopmentParts=Database,Token,Participants,Identity",
                "--Kafka:BootstrapServers=127.0.0.1:1",
                $"--Engine:SiloPort={Ports.Free()}",
                $"--Storage:Keys:Ring:1={key}",
                $"--Identity:HmacKey={key}",
                $"--Urls=http://127.0.0.1:{Ports.Free()}",
                $"--Door:ProbeUrl={probes}",
            ],
            probes
        );
        silo.Start();

        var said = "";
        for (
            var end = DateTime.UtcNow.AddMinutes(1);
            !said.Contains("Kafka", StringComparison.Ordinal);
            await Task.Delay(100, TestContext.Current.CancellationToken)
        )
        {
            Assert.True(silo.IsRunning && DateTime.UtcNow < end, $"{said}\n{silo.Tail()}");
            if (await silo.Get("health/ready") is (HttpStatusCode.ServiceUnavailable, var body))
                said = body;
        }

        Assert.Equal(HttpStatusCode.OK, (await silo.Get("health/live"))?.Status);
        silo.Kill();
        Directory.Delete(directory, recursive: true);
    }

    async Task Is(HttpStatusCode status, string? code)
    {
        Assert.Equal(HttpStatusCode.OK, (await Get(ApiPaths.Live)).StatusCode);
        var ready = await Get(ApiPaths.Ready);
        Assert.Equal(status, ready.StatusCode);
        var body = JsonDocument.Parse(await ready.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal(code, body.TryGetProperty("title", out var title) ? title.GetString() : null);
    }

    Task<HttpResponseMessage> Get(string path) =>
        _http.GetAsync(new Uri(new Uri(_probes.Address!), path), TestContext.Current.CancellationToken);

    static Socket Socket()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.2"), 0));
        return socket;
    }

    /// <summary>Connects; the answer's beginning, or nothing when it was closed or reset.</summary>
    async Task<string> Ask(Socket socket)
    {
        var buffer = new byte[64];
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, new Uri(_probes.Address!).Port);
            await socket.SendAsync("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
            return System.Text.Encoding.ASCII.GetString(buffer, 0, await socket.ReceiveAsync(buffer));
        }
        catch (SocketException e)
            when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown)
        {
            return "";
        }
    }
}
