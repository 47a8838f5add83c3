using System.CommandLine;
using System.Globalization;
using ClearanceEngine.Client.Configuration;
using ClearanceEngine.Client.Verbs;
using ClearanceEngine.Streams.Kafka;
using Microsoft.Extensions.Configuration;

namespace ClearanceEngine.Client.Kafka;

/// <summary>
/// How a verb reaches Kafka: the client's file, then a file of the engine's or librdkafka's settings, then the environment
/// (<c>Kafka__…</c>, CLEARANCE_KAFKA), then <c>--kafka-setting</c>, then <c>--kafka</c>; the later wins.
/// </summary>
/// <param name="around">The environment.</param>
/// <param name="fileOf">The client's file for a command line.</param>
sealed class KafkaSettings(Surroundings around, Func<ParseResult, ClientFile> fileOf)
{
    /// <summary>Where Kafka is when nothing says otherwise: the development broker.</summary>
    public const string DefaultServers = "127.0.0.1:9092";

    /// <summary>Who names the brokers where variables of the engine's own do.</summary>
    public const string EngineVariables =
        $"环境变量 environment variable {Section}__{nameof(KafkaConnectionOptions.BootstrapServers)}";

    const string Section = "Kafka";

    const string ServersPath = $"{Section}:{nameof(KafkaConnectionOptions.BootstrapServers)}";

    const int DefaultPatience = 10,
        MostPatience = 3600;

    /// <summary>librdkafka's name of what the engine calls BootstrapServers.</summary>
    public const string BootstrapServers = "bootstrap.servers";

    readonly Option<string?> _servers = new("--kafka")
    {
        Description =
            $"Kafka 地址 host:port of Kafka ({ClientVariables.Kafka}; 未设置时取引擎的 else the engine's {Section}__{nameof(KafkaConnectionOptions.BootstrapServers)}) [default: {DefaultServers}]",
        Recursive = true,
    };

    readonly Option<FileInfo?> _file = new("--kafka-config")
    {
        Description =
            $"Kafka 配置文件 file of Kafka's settings: the engine's appsettings.json, or librdkafka's names as JSON or name=value lines ({ClientVariables.KafkaConfig})",
        Recursive = true,
    };

    readonly Option<string[]> _settings = new("--kafka-setting")
    {
        Description =
            "Kafka 配置项 a setting of librdkafka, name=value, as Kafka:Common:name; passwords belong in the file or the environment, where others do not see them. 引擎的 Kafka__… 环境变量也生效 the engine's variables Kafka__… count, too",
        Recursive = true,
    };

    readonly Option<int?> _patience = new("--kafka-timeout")
    {
        Description =
            $"等待 Kafka 的秒数 seconds after which a Kafka that says nothing counts as out of reach ({ClientVariables.KafkaTimeout}) [default: {DefaultPatience}]",
        Recursive = true,
    };

    /// <summary>Gives a command these options, and its subcommands too.</summary>
    public void AddTo(Command command)
    {
        command.Add(_servers);
        command.Add(_file);
        command.Add(_settings);
        command.Add(_patience);
    }

    /// <summary>Whether the command line itself names a Kafka: what changes where documents go is not left to a file.</summary>
    public bool AreGiven(ParseResult parsed) =>
        parsed.GetValue(_servers) is not null
        || parsed.GetValue(_file) is not null
        || parsed.GetValue(_settings) is { Length: > 0 };

    /// <summary>Whether the command line itself says which Kafka, and not only how to speak to it.</summary>
    public bool NameServers(ParseResult parsed) =>
        parsed.GetValue(_servers) is not null
        || parsed.GetValue(_file) is not null
        || (parsed.GetValue(_settings) ?? []).Any(s =>
            s.StartsWith($"{BootstrapServers}=", StringComparison.OrdinalIgnoreCase)
        );

    public TimeSpan Patience(ParseResult parsed) =>
        (parsed.GetValue(_patience) ?? PatienceVariable() ?? fileOf(parsed).KafkaTimeout ?? DefaultPatience)
            is > 0
                and <= MostPatience
                and var seconds
            ? TimeSpan.FromSeconds(seconds)
            : throw BadPatience();

    int? PatienceVariable()
    {
        if (around.Given(ClientVariables.KafkaTimeout) is not { } text)
            return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? seconds
            : throw BadPatience();
    }

    static VerbException BadPatience() =>
        VerbException.Usage(
            "bad-kafka-settings",
            $"--kafka-timeout（{ClientVariables.KafkaTimeout}、kafkaTimeout）应为 1 至 {MostPatience} 秒。--kafka-timeout ({ClientVariables.KafkaTimeout}, kafkaTimeout) must be between 1 and {MostPatience} seconds."
        );

    /// <exception cref="VerbException">A setting is wrong, or the file cannot be understood.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <returns>The settings, and who named the brokers.</returns>
    public (KafkaConnectionOptions Connection, string Origin) Read(ParseResult parsed)
    {
        var options = new KafkaConnectionOptions();
        var sources = Sources(parsed);
        Apply(sources, options);
        var origin = sources.LastOrDefault(s => s.Settings.Any(NamesServers))?.Origin ?? "默认值 the default";
        if (BrokerAddresses.Fault(options.BootstrapServers) is { } fault)
            throw Wrong($"{ServersPath} {Clip.Quote(options.BootstrapServers)} ({origin}): {fault}");

        return options.FirstFault() is { } wrong ? throw Wrong($"{Section}:{wrong}") : (options, origin);
    }

    static void Apply(IEnumerable<Source> sources, KafkaConnectionOptions options)
    {
        var builder = new ConfigurationBuilder();
        foreach (var source in sources)
            builder.AddInMemoryCollection(source.Settings);
        var section = builder.Build().GetSection(Section);
        try
        {
            section.Bind(options, b => b.ErrorOnUnknownConfiguration = true);
        }
        catch (InvalidOperationException e)
        {
            throw Wrong($"{Section}: {e.InnerException?.Message ?? e.Message}", e);
        }

        if (options.BootstrapServers.Length == 0)
            options.BootstrapServers = DefaultServers;
    }

    /// <summary>Where settings come from.</summary>
    /// <param name="Origin">Who says them, for people.</param>
    /// <param name="Settings">By their full names.</param>
    sealed record Source(string Origin, IReadOnlyList<KeyValuePair<string, string?>> Settings)
    {
        public static Source Of(string origin, IEnumerable<KeyValuePair<string, string?>> settings) =>
            new(origin, [.. settings.Select(Below)]);
    }

    static bool NamesServers(KeyValuePair<string, string?> setting) =>
        setting.Key.Equals(ServersPath, StringComparison.OrdinalIgnoreCase) && setting.Value is not null;

    /// <summary>The later wins.</summary>
    List<Source> Sources(ParseResult parsed)
    {
        var own = fileOf(parsed);
        var ownSettings = own.KafkaSettings.Select(s => KafkaSettingsFile.OfLibrary(s.Key, s.Value));
        var named = FileOf(parsed, own);
        var file = named is null ? [] : KafkaSettingsFile.Read(named);
        var environment = new ConfigurationBuilder().AddEnvironmentVariables().Build().GetSection(Section);
        var ofConnections = environment
            .AsEnumerable(makePathsRelative: true)
            .Where(s => KafkaSettingsFile.IsOfConnections(s.Key));
        var arguments = (parsed.GetValue(_settings) ?? []).Select(Argument);

        return
        [
            Source.Of("配置文件 the file's kafkaSettings", ownSettings),
            Source.Of("配置文件 the file's kafka", Servers(own.Kafka)),
            Source.Of($"Kafka 配置文件 Kafka's file {named?.Name}", file),
            Source.Of(EngineVariables, ofConnections),
            Source.Of(
                $"环境变量 environment variable {ClientVariables.Kafka}",
                Servers(around.Given(ClientVariables.Kafka))
            ),
            Source.Of("参数 argument --kafka-setting", arguments),
            Source.Of("参数 argument --kafka", Servers(parsed.GetValue(_servers))),
        ];
    }

    /// <summary>Its options, as they were given. A password is no word that is printed.</summary>
    public IEnumerable<string> Given(ParseResult parsed) =>
        [
            .. Shell.Given(parsed, _servers),
            .. Shell.Given(parsed, _file),
            .. Shell.Given(parsed, _settings).Select(WithoutSecret),
            .. Shell.Given(parsed, _patience),
        ];

    static string WithoutSecret(string setting)
    {
        var name = setting.Split('=')[0];
        return
            name.Contains("password", StringComparison.OrdinalIgnoreCase)
            || name.EndsWith(".pem", StringComparison.OrdinalIgnoreCase)
            ? $"{name}=***"
            : setting;
    }

    FileInfo? FileOf(ParseResult parsed, ClientFile own) =>
        parsed.GetValue(_file)
        ?? (around.Given(ClientVariables.KafkaConfig) is { } path ? new FileInfo(path) : own.KafkaConfig);

    static IEnumerable<KeyValuePair<string, string?>> Servers(string? servers) =>
        servers is null ? [] : [KafkaSettingsFile.OfLibrary(BootstrapServers, servers)];

    /// <summary>One name for Kafka's address, or what says it by the other one could not be overruled.</summary>
    static KeyValuePair<string, string?> Below(KeyValuePair<string, string?> setting) =>
        setting.Key.Equals($"Common:{BootstrapServers}", StringComparison.OrdinalIgnoreCase)
            ? new(ServersPath, setting.Value)
            : new($"{Section}:{setting.Key}", setting.Value);

    static KeyValuePair<string, string?> Argument(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals > 0
            ? KafkaSettingsFile.OfLibrary(text[..equals].Trim(), text[(equals + 1)..].Trim())
            : throw Wrong("--kafka-setting 应为 名称=值。Write --kafka-setting name=value.");
    }

    static VerbException Wrong(string text, Exception? inner = null) =>
        VerbException.Usage(
            "bad-kafka-settings",
            $"Kafka 配置有误 Kafka's settings are wrong. {text}",
            inner
        );
}
