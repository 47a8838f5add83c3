using System.Diagnostics;
using System.Net;

namespace ClearanceEngine.Tests.Chaos;

/// <summary>A program of the silo's assembly (the engine, or the simulated customs) as a process of its own, to be killed and paused.</summary>
sealed class EngineProcess(string name, string logFile, string[] arguments, string? url) : IDisposable
{
    static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(5) };
    Process? _process;

    public string Name => name;

    public string Url => url ?? throw new InvalidOperationException($"{name} has no HTTP door.");

    public bool IsRunning => _process is { HasExited: false };

    public void Start()
    {
        var start = new ProcessStartInfo("sh") { RedirectStandardInput = true };
        var program = string.Join(' ', new[] { "dotnet", "exec", Path.Combine(AppContext.BaseDirectory, "ClearanceEngine.Silo.dll") }.Concat(arguments).Select(Quote));
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add($"exec {program} >>{Quote(logFile)} 2>&1 </dev/null");
        start.WorkingDirectory = Path.GetDirectoryName(logFile)!;
        _process = Process.Start(start)!;
    }

    public async Task Ready(TimeSpan patience)
    {
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < patience)
        {
            if (!IsRunning) throw new InvalidOperationException($"{name} ended: {Tail()}");
            try
            {
                if ((await Http.GetAsync(new Uri($"{Url}/health/ready"))).StatusCode == HttpStatusCode.OK) return;
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
            {
                // Not yet.
            }
            await Task.Delay(100);
        }
        throw new TimeoutException($"{name} was not ready after {patience}: {Tail()}");
    }

    /// <summary>SIGKILL: no farewell of any kind.</summary>
    public void Kill()
    {
        _process!.Kill();
        _process.WaitForExit();
    }

    /// <summary>SIGTERM; returns the exit code, or null when it did not end in time.</summary>
    public async Task<int?> Terminate(TimeSpan patience)
    {
        Signal("TERM");
        using var limit = new CancellationTokenSource(patience);
        try
        {
            await _process!.WaitForExitAsync(limit.Token);
            return _process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    public void Pause() => Signal("STOP");

    public void Continue() => Signal("CONT");

    public long ResidentBytes
    {
        get
        {
            _process!.Refresh();
            return _process.WorkingSet64;
        }
    }

    public string Log => File.Exists(logFile) ? File.ReadAllText(logFile) : "";

    public string Tail() => string.Join('\n', Log.Split('\n').TakeLast(40));

    public void Dispose()
    {
        if (IsRunning) Kill();
        _process?.Dispose();
    }

    void Signal(string signal) => Parts.Shell($"kill -{signal} {_process!.Id}");

    static string Quote(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
