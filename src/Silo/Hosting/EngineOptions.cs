using System.ComponentModel.DataAnnotations;
using System.Net;
using ClearanceEngine.Participants;
using ClearanceEngine.Silo.Settings;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>Which parts are embedded, and how topics are made.</summary>
public sealed class EngineOptions : IValidatableObject
{
    /// <summary>Directory of everything that the embedded default keeps (database, keys, token, archive), below where the process was started unless it is absolute. Whoever loses it loses the parcels. Default <c>data</c>.</summary>
    [Required]
    public string DataDirectory { get; set; } = "data";

    /// <summary>True runs a development broker inside this process; <c>Kafka:BootstrapServers</c> is then its address. Default: where <c>Kafka:BootstrapServers</c> names no other.</summary>
    public bool? DevelopmentBroker { get; set; }

    /// <summary>Port of the development broker; 0 means any. Default 9092.</summary>
    [Range(0, 65_535)]
    public int DevelopmentBrokerPort { get; set; } = 9092;

    /// <summary>True runs the customs simulator inside this process, which answers in the place of customs. Default: where broker, database, token and participants are all development parts.</summary>
    public bool? Simulator { get; set; }

    /// <summary>
    /// Development parts that may run beside real ones, by name and comma-separated (<c>Database,Token</c>): for test rigs only. Each
    /// start warns of them; without it a start with a mixture is refused. Default none.
    /// </summary>
    public EngineParts AllowDevelopmentParts { get; set; }

    /// <summary>
    /// How long the start waits for a database or a broker that does not answer; then the process ends with exit code 3. 0 waits
    /// as long as it takes, alive and not ready, and <c>/health/ready</c> says for what. Default 0.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan StartTimeout { get; set; }

    /// <summary>Partitions of topics that are created: the most that silos can share, so more than silos will ever run. Topics that are there keep theirs. Default 8.</summary>
    [Range(1, 10_000)]
    public int Partitions { get; set; } = 8;

    /// <summary>Replicas of topics that are created; -1 leaves it to the broker. Default -1.</summary>
    [Range(-1, 100)]
    public short Replication { get; set; } = -1;

    /// <summary>File of the participants (JSON, <c>docs/examples/participants.schema.json</c>), read at the start; who is not in it may send nothing. Default none: the invented development set.</summary>
    public string? ParticipantsFile { get; set; }

    /// <summary>Consumer group of the engine; silos of one group share the partitions. Another name reads all topics from their beginning. Default <c>clearance-engine</c>.</summary>
    [Required]
    public string Group { get; set; } = "clearance-engine";

    /// <summary>
    /// Name of this silo that stays over restarts and that no other silo has (a StatefulSet's pod name): after a crash it goes
    /// on with its partitions at once. Default none: others take them after 10 s.
    /// </summary>
    public string? Instance { get; set; }

    /// <summary>True joins silos through the PostgreSQL storage's database; false runs one silo, and a second one would write beside it. Default false.</summary>
    public bool Cluster { get; set; }

    /// <summary>Name of the cluster; silos of one name and one database join. Default <c>clearance</c>.</summary>
    [Required]
    public string ClusterId { get; set; } = "clearance";

    /// <summary>IP address by which other silos reach this one. Default that of the host's name.</summary>
    public string? AdvertisedAddress { get; set; }

    /// <summary>Port between silos, on which each must reach every other; two silos on one machine need different ones. Default 11111.</summary>
    [Range(1, 65_535)]
    public int SiloPort { get; set; } = 11111;

    /// <summary>Port for Orleans clients of your own, which may call any grain of any participant; 0 opens none, and the engine needs none. Default 0.</summary>
    [Range(0, 65_535)]
    public int GatewayPort { get; set; }

    /// <summary>Certificates by which silos know each other; without them whoever reaches the silo port may join. Default none: no TLS.</summary>
    public SiloTlsOptions Tls { get; set; } = new();

    /// <summary>A grain that nobody called for so long leaves memory; the next call reads it again. Bounds what parcels that wait for documents and buyers between purchases hold. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:15", "1.00:00:00")]
    public TimeSpan IdleAfter { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Grains whose place a silo remembers. More than are alive at once is waste: parcels come and go. Default 100,000.</summary>
    [Range(1_000, 10_000_000)]
    public int DirectoryCacheSize { get; set; } = 100_000;

    /// <summary>How long the silo may take to hand on what it holds when it stops, after door, feeds and dispatcher have ended. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan SiloStopTime { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Address where OTLP metrics and traces go, such as <c>http://collector:4317</c>. Default none: nothing is sent.</summary>
    public string? OtlpEndpoint { get; set; }

    /// <summary>Purchase limits beyond the built-in table.</summary>
    public IList<LimitRow> Limits { get; } = [];

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        [
            .. FaultsOfNumbers(),
            .. FaultsOfAddresses(),
            .. LimitFaults(),
            .. SettingFile
                .Faults(ParticipantsFile, ParticipantRegistry.Faults)
                .Select(f => Fault(nameof(ParticipantsFile), f)),
        ];

    IEnumerable<ValidationResult> FaultsOfNumbers()
    {
        if (Replication == 0)
            yield return Fault(
                nameof(Replication),
                "应为 -1（由 Kafka 决定）或至少 1。It must be -1 (left to the broker) or at least 1."
            );
        if (SiloPort == GatewayPort)
            yield return Fault(
                nameof(GatewayPort),
                "不得与 Engine:SiloPort 相同。It must be another than Engine:SiloPort."
            );
        if (Instance is { Length: 0 })
            yield return Fault(
                nameof(Instance),
                "不可为空，不需要时请删去。It must not be empty; take it away where none is wanted."
            );
    }

    IEnumerable<ValidationResult> FaultsOfAddresses()
    {
        if (AdvertisedAddress is not null && !IPAddress.TryParse(AdvertisedAddress, out _))
            yield return Fault(nameof(AdvertisedAddress), "不是 IP 地址。It is no IP address.");
        if (AdvertisedAddress is "0.0.0.0" or "::")
            yield return Fault(
                nameof(AdvertisedAddress),
                "不是其他节点可以连接的地址。It is no address that other silos could connect to; name this machine's."
            );
        if (OtlpEndpoint is not null && !IsHttp(OtlpEndpoint))
            yield return Fault(
                nameof(OtlpEndpoint),
                "应为 http://HOST:4317 这样的地址。It must be an address such as http://HOST:4317."
            );
    }

    static bool IsHttp(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps);

    IEnumerable<ValidationResult> LimitFaults() =>
        Limits
            .Index()
            .Skip(1)
            .Where(l => l.Item.From <= Limits[l.Index - 1].From)
            .Select(l =>
                Fault(
                    $"{nameof(Limits)}:{l.Index}:{nameof(LimitRow.From)}",
                    $"各行应按日期递增。Rows must be in order of their days; the one before is from {Limits[l.Index - 1].From:yyyy-MM-dd}."
                )
            );

    static ValidationResult Fault(string name, string text) => new(text, [name]);
}

/// <summary>A row of the limit table in configuration.</summary>
public sealed class LimitRow : IValidatableObject
{
    /// <summary>First day in force (Beijing). Rows come in the order of their days, and over the built-in ones of 2016 and 2019.</summary>
    [Range(typeof(DateOnly), "2016-04-08", "2999-12-31")]
    public DateOnly From { get; set; }

    /// <summary>Most of one transaction, in fen of dutiable value: an order above it is refused, but for a single item that cannot be divided.</summary>
    [Range(typeof(long), "1", "100000000000")]
    public long SingleFen { get; set; }

    /// <summary>Most of a person's calendar year, in fen of dutiable value.</summary>
    [Range(typeof(long), "1", "100000000000")]
    public long AnnualFen { get; set; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        SettingRule.NotBelow(nameof(AnnualFen), AnnualFen, nameof(SingleFen), SingleFen);
}
