using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using ClearanceEngine.Ceb;
using ClearanceEngine.Silo.Hosting;
using ClearanceEngine.Simulator.Samples;
using ClearanceEngine.Streams.Kafka;
using Confluent.Kafka;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace ClearanceEngine.Tests;

/// <summary>An engine without a customs of its own: the test plays it, on the topics.</summary>
public sealed class CustomsChannel : IAsyncLifetime
{
    readonly string _directory = Directory.CreateTempSubdirectory("clearance-").FullName;
    readonly LogLines _log = new();
    WebApplication _app = null!;
    HttpClient _http = null!;
    int _serial;

    internal TopicTail Tail { get; private set; } = null!;

    internal IReadOnlyCollection<string> Log => _log.Lines;

    public async ValueTask InitializeAsync()
    {
        _app = EngineHost.Build([
            $"--Engine:DataDirectory={_directory}",
            "--Engine:DevelopmentBrokerPort=0",
            $"--Engine:SiloPort={Given.Port()}",
            $"--Engine:GatewayPort={Given.Port()}",
            "--Engine:Partitions=1",
            "--Engine:Simulator=false",
            "--Urls=http://127.0.0.1:0",
            "--CustomsPort:AcceptedLevel=Sent",
            "--Parcel:DocumentsWait=00:00:00",
            "--Parcel:ReceiptsWait=00:00:00",
            "--Recovery:Period=00:00:01",
            "--Logging:LogLevel:Default=Error",
            "--Logging:LogLevel:ClearanceEngine.Silo.Intake=Warning",
        ]);
        _app.Services.GetRequiredService<ILoggerFactory>().AddProvider(_log);
        await EngineHost.Prepare(_app.Services, null, CancellationToken.None);
        await _app.StartAsync();
        _http = Given.Http(_app);
        Tail = new TopicTail(
            _app.Services.GetRequiredService<DevelopmentBroker.KafkaDevelopmentBroker>().BootstrapServers
        );
    }

    public async ValueTask DisposeAsync()
    {
        Tail.Dispose();
        _http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>A parcel that nobody else has.</summary>
    internal SampleParcel Parcel(string? orderNo = null)
    {
        var number = Interlocked.Increment(ref _serial);
        return new SampleParcel
        {
            OrderNo = orderNo ?? $"CHANNEL-{number}",
            Mode = "1210",
            Person = 300 + number,
            Serial = $"7{number:D5}",
            At = new DateTimeOffset(2026, 11, 20, 2, 0, 0, TimeSpan.Zero),
        };
    }

    /// <summary>All four documents in; the list is with customs.</summary>
    internal async Task<SampleParcel> Declared(string? orderNo = null)
    {
        var parcel = Parcel(orderNo);
        foreach (var message in parcel.Messages())
            await Post(message);
        await InState(parcel, "declared");
        return parcel;
    }

    /// <summary>Posts one document; its answer.</summary>
    internal async Task<JsonElement> Answer(CebDocument document)
    {
        using var response = await _http.PostAsync(
            new Uri("ceb", UriKind.Relative),
            new ByteArrayContent(CebWriter.Write(SampleParcel.Message(document)))
        );
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return Assert.Single(JsonDocument.Parse(text).RootElement.EnumerateArray());
    }

    internal async Task Post(CebMessage message)
    {
        using var response = await _http.PostAsync(
            new Uri("ceb", UriKind.Relative),
            new ByteArrayContent(CebWriter.Write(message))
        );
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(
            response.IsSuccessStatusCode && !text.Contains("refused", StringComparison.Ordinal),
            text
        );
    }

    /// <summary>What customs would answer about the list.</summary>
    internal static CebDocument ListReceipt(SampleParcel parcel, int code, string info) =>
        CebDocument.Create(
            CebType.DeclarationListReceipt,
            (InventoryReturn.Guid, Guid.NewGuid().ToString().ToUpperInvariant()),
            (InventoryReturn.AgentCode, SampleParcel.Warehouse),
            (InventoryReturn.CopNo, parcel.List()[InventoryHead.CopNo]),
            (InventoryReturn.ReturnStatus, code.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            (InventoryReturn.ReturnTime, CebTime.FormatMillis(DateTimeOffset.UtcNow)),
            (InventoryReturn.ReturnInfo, info)
        );

    internal static string Xml(params CebDocument[] receipts) =>
        Encoding.UTF8.GetString(
            CebWriter.Write(
                new CebMessage(
                    receipts[0].Type,
                    Guid.NewGuid().ToString().ToUpperInvariant(),
                    "1.0",
                    [.. receipts]
                )
            )
        );

    internal Task Send(string xml) => Send(Encoding.UTF8.GetBytes(xml));

    internal Task Send(byte[] message, Headers? headers = null) =>
        _app
            .Services.GetRequiredService<IKafkaProducer>()
            .Produce(TopicNames.Receipts, null, message, headers);

    internal Task InState(SampleParcel parcel, string state) =>
        Until(parcel, p => p.GetProperty("state").GetString() == state, state);

    internal async Task<JsonElement> Show(SampleParcel parcel)
    {
        using var response = await Get(parcel);
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
    }

    Task<HttpResponseMessage> Get(SampleParcel parcel) =>
        _http.GetAsync(new Uri($"api/v1/parcels/{SampleParcel.Platform}/{parcel.OrderNo}", UriKind.Relative));

    internal async Task Until(SampleParcel parcel, Func<JsonElement, bool> condition, string what)
    {
        var last = "nothing";
        await BadInputEngine.Until(
            async () =>
            {
                using var response = await Get(parcel);
                last = await response.Content.ReadAsStringAsync();
                return response.IsSuccessStatusCode && condition(JsonDocument.Parse(last).RootElement);
            },
            () => $"{parcel.OrderNo} is not {what}: {last}"
        );
    }

    /// <summary>The words with which the declarant was told of the code.</summary>
    internal async Task<string> Told(SampleParcel parcel, string code)
    {
        string? info = null;
        await BadInputEngine.Until(
            () =>
            {
                info = Tail.Read($"receipts.{SampleParcel.Warehouse}", 0)
                    .SelectMany(r => CebParser.Read(r.Value).Documents)
                    .Where(d => d.Type == CebType.DeclarationListReceipt)
                    .Where(d => d[InventoryReturn.CopNo] == parcel.List()[InventoryHead.CopNo])
                    .FirstOrDefault(d => d[InventoryReturn.ReturnStatus] == code)
                    ?[InventoryReturn.ReturnInfo];
                return Task.FromResult(info is not null);
            },
            () => $"The declarant was not told of {code}."
        );
        return info!;
    }

    /// <summary>The next record of a topic from an offset on.</summary>
    internal async Task<Message<byte[]?, byte[]?>> Next(string topic, long from)
    {
        await BadInputEngine.Until(
            () => Task.FromResult(Tail.End(topic) > from),
            () => $"Nothing came on {topic}."
        );
        return Tail.Read(topic, from)[0];
    }

    /// <summary>The next record of a topic that has this text: what belongs to the parcels of other tests comes there as well.</summary>
    internal async Task<Message<byte[]?, byte[]?>> Next(string topic, long from, string text)
    {
        Message<byte[]?, byte[]?>? found = null;
        await BadInputEngine.Until(
            () =>
            {
                found = Tail.End(topic) > from ? Tail.Read(topic, from).FirstOrDefault(HasText) : null;
                return Task.FromResult(found is not null);
            },
            () => $"No record with {text} came on {topic}."
        );
        return found!;

        bool HasText(Message<byte[]?, byte[]?> message) =>
            Encoding.UTF8.GetString(message.Value ?? []).Contains(text, StringComparison.Ordinal);
    }

    sealed class LogLines : ILoggerProvider, ILogger
    {
        readonly ConcurrentQueue<string> _lines = new();

        public IReadOnlyCollection<string> Lines => _lines;

        public ILogger CreateLogger(string categoryName) => this;

        public bool IsEnabled(LogLevel logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => _lines.Enqueue(formatter(state, exception));

        public void Dispose() { }
    }
}
