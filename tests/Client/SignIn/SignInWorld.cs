using System.Net;
using System.Text.Json;
using ClearanceEngine.Client;
using ClearanceEngine.Client.Configuration;
using ClearanceEngine.Terminal;
using Microsoft.Extensions.Time.Testing;

namespace ClearanceEngine.Tests.SignIn;

/// <summary>A user with a home, a folder to work in, an environment and a clock; and an engine that knows everybody.</summary>
sealed class SignInWorld : IDisposable
{
    public const string Me =
        """{"name":"nina","kind":"machine","roles":["company"],"participants":["9999900001"],"rights":[{"right":"parcels:read","reach":"own"},{"right":"stars:count","reach":"all"}]}""";

    readonly string _root = Directory.CreateTempSubdirectory("clearance-").FullName;

    public SignInWorld()
    {
        Directory.CreateDirectory(Folder);
        Variables["HOME"] = Path.Combine(_root, "home");
        Variables["APPDATA"] = Path.Combine(_root, "home", ".config");
        Greet(Engine);
    }

    public HttpStub Engine { get; } = new();

    public FakeTimeProvider Time { get; } = new();

    public Dictionary<string, string> Variables { get; } = new(StringComparer.Ordinal);

    /// <summary>Where commands run.</summary>
    public string Folder => Path.Combine(_root, "work");

    public string LoginsFile => Path.Combine(_root, "home", ".config", "clearance", "logins.json");

    public string Logins => File.ReadAllText(LoginsFile);

    public void Dispose()
    {
        Engine.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    /// <summary>Makes a server an engine that knows everybody.</summary>
    public static void Greet(HttpStub engine) => engine.Answers["/api/v1/me"] = new StubAnswer(Me);

    /// <summary>Runs a command against the engine.</summary>
    public Task<CommandRun> Run(params string[] words) => RunAt(Engine.Url, words);

    /// <summary>Runs a command against the engine, with something piped into it.</summary>
    public Task<CommandRun> Pipe(string input, params string[] words) =>
        Run([.. words, "--url", Engine.Url], new StringReader(input), null);

    /// <summary>Runs a command against another address.</summary>
    public Task<CommandRun> RunAt(string url, params string[] words) =>
        Run([.. words, "--url", url], null, null);

    /// <summary>Runs a command whose requests go to nobody, but are answered so.</summary>
    public Task<CommandRun> Answered(HttpMessageHandler handler, params string[] words) =>
        Run(words, null, handler);

    async Task<CommandRun> Run(string[] words, TextReader? input, HttpMessageHandler? handler)
    {
        var around = new Surroundings(handler, Time, Variables.GetValueOrDefault)
        {
            Input = input,
            Folder = Folder,
        };
        var output = new StringWriter();
        var console = Consoles.Plain(output);
        console.Profile.Width = 1000;
        var code = await CommandLine.Run(words, console, around);
        return new CommandRun(code, output.ToString());
    }

    /// <summary>A file that its owner alone may read.</summary>
    public string Private(string name, string text)
    {
        var path = Path.Combine(_root, name);
        File.WriteAllText(path, text);
        Mode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }

    /// <summary>The accounts of an engine, below the folder where commands run; each has <c>token-of-NAME</c>.</summary>
    public string Accounts(params string[] names)
    {
        Directory.CreateDirectory(Path.Combine(Folder, "data"));
        var accounts = names.Select(name => new
        {
            name,
            token = $"token-of-{name}",
            roles = Array.Empty<string>(),
        });
        return Private("work/data/development-accounts.json", JsonSerializer.Serialize(new { accounts }));
    }

    public static void Mode(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, mode);
    }

    /// <summary>The code of what a command with <c>--json</c> could not do.</summary>
    public static string? Code(CommandRun run) =>
        run.Json.GetProperty("error").GetProperty("code").GetString();

    /// <summary>Answers everything as an engine that knows everybody, and remembers what was brought.</summary>
    internal sealed class Anywhere : HttpMessageHandler
    {
        public HttpStatusCode Status { get; init; } = HttpStatusCode.OK;

        public List<(Uri Address, string? Authorization)> Seen { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        )
        {
            Seen.Add((request.RequestUri!, request.Headers.Authorization?.ToString()));
            return Task.FromResult(new HttpResponseMessage(Status) { Content = new StringContent(Me) });
        }
    }
}
