using System.Globalization;

namespace ClearanceEngine.Tests;

/// <summary>A real Kafka of one's own, of one or three nodes, whose nodes may be killed.</summary>
sealed class KafkaServer : IDisposable
{
    readonly string _home;
    readonly string _directory;

    KafkaServer(string home, string directory, string bootstrap) =>
        (_home, _directory, BootstrapServers) = (home, directory, bootstrap);

    public string BootstrapServers { get; }

    public static string? Home => At(Environment.GetEnvironmentVariable("CLEARANCE_KAFKA_HOME"));

    /// <summary>The directory, if it holds a Kafka.</summary>
    public static string? At(string? home) =>
        home is { Length: > 0 } && File.Exists(Path.Combine(home, "kafka")) ? home : null;

    /// <param name="directory">Of its data.</param>
    /// <param name="nodes">How many.</param>
    /// <param name="home">Where Kafka is, if not at <see cref="Home"/>.</param>
    public static KafkaServer Start(string directory, int nodes, string? home = null)
    {
        home ??= Home!;
        var bootstrap = Run(home, $"start --dir {directory} --port {Ports.Free(2 * nodes)} --nodes {nodes}")
            .Trim()
            .Split('\n')[^1];
        return new KafkaServer(home, directory, bootstrap);
    }

    /// <summary>Process id of a node.</summary>
    public int IdOf(int node) =>
        int.Parse(
            File.ReadAllText(Path.Combine(_directory, $"{node}", "pid")).Trim(),
            CultureInfo.InvariantCulture
        );

    public void Kill(int node) => Run(_home, $"kill --dir {_directory} --node {node}");

    public void Start(int node) => Run(_home, $"start --dir {_directory} --node {node}");

    public void Dispose() => Run(_home, $"stop --dir {_directory}");

    static string Run(string home, string arguments)
    {
        // Brokers keep the descriptors they are started with: their output goes to a file.
        var (code, output) = Commands.Shell(
            $"f=$(mktemp); {home}/kafka {arguments} >$f 2>&1 </dev/null; code=$?; cat $f; rm $f; exit $code"
        );
        return code == 0 ? output : throw new InvalidOperationException($"kafka {arguments}: {output}");
    }
}
