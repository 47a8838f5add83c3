namespace ClearanceEngine.Tests.Chaos;

/// <summary>A real Kafka of the test's own, of one or three nodes, whose nodes may be killed.</summary>
sealed class KafkaServer : IDisposable
{
    readonly string _directory;

    KafkaServer(string directory, string bootstrap) => (_directory, BootstrapServers) = (directory, bootstrap);

    public string BootstrapServers { get; }

    public static string? Home => Environment.GetEnvironmentVariable("CLEARANCE_KAFKA_HOME") is { Length: > 0 } home && File.Exists(Path.Combine(home, "kafka")) ? home : null;

    public static KafkaServer Start(string directory, int nodes)
    {
        var bootstrap = Run($"start --dir {directory} --port {Ports.Free(2 * nodes)} --nodes {nodes}").Trim().Split('\n')[^1];
        return new KafkaServer(directory, bootstrap);
    }

    public void Kill(int node) => Run($"kill --dir {_directory} --node {node}");

    public void Start(int node) => Run($"start --dir {_directory} --node {node}");

    public void Dispose() => Run($"stop --dir {_directory}");

    static string Run(string arguments)
    {
        // Brokers keep the descriptors they are started with: their output goes to a file.
        var (code, output) = Parts.Shell($"f=$(mktemp); {Home}/kafka {arguments} >$f 2>&1 </dev/null; code=$?; cat $f; rm $f; exit $code");
        return code == 0 ? output : throw new InvalidOperationException($"kafka {arguments}: {output}");
    }
}
