using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Receipts;
using ClearanceEngine.Silo.Hosting;
using ClearanceEngine.Silo.Intake;
using ClearanceEngine.Simulator.Samples;
using ClearanceEngine.Streams.Kafka;
using ClearanceEngine.Tests.Privacy;
using Confluent.Kafka;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Orleans.Runtime;
using Xunit;

namespace ClearanceEngine.Tests;

/// <summary>
/// Id numbers are fed in every way in which people get them wrong, and then looked for in all that the engine leaves
/// behind. They may stand in documents on their way in and out, and in encrypted rows; nowhere else.
/// </summary>
public abstract class PrivacyTests(IntakePath through) : IAsyncLifetime
{
    static readonly DateTimeOffset At = new(2026, 11, 20, 2, 0, 0, TimeSpan.Zero);

    readonly string _directory = Directory.CreateTempSubdirectory("clearance-").FullName;
    readonly Witness _witness = new();
    readonly List<string> _answers = [];
    WebApplication? _app;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_app is not null)
            await _app.DisposeAsync();
        _witness.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_id_number_is_in_documents_and_encrypted_rows_and_nowhere_else(bool postgreSql)
    {
        if (postgreSql)
            Parts.Require(Parts.Postgres is not null, "No PostgreSQL: run test.sh");
        var database = postgreSql ? await Given.Database() : null;
        _app = await Start(
            database is null
                ? []
                :
                [
                    "--Engine:Simulator=true",
                    "--Engine:AllowDevelopmentParts=Broker,Token,Participants,Simulator,Identity",
                    "--Storage:Provider=PostgreSql",
                    $"--Storage:ConnectionString={database}",
                    $"--Storage:Keys:Ring:1={Given.Key(1)}",
                    $"--Identity:HmacKey={Given.Key(2)}",
                ]
        );
        var broker = _app
            .Services.GetRequiredService<DevelopmentBroker.KafkaDevelopmentBroker>()
            .BootstrapServers;
        using var http = new HttpClient(new Listening(_answers) { InnerHandler = new SocketsHttpHandler() })
        {
            BaseAddress = new Uri(_app.Urls.First() + "/"),
        }.SignIn(_directory);

        var ids = new List<string>();
        await Feed(http, ids);
        var traces = new IdTraces(ids);

        foreach (var answer in _answers)
            traces.Look("HTTP", answer);
        foreach (var seen in _witness.Seen)
            traces.Look("telemetry", seen);
        var activations = await _app
            .Services.GetRequiredService<IGrainFactory>()
            .GetGrain<IManagementGrain>(0)
            .GetDetailedGrainStatistics();
        foreach (var activation in activations)
            traces.Look("grain key", activation.GrainId.ToString());
        var records = KafkaDump.Read(broker);
        foreach (var record in records)
        {
            var topic = record.Topic;
            traces.Look($"key of {topic}", record.Message.Key ?? []);
            foreach (var header in record.Message.Headers ?? [])
                traces.Look($"header {header.Key} of {topic}", header.GetValueBytes() ?? []);
            if (!CarriesDocuments(topic))
                traces.Look($"value of {topic}", record.Message.Value ?? []);
        }
        await _app.StopAsync();
        var rows = database is null ? [] : await DatabaseDump.Read(database);
        foreach (var (where, value) in rows)
            traces.Look(where, value);
        var files = Directory.GetFiles(_directory, "*", SearchOption.AllDirectories);
        foreach (var file in files)
            traces.Look(Path.GetFileName(file), await File.ReadAllBytesAsync(file));

        Assert.True(traces.Found.Count == 0, string.Join('\n', traces.Found.Distinct().Take(40)));
        // What was looked through is what was meant: the numbers are where they must be, and the parcels are where they should be.
        foreach (
            var topic in new[]
            {
                "declarations.order",
                "customs.outbound",
                TopicNames.DeadLetters,
                TopicNames.SetAside,
                TopicNames.Receipts,
            }
        )
            Assert.Contains(records, r => r.Topic == topic && traces.IsIn(r.Message.Value ?? []));
        foreach (
            var topic in new[]
            {
                TopicNames.Queries,
                $"receipts.{SampleParcel.Platform}",
                $"receipts.{SampleParcel.Warehouse}",
            }
        )
            Assert.Contains(records, r => r.Topic == topic);
        Assert.Contains(_answers, a => a.Contains("999*************", StringComparison.Ordinal));
        Assert.Contains(_witness.Seen, s => s.StartsWith("log ClearanceEngine", StringComparison.Ordinal));
        Assert.Contains(_witness.Seen, s =>
            s.StartsWith("metric ClearanceEngine/documents.in", StringComparison.Ordinal)
        );
        Assert.Contains(_witness.Seen, s =>
            s.StartsWith("trace ClearanceEngine.Streams.Kafka", StringComparison.Ordinal)
        );
        Assert.Contains(activations, a => a.GrainId.Key.ToString() == GrainKey.Parcels("PRIV-46"));
        if (database is not null)
            Assert.Contains(rows, r =>
                r.Where == "grain_state.grain_key"
                && Encoding.UTF8.GetString(r.Value) == GrainKey.Parcels("PRIV-1")
            );
        else
            Assert.Contains(files, f => f.EndsWith(".db", StringComparison.Ordinal));
    }

    /// <summary>
    /// declarations.* is what participants send and customs.outbound what customs must have: documents, with their buyers.
    /// A dead letter is the record as it came, or nobody could mend and retry it; so is what was set aside from among the receipts.
    /// customs.receipts is written by customs.
    /// Everything else (receipts.*, customs.queries) has no business with a person.
    /// </summary>
    static bool CarriesDocuments(string topic) =>
        topic.StartsWith("declarations.", StringComparison.Ordinal)
        || topic
            is TopicNames.Outbound
                or TopicNames.DeadLetters
                or TopicNames.SetAside
                or TopicNames.Receipts;

    async Task Feed(HttpClient http, List<string> ids)
    {
        var producer = _app!.Services.GetRequiredService<IKafkaProducer>();

        // A parcel that is released, cancelled and asked about; one whose documents write the id with a small x.
        var parcel = Person(1, 801);
        foreach (var message in parcel.Messages())
            await Post(http, CebWriter.Write(message));
        var small = Enumerable.Range(802, 60).Select(n => Person(2, n)).First(p => Id(p).EndsWith('X'));
        ids.AddRange([Id(parcel), Id(small)]);
        var x = Id(small).ToLowerInvariant();
        foreach (
            var document in new[]
            {
                small.Order().With(OrderHead.BuyerIdNumber, x),
                small.Payment().With(PaymentHead.PayerIdNumber, x),
                small.Waybill(),
                small.List().With(InventoryHead.BuyerIdNumber, x),
            }
        )
            await Post(http, CebWriter.Write(SampleParcel.Message(document)));

        // Refused: a wrong check digit, a wrong field, a guid used twice; and documents of two persons.
        var refused = Person(3, 870);
        var wrong = Id(refused)[..17] + (Id(refused)[17] == '1' ? '2' : '1');
        ids.AddRange([Id(refused), wrong, Id(Person(0, 871)), wrong[..17] + "x"]);
        await Post(
            http,
            CebWriter.Write(SampleParcel.Message(refused.Order().With(OrderHead.BuyerIdNumber, wrong)))
        );
        await Post(
            http,
            CebWriter.Write(
                SampleParcel.Message(
                    (refused with { Revision = 2 }).Order().With(OrderHead.BuyerIdNumber, wrong[..17] + "x")
                )
            )
        );
        await Post(
            http,
            CebWriter.Write(SampleParcel.Message(refused.Payment().With(PaymentHead.Currency, "840")))
        );
        await Post(http, CebWriter.Write(SampleParcel.Message((refused with { Revision = 3 }).Order())));
        await Post(
            http,
            CebWriter.Write(
                SampleParcel.Message(
                    (refused with { Revision = 3 }).Order().With(OrderHead.Note, Id(refused))
                )
            )
        );
        await Post(
            http,
            CebWriter.Write(
                SampleParcel.Message(
                    (refused with { Revision = 3 })
                        .List()
                        .With(InventoryHead.BuyerIdNumber, Id(Person(0, 871)))
                )
            )
        );

        // A buyer over the annual limit, and another order of theirs; a waybill that waits and has the number in its note.
        var spender = Enumerable
            .Range(1, 6)
            .Select(i => Person(40 + i, 872) with { Items = [SampleParcel.Watch] })
            .ToArray();
        ids.Add(Id(spender[0]));
        foreach (var bought in spender[..5])
        {
            foreach (var message in bought.Messages())
                await Post(http, CebWriter.Write(message));
        }
        var waits = Person(5, 873);
        ids.Add(Id(waits));
        await Post(
            http,
            CebWriter.Write(SampleParcel.Message(waits.Waybill().With(LogisticsHead.Note, Id(waits))))
        );

        // Messages that are none, or not from here, by both doors.
        var broken = Person(6, 874);
        ids.Add(Id(broken));
        foreach (var body in Broken(broken).Select(Encoding.UTF8.GetBytes))
        {
            await Post(http, body);
            await producer.Produce("declarations.order", null, body, null, default);
            await producer.Produce(TopicNames.Receipts, null, body, null, default);
        }
        await producer.Produce(
            "declarations.payment",
            null,
            CebWriter.Write(SampleParcel.Message(broken.Order())),
            null,
            default
        );

        // Questions about a quota.
        foreach (var id in ids.ToArray())
        {
            await Send(http, "api/v1/quota", JsonContent.Create(new { idNumber = id, year = 2026 }));
            await Send(http, "api/v1/quota", JsonContent.Create(new { idNumber = id.ToLowerInvariant() }));
        }
        await Send(
            http,
            "api/v1/quota",
            new StringContent(
                $$"""{"idNumber":{{Id(parcel)}},"year":"{{Id(parcel)}}"}""",
                Encoding.UTF8,
                "application/json"
            )
        );
        await Send(
            http,
            "api/v1/quota",
            new StringContent(
                $$"""{"idNumber":"{{Id(parcel)}}","{{Id(parcel)}}""",
                Encoding.UTF8,
                "application/json"
            )
        );

        await Until(http, "PRIV-1", "released");
        await Until(http, small.OrderNo, "released");
        foreach (var bought in spender[..5])
            await Until(http, bought.OrderNo, "released", "rejected");
        await Post(http, CebWriter.Write(SampleParcel.Message(spender[5].Order())));

        // Customs repeats the number in its words, about a parcel that is here and about one that is not.
        await producer.Produce(TopicNames.Receipts, null, Receipt(parcel, Id(parcel)), null, default);
        await producer.Produce(TopicNames.Receipts, null, Receipt(waits, Id(waits)), null, default);
        var shown = await Until(http, "PRIV-1", p =>
            p.GetProperty("receipts")
                .EnumerateArray()
                .Any(r => r.GetProperty("info").GetString()!.StartsWith("订购人", StringComparison.Ordinal))
        );
        await Send(http, "api/v1/parcels/9999900001/PRIV-1/ask", null);
        await Post(
            http,
            CebWriter.Write(
                SampleParcel.Message(parcel.Cancellation(shown.GetProperty("invtNo").GetString()!))
            )
        );
        await Send(http, "api/v1/parcels/9999900001/PRIV-2/ask", null);
        await Until(http, "PRIV-1", "cancelled");
        foreach (
            var address in new[]
            {
                "health/live",
                "health/ready",
                $"api/v1/parcels/9999900001/{refused.OrderNo}",
                $"api/v1/parcels/9999900001/{waits.OrderNo}",
                $"api/v1/parcels/9999900001/{spender[5].OrderNo}",
            }
        )
            await http.GetAsync(new Uri(address, UriKind.Relative));
    }

    /// <summary>The number where no document has it: in torn messages, as the name of an element, an attribute, a member, an entity, a company.</summary>
    static IEnumerable<string> Broken(SampleParcel parcel)
    {
        var message = SampleParcel.Message(parcel.Order());
        var (xml, json, id) = (
            Encoding.UTF8.GetString(CebWriter.Write(message)),
            Encoding.UTF8.GetString(CebJson.Write(message)),
            Id(parcel)
        );
        yield return xml[..(xml.IndexOf(id, StringComparison.Ordinal) + 30)];
        var element = xml.IndexOf("<ceb:note", StringComparison.Ordinal) is >= 0 and var note
            ? note
            : xml.IndexOf("</ceb:OrderHead>", StringComparison.Ordinal);
        foreach (
            var text in new[]
            {
                $"<ceb:id{id}>1</ceb:id{id}>",
                $"<ceb:a{id}></ceb:b{id}>",
                $"<ceb:note>&e{id};</ceb:note>",
                $"<ceb:note a{id}='1' a{id}='2'/>",
                $"<p{id}:note/>",
                $"<note xmlns='urn:{id}'/>",
                $"<ceb:note>{id}<ceb:x/></ceb:note>",
            }
        )
            yield return xml.Insert(element, text);
        yield return $"<ceb:CEB{id}Message xmlns:ceb='{CebSchema.Namespace}' guid='{id}'/>";
        yield return $"<m{id}/>";
        yield return xml.Replace(SampleParcel.Platform, id, StringComparison.Ordinal);
        yield return json[..(json.IndexOf(id, StringComparison.Ordinal) + 30)];
        yield return json.Replace(
            "\"buyerIdNumber\":",
            $"\"{id}\":\"1\",\"buyerIdNumber\":",
            StringComparison.Ordinal
        );
        yield return json.Replace(
            "\"buyerIdNumber\":",
            $"\"{id}\":\"1\",\"{id}\":\"2\",\"buyerIdNumber\":",
            StringComparison.Ordinal
        );
        yield return json.Replace("\"CEB311Message\"", $"\"{id}\"", StringComparison.Ordinal);
        yield return json.Replace($"\"{id}\"", $"{id}e1", StringComparison.Ordinal);
        yield return json.Replace($"\"{id}\"", id + "}", StringComparison.Ordinal);
    }

    static byte[] Receipt(SampleParcel parcel, string id)
    {
        var receipt = OwnReceipt.Make(
            DocumentType.DeclarationList,
            parcel.List(),
            300,
            $"订购人 {id} 人工审核 buyer {id.ToLowerInvariant()} is being looked at",
            DateTimeOffset.UtcNow.AddMinutes(1)
        );
        return CebWriter.Write(
            new CebMessage(receipt.Type, receipt[receipt.Schema.Head.Find("guid")!]!, "1.0", [receipt])
        );
    }

    static SampleParcel Person(int parcel, int person) =>
        new()
        {
            OrderNo = $"PRIV-{parcel}",
            Mode = "1210",
            Person = person,
            Serial = $"PRIV{parcel}",
            At = At,
        };

    static string Id(SampleParcel parcel) => parcel.Order().Required(OrderHead.BuyerIdNumber);

    static Task Post(HttpClient http, byte[] body) => Send(http, "ceb", new ByteArrayContent(body));

    static async Task Send(HttpClient http, string address, HttpContent? content) =>
        (await http.PostAsync(new Uri(address, UriKind.Relative), content)).Dispose();

    static Task<JsonElement> Until(HttpClient http, string orderNo, params string[] states) =>
        Until(http, orderNo, p => states.Contains(p.GetProperty("state").GetString()));

    static async Task<JsonElement> Until(HttpClient http, string orderNo, Func<JsonElement, bool> condition)
    {
        for (var deadline = DateTime.UtcNow.AddSeconds(90); ; )
        {
            var text = await http.GetStringAsync(
                new Uri($"api/v1/parcels/{SampleParcel.Platform}/{orderNo}", UriKind.Relative)
            );
            if (JsonDocument.Parse(text).RootElement is var parcel && condition(parcel))
                return parcel;
            Assert.True(DateTime.UtcNow < deadline, text);
            await Task.Delay(100);
        }
    }

    async Task<WebApplication> Start(string[] more)
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
            "--Unmatched:FirstLook=00:00:00.5",
            "--Unmatched:GiveUpAfter=00:00:02",
            "--Logging:LogLevel:Default=Information",
            "--Logging:LogLevel:ClearanceEngine=Trace",
            "--Logging:Console:LogLevel:Default=None",
            .. more,
        ]);
        app.Services.GetRequiredService<ILoggerFactory>().AddProvider(_witness);
        await EngineHost.Prepare(app.Services, null, CancellationToken.None);
        await app.StartAsync();
        return app;
    }

    /// <summary>Keeps every answer of the door, headers and all.</summary>
    sealed class Listening(List<string> answers) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        )
        {
            var response = await base.SendAsync(request, cancellationToken);
            answers.Add(
                $"{request.Method} {request.RequestUri} {response.StatusCode} {response.Headers} {await response.Content.ReadAsStringAsync(cancellationToken)}"
            );
            return response;
        }
    }
}

public sealed class FeedPrivacyTests() : PrivacyTests(IntakePath.Feed);

public sealed class StreamsPrivacyTests() : PrivacyTests(IntakePath.Streams);
