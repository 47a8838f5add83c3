using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text.Json;
using ClearanceEngine.Ceb;
using ClearanceEngine.Participants;
using ClearanceEngine.Receipts;
using ClearanceEngine.Silo.Changes;
using ClearanceEngine.Simulator.Samples;
using ClearanceEngine.Tests.Access;
using ClearanceEngine.Tests.Door;
using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;

namespace ClearanceEngine.Tests.Changes;

/// <summary>Participants with receipts topics of this test's own on some broker, and a door before them that may be stopped and started.</summary>
/// <param name="servers">The broker.</param>
/// <param name="identity">Tells its topics apart; null where the broker does so itself.</param>
internal sealed class ChangeWorld(string servers, ITopicIdentity? identity) : IDisposable
{
    public const string Ours = SampleParcel.Platform,
        Others = SampleParcel.Payer;

    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    readonly string _run = Guid.NewGuid().ToString("N")[..8];
    readonly TestIssuer _issuer = new();
    readonly IProducer<Null, byte[]> _producer = new ProducerBuilder<Null, byte[]>(
        new ProducerConfig { BootstrapServers = servers, LingerMs = 0 }
    ).Build();

    /// <summary>Topics that are shared by these two are one.</summary>
    public bool IsShared { get; init; }

    public TestIssuer Issuer => _issuer;

    public string TopicOf(string participant) => $"changes-{_run}-{(IsShared ? "all" : participant)}";

    public Task<DoorHost> Start(params string[] settings) =>
        DoorHost.Start(
            TimeProvider.System,
            database => database,
            _ => { },
            Configure,
            [
                $"--Kafka:BootstrapServers={servers}",
                "--Engine:AllowDevelopmentParts=Broker,Database,Token,Participants,Identity",
                .. _issuer.Settings,
                .. settings,
            ]
        );

    void Configure(IServiceCollection services)
    {
        services.AddSingleton<IParticipantRegistry>(
            new ParticipantRegistry(
                ParticipantRegistry.Development.All.Select(p => p with { ReceiptTopic = TopicOf(p.Code) }),
                "test"
            )
        );
        if (identity is not null)
            services.AddSingleton(identity);
    }

    /// <summary>Hands a receipt on, as the engine does.</summary>
    public Task HandOn(string participant, int number) => Put(participant, Receipt(number));

    public Task Put(string participant, byte[] value) =>
        _producer.ProduceAsync(TopicOf(participant), new() { Value = value });

    /// <summary>The words of the receipt tell which it is.</summary>
    public static string Words(int number) => $"receipt {number}";

    public static AuthenticationHeaderValue Bearer(string token) => new("Bearer", token);

    public static async Task<JsonElement> Page(DoorHost door, string query)
    {
        using var answer = await door.Http.GetAsync(Address(query));
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonDocument.Parse(text).RootElement;
    }

    public static Uri Address(string query) => new($"api/v1/changes?{query}", UriKind.Relative);

    public static string[] Infos(JsonElement page) =>
        [.. page.GetProperty("events").EnumerateArray().Select(e => e.GetProperty("info").GetString()!)];

    public static string Next(JsonElement page) => page.GetProperty("next").GetString()!;

    public void Dispose()
    {
        _producer.Dispose();
        _issuer.Dispose();
    }

    static byte[] Receipt(int number)
    {
        var order = new SampleParcel
        {
            OrderNo = $"CHANGE-{number}",
            Mode = "1210",
            Person = 1,
            Serial = "1",
            At = new DateTimeOffset(2026, 11, 20, 2, 0, 0, TimeSpan.Zero),
        }.Order();
        var receipt = OwnReceipt.Make(
            DocumentType.Order,
            order,
            2,
            Words(number),
            new DateTimeOffset(2026, 11, 20, 2, 0, 0, TimeSpan.Zero)
        );
        return CebWriter.Write(new CebMessage(receipt.Type, receipt.Guid, "1.0", [receipt]));
    }
}

/// <summary>An open event stream.</summary>
internal sealed class OpenStream : IDisposable
{
    readonly HttpResponseMessage _answer;
    readonly IAsyncEnumerator<SseItem<string>> _items;

    OpenStream(HttpResponseMessage answer, Stream body) =>
        (_answer, _items) = (answer, SseParser.Create(body).EnumerateAsync().GetAsyncEnumerator());

    public string LastId { get; private set; } = "";

    public static async Task<OpenStream> Open(DoorHost door, string query, string? lastId = null)
    {
        var answer = await Ask(door, query, lastId);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        return new OpenStream(answer, await answer.Content.ReadAsStreamAsync());
    }

    public static async Task<HttpResponseMessage> Ask(DoorHost door, string query, string? lastId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, ChangeWorld.Address(query));
        request.Headers.Accept.ParseAdd("text/event-stream");
        if (lastId is not null)
            request.Headers.Add("Last-Event-ID", lastId);
        return await door.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    /// <summary>The next event: its type, and its words or its code.</summary>
    public async Task<(string Type, string Text)> Next()
    {
        Assert.True(await _items.MoveNextAsync().AsTask().WaitAsync(ChangeWorld.Patience));
        var item = _items.Current;
        LastId = item.EventId ?? LastId;
        var data = JsonDocument.Parse(item.Data).RootElement;
        var text = data.TryGetProperty("info", out var info) ? info : data.GetProperty("code");
        return (item.EventType, text.GetString()!);
    }

    /// <summary>It brings nothing more.</summary>
    public async Task<bool> HasEnded() =>
        !await _items.MoveNextAsync().AsTask().WaitAsync(ChangeWorld.Patience);

    public void Dispose() => _answer.Dispose();
}
