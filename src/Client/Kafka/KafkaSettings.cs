using System.CommandLine;
using ClearanceEngine.Client.Verbs;
using ClearanceEngine.Streams.Kafka;
using Microsoft.Extensions.Configuration;

namespace ClearanceEngine.Client.Kafka;

/// <summary>
/// How a verb reaches Kafka, by the engine's own settings: a file, then the environment (<c>Kafka__…</c>), then
/// <c>--kafka-setting</c>, then <c>--kafka</c>; the later wins.
/// </summary>
sealed class KafkaSettings
{
    /// <summary>Where Kafka is when nothing says otherwise: the development broker.</summary>
    const string DefaultServers = "127.0.0.1:9092";

    const string Section = "Kafka";

    /// <summary>librdkafka's name of what the engine calls BootstrapServers.</summary>
    public const string BootstrapServers = "bootstrap.servers";

    readonly Option<string?> _servers = new("--kafka")
    {
        Description = "Kafka 地址 host:port of Kafka",
        Recursive = true,
    };

    readonly Option<FileInfo?> _file = new("--kafka-config")
    {
        Description =
            "Kafka 配置文件 file of Kafka's settings: the engine's appsettings.json, or librdkafka's names as JSON or name=value lines",
        Recursive = true,
    };

    readonly Option<string[]> _settings = new("--kafka-setting")
    {
        Description =
            "Kafka 配置项 a setting of librdkafka, name=value, as Kafka:Common:name; passwords belong in the file or the environment, where others do not see them",
        Recursive = true,
    };

    readonly Option<int> _patience = new("--kafka-timeout")
    {
        Description =
            "等待 Kafka 的秒数 seconds after which a Kafka that says nothing counts as out of reach",
        DefaultValueFactory = _ => 10,
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

    /// <summary>Whether the command line names a Kafka at all.</summary>
    public bool AreGiven(ParseResult parsed) =>
        parsed.GetValue(_servers) is not null
        || parsed.GetValue(_file) is not null
        || parsed.GetValue(_settings) is { Length: > 0 };

    public TimeSpan Patience(ParseResult parsed) =>
        parsed.GetValue(_patience) is > 0 and <= 3600 and var seconds
            ? TimeSpan.FromSeconds(seconds)
            : throw VerbException.Usage(
                "bad-kafka-settings",
                "--kafka-timeout 应为 1 至 3600 秒。--kafka-timeout must be between 1 and 3600 seconds."
            );

    /// <exception cref="VerbException">A setting is wrong, or the file cannot be understood.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public KafkaConnectionOptions Read(ParseResult parsed)
    {
        var options = new KafkaConnectionOptions();
        Apply(parsed, options);
        return options.Fault() is { } fault ? throw Wrong($"{Section}: {fault}") : options;
    }

    /// <summary>Puts what the file, the environment and the command line say into these options.</summary>
    public void Apply(ParseResult parsed, KafkaConnectionOptions options)
    {
        var section = Sources(parsed).GetSection(Section);
        try
        {
            section.Bind(options, b => b.ErrorOnUnknownConfiguration = true);
        }
        catch (InvalidOperationException e)
        {
            throw Wrong($"{Section}: {e.InnerException?.Message ?? e.Message}", e);
        }

        if (options.Common.Remove(BootstrapServers, out var servers))
            options.BootstrapServers = servers;
        if (parsed.GetValue(_servers) is { } named)
            options.BootstrapServers = named;
        if (options.BootstrapServers.Length == 0)
            options.BootstrapServers = DefaultServers;
    }

    IConfiguration Sources(ParseResult parsed)
    {
        var file = parsed.GetValue(_file) is { } named ? KafkaSettingsFile.Read(named) : [];
        var environment = new ConfigurationBuilder().AddEnvironmentVariables().Build().GetSection(Section);
        var ofConnections = environment
            .AsEnumerable(makePathsRelative: true)
            .Where(s => KafkaSettingsFile.IsOfConnections(s.Key));
        var arguments = (parsed.GetValue(_settings) ?? []).Select(Argument);

        return new ConfigurationBuilder()
            .AddInMemoryCollection(file.Select(Below))
            .AddInMemoryCollection(ofConnections.Select(Below))
            .AddInMemoryCollection(arguments.Select(Below))
            .Build();

        static KeyValuePair<string, string?> Below(KeyValuePair<string, string?> setting) =>
            new($"{Section}:{setting.Key}", setting.Value);
    }

    static KeyValuePair<string, string?> Argument(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals > 0
            ? KafkaSettingsFile.OfLibrary(text[..equals].Trim(), text[(equals + 1)..].Trim())
            : throw Wrong($"--kafka-setting {text}: 应为 名称=值 write name=value");
    }

    static VerbException Wrong(string text, Exception? inner = null) =>
        VerbException.Usage(
            "bad-kafka-settings",
            $"Kafka 配置有误 Kafka's settings are wrong. {text}",
            inner
        );
}
