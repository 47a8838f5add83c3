using System.Diagnostics;
using ClearanceEngine.Subscribers;
using Confluent.Kafka;
using Xunit;

namespace ClearanceEngine.Tests.Chaos;

/// <summary>A whole port on this machine: PostgreSQL, Kafka, silos and customs, each a process of its own.</summary>
sealed class Port : IAsyncDisposable
{
    static readonly string StateKey = Convert.ToBase64String(Enumerable.Repeat((byte)7, 32).ToArray()),
        IdentityKey = Convert.ToBase64String(Enumerable.Repeat((byte)8, 32).ToArray());
    public const string DeclarationsGroup = "clearance-engine.declarations",
        ReceiptsGroup = "clearance-engine.receipts";

    readonly string _directory;
    readonly Tables _tables;
    readonly Topics _topics;

    Port(
        string directory,
        PostgresServer postgres,
        KafkaServer kafka,
        EngineProcess customs,
        EngineProcess[] silos
    )
    {
        (_directory, Postgres, Kafka, Customs, Silos) = (directory, postgres, kafka, customs, silos);
        (_tables, _topics) = (
            new Tables(postgres.ConnectionString, StateKey),
            new Topics(kafka.BootstrapServers)
        );
    }

    public PostgresServer Postgres { get; }

    public KafkaServer Kafka { get; }

    public EngineProcess Customs { get; }

    public EngineProcess[] Silos { get; }

    string Tokens => Path.Combine(_directory, "tokens");

    public Tables Tables => _tables;

    public Topics Topics => _topics;

    /// <summary>Starts everything and waits until it is ready.</summary>
    /// <param name="silos">How many.</param>
    /// <param name="nodes">Of Kafka.</param>
    /// <param name="seed">Of customs' chance.</param>
    /// <param name="softHsm">True signs with a SoftHSM token, see <see cref="TakeToken"/>.</param>
    /// <param name="named">True gives silos names that stay, so that a crashed one goes on with its partitions.</param>
    /// <param name="start">False leaves the silos to the test.</param>
    /// <param name="environment">Of the silos.</param>
    /// <param name="more">Further settings of the silos.</param>
    public static async Task<Port> Open(
        int silos = 1,
        int nodes = 1,
        int seed = 1,
        bool softHsm = false,
        bool named = true,
        bool start = true,
        IReadOnlyDictionary<string, string>? environment = null,
        string[]? more = null
    )
    {
        Parts.Require(PostgresServer.Binaries is not null, "No PostgreSQL: run test.sh");
        Parts.Require(KafkaServer.Home is not null, "No real Kafka: set CLEARANCE_KAFKA_HOME for test.sh");
        var directory = Directory.CreateTempSubdirectory("clearance-chaos-").FullName;
        Commands.Shell($"chmod 755 {directory}");
        var postgres = PostgresServer.Start(Path.Combine(directory, "pg"));
        var kafka = KafkaServer.Start(Path.Combine(directory, "kafka"), nodes);
        string[] hsm = [];
        if (softHsm)
        {
            Parts.Require(File.Exists(Parts.SoftHsm), "No SoftHSM");
            SoftHsmToken.Make(directory, "clearance", "1234");
            hsm =
            [
                "--Hsm:Provider=Pkcs11",
                $"--Hsm:ModulePath={Parts.SoftHsm}",
                "--Hsm:TokenLabel=clearance",
                "--Hsm:Pin=1234",
            ];
        }
        string[] broker = [$"--Kafka:BootstrapServers={kafka.BootstrapServers}"];
        var customs = new EngineProcess(
            "customs",
            Path.Combine(directory, "customs.log"),
            [
                "simulate",
                .. broker,
                "--Engine:AllowDevelopmentParts=Simulator",
                $"--Simulator:Seed={seed}",
                "--Simulator:DuplicateRate=0.05",
                "--Simulator:ReorderRate=0.05",
                "--Simulator:MaxLists=1000000",
            ],
            null
        );
        EngineProcess Silo(int number)
        {
            var url = $"http://127.0.0.1:{Ports.Free()}";
            return new EngineProcess(
                $"silo {number}",
                Path.Combine(directory, $"silo{number}.log"),
                [
                    .. broker,
                    $"--Urls={url}",
                    $"--Engine:DataDirectory={directory}/data",
                    "--Engine:AllowDevelopmentParts=Token,Participants,Identity",
                    "--Engine:Cluster=true",
                    "--Engine:AdvertisedAddress=127.0.0.1",
                    $"--Engine:SiloPort={Ports.Free()}",
                    $"--Engine:GatewayPort={Ports.Free()}",
                    $"--Engine:Replication={nodes}",
                    "--Storage:Provider=PostgreSql",
                    $"--Storage:ConnectionString={postgres.ConnectionString};Maximum Pool Size=40",
                    $"--Storage:Keys:Ring:1={StateKey}",
                    $"--Identity:HmacKey={IdentityKey}",
                    $"--Parcel:AnswerTimeout={Settings.Silence}",
                    $"--Parcel:LongestQuestionInterval={Settings.LongestSilence}",
                    "--Parcel:RedriveAfter=00:00:05",
                    "--Recovery:Period=00:00:01",
                    "--Recovery:LongestRest=00:00:10",
                    "--Recovery:UnfinishedAfter=00:00:05",
                    "--Unmatched:LookAgain=00:00:05",
                    "--Logging:LogLevel:Default=Warning",
                    "--Logging:LogLevel:ClearanceEngine=Information",
                    "--Logging:Console:FormatterName=simple",
                    "--Logging:Console:FormatterOptions:SingleLine=true",
                    "--Logging:Console:FormatterOptions:TimestampFormat=HH:mm:ss.fff ",
                    .. hsm,
                    .. named ? [$"--Engine:Instance=silo-{number}"] : Array.Empty<string>(),
                    .. more ?? [],
                ],
                url,
                environment
            );
        }
        var port = new Port(
            directory,
            postgres,
            kafka,
            customs,
            [.. Enumerable.Range(1, silos).Select(Silo)]
        );
        if (!start)
            return port;
        try
        {
            // The first makes topics and tables; the others and customs find them.
            port.Silos[0].Start();
            await port.Silos[0].Ready(TimeSpan.FromSeconds(60));
            customs.Start();
            foreach (var silo in port.Silos.Skip(1))
                silo.Start();
            foreach (var silo in port.Silos)
                await silo.Ready(TimeSpan.FromSeconds(60));
            return port;
        }
        catch
        {
            await port.DisposeAsync();
            throw;
        }
    }

    public Checker Checker(Workload workload) =>
        new(
            workload,
            _tables,
            _topics,
            new SubscriberIdentity(new IdentityOptions { HmacKey = IdentityKey })
        );

    /// <summary>The slot is empty, as after the device was pulled.</summary>
    public void TakeToken()
    {
        Directory.Move(Tokens, $"{Tokens}.away");
        Directory.CreateDirectory(Tokens);
    }

    public void GiveTokenBack()
    {
        Directory.Delete(Tokens, recursive: true);
        Directory.Move($"{Tokens}.away", Tokens);
    }

    /// <summary>A silo that found itself declared dead ends; whoever watches over it (Kubernetes, here the test) starts it again.</summary>
    public async Task Back(EngineProcess silo)
    {
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < TimeSpan.FromSeconds(120); )
        {
            try
            {
                if (!silo.IsRunning)
                    silo.Start();
                await silo.Ready(TimeSpan.FromSeconds(20));
                return;
            }
            catch (Exception e) when (e is TimeoutException or InvalidOperationException)
            {
                // Not yet, or it has just ended.
            }
        }
        Fail($"{silo.Name} did not come back", []);
    }

    /// <summary>Writes the records at their times, late ones at once; each is acknowledged by the broker.</summary>
    public async Task Feed(Workload workload, CancellationToken cancellationToken)
    {
        using var producer = new ProducerBuilder<Null, byte[]>(
            new ProducerConfig
            {
                BootstrapServers = Kafka.BootstrapServers,
                EnableIdempotence = true,
                LingerMs = 5,
                MessageMaxBytes = 8_000_000,
                MessageTimeoutMs = 120_000,
            }
        ).SetLogHandler((_, _) => { }).Build();
        var watch = Stopwatch.StartNew();
        var pending = new List<Task>();
        foreach (var record in workload.Records)
        {
            var early = record.Due - watch.Elapsed;
            if (early > TimeSpan.Zero)
                await Task.Delay(early, cancellationToken);
            pending.Add(
                producer.ProduceAsync(
                    record.Topic,
                    new Message<Null, byte[]> { Value = record.Body },
                    cancellationToken
                )
            );
            if (pending.Count < 1_000)
                continue;
            await Task.WhenAll(pending);
            pending.Clear();
        }
        await Task.WhenAll(pending);
    }

    /// <summary>No offset is committed past work that the tables do not have.</summary>
    public async Task AssertNothingLost(Checker checker, string when)
    {
        if (await checker.Unstored(DeclarationsGroup, ReceiptsGroup) is { Count: > 0 } lost)
            Fail($"{when}: offsets are past unstored work", lost);
    }

    /// <summary>Waits until every parcel has come to its end; then the outside checker must find nothing wrong.</summary>
    public async Task AssertWorkedOff(Checker checker, TimeSpan patience)
    {
        var watch = Stopwatch.StartNew();
        List<string> open;
        while (true)
        {
            var look = Stopwatch.StartNew();
            open = await checker.Open();
            if (open.Count == 0 || watch.Elapsed >= patience)
                break;
            // The looks themselves must not be the load.
            await Task.Delay(TimeSpan.FromSeconds(1) + (look.Elapsed * 4));
        }
        List<string> wrong;
        // Positions are committed on a timer, and the last receipts are just leaving. What never came to its end is judged, too: the rest tells why.
        do
        {
            await Task.Delay(TimeSpan.FromSeconds(2));
            using var topics = new Topics(Kafka.BootstrapServers);
            wrong = await new Checker(checker.Workload, _tables, topics, checker.Identity).Verdict(
                DeclarationsGroup,
                ReceiptsGroup
            );
        } while (wrong.Count > 0 && watch.Elapsed < patience);
        foreach (var silo in Silos)
            wrong.AddRange(
                wrong.Count > 0 && await silo.Get("health/ready") is (_, var health)
                    ? [$"{silo.Name}: {health}"]
                    : []
            );
        if (wrong.Count > 0)
            Fail($"{wrong.Count} promises do not hold", wrong);
    }

    public void Fail(string what, IReadOnlyList<string> wrong)
    {
        var kept = Path.Combine(Path.GetTempPath(), "clearance-chaos-failed");
        if (Directory.Exists(kept))
            Directory.Delete(kept, recursive: true);
        Directory.CreateDirectory(kept);
        foreach (var log in Directory.GetFiles(_directory, "*.log"))
            File.Copy(log, Path.Combine(kept, Path.GetFileName(log)));
        File.WriteAllLines(Path.Combine(kept, "wrong.txt"), wrong);
        Assert.Fail(
            $"{what} (logs in {kept}):\n{string.Join('\n', wrong.Take(25))}\n{string.Join('\n', Silos.Select(s => $"-- {s.Name}\n{s.Tail()}"))}"
        );
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in Silos.Append(Customs))
            process.Dispose();
        _topics.Dispose();
        await _tables.DisposeAsync();
        Kafka.Dispose();
        Postgres.Dispose();
        Directory.Delete(_directory, recursive: true);
    }
}
