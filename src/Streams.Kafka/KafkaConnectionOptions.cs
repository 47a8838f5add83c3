using System.ComponentModel.DataAnnotations;
using Confluent.Kafka;

namespace ClearanceEngine.Streams.Kafka;

/// <summary>How to reach Kafka; shared by feeds, producers and topic creation.</summary>
public sealed class KafkaConnectionOptions : IValidatableObject
{
    /// <summary>Brokers to ask first, as <c>host:port</c>, comma-separated; they name the others. Required.</summary>
    [Required]
    public string BootstrapServers { get; set; } = "";

    /// <summary>
    /// Most bytes of one message, headers included. Topics are created to take this and the headers of a dead letter; topics that
    /// were there before and the broker must allow as much. Default 4 MiB and 64 KiB.
    /// </summary>
    [Range(1_000, LargestMessage)]
    public int MessageMaxBytes { get; set; } = (4 * 1024 * 1024) + (64 * 1024);

    /// <summary>How the connection is secured. Default plain text.</summary>
    public SecurityProtocol? SecurityProtocol { get; set; }

    /// <summary>SASL mechanism, such as <c>ScramSha512</c>; only for a protocol with SASL. Default none.</summary>
    public SaslMechanism? SaslMechanism { get; set; }

    /// <summary>User for PLAIN and SCRAM.</summary>
    public string? SaslUsername { get; set; }

    /// <summary>Password for PLAIN and SCRAM; give it by environment or a secret file, not in a settings file.</summary>
    [DataType(DataType.Password)]
    public string? SaslPassword { get; set; }

    /// <summary>
    /// The authorities that may sign brokers' certificates: a PEM file, a directory of PEM files under OpenSSL's hashed names, or
    /// <c>probe</c> for the system's usual places. Default the system's.
    /// </summary>
    public string? SslCaLocation { get; set; }

    /// <summary>PEM file of our own certificate, for mutual TLS.</summary>
    public string? SslCertificateLocation { get; set; }

    /// <summary>PEM file of our own key, for mutual TLS.</summary>
    public string? SslKeyLocation { get; set; }

    /// <summary>Password of that key.</summary>
    [DataType(DataType.Password)]
    public string? SslKeyPassword { get; set; }

    /// <summary>Settings of librdkafka for every client, by their own names (<c>socket.keepalive.enable</c> …). They win over all above.</summary>
    public Dictionary<string, string> Common { get; } = new(StringComparer.Ordinal);

    /// <summary>Further settings for consumers; they win over <see cref="Common"/>.</summary>
    public Dictionary<string, string> Consumer { get; } = new(StringComparer.Ordinal);

    /// <summary>Further settings for producers; they win over <see cref="Common"/>.</summary>
    public Dictionary<string, string> Producer { get; } = new(StringComparer.Ordinal);

    /// <summary>Further settings for topic creation; they win over <see cref="Common"/>.</summary>
    public Dictionary<string, string> Admin { get; } = new(StringComparer.Ordinal);

    /// <summary>What a dead letter's headers may add to a message that was as large as allowed.</summary>
    internal const int DeadLetterRoom = 64 * 1024;

    /// <summary>Above this a fetch would pass the client's <c>receive.message.max.bytes</c>.</summary>
    const int LargestMessage = 64 * 1024 * 1024;

    internal int TopicMaxBytes => MessageMaxBytes + DeadLetterRoom;

    /// <summary>Fills a client's configuration: the settings above, then <see cref="Common"/>, then its own, of which the last wins.</summary>
    /// <param name="config">Of a consumer, a producer or an administrator; returned.</param>
    /// <param name="own">Settings of this kind of client: <see cref="Consumer"/>, <see cref="Producer"/> or <see cref="Admin"/>.</param>
    public T Apply<T>(T config, Dictionary<string, string>? own = null)
        where T : ClientConfig
    {
        config.BootstrapServers = BootstrapServers;
        config.MessageMaxBytes = TopicMaxBytes;
        if (SecurityProtocol is { } protocol)
            config.SecurityProtocol = protocol;
        if (SaslMechanism is { } mechanism)
            config.SaslMechanism = mechanism;
        if (SaslUsername is not null)
            config.SaslUsername = SaslUsername;
        if (SaslPassword is not null)
            config.SaslPassword = SaslPassword;
        if (SslCaLocation is not null)
            config.SslCaLocation = SslCaLocation;
        if (SslCertificateLocation is not null)
            config.SslCertificateLocation = SslCertificateLocation;
        if (SslKeyLocation is not null)
            config.SslKeyLocation = SslKeyLocation;
        if (SslKeyPassword is not null)
            config.SslKeyPassword = SslKeyPassword;
        foreach (var (name, value) in Common)
            config.Set(name, value);
        foreach (var (name, value) in own ?? [])
            config.Set(name, value);
        return config;
    }

    /// <summary>
    /// librdkafka's own names of the brokers. They would win over <see cref="BootstrapServers"/>, and whoever asks that which Kafka
    /// this is (which decides whether customs is simulated) would be told another one.
    /// </summary>
    static readonly string[] BrokerNames = ["bootstrap.servers", "metadata.broker.list"];

    /// <summary>What is wrong with these options, with the option's name; null when nothing is.</summary>
    public string? FirstFault() => OptionsFault.First(this);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        (string Name, Dictionary<string, string> Settings)[] groups =
        [
            (nameof(Common), Common),
            (nameof(Consumer), Consumer),
            (nameof(Producer), Producer),
            (nameof(Admin), Admin),
        ];
        foreach (var (group, settings) in groups)
        {
            foreach (var other in settings.Keys.Intersect(BrokerNames, StringComparer.OrdinalIgnoreCase))
                yield return Fault(
                    $"{group}:{other}",
                    "须以 BootstrapServers 设置。Brokers are set by BootstrapServers, and only there: name them as host:port."
                );
        }
        if (SaslMechanism is not null && !IsSasl(SecurityProtocol))
            yield return Fault(
                nameof(SaslMechanism),
                "仅用于 SecurityProtocol 为 SaslPlaintext 或 SaslSsl 时。It is set, but SecurityProtocol is not SaslPlaintext or SaslSsl."
            );
        if (NeedsPassword(SaslMechanism) && (SaslUsername is null || SaslPassword is null))
            yield return Fault(
                nameof(SaslMechanism),
                "还须给出 SaslUsername 与 SaslPassword。It needs SaslUsername and SaslPassword."
            );
        if ((SslCertificateLocation is null) != (SslKeyLocation is null))
            yield return Fault(
                SslCertificateLocation is null ? nameof(SslCertificateLocation) : nameof(SslKeyLocation),
                "双向 TLS 须同时给出 SslCertificateLocation 与 SslKeyLocation。Mutual TLS needs both SslCertificateLocation and SslKeyLocation."
            );
    }

    static bool IsSasl(SecurityProtocol? protocol) =>
        protocol
            is Confluent.Kafka.SecurityProtocol.SaslPlaintext
                or Confluent.Kafka.SecurityProtocol.SaslSsl;

    static bool NeedsPassword(SaslMechanism? mechanism) =>
        mechanism
            is Confluent.Kafka.SaslMechanism.Plain
                or Confluent.Kafka.SaslMechanism.ScramSha256
                or Confluent.Kafka.SaslMechanism.ScramSha512;

    static ValidationResult Fault(string name, string text) => new(text, [name]);
}
