using System.Text.Json;
using Npgsql;

namespace ClearanceEngine.Bench.Rig;

/// <summary>A port of one member's own: PostgreSQL with durable commits, Kafka, customs and the program that is measured, each a process.</summary>
sealed class Rig : IAsyncDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    readonly string _directory;
    readonly PostgresServer _postgres;
    readonly Broker _broker;
    readonly EngineProcess _customs;
    readonly NpgsqlDataSource _source;

    Rig(
        Member member,
        string directory,
        PostgresServer postgres,
        Broker broker,
        EngineProcess customs,
        EngineProcess[] programs
    )
    {
        (Member, _directory, _postgres, _broker, _customs, Programs) = (
            member,
            directory,
            postgres,
            broker,
            customs,
            programs
        );
        _source = NpgsqlDataSource.Create($"{postgres.ConnectionString};Maximum Pool Size=2");
    }

    public Member Member { get; }

    public EngineProcess[] Programs { get; }

    public string BootstrapServers => _broker.BootstrapServers;

    public NpgsqlDataSource Database => _source;

    public static async Task<Rig> Open(Member member, RigOptions options)
    {
        if (PostgresServer.Binaries is null)
            throw new FileNotFoundException(
                "There is no PostgreSQL below /usr/lib/postgresql; install it (Debian: postgresql)."
            );
        var directory = Directory.CreateTempSubdirectory($"clearance-bench-{member.Name}-").FullName;
        // The server runs as another user, who must reach its own directory.
        Commands.Shell($"chmod 755 {directory}");
        var postgres = PostgresServer.Start(Path.Combine(directory, "pg"), [.. options.PostgresSettings]);
        var broker = await Broker.Start(Path.Combine(directory, "kafka"), options.KafkaHome);
        var customs = new EngineProcess(
            "customs",
            Path.Combine(directory, "customs.log"),
            ["customs", "--kafka", broker.BootstrapServers, "--step", options.CustomsStep.ToString()],
            null,
            assembly: "ClearanceEngine.Bench.dll"
        );
        EngineProcess[] programs =
        [
            .. Enumerable
                .Range(1, options.Silos)
                .Select(n =>
                    member.Program(
                        new Place(directory, broker.BootstrapServers, postgres.ConnectionString, n, options)
                    )
                ),
        ];
        var rig = new Rig(member, directory, postgres, broker, customs, programs);
        try
        {
            customs.Start();
            // The first makes the tables.
            foreach (var program in programs)
            {
                program.Start();
                await program.Ready(Patience);
            }
            return rig;
        }
        catch
        {
            await rig.DisposeAsync();
            throw;
        }
    }

    public async Task<Usage> Use()
    {
        var runtime = await Task.WhenAll(Programs.Select(Runtime));
        long Sum(string name) =>
            runtime.Sum(r =>
                r is { } data && data.TryGetProperty(name, out var value) ? value.GetInt64() : 0
            );
        return new(
            Programs.Sum(p => ProcessUsage.Cpu(p.Id)),
            ProcessUsage.CpuOfTree(_postgres.Id),
            _broker.Cpu,
            ProcessUsage.Cpu(_customs.Id),
            ProcessUsage.Cpu(Environment.ProcessId),
            await DatabaseUsage.Read(_source),
            Sum("allocatedBytes"),
            (Sum("messagesLocal"), Sum("messagesRemote")),
            Programs.Sum(p => ProcessUsage.Resident(p.Id))
        );
    }

    /// <summary>The last words of every program, for when something went wrong.</summary>
    public string Tail() =>
        string.Join('\n', Programs.Append(_customs).Select(p => $"-- {p.Name}\n{p.Tail()}"));

    public async ValueTask DisposeAsync()
    {
        foreach (var program in Programs.Append(_customs))
            program.Dispose();
        await _source.DisposeAsync();
        await _broker.DisposeAsync();
        _postgres.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>What the program says of itself.</summary>
    static async Task<JsonElement?> Runtime(EngineProcess program) =>
        await program.Get("health/ready") is (_, var body)
            ? JsonDocument
                .Parse(body)
                .RootElement.GetProperty("parts")
                .GetProperty("runtime")
                .GetProperty("data")
            : null;
}
