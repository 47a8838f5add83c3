using ClearanceEngine.Ceb;
using ClearanceEngine.Silo.Hosting;
using ClearanceEngine.Silo.Intake;
using ClearanceEngine.Simulator.Samples;
using ClearanceEngine.Streams.Kafka;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.AspNetCore.Builder;
using Xunit;

namespace ClearanceEngine.Tests;

/// <summary>A Kafka that lets everybody do what the commands of <c>docs/examples/kafka-acls.sh</c> allow, and nothing else (ADR 031).</summary>
public sealed class GuardedKafka : IAsyncLifetime
{
    internal const string Engine = "clearance-engine",
        Customs = "customs-gateway",
        Operators = "clearance-operators",
        Stranger = "stranger";

    readonly string _directory = Directory.CreateTempSubdirectory("clearance-kafka-").FullName;
    KafkaServer? _server;

    /// <summary>Where ACLs count.</summary>
    internal string Guarded { get; private set; } = "";

    /// <summary>Where they do not.</summary>
    internal string Open => _server!.BootstrapServers;

    public async ValueTask InitializeAsync()
    {
        if (KafkaServer.Home is null)
            return;
        _server = KafkaServer.Start(_directory, 1);
        Guarded = _server.Guard([
            Engine,
            Customs,
            Operators,
            Stranger,
            SampleParcel.Platform,
            SampleParcel.Merchant,
        ]);

        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = Open }).Build();
        await admin.CreateAclsAsync(Commands().SelectMany(Bindings));
    }

    public ValueTask DisposeAsync()
    {
        _server?.Dispose();
        Directory.Delete(_directory, recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>The commands for two participants: the script runs with a tool that only says what it was told to do.</summary>
    string[] Commands()
    {
        var tool = Path.Combine(_directory, "kafka-acls.sh");
        File.WriteAllText(tool, "#!/bin/sh\necho \"$@\"\n");
        Tests.Commands.Run("chmod", $"+x {tool}");
        var script = Path.Combine(AppContext.BaseDirectory, "docs", "examples", "kafka-acls.sh");
        var (code, output) = Tests.Commands.Shell(
            $"PATH={_directory}:$PATH BOOTSTRAP=b COMMAND_CONFIG=c sh {script} {SampleParcel.Platform} {SampleParcel.Merchant}"
        );
        Assert.True(code == 0, output);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    static IEnumerable<AclBinding> Bindings(string command)
    {
        var words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var kind = words.Contains("--topic") ? ResourceType.Topic : ResourceType.Group;
        var pattern = new ResourcePattern
        {
            Type = kind,
            Name = After(kind == ResourceType.Topic ? "--topic" : "--group"),
            ResourcePatternType = words.Contains("prefixed")
                ? ResourcePatternType.Prefixed
                : ResourcePatternType.Literal,
        };
        return words
            .Index()
            .Where(word => word.Item == "--operation")
            .Select(word => new AclBinding
            {
                Pattern = pattern,
                Entry = new AccessControlEntry
                {
                    Principal = After("--allow-principal"),
                    Host = "*",
                    Operation = Enum.Parse<AclOperation>(words[word.Index + 1]),
                    PermissionType = AclPermissionType.Allow,
                },
            });

        string After(string option) => words[Array.IndexOf(words, option) + 1];
    }
}

/// <summary>Who may write a topic is who the engine takes its messages to be from.</summary>
public sealed class TopicRightsTests(GuardedKafka kafka) : IClassFixture<GuardedKafka>, IDisposable
{
    static readonly DeclarationTopic Orders = DeclarationTopic.Of(DocumentType.Order, SampleParcel.Platform);

    readonly string _directory = Directory.CreateTempSubdirectory("clearance-").FullName;

    public static TheoryData<string> Principals =>
        [
            GuardedKafka.Customs,
            GuardedKafka.Operators,
            GuardedKafka.Stranger,
            SampleParcel.Platform,
            SampleParcel.Merchant,
        ];

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    /// <summary>The broker is asked, of each topic that the engine made, what this principal may do there.</summary>
    [Theory]
    [MemberData(nameof(Principals))]
    public async Task A_principal_reads_and_writes_what_is_its_own_and_knows_of_nothing_else(string principal)
    {
        Parts.Require(KafkaServer.Home is not null, "No real Kafka: set CLEARANCE_KAFKA_HOME");
        await using var app = Engine(IntakePath.Feed, "Both");
        await EngineHost.Prepare(app.Services, null, TestContext.Current.CancellationToken);
        using var everybody = new AdminClientBuilder(
            new AdminClientConfig { BootstrapServers = kafka.Open }
        ).Build();
        using var admin = new AdminClientBuilder(SignIn(new AdminClientConfig(), principal)).Build();

        string[] topics =
        [
            .. everybody
                .GetMetadata(TimeSpan.FromSeconds(30))
                .Topics.Select(topic => topic.Topic)
                .Where(topic => !topic.StartsWith("__", StringComparison.Ordinal)),
        ];
        Assert.True(topics.Length > 20, $"{topics.Length} topics");
        foreach (var topic in topics)
        {
            var operations = await Operations(admin, topic);
            Assert.True(
                operations.Contains(AclOperation.Write) == MayWrite(principal, topic)
                    && operations.Contains(AclOperation.Read) == MayRead(principal, topic),
                $"{principal} may {string.Join(", ", operations)} at {topic}"
            );
        }
    }

    static bool MayWrite(string principal, string topic) =>
        principal switch
        {
            GuardedKafka.Stranger => false,
            GuardedKafka.Customs => topic == TopicNames.Receipts,
            GuardedKafka.Operators => topic == TopicNames.Receipts
                || topic == TopicNames.DeadLetterRuns
                || IsOfDeclarations(topic),
            _ => IsOfDeclarations(topic) && topic.EndsWith($".{principal}", StringComparison.Ordinal),
        };

    static bool MayRead(string principal, string topic) =>
        principal switch
        {
            GuardedKafka.Stranger => false,
            GuardedKafka.Customs => topic is TopicNames.Outbound or TopicNames.Queries,
            GuardedKafka.Operators => MayWrite(principal, topic)
                || topic is TopicNames.DeadLetters or TopicNames.SetAside,
            _ => topic == $"receipts.{principal}",
        };

    static bool IsOfDeclarations(string topic) => topic.StartsWith("declarations.", StringComparison.Ordinal);

    /// <summary>Nothing where it may not even know of the topic.</summary>
    static async Task<IReadOnlyCollection<AclOperation>> Operations(IAdminClient admin, string topic)
    {
        try
        {
            var described = await admin.DescribeTopicsAsync(
                TopicCollection.OfTopicNames([topic]),
                new DescribeTopicsOptions { IncludeAuthorizedOperations = true }
            );
            return described.TopicDescriptions[0].AuthorizedOperations;
        }
        catch (DescribeTopicsException refused)
            when (refused.Results.TopicDescriptions[0].Error.Code
                == Confluent.Kafka.ErrorCode.TopicAuthorizationFailed
            )
        {
            return [];
        }
    }

    [Theory]
    [InlineData(IntakePath.Feed)]
    [InlineData(IntakePath.Streams)]
    public async Task Nobody_writes_anothers_topic_and_whoever_claims_another_on_its_own_is_told_alone(
        IntakePath through
    )
    {
        Parts.Require(KafkaServer.Home is not null, "No real Kafka: set CLEARANCE_KAFKA_HOME");
        await using var app = await Start(through);
        using var http = Given.Http(app);
        using var topics = new TopicTail(kafka.Open);
        var parcel = Parcel(through);
        var (told, others) = (
            Receipts(topics, SampleParcel.Platform),
            Receipts(topics, SampleParcel.Merchant)
        );
        using var platform = Producer(SampleParcel.Platform);

        var ofMerchant = DeclarationTopic.Of(DocumentType.Order, SampleParcel.Merchant).Name;
        await Refused(platform, ofMerchant);
        await Refused(platform, TopicNames.Receipts);

        var order = SampleParcel.Message(parcel.Order());
        await platform.ProduceAsync(Orders.Name, new() { Value = CebWriter.Write(order) });
        await Until(async () =>
            (
                await http.GetAsync($"api/v1/parcels/{SampleParcel.Platform}/{parcel.OrderNo}")
            ).IsSuccessStatusCode
        );

        var forged = order with { Transfer = order.Transfer! with { CopCode = SampleParcel.Merchant } };
        await platform.ProduceAsync(Orders.Name, new() { Value = CebWriter.Write(forged) });
        await Until(() => Task.FromResult(Receipts(topics, SampleParcel.Platform) > told));
        Assert.Equal(others, Receipts(topics, SampleParcel.Merchant));

        var byHttp = SampleParcel.Message((parcel with { OrderNo = $"{parcel.OrderNo}-HTTP" }).Order());
        using var body = new ByteArrayContent(CebWriter.Write(byHttp));
        body.Headers.ContentType = new("application/xml");
        using var answer = await http.PostAsync("ceb", body);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        Assert.Contains(
            Enumerable.Range(0, 8).SelectMany(partition => topics.Read(Orders.Name, 0, partition)),
            record => TopicTail.Header(record, TopicNames.SenderMacHeader).Length > 0
        );

        await app.StopAsync();
    }

    static async Task Refused(IProducer<Null, byte[]> producer, string topic)
    {
        var refused = await Assert.ThrowsAsync<ProduceException<Null, byte[]>>(() =>
            producer.ProduceAsync(topic, new() { Value = "x"u8.ToArray() })
        );
        Assert.Equal(Confluent.Kafka.ErrorCode.TopicAuthorizationFailed, refused.Error.Code);
    }

    static long Receipts(TopicTail topics, string code) => topics.End($"receipts.{code}");

    async Task<WebApplication> Start(IntakePath through)
    {
        var app = Engine(through, "PerParticipant");
        await EngineHost.Prepare(app.Services, null, TestContext.Current.CancellationToken);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }

    WebApplication Engine(IntakePath through, string topics) =>
        EngineHost.Build([
            $"--Engine:DataDirectory={_directory}",
            "--Engine:AllowDevelopmentParts=Database,Token,Participants,Identity",
            $"--Kafka:BootstrapServers={kafka.Guarded}",
            "--Kafka:SecurityProtocol=SaslPlaintext",
            "--Kafka:SaslMechanism=Plain",
            $"--Kafka:SaslUsername={GuardedKafka.Engine}",
            $"--Kafka:SaslPassword={GuardedKafka.Engine}",
            $"--Engine:Group=clearance-engine-{through}",
            $"--Engine:SiloPort={Given.Port()}",
            "--Urls=http://127.0.0.1:0",
            $"--Intake:Through={through}",
            $"--Intake:Topics={topics}",
            "--Logging:LogLevel:Default=Error",
        ]);

    IProducer<Null, byte[]> Producer(string participant) =>
        new ProducerBuilder<Null, byte[]>(SignIn(new ProducerConfig(), participant))
            .SetLogHandler((_, _) => { })
            .Build();

    T SignIn<T>(T config, string principal)
        where T : ClientConfig
    {
        config.BootstrapServers = kafka.Guarded;
        config.SecurityProtocol = SecurityProtocol.SaslPlaintext;
        config.SaslMechanism = SaslMechanism.Plain;
        config.SaslUsername = principal;
        config.SaslPassword = principal;
        return config;
    }

    static SampleParcel Parcel(IntakePath through) =>
        new()
        {
            OrderNo = $"RIGHTS-{through}",
            Mode = "1210",
            Person = 11,
            Serial = "71",
            At = new DateTimeOffset(2026, 11, 20, 2, 0, 0, TimeSpan.Zero),
        };

    static async Task Until(Func<Task<bool>> holds)
    {
        for (var tries = 0; tries < 600; tries++)
        {
            if (await holds())
                return;
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
        Assert.Fail("It did not come about within a minute.");
    }
}
