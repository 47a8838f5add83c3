using System.Diagnostics;
using System.Net;

namespace ClearanceEngine.Tests;

/// <summary>A program of the silo's assembly (the engine, or the simulated customs) or of another beside it, as a process of its own, to be killed and paused.</summary>
sealed class EngineProcess(
    string name,
    string logFile,
    string[] arguments,
    string? url,
    IReadOnlyDictionary<string, string>? environment = null,
    string assembly = "ClearanceEngine.Silo.dll"
) : IDisposable
{
    static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(5) };
    Process? _process;

    public string Name => name;

    public string Url => url ?? throw new InvalidOperationException($"{name} has no HTTP door.");

    /// <summary>Where it keeps its development accounts.</summary>
    public string DataDirectory
    {
        get
        {
            const string Setting = "--Engine:DataDirectory=";
            var given = arguments.FirstOrDefault(a => a.StartsWith(Setting, StringComparison.Ordinal));
            return Path.Combine(Path.GetDirectoryName(logFile)!, given?[Setting.Length..] ?? "data");
        }
    }

    public int Id => _process!.Id;

    public bool IsRunning => _process is { HasExited: false };

    public void Start()
    {
        var start = new ProcessStartInfo("sh") { RedirectStandardInput = true };
        var program = string.Join(
            ' ',
            new[] { "dotnet", "exec", Path.Combine(AppContext.BaseDirectory, assembly) }
                .Concat(arguments)
                .Select(Quote)
        );
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add($"exec {program} >>{Quote(logFile)} 2>&1 </dev/null");
        foreach (var (variable, value) in environment ?? new Dictionary<string, string>())
            start.Environment[variable] = value;
        start.WorkingDirectory = Path.GetDirectoryName(logFile)!;
        _process = Process.Start(start)!;
    }

    public async Task Ready(TimeSpan patience)
    {
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < patience)
        {
            if (!IsRunning)
                throw new InvalidOperationException($"{name} ended: {Tail()}");
            if (await Get("health/ready") is (HttpStatusCode.OK, _))
                return;
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
    public Task<int?> Terminate(TimeSpan patience)
    {
        Signal("TERM");
        return Ended(patience);
    }

    /// <summary>The exit code, or null while it still runs after that time.</summary>
    public async Task<int?> Ended(TimeSpan patience)
    {
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

    /// <summary>What it says of itself: HTTP status and body of a GET; null while nobody answers.</summary>
    public async Task<(HttpStatusCode Status, string Body)?> Get(string path)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"{Url}/{path}"));
            request.Headers.Authorization = SignedIn.Header(DataDirectory);
            var response = await Http.SendAsync(request);
            return (response.StatusCode, await response.Content.ReadAsStringAsync());
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return null;
        }
    }

    public void Pause() => Signal("STOP");

    public void Continue() => Signal("CONT");

    /// <summary>None of a process that has ended, which it may do between any two looks.</summary>
    public long ResidentBytes
    {
        get
        {
            _process!.Refresh();
            try
            {
                return _process.WorkingSet64;
            }
            catch (InvalidOperationException)
            {
                return 0;
            }
        }
    }

    public string Log => File.Exists(logFile) ? File.ReadAllText(logFile) : "";

    public string Tail() => string.Join('\n', Log.Split('\n').TakeLast(40));

    public void Dispose()
    {
        if (IsRunning)
            Kill();
        _process?.Dispose();
    }

    public void Signal(string signal) => Commands.Shell($"kill -{signal} {_process!.Id}");

    static string Quote(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
