using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using ClearanceEngine.Ceb;
using ClearanceEngine.Signing;
using ClearanceEngine.Silo.Hosting;
using ClearanceEngine.Silo.Intake;
using ClearanceEngine.Simulator.Samples;
using ClearanceEngine.Streams.Kafka;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ClearanceEngine.Tests;

/// <summary>One running engine for the whole catalogue, with a good parcel that must never notice.</summary>
public abstract class BadInputEngine(IntakePath through) : IAsyncLifetime
{
    readonly string _directory = Directory.CreateTempSubdirectory("clearance-").FullName;
    WebApplication _app = null!;

    internal HttpClient Http { get; private set; } = null!;

    internal TopicTail Tail { get; private set; } = null!;

    internal IServiceProvider Services => _app.Services;

    internal SampleParcel Bystander { get; } = Parcel("BYSTANDER", 1);

    internal static SampleParcel Parcel(string orderNo, int number) =>
        new()
        {
            OrderNo = orderNo,
            Mode = "1210",
            Person = number,
            Serial = $"8{number:D5}",
            At = new DateTimeOffset(2026, 11, 20, 2, 0, 0, TimeSpan.Zero),
        };

    public async ValueTask InitializeAsync()
    {
        var file = Path.Combine(_directory, "participants.json");
        using (
            var embedded = new StreamReader(
                typeof(Participants.ParticipantRegistry).Assembly.GetManifestResourceStream(
                    "ClearanceEngine.Participants.development-participants.json"
                )!
            )
        )
        {
            await File.WriteAllTextAsync(
                file,
                (await embedded.ReadToEndAsync()).TrimEnd().TrimEnd(']')
                    + $$""",{"code":"{{BadInputCatalogue.MustSign}}","name":"虚构加签平台","roles":["platform"],"dxpId":"DXPTEST000000018","mustSign":"always"},{"code":"{{BadInputCatalogue.Inactive}}","name":"虚构停用平台","roles":["platform"],"dxpId":"DXPTEST000000017","mustSign":"never","active":false}]"""
            );
        }
        _app = EngineHost.Build([
            $"--Engine:DataDirectory={_directory}",
            $"--Engine:ParticipantsFile={file}",
            "--Engine:Simulator=true",
            "--Engine:AllowDevelopmentParts=Broker,Database,Token,Simulator,Identity",
            "--Engine:DevelopmentBrokerPort=0",
            $"--Engine:SiloPort={Given.Port()}",
            $"--Engine:GatewayPort={Given.Port()}",
            "--Urls=http://127.0.0.1:0",
            $"--Intake:Through={through}",
            "--Recovery:Period=00:00:01",
            "--Logging:LogLevel:Default=Error",
        ]);
        await EngineHost.Prepare(_app.Services, null, CancellationToken.None);
        await _app.StartAsync();
        Http = Given.Http(_app);
        Http.Timeout = TimeSpan.FromSeconds(60);
        Tail = new TopicTail(
            _app.Services.GetRequiredService<DevelopmentBroker.KafkaDevelopmentBroker>().BootstrapServers
        );
        foreach (var message in Bystander.Messages())
            await Post(CebWriter.Write(message));
        await Until(
            async () =>
                await Show(Bystander.OrderNo) is { } p
                && p.GetProperty("state").GetString() == "released"
                && p.GetProperty("taxBills").GetArrayLength() > 0
                && p.GetProperty("quota").GetProperty("stage").GetString() == "posted"
                && p.GetProperty("owes").GetArrayLength() == 0,
            () => "The bystander is not released."
        );
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        Tail.Dispose();
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    internal byte[] Sign(CebMessage message, string sender) =>
        Services
            .GetRequiredService<IMessageSigner>()
            .Sign(CebWriter.Write(message), sender)
            .AsTask()
            .GetAwaiter()
            .GetResult();

    internal Task Produce(string topic, byte[] bytes) =>
        Services.GetRequiredService<IKafkaProducer>().Produce(topic, null, bytes);

    internal async Task<(int Status, string Text)> Post(byte[] bytes)
    {
        using var response = await Http.PostAsync(
            new Uri("ceb", UriKind.Relative),
            new ByteArrayContent(bytes)
        );
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    internal async Task<JsonElement?> Show(string orderNo)
    {
        using var response = await Http.GetAsync(
            new Uri($"api/v1/parcels/{SampleParcel.Platform}/{orderNo}", UriKind.Relative)
        );
        return response.StatusCode == HttpStatusCode.NotFound
            ? null
            : await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    internal static async Task Until(Func<Task<bool>> condition, Func<string> otherwise)
    {
        for (var deadline = DateTime.UtcNow.AddSeconds(40); !await condition(); )
        {
            Assert.True(DateTime.UtcNow < deadline, otherwise());
            await Task.Delay(20);
        }
    }
}

public sealed class FeedBadInputEngine() : BadInputEngine(IntakePath.Feed);

public sealed class StreamsBadInputEngine() : BadInputEngine(IntakePath.Streams);

/// <summary>Each bad input through both doors: told what is wrong, and nothing else happens.</summary>
public abstract class BadInputTests(BadInputEngine engine)
{
    static int _number = 10;

    public static TheoryData<string> Names => [.. BadInputCatalogue.All.Select(b => b.Name)];

    public static TheoryData<string> NamesByHttp =>
        [.. BadInputCatalogue.All.Where(b => b.ByHttp).Select(b => b.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public Task By_Kafka_it_gets_a_receipt_or_dead_letter_and_nothing_else_changes(string name) =>
        Try(Find(name), async (bad, bytes) =>
        {
            await engine.Produce(bad.Topic, bytes);
            return bad.Letter;
        });

    [Theory]
    [MemberData(nameof(NamesByHttp))]
    public Task By_HTTP_it_is_answered_and_nothing_else_changes(string name) =>
        Try(
            Find(name) with
            {
                Told = Find(name).AnsweredAtTheDoor ? null : Find(name).Told,
            },
            async (bad, bytes) =>
            {
                var (status, text) = await engine.Post(bytes);
                Assert.True(status == bad.Http, $"{status}: {text[..Math.Min(text.Length, 2_000)]}");
                var answer = JsonDocument.Parse(text).RootElement;
                if (status == 200)
                {
                    var refused = Assert.Single(answer.EnumerateArray(), a =>
                        a.GetProperty("outcome").GetString() == "refused"
                    );
                    Assert.Equal(
                        bad.Status,
                        refused.GetProperty("receipt").GetProperty("returnStatus").GetString()
                    );
                    var problem = refused
                        .GetProperty("problems")
                        .EnumerateArray()
                        .First(p =>
                            p.GetProperty("code").GetString() == bad.Code
                            && (bad.Field is null || p.GetProperty("field").GetString() == bad.Field)
                        );
                    Tells(bad, problem.GetProperty("text").GetString()!);
                }
                else
                {
                    Assert.Equal(bad.HttpCode ?? bad.Code, answer.GetProperty("title").GetString());
                    Tells(bad, answer.GetProperty("detail").GetString()!);
                }
                return bad.AnsweredAtTheDoor ? null : bad.Letter;
            }
        );

    async Task Try(BadInput bad, Func<BadInput, byte[], Task<string?>> send)
    {
        var parcel = BadInputEngine.Parcel($"BAD-{++_number}", _number);
        foreach (var good in bad.Before(parcel, engine.Sign))
            Assert.Equal(200, (await engine.Post(good)).Status);
        var documents = (await engine.Show(parcel.OrderNo))
            ?.GetProperty("documents")
            .EnumerateObject()
            .Select(d => d.Value.GetProperty("guid").GetString())
            .ToArray();
        var bystander = (await engine.Show(engine.Bystander.OrderNo))!.Value.GetRawText();
        var letters = engine.Tail.End(TopicNames.DeadLetters);
        var receipts = bad.Told is { } told ? engine.Tail.End($"receipts.{told}") : 0;

        var letter = await send(bad, bad.Bytes(parcel, engine.Sign));

        if (letter is not null)
            await Letter(bad, letter, letters);
        if (bad.Told is not null)
            await Receipt(bad, receipts);
        await StillTakesGood();
        Assert.Equal(letters + (letter is null ? 0 : 1), engine.Tail.End(TopicNames.DeadLetters));
        if (bad.Told is not null)
            Assert.Single(Negative(bad, receipts));
        Assert.Equal(bystander, (await engine.Show(engine.Bystander.OrderNo))!.Value.GetRawText());
        var view = await engine.Show(parcel.OrderNo);
        if (bad.OnParcel)
        {
            Assert.Contains(view!.Value.GetProperty("problems").EnumerateArray(), p =>
                p.GetProperty("code").GetString() == bad.Code
            );
            if (documents is not null)
                Assert.Equal(
                    documents,
                    view.Value.GetProperty("documents")
                        .EnumerateObject()
                        .Select(d => d.Value.GetProperty("guid").GetString())
                );
        }
        else
            Assert.True(view is null || documents is not null, "A parcel came of it.");
    }

    async Task Letter(BadInput bad, string reason, long from)
    {
        await BadInputEngine.Until(
            () => Task.FromResult(engine.Tail.End(TopicNames.DeadLetters) > from),
            () => "No dead letter came."
        );
        var letter = Assert.Single(engine.Tail.Read(TopicNames.DeadLetters, from));
        Assert.Equal(reason, TopicTail.Header(letter, DeadLetters.Reason));
        Assert.Equal("1", TopicTail.Header(letter, DeadLetters.Attempts));
        Tells(bad, TopicTail.Header(letter, DeadLetters.Detail));
    }

    async Task Receipt(BadInput bad, long from)
    {
        await BadInputEngine.Until(
            () => Task.FromResult(Negative(bad, from).Count > 0),
            () => $"{bad.Told} got no receipt."
        );
        var receipt = Assert.Single(Negative(bad, from));
        string Text(string field) => receipt[receipt.Schema.Head.Find(field)!] ?? "";
        Assert.Equal(bad.Status, Text("returnStatus"));
        Assert.Contains($"[{bad.Code}]", Text("returnInfo"), StringComparison.Ordinal);
        Tells(bad, Text("returnInfo"));
        Assert.InRange(Text("returnInfo").Length, 1, 1_000);
    }

    /// <summary>Negative receipts that the participant got since, by their guids: one may be handed on twice. Those of good parcels are none.</summary>
    List<CebDocument> Negative(BadInput bad, long from) =>
        [
            .. engine
                .Tail.Read($"receipts.{bad.Told}", from)
                .SelectMany(r => CebParser.Read(r.Value).Documents)
                .Where(d => d[d.Schema.Head.Find("returnStatus")!]!.StartsWith('-'))
                .DistinctBy(d => d[d.Schema.Head.Find("guid")!]),
        ];

    async Task StillTakesGood()
    {
        var good = BadInputEngine.Parcel($"GOOD-{++_number}", _number);
        var (status, text) = await engine.Post(CebWriter.Write(SampleParcel.Message(good.Order())));
        Assert.True(status == 200 && text.Contains("\"accepted\"", StringComparison.Ordinal), text);
    }

    /// <summary>Chinese and English, the field where there is one, bounded, and never anybody's id number.</summary>
    static void Tells(BadInput bad, string text)
    {
        Assert.Contains(text, c => c is >= '\u4E00' and <= '\u9FFF');
        Assert.Contains(text, char.IsAsciiLetterLower);
        if (bad.Field is { } field)
            Assert.Contains(field, text, StringComparison.Ordinal);
        Assert.InRange(text.Length, 20, 10_000);
        Assert.DoesNotContain("9999991", text, StringComparison.Ordinal);
    }

    static BadInput Find(string name) => BadInputCatalogue.All.Single(b => b.Name == name);
}

public sealed class FeedBadInputTests(FeedBadInputEngine engine)
    : BadInputTests(engine),
        IClassFixture<FeedBadInputEngine>;

public sealed class StreamsBadInputTests(StreamsBadInputEngine engine)
    : BadInputTests(engine),
        IClassFixture<StreamsBadInputEngine>;
