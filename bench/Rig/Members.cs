namespace ClearanceEngine.Bench.Rig;

/// <summary>What is measured side by side.</summary>
static class Members
{
    static readonly string StateKey = Convert.ToBase64String(Enumerable.Repeat((byte)7, 32).ToArray()), IdentityKey = Convert.ToBase64String(Enumerable.Repeat((byte)8, 32).ToArray());

    public static Member Ours { get; } = new("ours", "ClearanceEngine", place => Engine("engine", place));

    public static IReadOnlyList<Member> All { get; } = [Ours];

    static EngineProcess Engine(string name, Place place)
    {
        var url = $"http://127.0.0.1:{Ports.Free()}";
        return new EngineProcess($"{name} {place.Number}", Path.Combine(place.Directory, $"{name}{place.Number}.log"),
        [
            $"--Kafka:BootstrapServers={place.BootstrapServers}", $"--Urls={url}", $"--Engine:DataDirectory={place.Directory}/data", "--Engine:DevelopmentBroker=false", "--Engine:Simulator=false",
            $"--Engine:Cluster={place.Options.Silos > 1}", "--Engine:AdvertisedAddress=127.0.0.1", $"--Engine:SiloPort={Ports.Free()}", $"--Engine:GatewayPort={Ports.Free()}", $"--Engine:Instance=silo-{place.Number}",
            "--Storage:Provider=PostgreSql", $"--Storage:ConnectionString={place.Database};Maximum Pool Size=40", $"--Storage:Keys:Ring:1={StateKey}", $"--Identity:HmacKey={IdentityKey}",
            "--Logging:LogLevel:Default=Warning", "--Logging:LogLevel:ClearanceEngine=Warning", .. place.Options.EngineSettings.Select(s => $"--{s}"),
        ], url);
    }
}
