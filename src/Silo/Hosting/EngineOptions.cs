namespace ClearanceEngine.Silo.Hosting;

/// <summary>Which parts are embedded, and how topics are made.</summary>
public sealed class EngineOptions
{
    /// <summary>Directory of everything that the embedded default keeps (database, keys, token). Default <c>data</c>.</summary>
    public string DataDirectory { get; set; } = "data";

    /// <summary>True runs a development broker inside this process; <c>Kafka:BootstrapServers</c> is then its address. Default: where <c>Kafka:BootstrapServers</c> names no other.</summary>
    public bool? DevelopmentBroker { get; set; }

    /// <summary>Port of the development broker; 0 means any. Default 9092.</summary>
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
    public TimeSpan StartTimeout { get; set; }

    /// <summary>Partitions of topics that are created. Default 8.</summary>
    public int Partitions { get; set; } = 8;

    /// <summary>Replicas of topics that are created; -1 leaves it to the broker. Default -1.</summary>
    public short Replication { get; set; } = -1;

    /// <summary>File of the participants; null takes the invented development set.</summary>
    public string? ParticipantsFile { get; set; }

    /// <summary>Consumer group of the engine. Default <c>clearance-engine</c>.</summary>
    public string Group { get; set; } = "clearance-engine";

    /// <summary>
    /// Name of this silo that stays over restarts and that no other silo has (a StatefulSet's pod name): after a crash it goes
    /// on with its partitions at once. Null: others take them after 10 s. Default null.
    /// </summary>
    public string? Instance { get; set; }

    /// <summary>True joins silos through the PostgreSQL storage's database; false runs one silo. Default false.</summary>
    public bool Cluster { get; set; }

    /// <summary>Name of the cluster; silos of one name join. Default <c>clearance</c>.</summary>
    public string ClusterId { get; set; } = "clearance";

    /// <summary>IP address by which other silos reach this one; null takes that of the host's name.</summary>
    public string? AdvertisedAddress { get; set; }

    /// <summary>Port between silos. Default 11111.</summary>
    public int SiloPort { get; set; } = 11111;

    /// <summary>Port for Orleans clients of your own, which may call any grain of any participant; 0 opens none, and the engine needs none. Default 0.</summary>
    public int GatewayPort { get; set; }

    /// <summary>Certificates by which silos know each other; without them whoever reaches the silo port may join. Default none: no TLS.</summary>
    public SiloTlsOptions Tls { get; set; } = new();

    /// <summary>A grain that nobody called for so long leaves memory; the next call reads it again. Bounds what parcels that wait for documents and buyers between purchases hold. Default 2 min.</summary>
    public TimeSpan IdleAfter { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Grains whose place a silo remembers. More than are alive at once is waste: parcels come and go. Default 100,000.</summary>
    public int DirectoryCacheSize { get; set; } = 100_000;

    /// <summary>How long the silo may take to hand on what it holds when it stops, after door, feeds and dispatcher have ended. Default 10 s.</summary>
    public TimeSpan SiloStopTime { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Address where OTLP metrics and traces go; null sends none.</summary>
    public string? OtlpEndpoint { get; set; }

    /// <summary>Purchase limits beyond the built-in table.</summary>
    public IList<LimitRow> Limits { get; } = [];

    internal string? Fault() =>
        AdvertisedAddress is not null && !System.Net.IPAddress.TryParse(AdvertisedAddress, out _)
            ? $"Engine:AdvertisedAddress '{AdvertisedAddress}' is no IP address."
        : IdleAfter < TimeSpan.FromSeconds(70)
            ? $"Engine:IdleAfter is {IdleAfter}; at least 70 s, since idle grains are looked for once a minute."
        : DirectoryCacheSize < 1_000 ? $"Engine:DirectoryCacheSize is {DirectoryCacheSize}; at least 1,000."
        : SiloStopTime < TimeSpan.Zero ? "Engine:SiloStopTime must not be below 0."
        : Partitions < 1 ? "Engine:Partitions must be at least 1."
        : StartTimeout < TimeSpan.Zero ? $"Engine:StartTimeout is {StartTimeout}; 0 (no limit) or more."
        : SiloPort is < 1 or > 65_535 || GatewayPort is < 0 or > 65_535
            ? "Engine:SiloPort must be 1..65535 and GatewayPort 0 (closed) to 65535."
        : Tls.Fault() is { } tls ? tls
        : null;
}

/// <summary>A row of the limit table in configuration.</summary>
public sealed class LimitRow
{
    /// <summary>First day in force (Beijing), yyyy-MM-dd.</summary>
    public DateOnly From { get; set; }

    /// <summary>Most of one transaction, in fen.</summary>
    public long SingleFen { get; set; }

    /// <summary>Most of a person's year, in fen.</summary>
    public long AnnualFen { get; set; }
}
