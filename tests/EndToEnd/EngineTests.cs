using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Signing;
using ClearanceEngine.Silo.Hosting;
using ClearanceEngine.Silo.Intake;
using ClearanceEngine.Simulator.Samples;
using ClearanceEngine.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Spectre.Console;
using Xunit;

namespace ClearanceEngine.Tests;

/// <summary>The whole engine: the embedded default, and the same by configuration alone on PostgreSQL, Kafka and a PKCS#11 token. On either way of intake.</summary>
public abstract class EngineTests(IntakePath through) : IAsyncLifetime
{
    static readonly string Samples = Path.Combine(AppContext.BaseDirectory, "samples");

    readonly string _directory = Directory.CreateTempSubdirectory("clearance-").FullName;
    readonly List<WebApplication> _running = [];
    KafkaServer? _kafka;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var app in _running)
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }
        _kafka?.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task The_demo_reaches_every_expected_state_on_the_embedded_default()
    {
        var app = await Start();
        var output = new StringWriter();
        Assert.True(
            await DemoVerb.Play(
                app.Services,
                Path.Combine(Samples, "demo"),
                Plain(output),
                CancellationToken.None
            ) == 0,
            output.ToString()
        );
    }

    [Fact]
    public async Task The_same_parcels_reach_the_same_states_on_PostgreSQL_Kafka_and_SoftHSM_by_configuration_alone()
    {
        Parts.Require(Parts.Postgres is not null, "No PostgreSQL: run test.sh");
        Parts.Require(KafkaServer.Home is not null, "No real Kafka: set CLEARANCE_KAFKA_HOME for test.sh");
        Parts.Require(File.Exists(Parts.SoftHsm), "No SoftHSM");
        var database = await Given.Database();
        var participants = NewToken();
        // Of its own: what one run declared must not be on the topics of the next.
        _kafka = KafkaServer.Start(Path.Combine(_directory, "kafka"), nodes: 1);
        var app = await Start(
            "--Engine:Simulator=true",
            "--Engine:AllowDevelopmentParts=Simulator,Identity",
            $"--Kafka:BootstrapServers={_kafka.BootstrapServers}",
            $"--Engine:Group=e2e-{Guid.NewGuid():N}",
            "--Engine:Cluster=true",
            $"--Engine:ClusterId=e2e-{Guid.NewGuid():N}",
            "--Storage:Provider=PostgreSql",
            $"--Storage:ConnectionString={database}",
            $"--Storage:Keys:Ring:1={Given.Key(1)}",
            $"--Identity:HmacKey={Given.Key(2)}",
            "--Hsm:Provider=Pkcs11",
            $"--Hsm:ModulePath={Parts.SoftHsm}",
            "--Hsm:TokenLabel=clearance",
            "--Hsm:Pin=1234",
            $"--Engine:ParticipantsFile={participants}"
        );
        var output = new StringWriter();
        Assert.True(
            await DemoVerb.Play(
                app.Services,
                Path.Combine(Samples, "demo"),
                Plain(output),
                CancellationToken.None
            ) == 0,
            output.ToString()
        );
    }

    [Fact]
    public async Task The_sample_order_pushed_with_kcat_is_released_and_its_declarant_gets_the_receipt()
    {
        Parts.Require(Commands.Has("kcat"), "kcat is not installed");
        var app = await Start();
        var broker = app
            .Services.GetRequiredService<DevelopmentBroker.KafkaDevelopmentBroker>()
            .BootstrapServers;
        foreach (
            var (file, topic) in new[]
            {
                ("CEB621", "list"),
                ("CEB511", "waybill"),
                ("CEB411", "payment"),
                ("CEB311", "order"),
            }
        )
        {
            var (code, text) = Commands.Run(
                "kcat",
                $"-b {broker} -P -t declarations.{topic} {Path.Combine(Samples, "sample-order", file + ".xml")}"
            );
            Assert.True(code == 0, text);
        }
        using var http = Http(app);
        var parcel = await Until(http, "api/v1/parcels/9999900001/TEST-ORD-20261120-0001", p =>
            p.GetProperty("state").GetString() == "released"
            && p.GetProperty("quota").GetProperty("stage").GetString() == "posted"
            && p.GetProperty("taxBills").GetArrayLength() > 0
        );
        Assert.Equal(3_913, parcel.GetProperty("taxBills")[0].GetProperty("valueAddedTaxFen").GetInt64());
        Assert.Equal(
            "800",
            parcel.GetProperty("documents").GetProperty("list").GetProperty("customsStatus").GetString()
        );
        var deadline = DateTime.UtcNow.AddSeconds(15);
        string receipts;
        do receipts = Commands
            .Run("kcat", $"-b {broker} -C -t receipts.9999900005 -o beginning -e -q")
            .Output;
        while (
            !receipts.Contains("<ceb:returnStatus>800<", StringComparison.Ordinal)
            && DateTime.UtcNow < deadline
        );
        Assert.Contains("<ceb:returnStatus>800<", receipts, StringComparison.Ordinal);
        // What left for customs carries signatures that hold, the participant's own byte for byte.
        var outbound = Commands.Run("kcat", $"-b {broker} -C -t customs.outbound -o beginning -e -q").Output;
        Assert.Contains("7jutn006UYq2thoIgnKl43w+X3U=", outbound, StringComparison.Ordinal);
        // The buyer is found by number in the body, and only there.
        var quota = await (
            await http.PostAsJsonAsync("api/v1/quota", new { idNumber = "999999199001010016", year = 2026 })
        ).Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(
            43_000,
            quota.GetProperty("postedFen").GetInt64() + quota.GetProperty("pendingFen").GetInt64()
        );
        foreach (
            var address in new[]
            {
                "api/v1/parcels?waybill=TESTWB0000000001&company=9999900004",
                "api/v1/parcels?payment=TESTPAY2026112000000001&company=9999900003",
                "api/v1/parcels?list=TESTCOP20261120001&company=9999900005",
                $"api/v1/parcels?list={parcel.GetProperty("invtNo").GetString()}",
            }
        )
            Assert.Equal(
                "TEST-ORD-20261120-0001",
                (await http.GetFromJsonAsync<JsonElement>(address)).GetProperty("orderNo").GetString()
            );
    }

    [Fact]
    public async Task The_HTTP_door_answers_each_document_and_refuses_clearly()
    {
        var app = await Start();
        using var http = Http(app);
        var parcel = new SampleParcel
        {
            OrderNo = "HTTP-1",
            Mode = "1210",
            Person = 3,
            Serial = "31",
            At = new DateTimeOffset(2026, 11, 20, 2, 0, 0, TimeSpan.Zero),
        };

        var accepted = await Post(http, SampleParcel.Message(parcel.Order()));
        Assert.Equal(
            ("accepted", "collecting", "2"),
            (
                Text(accepted[0], "outcome"),
                Text(accepted[0], "state"),
                accepted[0].GetProperty("receipt").GetProperty("returnStatus").GetString()
            )
        );
        Assert.Equal(
            ["payment", "waybill", "list"],
            accepted[0].GetProperty("missing").EnumerateArray().Select(m => m.GetString())
        );

        var duplicate = await Post(http, SampleParcel.Message(parcel.Order()));
        Assert.Equal("duplicate", Text(duplicate[0], "outcome"));

        var refused = await Post(
            http,
            SampleParcel.Message(parcel.Payment().With(PaymentHead.Currency, "840"))
        );
        Assert.Equal(
            ("refused", "-401009"),
            (
                Text(refused[0], "outcome"),
                refused[0].GetProperty("receipt").GetProperty("returnStatus").GetString()
            )
        );
        Assert.Equal(
            ("value-not-allowed", "payment", "currency"),
            (
                Text(refused[0].GetProperty("problems")[0], "code"),
                Text(refused[0].GetProperty("problems")[0], "document"),
                Text(refused[0].GetProperty("problems")[0], "field")
            )
        );

        var waiting = await Post(
            http,
            SampleParcel.Message((parcel with { OrderNo = "HTTP-LATER", Serial = "32" }).Waybill())
        );
        Assert.Equal("waiting", Text(waiting[0], "outcome"));
        await Post(
            http,
            SampleParcel.Message((parcel with { OrderNo = "HTTP-LATER", Serial = "32" }).Order())
        );
        await Until(http, "api/v1/parcels/9999900001/HTTP-LATER", p =>
            p.GetProperty("documents").TryGetProperty("waybill", out _)
        );

        Assert.Equal(
            HttpStatusCode.NotFound,
            (await http.GetAsync(new Uri("api/v1/parcels/9999900001/NOBODY", UriKind.Relative))).StatusCode
        );
        Assert.Equal(
            HttpStatusCode.BadRequest,
            (
                await http.PostAsync(
                    new Uri("ceb", UriKind.Relative),
                    new StringContent("<nonsense/>", Encoding.UTF8, "application/xml")
                )
            ).StatusCode
        );
        Assert.Equal(
            HttpStatusCode.BadRequest,
            (await http.GetAsync(new Uri("api/v1/parcels", UriKind.Relative))).StatusCode
        );
        var unknown = SampleParcel.Message(parcel.Payment());
        var stranger = await http.PostAsync(
            new Uri("ceb", UriKind.Relative),
            new ByteArrayContent(
                CebWriter.Write(unknown with { Transfer = unknown.Transfer! with { CopCode = "1234567890" } })
            )
        );
        Assert.Equal(HttpStatusCode.Forbidden, stranger.StatusCode);
        Assert.Contains(
            "not-your-company",
            await stranger.Content.ReadAsStringAsync(),
            StringComparison.Ordinal
        );
        Assert.Equal(
            HttpStatusCode.OK,
            (await http.GetAsync(new Uri("health/live", UriKind.Relative))).StatusCode
        );
        Assert.Equal(
            HttpStatusCode.OK,
            (await http.GetAsync(new Uri("health/ready", UriKind.Relative))).StatusCode
        );
    }

    [Fact]
    public async Task A_document_that_has_left_though_its_parcel_forgot_is_not_sent_again()
    {
        var app = await Start("--Engine:Simulator=false");
        var parcel = new SampleParcel
        {
            OrderNo = "LEFT-1",
            Mode = "1210",
            Person = 4,
            Serial = "41",
            At = new DateTimeOffset(2026, 11, 20, 2, 0, 0, TimeSpan.Zero),
        };
        var (key, waiting) = (GrainKey.Parcels(parcel.OrderNo), GrainKey.Parcels("LEFT-2"));
        // As a crash leaves it: one message is finished, one only claimed, and neither parcel has stored that.
        var log = app.Services.GetRequiredService<IOutboundLog>();
        foreach (var (guid, member) in new[] { ("LEFT", key), ("CLAIMED", waiting) })
            await log.Claim(
                new OutboundMessage(
                    guid,
                    "CEB311Message",
                    SampleParcel.Platform,
                    [new OutboundMember(member, new EffectName(SampleParcel.Platform, "order/1").ToString())],
                    new byte[] { 1 },
                    DateTimeOffset.UtcNow.AddHours(1)
                )
            );
        await log.Finished("LEFT");

        using var http = Http(app);
        await Post(http, SampleParcel.Message((parcel with { OrderNo = "LEFT-2", Serial = "42" }).Order()));
        await Post(http, SampleParcel.Message(parcel.Order()));
        await Until(http, "api/v1/parcels/9999900001/LEFT-1", p =>
            p.GetProperty("timeline").EnumerateArray().Any(e => Text(e, "event") == "order-sent")
        );
        var other = await http.GetFromJsonAsync<JsonElement>("api/v1/parcels/9999900001/LEFT-2");
        Assert.DoesNotContain(other.GetProperty("timeline").EnumerateArray(), e =>
            Text(e, "event") == "order-sent"
        ); // that message is still to be produced
        using var topics = new TopicTail(
            app.Services.GetRequiredService<DevelopmentBroker.KafkaDevelopmentBroker>().BootstrapServers
        );
        Assert.Empty(
            Enumerable.Range(0, 8).SelectMany(partition => topics.Read(TopicNames.Outbound, 0, partition))
        );
    }

    [Fact]
    public async Task Two_platforms_with_the_same_order_number_are_told_apart_by_the_list()
    {
        const string Other = "9999900009";
        var file = Path.Combine(_directory, "participants.json");
        using (
            var embedded = new StreamReader(
                typeof(Participants.ParticipantRegistry).Assembly.GetManifestResourceStream(
                    "ClearanceEngine.Participants.development-participants.json"
                )!
            )
        )
            await File.WriteAllTextAsync(
                file,
                (await embedded.ReadToEndAsync()).TrimEnd().TrimEnd(']')
                    + $$""",{"code":"{{Other}}","name":"虚构另一平台","roles":["platform"],"dxpId":"DXPTEST000000009","mustSign":"never"}]"""
            );
        using var http = Http(
            await Start(
                $"--Engine:ParticipantsFile={file}",
                "--Engine:Simulator=true",
                "--Engine:AllowDevelopmentParts=Broker,Database,Token,Simulator,Identity"
            )
        );
        var parcel = new SampleParcel
        {
            OrderNo = "TWINS",
            Mode = "1210",
            Person = 5,
            Serial = "51",
            At = new DateTimeOffset(2026, 11, 20, 2, 0, 0, TimeSpan.Zero),
        };
        await Post(http, SampleParcel.Message(parcel.Order()));
        var twin = SampleParcel.Message(
            (parcel with { Serial = "52" }).Order().With(OrderHead.EbpCode, Other)
        );
        await Post(
            http,
            twin with
            {
                Transfer = twin.Transfer! with { CopCode = Other, DxpId = "DXPTEST000000009" },
            }
        );
        Assert.Equal(
            "waiting",
            Text(
                (await Post(http, SampleParcel.Message((parcel with { Serial = "52" }).Waybill())))[0],
                "outcome"
            )
        );
        await Post(
            http,
            SampleParcel.Message((parcel with { Serial = "52" }).List().With(InventoryHead.EbpCode, Other))
        );
        await Until(http, $"api/v1/parcels/{Other}/TWINS", p =>
            p.GetProperty("documents").TryGetProperty("waybill", out _)
        );
        Assert.False(
            (await http.GetFromJsonAsync<JsonElement>("api/v1/parcels/9999900001/TWINS"))
                .GetProperty("documents")
                .TryGetProperty("waybill", out _)
        );
    }

    [Fact]
    public async Task A_message_that_its_participant_signed_leaves_whole_and_byte_for_byte_once_all_of_it_may()
    {
        Parts.Require(Commands.Has("kcat"), "kcat is not installed");
        var app = await Start();
        using var http = Http(app);
        var broker = app
            .Services.GetRequiredService<DevelopmentBroker.KafkaDevelopmentBroker>()
            .BootstrapServers;
        var parcels = Enumerable
            .Range(61, 2)
            .Select(i => new SampleParcel
            {
                OrderNo = $"SIGNED-{i}",
                Mode = "1210",
                Person = i,
                Serial = $"{i}",
                At = new DateTimeOffset(2026, 11, 20, 2, 0, 0, TimeSpan.Zero),
            })
            .ToArray();
        var message = SampleParcel.Message([.. parcels.Select(p => p.Waybill())]);
        var signed = await app
            .Services.GetRequiredService<IMessageSigner>()
            .Sign(CebWriter.Write(message), SampleParcel.Carrier);

        // The first parcel's waybill may leave, the second's may not: none does.
        await Post(http, SampleParcel.Message(parcels[0].Order()));
        await Post(http, SampleParcel.Message(parcels[0].Payment()));
        await Post(http, SampleParcel.Message(parcels[1].Order()));
        Assert.Equal(
            HttpStatusCode.OK,
            (await http.PostAsync(new Uri("ceb", UriKind.Relative), new ByteArrayContent(signed))).StatusCode
        );
        await Until(http, "api/v1/parcels/9999900001/SIGNED-61", p => Owes(p).Contains("waybill/1"));
        Assert.DoesNotContain(message.Guid, Outbound(), StringComparison.Ordinal);

        await Post(http, SampleParcel.Message(parcels[1].Payment()));
        foreach (var parcel in parcels)
            await Until(http, $"api/v1/parcels/9999900001/{parcel.OrderNo}", p =>
                p.GetProperty("documents").GetProperty("waybill").GetProperty("sent").ValueKind
                == JsonValueKind.String
            );
        Assert.Contains(System.Text.Encoding.UTF8.GetString(signed), Outbound(), StringComparison.Ordinal);

        string Outbound() =>
            Commands.Run("kcat", $"-b {broker} -C -t customs.outbound -o beginning -e -q").Output;
        static string[] Owes(JsonElement parcel) =>
            [.. parcel.GetProperty("owes").EnumerateArray().Select(o => o.GetString()!)];
    }

    /// <summary>The first is good and may even have left; it is told in the answer, and free to come again.</summary>
    [Fact]
    public async Task A_signed_message_of_which_one_document_does_not_leave_frees_the_others_at_once()
    {
        var app = await Start();
        using var http = Http(app);
        var parcels = Enumerable
            .Range(63, 2)
            .Select(i => new SampleParcel
            {
                OrderNo = $"SIGNED-{i}",
                Mode = "1210",
                Person = i,
                Serial = $"{i}",
                At = new DateTimeOffset(2026, 11, 20, 2, 0, 0, TimeSpan.Zero),
            })
            .ToArray();
        foreach (var parcel in parcels)
            await Post(http, SampleParcel.Message(parcel.Order()));
        var second = SampleParcel.Message(parcels[1].Waybill());
        await Post(http, await Sign(second));

        var both = await Post(
            http,
            await Sign(SampleParcel.Message(parcels[0].Waybill(), parcels[1].Waybill()))
        );

        Assert.Equal(("refused", "duplicate"), (Outcome(both[0]), Outcome(both[1])));
        Assert.Equal("message-refused", both[0].GetProperty("problems")[0].GetProperty("code").GetString());
        await Until(http, "api/v1/parcels/9999900001/SIGNED-63", p =>
            !p.GetProperty("documents").TryGetProperty("waybill", out _)
        );
        var again = await Post(http, await Sign(SampleParcel.Message(parcels[0].Waybill())));
        Assert.Equal("accepted", Outcome(again[0]));

        async Task<byte[]> Sign(CebMessage message) =>
            await app
                .Services.GetRequiredService<IMessageSigner>()
                .Sign(CebWriter.Write(message), SampleParcel.Carrier);

        static string? Outcome(JsonElement answer) => answer.GetProperty("outcome").GetString();
    }

    [Fact]
    public async Task State_survives_a_restart()
    {
        var parcel = new SampleParcel
        {
            OrderNo = "RESTART-1",
            Mode = "1210",
            Person = 4,
            Serial = "41",
            At = new DateTimeOffset(2026, 11, 20, 2, 0, 0, TimeSpan.Zero),
        };
        var first = await Start();
        using (var http = Http(first))
        {
            foreach (var message in parcel.Messages())
                await Post(http, message);
            await Until(http, "api/v1/parcels/9999900001/RESTART-1", p =>
                p.GetProperty("state").GetString() == "released"
            );
        }
        await first.StopAsync();
        await first.DisposeAsync();
        _running.Remove(first);
        using var again = Http(await Start());
        // The first answer may be "come again": on a busy machine the silo is just finding itself.
        var stored = await Until(again, "api/v1/parcels/9999900001/RESTART-1", _ => true);
        Assert.Equal("released", Text(stored, "state"));
    }

    async Task<WebApplication> Start(params string[] more)
    {
        var app = EngineHost.Build([
            $"--Engine:DataDirectory={_directory}",
            "--Engine:DevelopmentBrokerPort=0",
            $"--Engine:SiloPort={Given.Port()}",
            $"--Engine:GatewayPort={Given.Port()}",
            "--Urls=http://127.0.0.1:0",
            $"--Intake:Through={through}",
            "--Parcel:AnswerTimeout=00:00:04",
            "--Recovery:Period=00:00:01",
            "--Logging:LogLevel:Default=Error",
            "--Logging:LogLevel:ClearanceEngine=Error",
            .. more,
        ]);
        await EngineHost.Prepare(app.Services, null, CancellationToken.None);
        await app.StartAsync();
        _running.Add(app);
        return app;
    }

    static HttpClient Http(WebApplication app) => Given.Http(app);

    static Task<JsonElement> Post(HttpClient http, CebMessage message) =>
        Post(http, CebWriter.Write(message));

    static async Task<JsonElement> Post(HttpClient http, byte[] body)
    {
        var response = await http.PostAsync(new Uri("ceb", UriKind.Relative), new ByteArrayContent(body));
        Assert.True(response.StatusCode == HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    static async Task<JsonElement> Until(HttpClient http, string address, Func<JsonElement, bool> condition)
    {
        for (var deadline = DateTime.UtcNow.AddSeconds(60); ; )
        {
            var response = await http.GetAsync(new Uri(address, UriKind.Relative));
            var text = await response.Content.ReadAsStringAsync();
            if (
                response.StatusCode == HttpStatusCode.OK
                && JsonDocument.Parse(text).RootElement is var parcel
                && condition(parcel)
            )
                return parcel;
            Assert.True(DateTime.UtcNow < deadline, text);
            await Task.Delay(100);
        }
    }

    static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    static IAnsiConsole Plain(TextWriter output) =>
        AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Ansi = AnsiSupport.No,
                Interactive = InteractionSupport.No,
                Out = new AnsiConsoleOutput(output),
            }
        );

    /// <summary>A SoftHSM token with an RSA key and certificate for each development participant, and a registry with those certificates.</summary>
    string NewToken()
    {
        SoftHsmToken.Make(_directory, "clearance", "1234");
        var file = Path.Combine(_directory, "participants.json");
        using var embedded = typeof(Participants.ParticipantRegistry).Assembly.GetManifestResourceStream(
            "ClearanceEngine.Participants.development-participants.json"
        )!;
        using var copy = File.Create(file);
        embedded.CopyTo(copy);
        return file;
    }
}

// One after the other: a PKCS#11 module is one for the whole process, and whoever gives it back ends it for all.
[Collection("token")]
public sealed class FeedEngineTests() : EngineTests(IntakePath.Feed);

[Collection("token")]
public sealed class StreamsEngineTests() : EngineTests(IntakePath.Streams);
