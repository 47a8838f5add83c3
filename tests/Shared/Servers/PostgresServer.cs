using System.Globalization;
using Npgsql;

namespace ClearanceEngine.Tests;

/// <summary>A PostgreSQL of the test's own, so that it may be stopped and crashed; durable commits, as in production.</summary>
sealed class PostgresServer : IDisposable
{
    readonly string _directory;
    readonly string _bin;
    readonly string _settings;

    PostgresServer(string directory, string bin, int port, string settings) =>
        (_directory, _bin, Port, _settings) = (directory, bin, port, settings);

    public int Port { get; }

    public string ConnectionString => $"Host=127.0.0.1;Port={Port};Username=clearance;Database=postgres";

    public static string? Binaries =>
        Directory.Exists("/usr/lib/postgresql")
            ? Directory
                .GetDirectories("/usr/lib/postgresql")
                .OrderByDescending(d => int.Parse(Path.GetFileName(d), CultureInfo.InvariantCulture))
                .Select(d => Path.Combine(d, "bin"))
                .FirstOrDefault(d => File.Exists(Path.Combine(d, "initdb")))
            : null;

    /// <summary>Process id of the server; its backends are its children.</summary>
    public int Id =>
        int.Parse(
            File.ReadLines(Path.Combine(_directory, "data", "postmaster.pid")).First(),
            CultureInfo.InvariantCulture
        );

    /// <param name="directory">Of its data.</param>
    /// <param name="settings">Further settings, <c>name=value</c>.</param>
    public static PostgresServer Start(string directory, params ReadOnlySpan<string> settings)
    {
        Directory.CreateDirectory(directory);
        var server = new PostgresServer(
            directory,
            Binaries!,
            Ports.Free(),
            string.Concat(settings.ToArray().Select(s => $" -c {s}"))
        );
        // PostgreSQL refuses to run as root.
        if (Environment.UserName == "root")
            Commands.Shell($"chown postgres {directory}");
        server.Ctl("initdb", $"-D {directory}/data -U clearance -A trust");
        server.Start();
        return server;
    }

    public void Start() =>
        Ctl(
            "pg_ctl",
            $"-D {_directory}/data -w -l {_directory}/log -o \"-p {Port} -k {_directory} -c listen_addresses=127.0.0.1 -c max_connections=300{_settings}\" start"
        );

    /// <param name="immediate">True drops everything at once, as a crash does.</param>
    public void Stop(bool immediate)
    {
        NpgsqlConnection.ClearAllPools();
        Ctl("pg_ctl", $"-D {_directory}/data -m {(immediate ? "immediate" : "fast")} stop");
    }

    public void Dispose()
    {
        try
        {
            Stop(immediate: true);
        }
        catch (InvalidOperationException)
        {
            // It was down already.
        }
    }

    void Ctl(string program, string arguments)
    {
        // The server keeps the descriptors it is started with: they must not be ours.
        var (code, output) = Commands.Shell(
            $"{_bin}/{program} {arguments} >{_directory}/ctl.log 2>&1 </dev/null || {{ cat {_directory}/ctl.log; false; }}",
            "postgres"
        );
        if (code != 0)
            throw new InvalidOperationException($"{program} failed: {output}");
    }
}
