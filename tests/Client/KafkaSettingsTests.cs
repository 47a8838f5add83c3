using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using ClearanceEngine.Streams.Kafka;
using Xunit;

namespace ClearanceEngine.Tests;

/// <summary>
/// The engine's own Kafka settings reach the client of every verb. What listens here is no Kafka: it looks at the first bytes
/// of whoever connects, which tell TLS from plain text, and name the SASL mechanism that is asked for.
/// </summary>
public sealed class KafkaSettingsTests : IDisposable
{
    const short ApiVersions = 18,
        SaslHandshake = 17,
        Metadata = 3;

    /// <summary>How a TLS handshake begins.</summary>
    const char TlsHandshake = (char)0x16;

    const string Sasl = """
        "security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": "SCRAM-SHA-512", "sasl.username": "u",
        "sasl.password": "p"
        """;

    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly string _directory = Directory.CreateTempSubdirectory("clearance-").FullName;

    public KafkaSettingsTests() => _listener.Start();

    string Address => $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    public void Dispose()
    {
        _listener.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Theory]
    [InlineData("dead-letters", "list")]
    [InlineData("dead-letters", "show", "0", "0")]
    [InlineData("dead-letters", "retry", "--all")]
    [InlineData("dead-letters", "runs")]
    [InlineData("simulate", "--test-rig")]
    [InlineData("submit", "FILE")]
    public async Task Every_verb_takes_the_engines_settings_file(params string[] verb)
    {
        var settings = File(
            "appsettings.json",
            $$"""
            {
              "Storage": { "Provider": "PostgreSql" },
              "Kafka": { "BootstrapServers": "{{Address}}", "Producing": { "Linger": "00:00:01" }, "Common": { {{Sasl}} } }
            }
            """
        );
        var named = verb.Select(v => v == "FILE" ? settings : v);
        Assert.Contains(
            "SCRAM-SHA-512",
            await FirstWords([.. named, "--kafka-config", settings]),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_file_may_hold_the_librarys_own_names_as_json_or_as_lines()
    {
        var json = File("a.json", $"{{ \"bootstrap.servers\": \"{Address}\", {Sasl} }}");
        Assert.Contains("SCRAM-SHA-512", await FirstWords(List(json)), StringComparison.Ordinal);

        var lines = File(
            "a.properties",
            $"# ours\nbootstrap.servers={Address}\nsecurity.protocol = ssl\n\nssl.key.password=a=b\n"
        );
        Assert.Equal(TlsHandshake, (await FirstWords(List(lines)))[0]);
    }

    [Fact]
    public async Task A_setting_of_the_command_line_wins_over_the_environment_and_that_over_the_file()
    {
        var file = File(
            "a.json",
            """{ "Kafka": { "BootstrapServers": "127.0.0.1:1", "SecurityProtocol": "Plaintext" } }"""
        );
        var variables = new Dictionary<string, string>
        {
            ["Kafka__BootstrapServers"] = Address,
            ["Kafka__SecurityProtocol"] = "Ssl",
        };
        using var clearance = new EngineProcess(
            "clearance",
            Path.Combine(_directory, "log"),
            ["dead-letters", "list", "--kafka-timeout", "1", "--kafka-config", file],
            null,
            variables,
            "clearance.dll"
        );
        clearance.Start();
        Assert.Equal(TlsHandshake, (await Accepted())[0]);
        Assert.True(await clearance.Ended(TimeSpan.FromSeconds(30)) == 3, clearance.Tail());
        // Exported for the engine perhaps: the verb says who decided.
        Assert.Contains(
            $"Kafka {Address}, 取自 as 环境变量 environment variable Kafka__BootstrapServers says",
            clearance.Tail().ReplaceLineEndings(" "),
            StringComparison.Ordinal
        );

        string[] argument = ["--kafka", Address, "--kafka-setting", "security.protocol=ssl"];
        Assert.Equal(TlsHandshake, (await FirstWords([.. List(file), .. argument]))[0]);
    }

    [Theory]
    [InlineData("a.json", "{ \"Kafka\": { \"BootstrapServer\": \"a:1\" } }", "BootstrapServer")]
    [InlineData("a.json", "{ \"Kafka\": { \"SaslMechanism\": \"Scram\" } }", "Scram")]
    [InlineData("a.json", "{ \"Kafka\": { \"SaslMechanism\": \"Plain\" } }", "SecurityProtocol")]
    [InlineData("a.json", "{ \"Storage\": { \"Provider\": \"x\" } }", "Storage")]
    [InlineData("a.json", "{ not json", "a.json")]
    [InlineData("a.properties", "security.protocol", "1")]
    [InlineData("a.properties", "no.such.setting=1", "no.such.setting")]
    [InlineData("a.properties", "security.protocol=nonsense", "security.protocol")]
    public async Task Settings_that_cannot_work_are_wrong_usage_and_named(
        string name,
        string text,
        string named
    )
    {
        var run = await CommandRun.Of([.. List(File(name, text)), "--json"]);
        Assert.Equal(2, run.Code);
        var error = run.Json.GetProperty("error");
        Assert.Equal("bad-kafka-settings", error.GetProperty("code").GetString());
        Assert.Contains(named, error.GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("file-unreadable", "--kafka-config", "/nowhere/a.json")]
    [InlineData("bad-kafka-settings", "--kafka-setting", "security.protocol")]
    [InlineData("bad-kafka-settings", "--kafka-timeout", "0")]
    public async Task A_file_that_is_not_there_and_a_setting_without_a_value_are_wrong_usage(
        string error,
        params string[] arguments
    )
    {
        var run = await CommandRun.Of(["dead-letters", "list", "--json", .. arguments]);
        Assert.Equal(2, run.Code);
        Assert.Equal(error, run.Json.GetProperty("error").GetProperty("code").GetString());
    }

    /// <summary>librdkafka would wait for these for ever.</summary>
    [Theory]
    [InlineData("host", "has no port")]
    [InlineData("host:", "must be 1 to 65535")]
    [InlineData("host:99999", "must be 1 to 65535")]
    [InlineData("host:abc", "must be 1 to 65535")]
    [InlineData("host:0", "must be 1 to 65535")]
    [InlineData("a:1,,b:2", "an empty name")]
    [InlineData("a:1, ", "an empty name")]
    [InlineData("http://host:1/x", "is no address")]
    [InlineData("::1:9092", "is no address")]
    public async Task A_broker_that_cannot_be_is_refused_before_anybody_is_asked(string servers, string why)
    {
        string[][] ways =
        [
            ["--kafka", servers],
            ["--kafka-setting", $"bootstrap.servers={servers}"],
        ];
        foreach (var way in ways)
        {
            var run = await CommandRun.Of(["dead-letters", "list", "--json", .. way]);
            Assert.Equal(2, run.Code);
            var error = run.Json.GetProperty("error");
            Assert.Equal("bad-kafka-settings", error.GetProperty("code").GetString());
            var text = error.GetProperty("text").GetString();
            Assert.Contains(why, text, StringComparison.Ordinal);
            Assert.Contains($"(参数 argument {way[0]})", text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("host:1")]
    [InlineData("a.b-c_d:9092, 10.0.0.1:65535")]
    [InlineData("[::1]:9092")]
    [InlineData("SASL_SSL://host:9093")]
    public void Brokers_that_can_be_are_no_fault(string servers) =>
        Assert.Null(BrokerAddresses.Fault(servers));

    static string[] List(string file) => ["dead-letters", "list", "--kafka-config", file];

    string File(string name, string text)
    {
        var path = Path.Combine(_directory, name);
        System.IO.File.WriteAllText(path, text);
        return path;
    }

    /// <summary>What a verb says first to what it takes for Kafka; it ends with exit code 3.</summary>
    async Task<string> FirstWords(string[] arguments)
    {
        var running = Task.Run(() => CommandRun.Of([.. arguments, "--kafka-timeout", "1"]));
        var words = await Accepted();
        Assert.Equal(3, (await running).Code);
        return words;
    }

    /// <summary>The first request after those for the versions that a broker knows; a client that speaks TLS asks none.</summary>
    async Task<string> Accepted()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            using var client = await _listener.AcceptTcpClientAsync(limit.Token);
            // An earlier client may have left a connection that nobody took.
            if (await FirstRequest(client.GetStream(), limit.Token) is { Length: > 0 } words)
                return words;
        }
    }

    static async Task<string> FirstRequest(NetworkStream stream, CancellationToken cancellationToken)
    {
        var bytes = new byte[2048];
        while (true)
        {
            var read = await stream.ReadAsync(bytes, cancellationToken);
            var isAskingVersions = read > 12 && bytes[0] == 0 && Number(bytes, 4) == ApiVersions;
            if (!isAskingVersions)
                return Encoding.Latin1.GetString(bytes, 0, read);
            await stream.WriteAsync(Versions(bytes), cancellationToken);
        }
    }

    /// <summary>Kafka's answer in its oldest form, to whatever version of the question: a newer one is told that it is not known.</summary>
    static byte[] Versions(byte[] request)
    {
        const short Unsupported = 35;
        var isOldest = Number(request, 6) == 0;
        var answer = new List<byte>();
        answer.AddRange(request.AsSpan(8, 4));
        answer.AddRange(Bytes(isOldest ? (short)0 : Unsupported));
        answer.AddRange([0, 0, 0, 3]);
        foreach (var api in (short[])[ApiVersions, SaslHandshake, Metadata])
            answer.AddRange([.. Bytes(api), .. Bytes(0), .. Bytes(api == ApiVersions ? (short)0 : (short)1)]);
        return [0, 0, 0, (byte)answer.Count, .. answer];
    }

    static byte[] Bytes(short number) => [(byte)(number >> 8), (byte)number];

    static short Number(byte[] bytes, int at) => BinaryPrimitives.ReadInt16BigEndian(bytes.AsSpan(at));
}
