namespace ClearanceEngine.Bench.Rig;

/// <summary>What is measured side by side.</summary>
static class Members
{
    const string Bench = "ClearanceEngine.Bench.dll";

    static readonly string StateKey = Convert.ToBase64String(Enumerable.Repeat((byte)7, 32).ToArray()),
        IdentityKey = Convert.ToBase64String(Enumerable.Repeat((byte)8, 32).ToArray());

    public static Member Ours { get; } =
        new("ours", "ClearanceEngine", place => Engine(place, "ClearanceEngine.Silo.dll"));

    public static Member PeerA { get; } =
        new("peerA", "a worker service, one transaction a message, same rules core", place =>
            Peer(place, workers: 8, inputs: 1, messages: 1)
        );

    public static Member PeerB { get; } =
        new("peerB", "the ceiling: same core without actors, 1,000 inputs a transaction", place =>
            Peer(place, workers: 1, inputs: 1_000, messages: 100)
        );

    /// <summary>In overload its calls time out, and nothing finds again what is in the outbox then: it is fed with care.</summary>
    public static Member StockAdoNet { get; } =
        new(
            "stockAdoNet",
            "ClearanceEngine with Orleans' AdoNet storage for its grains (index rows by a statement of their own)",
            place => Engine(place, Bench, "stock-engine"),
            SmallestWindow: 100,
            MostAtFirst: 10
        );

    public static IReadOnlyList<Member> All { get; } = [Ours, PeerA, PeerB, StockAdoNet];

    static EngineProcess Peer(Place place, int workers, int inputs, int messages)
    {
        var url = $"http://127.0.0.1:{Ports.Free()}";
        return new EngineProcess(
            $"peer {place.Number}",
            Path.Combine(place.Directory, $"peer{place.Number}.log"),
            [
                "peer",
                "--url",
                url,
                "--kafka",
                place.BootstrapServers,
                "--database",
                place.Database,
                "--directory",
                place.Directory,
                "--state-key",
                StateKey,
                "--identity-key",
                IdentityKey,
                "--workers",
                $"{workers}",
                "--inputs",
                $"{inputs}",
                "--messages",
                $"{messages}",
            ],
            url,
            assembly: Bench
        );
    }

    static EngineProcess Engine(Place place, string assembly, params string[] verb)
    {
        var url = $"http://127.0.0.1:{Ports.Free()}";
        return new EngineProcess(
            $"engine {place.Number}",
            Path.Combine(place.Directory, $"engine{place.Number}.log"),
            [
                .. verb,
                $"--Kafka:BootstrapServers={place.BootstrapServers}",
                $"--Urls={url}",
                $"--Engine:DataDirectory={place.Directory}/data",
                "--Engine:AllowDevelopmentParts=Token,Participants,Identity",
                // Latencies are measured from the sender's time.
                "--Topics:SenderTimes=Warn",
                $"--Engine:Cluster={place.Options.Silos > 1}",
                "--Engine:AdvertisedAddress=127.0.0.1",
                $"--Engine:SiloPort={Ports.Free()}",
                $"--Engine:GatewayPort={Ports.Free()}",
                $"--Engine:Instance=silo-{place.Number}",
                "--Storage:Provider=PostgreSql",
                $"--Storage:ConnectionString={place.Database};Maximum Pool Size=40",
                $"--Storage:Keys:Ring:1={StateKey}",
                $"--Identity:HmacKey={IdentityKey}",
                "--Logging:LogLevel:Default=Warning",
                "--Logging:LogLevel:ClearanceEngine=Warning",
                .. place.Options.EngineSettings.Select(s => $"--{s}"),
            ],
            url,
            assembly: assembly
        );
    }
}
