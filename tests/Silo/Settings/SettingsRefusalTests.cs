using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ClearanceEngine.Silo.Hosting;
using ClearanceEngine.Silo.Settings;
using Microsoft.Extensions.Configuration;

namespace ClearanceEngine.Tests.Settings;

/// <summary>Settings that cannot work, and the line that tells it. Nothing is started.</summary>
public sealed class SettingsRefusalTests : IDisposable
{
    readonly string _directory = Directory.CreateTempSubdirectory("clearance-settings-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    // Values of another type.
    [InlineData(
        "Engine:Partitions=abc",
        "Engine:Partitions = abc (…): 应为整数，1 至 10000。It must be a whole number, 1 to 10000."
    )]
    [InlineData(
        "Engine:SiloPort=99999999999",
        "Engine:SiloPort = 99999999999 (…): 应为整数，1 至 65535。It must be a whole number, 1 to 65535."
    )]
    [InlineData(
        "Door:Timeout=10",
        "Door:Timeout = 10 (…): 应为时长 [d.]hh:mm:ss，00:00:00.001 至 01:00:00。It must be a time [d.]hh:mm:ss, 00:00:00.001 to 01:00:00."
    )]
    [InlineData(
        "Door:IdleTimeout=24:00:00",
        "Door:IdleTimeout = 24:00:00 (…): 应为时长 [d.]hh:mm:ss，00:00:00.001 至 01:00:00。It must be a time [d.]hh:mm:ss, 00:00:00.001 to 01:00:00."
    )]
    [InlineData(
        "Simulator:DuplicateRate=0,05",
        "Simulator:DuplicateRate = 0,05 (…): 应为数，0 至 1。It must be a number, 0 to 1."
    )]
    [InlineData(
        "Hsm:SelfCheck=yes",
        "Hsm:SelfCheck = yes (…): 应为 true 或 false。It must be true or false."
    )]
    [InlineData(
        "Storage:Provider=Oracle",
        "Storage:Provider = Oracle (…): 应为 Sqlite、PostgreSql 之一。It must be one of Sqlite, PostgreSql."
    )]
    [InlineData(
        "Engine:AllowDevelopmentParts=Token,Door",
        "Engine:AllowDevelopmentParts = Token,Door (…): 应为 Broker、Database、Token、Participants、Simulator、Identity 中的若干，以逗号分隔。It must be some of Broker, Database, Token, Participants, Simulator, Identity, with commas between."
    )]
    [InlineData(
        "Engine:AllowDevelopmentParts=31",
        "Engine:AllowDevelopmentParts = 31 (…): 应为 Broker、Database、Token、Participants、Simulator、Identity 中的若干，以逗号分隔。It must be some of Broker, Database, Token, Participants, Simulator, Identity, with commas between."
    )]
    [InlineData(
        "Engine:Limits:0:From=2027/1/1",
        "Engine:Limits:0:From = 2027/1/1 (…): 应为日期 yyyy-MM-dd，2016-04-08 至 2999-12-31。It must be a day yyyy-MM-dd, 2016-04-08 to 2999-12-31."
    )]
    [InlineData(
        "Simulator:DuplicateRate=1.5",
        "Simulator:DuplicateRate = 1.5 (…): 应为数，0 至 1。It must be a number, 0 to 1."
    )]
    [InlineData(
        "Logging:LogLevel:Default=Wran",
        "Logging:LogLevel:Default = Wran (…): 应为 Trace、Debug、Information、Warning、Error、Critical、None 之一。It must be one of Trace, Debug, Information, Warning, Error, Critical, None. 是否指 did you mean Warning?"
    )]
    [InlineData(
        "Logging:Console:LogLevel:Orleans=Errr",
        "Logging:Console:LogLevel:Orleans = Errr (…): 应为 Trace、Debug、Information、Warning、Error、Critical、None 之一。It must be one of Trace, Debug, Information, Warning, Error, Critical, None. 是否指 did you mean Error?"
    )]
    [InlineData(
        "Logging:Console:FormatterName=jsn",
        "Logging:Console:FormatterName = jsn (…): 应为 line、simple、json、systemd 之一。It must be one of line, simple, json, systemd. 是否指 did you mean json?"
    )]
    [InlineData(
        "Logging:Console:FormatterOptions:SingleLine=yes",
        "Logging:Console:FormatterOptions:SingleLine = yes (…): 应为 true 或 false。It must be true or false."
    )]
    // Values that do not exist, or are out of their range.
    [InlineData(
        "CustomsPort:AcceptedLevel=7",
        "CustomsPort:AcceptedLevel = 7 (…): 应为 Sent、Declaring、Stored 之一。It must be one of Sent, Declaring, Stored."
    )]
    [InlineData(
        "Kafka:MessageMaxBytes=99999999",
        "Kafka:MessageMaxBytes = 99999999 (…): 应为整数，1000 至 67108864。It must be a whole number, 1000 to 67108864."
    )]
    [InlineData(
        "Engine:Replication=0",
        "Engine:Replication = 0 (…): 应为 -1（由 Kafka 决定）或至少 1。It must be -1 (left to the broker) or at least 1."
    )]
    [InlineData(
        "Engine:Group=",
        "Engine:Group =  (…): 应为文本，不可为空。It must be a text that is not empty."
    )]
    [InlineData(
        "Engine:AdvertisedAddress=here",
        "Engine:AdvertisedAddress = here (…): 不是 IP 地址。It is no IP address."
    )]
    [InlineData(
        "Engine:OtlpEndpoint=collector",
        "Engine:OtlpEndpoint = collector (…): 应为 http://HOST:4317 这样的地址。It must be an address such as http://HOST:4317."
    )]
    [InlineData(
        "Engine:Cluster=true",
        "Engine:Cluster = true (…): 需要 Storage:Provider=PostgreSql。It needs Storage:Provider=PostgreSql: silos find each other in its database."
    )]
    [InlineData(
        "Retention:After=10.00:00:00",
        "Retention:After = 10.00:00:00 (…): 应为 0（不归档）或至少 60.00:00:00：60 天内仍可能有退货。It must be 0 (nothing leaves) or at least 60.00:00:00: returns may come that late."
    )]
    [InlineData(
        "Parcel:ReceiptCopies:0=carrier",
        "Parcel:ReceiptCopies:0 = carrier (…): 应为 platform 或 merchant。It must be platform or merchant."
    )]
    [InlineData(
        "Identity:HmacKey=c2hvcnQ=",
        "Identity:HmacKey = *** (…): 应为 至少 32 字节的 base64（openssl rand -base64 32）。It must be base64 of at least 32 bytes: openssl rand -base64 32."
    )]
    [InlineData(
        "Kafka:Common:socket.keepalive=true",
        "Kafka:Common:socket.keepalive (…): librdkafka 没有此设置。librdkafka has no such setting; its names are in its CONFIGURATION.md."
    )]
    [InlineData(
        "Kafka:Producer:acks=some",
        "Kafka:Producer:acks (…): librdkafka 不接受此值。librdkafka does not take this value; its CONFIGURATION.md says what is allowed."
    )]
    // Brokers.
    [InlineData(
        "Kafka:BootstrapServers=host",
        "Kafka:BootstrapServers = host (…): host 缺少端口。host has no port. 请写主机与端口，多个以逗号分隔。Write HOST:PORT, with commas between several."
    )]
    [InlineData(
        "Kafka:BootstrapServers=a:1,host:99999",
        "Kafka:BootstrapServers = a:1,host:99999 (…): host:99999 的端口应为 1 至 65535。The port of host:99999 must be 1 to 65535. 请写主机与端口，多个以逗号分隔。Write HOST:PORT, with commas between several."
    )]
    [InlineData(
        "Kafka:BootstrapServers=a:1,,b:2",
        "Kafka:BootstrapServers = a:1,,b:2 (…): 含有空的地址。It holds an empty name. 请写主机与端口，多个以逗号分隔。Write HOST:PORT, with commas between several."
    )]
    // Limits.
    [InlineData(
        "Engine:Limits:0:From=2027-01-01 Engine:Limits:0:SingleFen=-5 Engine:Limits:0:AnnualFen=5",
        "Engine:Limits:0:SingleFen = -5 (…): 应为整数，1 至 100000000000。It must be a whole number, 1 to 100000000000."
    )]
    [InlineData(
        "Engine:Limits:0:From=2027-01-01 Engine:Limits:0:SingleFen=6 Engine:Limits:0:AnnualFen=5",
        "Engine:Limits:0:AnnualFen = 5 (…): 不得小于 SingleFen（6）。It must not be below SingleFen (6)."
    )]
    [InlineData(
        "Engine:Limits:0:From=2027-01-01 Engine:Limits:0:SingleFen=1 Engine:Limits:0:AnnualFen=5 Engine:Limits:1:From=2027-01-01 Engine:Limits:1:SingleFen=1 Engine:Limits:1:AnnualFen=5",
        "Engine:Limits:1:From = 2027-01-01 (…): 各行应按日期递增。Rows must be in order of their days; the one before is from 2027-01-01."
    )]
    // Names that nobody knows.
    [InlineData(
        "Bogus:Setting=1",
        "Bogus:Setting (…): 没有此设置，可用：Engine、Kafka、Topics、Storage、Identity、Hsm、SigningPool、Intake、Door、Changes、Repeats、Access、CustomsPort、Tax、Parcel、Quota、Unmatched、SignedMessages、Dispatch、Recovery、Retention、Simulator、Logging。There is no such setting; there are Engine, Kafka, Topics, Storage, Identity, Hsm, SigningPool, Intake, Door, Changes, Repeats, Access, CustomsPort, Tax, Parcel, Quota, Unmatched, SignedMessages, Dispatch, Recovery, Retention, Simulator, Logging."
    )]
    [InlineData(
        "Kafa:BootstrapServers=a:1",
        "Kafa:BootstrapServers (…): 没有此设置，是否指 Kafka:BootstrapServers？There is no such setting; did you mean Kafka:BootstrapServers?"
    )]
    [InlineData(
        "Port:Interception=Refuse",
        "Port:Interception (…): 现名为 CustomsPort:Interception。It is called CustomsPort:Interception now; give it by that name."
    )]
    [InlineData(
        "Waiting:LookAgain=00:01:00",
        "Waiting:LookAgain (…): 现名为 Unmatched:LookAgain。It is called Unmatched:LookAgain now; give it by that name."
    )]
    [InlineData(
        "Url=http://here",
        "Url (…): 没有此设置，是否指 Urls？There is no such setting; did you mean Urls?"
    )]
    [InlineData(
        "Engine:Partition=8",
        "Engine:Partition (…): 没有此设置，是否指 Engine:Partitions？There is no such setting; did you mean Engine:Partitions?"
    )]
    [InlineData(
        "Logging:LogLevl:Orleans=Error",
        "Logging:LogLevl:Orleans (…): 没有此设置，是否指 Logging:LogLevel？There is no such setting; did you mean Logging:LogLevel?"
    )]
    [InlineData(
        "Engine:Tls:KeyFiles=x",
        "Engine:Tls:KeyFiles (…): 没有此设置，是否指 Engine:Tls:KeyFile？There is no such setting; did you mean Engine:Tls:KeyFile?"
    )]
    [InlineData(
        "Kafka:Producing:Linge=00:00:01",
        "Kafka:Producing:Linge (…): 没有此设置，是否指 Kafka:Producing:Linger？There is no such setting; did you mean Kafka:Producing:Linger?"
    )]
    [InlineData(
        "Engine:Partitions:Of=8",
        "Engine:Partitions:Of (…): 没有此设置：Engine:Partitions 是值。There is no such setting: Engine:Partitions is a value."
    )]
    [InlineData(
        "Engine=8",
        "Engine (…): 是一节，不是值，请写 Section:Name=值。It is a section and no value; write Section:Name=value."
    )]
    [InlineData(
        "Door:KnownProxies=10.0.0.1",
        "Door:KnownProxies (…): 是列表，请写 Door:KnownProxies:0=…。It is a list; write Door:KnownProxies:0=…."
    )]
    [InlineData(
        "Quota:Years=3",
        "Quota:Years (…): 没有此设置，可用：Quota:HorizonYears。There is no such setting; there are Quota:HorizonYears."
    )]
    public void What_cannot_work_is_told_in_one_line(string settings, string line)
    {
        // A mixture of parts is another matter.
        var only = Assert.Single(
            Lines([
                .. settings.Split(' '),
                .. settings.StartsWith("Kafka:B", StringComparison.Ordinal) ? AllAllowed : [],
            ])
        );
        Assert.Equal(line.Replace("(…)", "(命令行 command line)", StringComparison.Ordinal), only);
    }

    [Theory]
    [InlineData(null, "文件不存在")]
    [InlineData("", "文件为空")]
    [InlineData("[]", "没有任何税率")]
    [InlineData("{}", "第 1 行 line 1, $: 应为列表")]
    [InlineData(
        "[\n{ \"prefix\": \"\", \"from\": \"2016-04-08\", \"vat\": 0.13 }\n",
        "第 3 行 line 3, $: 此处不是 JSON"
    )]
    [InlineData(
        "[\n{ \"prefix\": \"\", \"from\": \"2016-04-08\",\n \"vat\": -0.13 }]",
        "第 3 行 line 3, $[0].vat: -0.13 应为 0 至 0.5"
    )]
    [InlineData(
        "[{ \"prefix\": \"\", \"from\": \"2016-04-08\",\n \"vat\": 13 }]",
        "第 2 行 line 2, $[0].vat: 13 应为 0 至 0.5"
    )]
    [InlineData(
        "[{ \"prefix\": \"\", \"from\": \"2016-04-08\", \"vat\": \"much\" }]",
        "第 1 行 line 1, $[0].vat: 应为数字"
    )]
    [InlineData("[{ \"prefix\": \"\", \"vat\": 0.13 }]", "第 1 行 line 1, $[0].from: 缺少此字段")]
    [InlineData(
        "[{ \"prefix\": \"\", \"from\": \"2016-04-08\", \"tarif\": 0, \"vat\": 0 }]",
        "$[0].tarif: 没有此字段，是否指 tariff?"
    )]
    [InlineData("[{ \"prefix\": \"33\", \"from\": \"2016-04-08\", \"vat\": 0 }]", "缺少前缀为空的默认行")]
    [InlineData(
        "[{ \"prefix\": \"\", \"from\": \"2016-04-08\", \"vat\": 0 },\n{ \"prefix\": \"\", \"from\": \"2016-04-08\", \"vat\": 0.1 }]",
        "第 2 行 line 2, $[1].prefix: 前缀 \"\" 自 2016-04-08 重复"
    )]
    public void A_file_of_rates_is_read_at_the_start(string? content, string named) =>
        AssertRefused("Tax:RatesFile", content, named);

    [Theory]
    [InlineData(null, "文件不存在")]
    [InlineData("[]", "没有任何企业")]
    [InlineData("[{ \"code\": \"1234567890\" \"name\": \"A\" }]", "第 1 行 line 1, $: 此处不是 JSON")]
    [InlineData(
        "[{ \"code\": \"1234567890\", \"name\": \"A\",\n\"roles\": [\"platfrom\"] }]",
        "第 2 行 line 2, $[0].roles[0]: 应为 platform、merchant"
    )]
    [InlineData(
        "[{ \"code\": \"1234567890\", \"name\": \"A\",\n\"roles\": \"platform\" }]",
        "第 2 行 line 2, $[0].roles: 应为列表"
    )]
    [InlineData(
        "[{ \"code\": \"1234567890\", \"name\": \"A\", \"roles\": [\"platform\"],\n\n\"modes\": [\"9610\", \"1234\"] }]",
        "第 3 行 line 3, $[0].modes[1]: 1234 应为 9610 或 1210"
    )]
    [InlineData(
        "[{ \"code\": \"1234567890\", \"name\": \"A\", \"roles\": [\"platform\"], \"customs\": [\"99\"] }]",
        "$[0].customs[0]: 99 应为 4 位关区代码"
    )]
    [InlineData(
        "[{ \"code\": \"123\", \"name\": \"A\", \"roles\": [\"platform\"] }]",
        "$[0].code: 123 应为 10 位海关编码或 18 位信用代码"
    )]
    [InlineData("[{ \"code\": \"1234567890\", \"roles\": [\"platform\"] }]", "$[0].name: 缺少此字段")]
    [InlineData(
        "[{ \"code\": \"1234567890\", \"name\": \"A\", \"role\": [\"platform\"] }]",
        "$[0].role: 没有此字段，是否指 roles?"
    )]
    [InlineData(
        "[{ \"code\": \"1234567890\", \"name\": \"A\", \"roles\": [\"platform\"], \"active\": \"yes\" }]",
        "$[0].active: 应为 true 或 false"
    )]
    [InlineData(
        "[{ \"code\": \"1234567890\", \"name\": \"A\", \"roles\": [\"platform\"], \"signing\": \"own\" }]",
        "应至少有一张证书"
    )]
    [InlineData(
        "[{ \"code\": \"1234567890\", \"name\": \"A\", \"roles\": [\"platform\"], \"certificates\": [\"AAAA\"] }]",
        "$[0].certificates[0]: 企业 1234567890 的证书不是 base64 DER"
    )]
    [InlineData(
        "[{ \"code\": \"1234567890\", \"name\": \"A\", \"roles\": [\"platform\"], \"signing\": \"own\", \"mustSign\": \"never\" }]",
        "$[0].mustSign: 企业 1234567890 自行加签"
    )]
    [InlineData(
        "[{ \"code\": \"12345/7890\", \"name\": \"A\", \"roles\": [\"platform\"] }]",
        "应为 10 位海关编码或 18 位信用代码"
    )]
    public void A_file_of_participants_is_read_at_the_start(string? content, string named) =>
        AssertRefused("Engine:ParticipantsFile", content, named);

    [Theory]
    [InlineData("Kafka:SslCaLocation", null, "文件不存在")]
    [InlineData("Kafka:SslCaLocation", "no pem", "文件中没有 PEM 证书")]
    [InlineData("Hsm:PinFile", " \n", "文件中没有 PIN")]
    [InlineData("Hsm:ModulePath", null, "文件不存在")]
    public void Every_file_that_a_setting_names_is_read_at_the_start(
        string setting,
        string? content,
        string named
    ) =>
        AssertRefused(
            setting,
            content,
            named,
            "Kafka:BootstrapServers=a:1",
            "Hsm:Provider=Pkcs11",
            "Hsm:ModulePath=module.so",
            "Hsm:TokenLabel=label",
            setting == "Hsm:PinFile" ? "Hsm:Sessions=4" : "Hsm:Pin=1"
        );

    /// <summary>librdkafka's own words of it: a file, a directory, or "probe"; PEM, and nothing else.</summary>
    [Theory]
    [InlineData("ca.pem", true)]
    [InlineData("hashed", true)]
    [InlineData("probe", true)]
    [InlineData("ca.der", false)]
    [InlineData("Probe", false)]
    [InlineData("nothing-there", false)]
    public void Authorities_of_the_brokers_are_whatever_the_client_of_Kafka_takes(string name, bool isTaken)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest(
            "CN=ca",
            key,
            HashAlgorithmName.SHA256,
            RSASignaturePadding.Pkcs1
        );
        using var ca = request.CreateSelfSigned(
            DateTimeOffset.UnixEpoch,
            DateTimeOffset.UnixEpoch.AddYears(1)
        );
        File.WriteAllText(Path.Combine(_directory, "ca.pem"), ca.ExportCertificatePem());
        File.WriteAllBytes(Path.Combine(_directory, "ca.der"), ca.RawData);
        Directory.CreateDirectory(Path.Combine(_directory, "hashed"));

        var location = name is "probe" or "Probe" ? name : Path.Combine(_directory, name);
        var lines = Lines($"Kafka:SslCaLocation={location}", "Kafka:BootstrapServers=a:1");

        Assert.Equal(
            !isTaken,
            lines.Any(l => l.StartsWith("Kafka:SslCaLocation = ", StringComparison.Ordinal))
        );
    }

    /// <summary>One start tells all: of every section, unknown names, types, ranges and files.</summary>
    [Fact]
    public void All_that_cannot_work_is_told_at_once()
    {
        var names = EngineSettings
            .Look(
                Configuration(
                    "Kafa:BootstrapServers=a:1",
                    "Engine:Partitions=abc",
                    "Door:Timeout=00:00:00",
                    "Tax:RatesFile=/nowhere",
                    "Dispatch:MessageBytes=60000000",
                    "Unmatched:LookAgian=00:10:00",
                    "Storage:Keys:Ring:1=short"
                )
            )
            .Faults.Select(f => f.Name);
        Assert.Equal(
            [
                "Dispatch:MessageBytes",
                "Door:Timeout",
                "Engine:Partitions",
                "Kafa:BootstrapServers",
                "Storage:Keys:Ring:1",
                "Tax:RatesFile",
                "Unmatched:LookAgian",
            ],
            names.Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task The_host_ends_with_the_code_for_unusable_settings_and_a_line_for_each()
    {
        using var error = new StringWriter();
        string[] words = ["--Bogus:Setting=1", "--Engine:Partitions=abc", "--CustomsPort:AcceptedLevel=7"];
        Assert.Equal(ExitCode.Unusable, await HostCommandLine.Run(words, TextWriter.Null, error));

        var lines = error.ToString().ReplaceLineEndings("\n").TrimEnd().Split('\n');
        Assert.Equal("无法启动 cannot start: 3 项设置有误 settings cannot work:", lines[0]);
        Assert.Equal(4, lines.Length);
        Assert.All(["Bogus:Setting", "Engine:Partitions = abc", "CustomsPort:AcceptedLevel = 7"], name =>
            Assert.Contains(lines, l => l.StartsWith($"  {name}", StringComparison.Ordinal))
        );
    }

    /// <summary>The environment holds others' names: only what is nearly ours, and has parts, is taken for a mistake.</summary>
    [Theory]
    [InlineData("Kafa__BootstrapServers", "Kafa:BootstrapServers")]
    [InlineData("ENIGNE__PARTITIONS", "ENIGNE:PARTITIONS")]
    [InlineData("Storage__Bach", "Storage:Bach")]
    [InlineData("Port__Interception", "Port:Interception")]
    [InlineData("WAITING__LOOKAGAIN", "WAITING:LOOKAGAIN")]
    [InlineData("WAITING", null)]
    [InlineData("Kafa", null)]
    [InlineData("PORT", null)]
    [InlineData("NPM__CONFIG", null)]
    [InlineData("OTHER__THING", null)]
    public void Of_the_environment_only_what_is_nearly_ours_is_refused(string variable, string? refused)
    {
        // A prefix of its own keeps other tests' environment clean.
        var prefix = $"T{Guid.NewGuid():N}_";
        Environment.SetEnvironmentVariable(prefix + variable, "1");
        try
        {
            var configuration = new ConfigurationBuilder().AddEnvironmentVariables(prefix).Build();
            var faults = EngineSettings.Look(configuration).Faults;
            Assert.Equal(refused is null ? [] : [refused], faults.Select(f => f.Name));
            Assert.All(faults, f => Assert.Equal("环境变量 environment", f.Source));
        }
        finally
        {
            Environment.SetEnvironmentVariable(prefix + variable, null);
        }
    }

    [Fact]
    public void A_settings_file_is_named_as_the_source_of_its_fault()
    {
        var file = Path.Combine(_directory, "site.json");
        File.WriteAllText(
            file,
            """{ "Engine": { "Partitions": 0, "Instanze": "a" }, "Loging": { "LogLevel": "x" } }"""
        );
        var faults = EngineSettings.Look(new ConfigurationBuilder().AddJsonFile(file).Build()).Faults;
        Assert.Equal(
            ["Engine:Instanze", "Engine:Partitions", "Loging:LogLevel"],
            faults.Select(f => f.Name).Order(StringComparer.Ordinal)
        );
        Assert.All(faults, f => Assert.Equal("site.json", f.Source));
    }

    [Fact]
    public void The_defaults_are_sound() => Assert.Empty(Lines());

    static readonly string[] AllAllowed =
    [
        "Engine:AllowDevelopmentParts=Broker,Database,Token,Participants,Simulator,Identity",
    ];

    /// <summary>What a category is called is anybody's matter.</summary>
    [Theory]
    [InlineData("Logging:LogLevel:My.Own.Part=debug")]
    [InlineData("Logging:Console:LogLevel:Microsoft.AspNetCore=NONE")]
    [InlineData("Logging:Console:FormatterName=JSON")]
    public void What_logging_knows_is_no_fault(string setting) => Assert.Empty(Lines(setting));

    /// <summary>Each setting that names a directory to write to, below a file and at one.</summary>
    [Theory]
    [InlineData("Engine:DataDirectory", "")]
    [InlineData("Engine:DataDirectory", "/below")]
    [InlineData("Hsm:Directory", "")]
    [InlineData("Hsm:Directory", "/below/it")]
    [InlineData("Retention:Directory", "", "Retention:After=90.00:00:00")]
    public void A_directory_that_a_file_stands_in_the_way_of_is_told_by_name(
        string setting,
        string below,
        params string[] others
    )
    {
        var file = Path.Combine(_directory, "file");
        File.WriteAllText(file, "");
        var only = Assert.Single(Lines([.. others, $"{setting}={file}{below}"]));
        Assert.StartsWith($"{setting} = {file}{below} (", only, StringComparison.Ordinal);
        Assert.EndsWith(
            $"{file} 是文件，应为目录。{file} is a file and no directory; name a directory, or move the file away.",
            only,
            StringComparison.Ordinal
        );
    }

    /// <summary>What is derived from a directory is that one's fault.</summary>
    [Fact]
    public void A_file_where_the_token_should_lie_in_the_data_directory_is_that_directorys_fault()
    {
        File.WriteAllText(Path.Combine(_directory, "token"), "");
        var only = Assert.Single(Lines($"Engine:DataDirectory={_directory}"));
        Assert.StartsWith("Engine:DataDirectory = ", only, StringComparison.Ordinal);
    }

    /// <summary>Not even root writes to /proc.</summary>
    [Theory]
    [InlineData("Engine:DataDirectory")]
    [InlineData("Hsm:Directory")]
    [InlineData("Storage:ConnectionString")]
    public async Task A_directory_that_cannot_be_written_to_is_told_by_name(string setting)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "It has no /proc.");
        var value = setting == "Storage:ConnectionString" ? "Data Source=/proc/here/x.db" : "/proc/here";
        using var error = new StringWriter();
        string[] words = [$"--Engine:DataDirectory={_directory}", $"--{setting}={value}"];
        Assert.Equal(ExitCode.Unusable, await HostCommandLine.Run(words, TextWriter.Null, error));

        var only = Assert.Single(error.ToString().TrimEnd().ReplaceLineEndings("\n").Split('\n'));
        Assert.Contains($"{setting} = /proc/here (", only, StringComparison.Ordinal);
        Assert.Contains("Nothing can be written to /proc:", only, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_directory));
    }

    void AssertRefused(string setting, string? content, string named, params string[] others)
    {
        var file = Path.Combine(_directory, "named.json");
        if (content is not null)
            File.WriteAllText(file, content);
        var lines = Lines([.. others, $"{setting}={file}", .. AllAllowed]);
        Assert.Contains(lines, l =>
            l.StartsWith($"{setting} = {file} ", StringComparison.Ordinal)
            && l.Contains(named, StringComparison.Ordinal)
        );
    }

    static IEnumerable<string> Lines(params string[] settings) =>
        EngineSettings.Look(Configuration(settings)).Faults.Select(f => f.ToString());

    static IConfigurationRoot Configuration(params string[] settings) =>
        new ConfigurationBuilder().AddCommandLine([.. settings.Select(s => $"--{s}")]).Build();
}
