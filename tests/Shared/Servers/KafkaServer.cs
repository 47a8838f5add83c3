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

    /// <summary>
    /// Starts its one node again with another listener beside the first: there everybody proves by SASL/PLAIN who it is (the
    /// password is its name) and may do what an ACL allows. Whoever comes by the first may do anything.
    /// </summary>
    /// <returns>The address of that listener.</returns>
    public string Guard(IEnumerable<string> users)
    {
        Run(_home, $"stop --dir {_directory}");
        var (file, guarded) = (
            Path.Combine(_directory, "1", "server.properties"),
            $"127.0.0.1:{Ports.Free(1)}"
        );
        var settings = File.ReadAllText(file)
            .Replace(",CONTROLLER://", $",CLIENT://{guarded},CONTROLLER://", StringComparison.Ordinal)
            .Replace(
                $"advertised.listeners=PLAINTEXT://{BootstrapServers}",
                $"advertised.listeners=PLAINTEXT://{BootstrapServers},CLIENT://{guarded}",
                StringComparison.Ordinal
            )
            .Replace(
                ",CONTROLLER:PLAINTEXT",
                ",CONTROLLER:PLAINTEXT,CLIENT:SASL_PLAINTEXT",
                StringComparison.Ordinal
            );
        var passwords = string.Join(' ', users.Select(user => $"user_{user}=\"{user}\""));
        File.WriteAllText(
            file,
            $"""
            {settings}
            authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
            super.users=User:ANONYMOUS
            sasl.enabled.mechanisms=PLAIN
            listener.name.client.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required {passwords};

            """
        );
        Run(_home, $"start --dir {_directory}");
        return guarded;
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
