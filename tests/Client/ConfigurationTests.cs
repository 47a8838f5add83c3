using System.Net;
using System.Text.Json;
using ClearanceEngine.Client;
using ClearanceEngine.Client.Configuration;
using ClearanceEngine.Terminal;
using ClearanceEngine.Tests.Terminal;
using Xunit;

namespace ClearanceEngine.Tests;

/// <summary>Where the client finds its settings: argument, environment, file, default, in this order.</summary>
public sealed class ConfigurationTests : IDisposable
{
    readonly string _home = Directory.CreateTempSubdirectory("clearance-").FullName;
    readonly Dictionary<string, string> _variables = new(StringComparer.Ordinal);

    public ConfigurationTests()
    {
        _variables["HOME"] = _home;
        _variables["APPDATA"] = Path.Combine(_home, ".config");
    }

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Fact]
    public async Task The_address_is_the_arguments_then_the_environments_then_the_files_then_the_default()
    {
        Assert.Equal("http://127.0.0.1:8080/", await Asked());

        Own("""{ "url": "http://of-the-file:1" /* ours */, }""");
        Assert.Equal("http://of-the-file:1/", await Asked());

        _variables["CLEARANCE_URL"] = "http://of-the-environment:2";
        Assert.Equal("http://of-the-environment:2/", await Asked());
        Assert.Equal("http://of-the-argument:3/", await Asked("--url", "http://of-the-argument:3"));
    }

    [Fact]
    public async Task The_file_is_the_arguments_then_the_environments_then_the_users_own()
    {
        Own("""{ "url": "http://own:1" }""");
        var xdg = Written(Path.Combine(_home, "xdg", "clearance"), """{ "url": "http://xdg:1" }""");
        if (!OperatingSystem.IsWindows())
        {
            _variables["XDG_CONFIG_HOME"] = Path.Combine(_home, "xdg");
            Assert.Equal("http://xdg:1/", await Asked());
        }

        _variables["CLEARANCE_CONFIG"] = xdg;
        Assert.Equal("http://xdg:1/", await Asked());
        var named = Written(Path.Combine(_home, "named"), """{ "url": "http://named:1" }""");
        Assert.Equal("http://named:1/", await Asked("--config", named));
    }

    [Fact]
    public async Task Kafka_is_the_arguments_then_the_environments_then_the_files()
    {
        var properties = Written(
            Path.Combine(_home, "p"),
            "bootstrap.servers=127.0.0.1:12",
            "kafka.properties"
        );
        Own(
            """{ "kafka": "127.0.0.1:11", "kafkaTimeout": 1, "kafkaSettings": { "socket.nagle.disable": true } }"""
        );
        Assert.Contains("127.0.0.1:11", await AskedKafka(), StringComparison.Ordinal);

        _variables["CLEARANCE_KAFKA_CONFIG"] = properties;
        Assert.Contains("127.0.0.1:12", await AskedKafka(), StringComparison.Ordinal);
        _variables["CLEARANCE_KAFKA"] = "127.0.0.1:13";
        Assert.Contains("127.0.0.1:13", await AskedKafka(), StringComparison.Ordinal);
        Assert.Contains(
            "127.0.0.1:14",
            await AskedKafka("--kafka-setting", "bootstrap.servers=127.0.0.1:14"),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "127.0.0.1:15",
            await AskedKafka("--kafka", "127.0.0.1:15"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_file_of_Kafkas_settings_lies_beside_the_file_that_names_it()
    {
        Written(
            Path.Combine(_home, ".config", "clearance"),
            "bootstrap.servers=127.0.0.1:16",
            "k.properties"
        );
        Own("""{ "kafkaConfig": "k.properties", "kafkaTimeout": 1 }""");
        Assert.Contains("127.0.0.1:16", await AskedKafka(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "kafka": "port-kafka:9092" }""", null)]
    [InlineData("{}", "port-kafka:9092")]
    public async Task Neither_file_nor_environment_makes_the_simulator_answer_a_Kafka_or_submit_use_one(
        string file,
        string? variable
    )
    {
        Own(file);
        if (variable is not null)
            _variables["CLEARANCE_KAFKA"] = variable;
        var (code, output) = await Run(["simulate", "--test-rig", "--json"]);
        Assert.Equal(2, code);
        Assert.Equal("kafka-not-named", Code(output));

        var message = Written(_home, "<x/>", "a.xml");
        (code, _) = await Run(["submit", message]);
        Assert.Equal(0, code);
    }

    [Theory]
    [InlineData("""{ "Url": "http://x" }""", "did you mean url?")]
    [InlineData("""{ "kafkaSetting": {} }""", "did you mean kafkaSettings?")]
    [InlineData("""{ "password": "s3cret" }""", "\"password\"|‘password’|“password”|password")]
    [InlineData("""{ "url": 5 }""", "url")]
    [InlineData("""{ "url": "" }""", "url")]
    [InlineData("""{ "kafkaTimeout": "s3cret" }""", "kafkaTimeout")]
    [InlineData("""{ "kafkaSettings": "s3cret" }""", "kafkaSettings")]
    [InlineData("""{ "kafkaSettings": { "sasl.password": ["s3cret"] } }""", "sasl.password")]
    [InlineData("[\"s3cret\"]", "JSON")]
    [InlineData("{\n\"url\": s3cret }", "Line 2")]
    public async Task What_is_wrong_in_the_file_is_named_with_the_file_and_no_value_of_it(
        string file,
        string named
    )
    {
        var path = Own(file);
        var (code, output) = await Run(["parcel", "1", "2", "--json"]);
        Assert.Equal(2, code);
        Assert.Equal("bad-config", Code(output));
        Assert.Contains(named.Split('|'), n =>
            output.Contains(n.Replace("\"", "\\\"", StringComparison.Ordinal), StringComparison.Ordinal)
        );
        Assert.Contains(Path.GetFileName(path), output, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_setting_of_Kafka_that_is_wrong_tells_no_value()
    {
        Own("""{ "kafkaTimeout": 1, "kafkaSettings": { "sasl.passwort": "s3cret" } }""");
        var (code, output) = await Run(["dead-letters", "runs", "--json"]);
        Assert.Equal(2, code);
        Assert.Contains("sasl.passwort", output, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", output, StringComparison.Ordinal);

        (_, output) = await Run([
            "dead-letters",
            "runs",
            "--json",
            "--kafka-setting",
            "sasl.password:s3cret",
        ]);
        Assert.Equal("bad-kafka-settings", Code(output));
        Assert.DoesNotContain("s3cret", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CLEARANCE_KAFKA_TIMEOUT", "soon", "bad-kafka-settings")]
    [InlineData("CLEARANCE_KAFKA_TIMEOUT", "0", "bad-kafka-settings")]
    [InlineData("CLEARANCE_CONFIG", "/nowhere/config.json", "file-unreadable")]
    [InlineData("CLEARANCE_KAFKA_CONFIG", "/nowhere/k.json", "file-unreadable")]
    public async Task A_variable_that_cannot_work_is_wrong_usage(string name, string value, string code)
    {
        _variables[name] = value;
        var (exit, output) = await Run(["dead-letters", "runs", "--json"]);
        Assert.Equal(2, exit);
        Assert.Equal(code, Code(output));
    }

    [Fact]
    public void Help_and_the_page_name_every_variable_and_every_name_of_the_file()
    {
        var page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "docs", "client.md"));
        var chinese = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "docs", "client.zh-CN.md"));
        string[] names =
        [
            ClientVariables.Url,
            ClientVariables.Token,
            ClientVariables.TokenFile,
            ClientVariables.Config,
            ClientVariables.Kafka,
            ClientVariables.KafkaConfig,
            ClientVariables.KafkaTimeout,
            "Kafka__BootstrapServers",
            .. ClientFile.Names,
        ];
        foreach (var name in names)
        {
            Assert.Contains($"`{name}`", page, StringComparison.Ordinal);
            Assert.Contains($"`{name}`", chinese, StringComparison.Ordinal);
        }
    }

    string? _asked;

    async Task<string> Asked(params string[] arguments)
    {
        await Run(["parcel", "1", "2", .. arguments]);
        return new Uri(_asked!).GetLeftPart(UriPartial.Authority) + "/";
    }

    /// <summary>Nothing listens there: the failure names the place.</summary>
    async Task<string> AskedKafka(params string[] arguments)
    {
        var (code, output) = await Run(["dead-letters", "runs", .. arguments]);
        Assert.True(code == 3, output);
        return output;
    }

    async Task<(int Code, string Output)> Run(string[] arguments)
    {
        var output = new StringWriter();
        using var handler = new Asking(this);
        var around = new Surroundings(handler, TimeProvider.System, _variables.GetValueOrDefault);
        return (await CommandLine.Run(arguments, Consoles.Plain(output), around), output.ToString());
    }

    string Own(string text) => Written(Path.Combine(_home, ".config", "clearance"), text);

    static string Written(string directory, string text, string name = "config.json")
    {
        Directory.CreateDirectory(directory);
        var path = Path.Combine(directory, name);
        File.WriteAllText(path, text);
        return path;
    }

    static string Code(string output)
    {
        using var json = JsonDocument.Parse(output);
        return json.RootElement.GetProperty("error").GetProperty("code").GetString()!;
    }

    sealed class Asking(ConfigurationTests test) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        )
        {
            test._asked = request.RequestUri!.ToString();
            return Task.FromResult(
                new HttpResponseMessage(HttpStatusCode.Accepted) { Content = new StringContent("{}") }
            );
        }
    }
}
