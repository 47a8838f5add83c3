using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using ClearanceEngine.Ceb;
using ClearanceEngine.Silo.Door;
using ClearanceEngine.Silo.Hosting;
using ClearanceEngine.Simulator.Samples;
using ClearanceEngine.Streams.Kafka;
using Confluent.Kafka;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Xunit;

namespace ClearanceEngine.Tests;

/// <summary>One running engine whose door strangers try.</summary>
public sealed class DoorEngine : IAsyncLifetime
{
    readonly string _directory = System.IO.Directory.CreateTempSubdirectory("clearance-").FullName;
    WebApplication _app = null!;

    internal HttpClient Http { get; private set; } = null!;

    /// <summary>Where its development accounts are.</summary>
    internal string Directory => _directory;

    internal IServiceProvider Services => _app.Services;

    /// <summary>Its Engine:DataDirectory.</summary>
    internal string DataDirectory => _directory;

    internal LogLines Log { get; } = new();

    public async ValueTask InitializeAsync()
    {
        _app = EngineHost.Build(
            [
                $"--Engine:DataDirectory={_directory}",
                "--Engine:DevelopmentBrokerPort=0",
                "--Engine:Simulator=false",
                $"--Engine:SiloPort={Given.Port()}",
                $"--Engine:GatewayPort={Given.Port()}",
                "--Urls=http://127.0.0.1:0",
                "--Logging:LogLevel:Default=Information",
                "--Logging:LogLevel:ClearanceEngine=Debug",
                "--Logging:LogLevel:Microsoft.AspNetCore=Information",
                "--Logging:LogLevel:Orleans=Error",
            ],
            builder => builder.Logging.ClearProviders().AddProvider(Log)
        );
        await EngineHost.Prepare(_app.Services, null, CancellationToken.None);
        await _app.StartAsync();
        Http = Given.Http(_app);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        System.IO.Directory.Delete(_directory, recursive: true);
    }

    internal static byte[] Order(string orderNo, int number) =>
        CebWriter.Write(
            SampleParcel.Message(
                new SampleParcel
                {
                    OrderNo = orderNo,
                    Mode = "1210",
                    Person = number,
                    Serial = $"7{number:D5}",
                    At = new DateTimeOffset(2026, 11, 20, 2, 0, 0, TimeSpan.Zero),
                }.Order()
            )
        );

    /// <summary>Grains of a class that are in memory.</summary>
    internal async Task<int> Active(string grain)
    {
        var management = Services.GetRequiredService<IGrainFactory>().GetGrain<IManagementGrain>(0);
        var statistics = await management.GetSimpleGrainStatistics();
        return statistics
            .Where(s => s.GrainType.Contains(grain, StringComparison.Ordinal))
            .Sum(s => s.ActivationCount);
    }

    internal async Task<HttpStatusCode> Get(string address)
    {
        using var response = await Http.GetAsync(new Uri(address, UriKind.Relative));
        return response.StatusCode;
    }

    internal async Task<HttpStatusCode> Post(string address, HttpContent? body = null)
    {
        using var response = await Http.PostAsync(new Uri(address, UriKind.Relative), body);
        return response.StatusCode;
    }
}

/// <summary>What strangers try at a running engine's door, and at the topics behind it.</summary>
public sealed class DoorTests(DoorEngine engine) : IClassFixture<DoorEngine>
{
    [Fact]
    public async Task A_record_that_only_names_a_door_is_worked_on_and_rings_nobody()
    {
        var bell = engine.Services.GetRequiredService<DoorBell>();
        var producer = engine.Services.GetRequiredService<IKafkaProducer>();
        var topic = TopicNames.Of(CebType.Order)!;
        var (forged, wrong) = bell.Enter();
        var (genuine, answer) = bell.Enter();

        await producer.Produce(
            topic,
            null,
            DoorEngine.Order("FORGED-DOOR", 1),
            new Headers
            {
                { TopicNames.DoorHeader, Encoding.UTF8.GetBytes(bell.Id) },
                { TopicNames.CorrelationHeader, Encoding.UTF8.GetBytes(forged) },
            }
        );
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (await engine.Get("api/v1/parcels/9999900001/FORGED-DOOR") != HttpStatusCode.OK)
            await Task.Delay(20, patience.Token);
        var order = DoorEngine.Order("GENUINE-DOOR", 2);
        var macs = engine.Services.GetRequiredService<ClusterMac>();
        await producer.Produce(
            topic,
            null,
            order,
            new DoorAddress(bell.Id, genuine).Headers(macs, topic, order)
        );
        await answer.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.False(wrong.IsCompleted);
        bell.Leave(forged);
    }

    [Fact]
    public async Task Who_asks_for_parcels_and_people_that_nobody_knows_wakes_no_grain()
    {
        using var posted = await engine.Http.PostAsync(
            new Uri("ceb", UriKind.Relative),
            new ByteArrayContent(DoorEngine.Order("KNOWN", 3))
        );
        Assert.Equal(HttpStatusCode.OK, posted.StatusCode);
        var (parcels, people) = (await engine.Active("ParcelGrain"), await engine.Active("SubscriberGrain"));
        Assert.True(parcels > 0);

        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(HttpStatusCode.NotFound, await engine.Get($"api/v1/parcels/9999900001/UNKNOWN-{i}"));
            foreach (var verb in (string[])["ask", "departed", "close", "resend"])
                Assert.Equal(
                    HttpStatusCode.NotFound,
                    await engine.Post($"api/v1/parcels/9999900001/UNKNOWN-{i}/{verb}")
                );
        }
        var quota = JsonContent.Create(new { idNumber = "999999199001010016", year = 2026 });
        Assert.Equal(HttpStatusCode.OK, await engine.Post("api/v1/quota", quota));
        Assert.Equal(HttpStatusCode.OK, await engine.Get("api/v1/parcels/9999900001/KNOWN"));

        // A parcel that is there is asked about; that it cannot have left yet is told.
        var asked = await Act("KNOWN/ask");
        Assert.Equal(JsonValueKind.True, asked.GetProperty("asked").ValueKind);
        Assert.Equal("wrong-state", (await Act("KNOWN/departed")).GetProperty("title").GetString());

        // An operator ends it: there is no list to send again, and the parcel is closed with a reason.
        var resent = await Act("KNOWN/resend?document=list");
        Assert.Equal("document-not-found", resent.GetProperty("title").GetString());
        var closed = await Act("KNOWN/close", JsonContent.Create(new { reason = "企业已另行申报" }));
        Assert.Equal("企业已另行申报", closed.GetProperty("closedReason").GetString());

        Assert.Equal(
            (parcels, people),
            (await engine.Active("ParcelGrain"), await engine.Active("SubscriberGrain"))
        );
    }

    async Task<JsonElement> Act(string act, HttpContent? body = null)
    {
        using var answer = await engine.Http.PostAsync(
            new Uri($"api/v1/parcels/9999900001/{act}", UriKind.Relative),
            body
        );
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    /// <summary>A new line that looks like one of ours, what clears a screen, and what turns the direction of writing.</summary>
    const string Forged = "\r\ncrit: FORGED\u001B[2J\u202E\u009B";

    [Fact]
    public async Task Nothing_that_a_sender_writes_forges_a_line_of_the_log()
    {
        var text = Encoding.UTF8.GetString(DoorEngine.Order("LOG-1", 4));
        var producer = engine.Services.GetRequiredService<IKafkaProducer>();
        var address = Uri.EscapeDataString(Forged);
        byte[][] messages =
        [
            Encoding.UTF8.GetBytes($"<{Forged}/>"),
            Encoding.UTF8.GetBytes($"{{\"CEB311Message\":{{\"guid\":\"{Forged}\"}}}}"),
            Encoding.UTF8.GetBytes(text.Replace("LOG-1", $"LOG-1{Forged}", StringComparison.Ordinal)),
            Encoding.UTF8.GetBytes(
                text.Replace("LOG-1", "LOG-1&#13;&#10;crit: FORGED\u202E", StringComparison.Ordinal)
            ),
        ];

        foreach (var message in messages)
        {
            await producer.Produce(
                TopicNames.Of(CebType.Order)!,
                Encoding.UTF8.GetBytes(Forged),
                message,
                new Headers { { TopicNames.DoorHeader, Encoding.UTF8.GetBytes(Forged) } }
            );
            await engine.Post("ceb", new ByteArrayContent(message));
        }
        await engine.Get($"api/v1/parcels/9999900001/{address}");
        await engine.Get($"api/v1/parcels?waybill={address}&company={address}");
        await engine.Post($"api/v1/parcels/{address}/{address}/ask");

        var lines = engine.Log.All;
        Assert.Contains(lines, line => line.Contains("FORGED", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("without a MAC", StringComparison.Ordinal));
        Assert.All(lines, line => Assert.Equal(VisibleText.Of(line), line));
    }
}

/// <summary>What an engine logged: messages, values, scopes.</summary>
sealed class LogLines : ILoggerProvider, ISupportExternalScope
{
    readonly ConcurrentQueue<string> _lines = [];
    IExternalScopeProvider? _scopes;

    public IReadOnlyCollection<string> All => _lines;

    public ILogger CreateLogger(string categoryName) => new Logger(this);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public void Dispose() { }

    void Values(object? state)
    {
        _lines.Enqueue(state?.ToString() ?? "");
        foreach (var (_, value) in state as IEnumerable<KeyValuePair<string, object?>> ?? [])
            _lines.Enqueue(value?.ToString() ?? "");
    }

    sealed class Logger(LogLines lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => lines._scopes?.Push(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            lines._lines.Enqueue(formatter(state, exception));
            lines.Values(state);
            lines._scopes?.ForEachScope((scope, to) => to.Values(scope), lines);
            if (exception is not null)
                lines._lines.Enqueue(exception.Message);
        }
    }
}
