using System.CommandLine;
using System.Text.Json;
using ClearanceEngine.Client.Configuration;
using ClearanceEngine.Client.Kafka;
using ClearanceEngine.Client.SignIn;
using ClearanceEngine.Terminal;
using Spectre.Console;

namespace ClearanceEngine.Client.Verbs;

/// <summary>What all verbs share: the options of the root, Kafka's settings, and how a verb that fails is told.</summary>
sealed class VerbHost
{
    const string DefaultUrl = "http://127.0.0.1:8080";

    readonly IAnsiConsole _console;
    readonly Surroundings _around;
    readonly CredentialFinder _credentials;
    ClientFile? _file;
    ClearanceClient? _client;

    public VerbHost(IAnsiConsole console, Surroundings around)
    {
        _console = console;
        _around = around;
        _credentials = new CredentialFinder(around);
        Kafka = new KafkaSettings(around, FileOf);
    }

    public Option<string?> Url { get; } =
        new("--url")
        {
            Description = $"引擎地址 address of the engine ({ClientVariables.Url}) [default: {DefaultUrl}]",
            Recursive = true,
        };

    public Option<FileInfo?> Config { get; } =
        new("--config")
        {
            Description =
                $"客户端配置文件 the client's file of settings ({ClientVariables.Config}) [default: ~/.config/clearance/config.json, %APPDATA%]",
            Recursive = true,
        };

    public Option<bool> Json { get; } =
        new("--json") { Description = "输出 JSON print JSON", Recursive = true };

    public Option<bool> Insecure { get; } =
        new("--insecure")
        {
            Description =
                "允许经未加密的 http 向其他机器发送令牌，仅限可信网络 send the token over plain http to another machine, where others can read it: only on a network that you trust",
            Recursive = true,
        };

    public KafkaSettings Kafka { get; }

    /// <summary>What piped input there is; null at a terminal.</summary>
    public TextReader? Input => _around.Input;

    /// <summary>Where the command runs.</summary>
    public string Folder => _around.Folder;

    /// <summary>Where the credential of this command comes from, for people; null while it has used none.</summary>
    public string? CredentialOrigin { get; private set; }

    /// <summary>Makes a command do this; whatever goes wrong becomes an exit code and a text, or JSON with <c>--json</c>.</summary>
    public void SetAction(Command command, Func<VerbCall, Task<int>> work) =>
        command.SetAction(
            async (parsed, token) =>
            {
                var call = new VerbCall(this, parsed, _console, _around.Time, token);
                try
                {
                    // A file with a fault is told of by every verb, not by the one that happens to need it.
                    FileOf(parsed);
                    return await work(call);
                }
                catch (Exception e) when (Failure.Of(e, call) is { } failure)
                {
                    call.Tell(failure);
                    return failure.ExitCode;
                }
            }
        );

    /// <summary>Tells of a command line that cannot be read.</summary>
    public Task Misused(string text, IEnumerable<string> words)
    {
        if (!words.Any(AsksForJson))
            return Console.Error.WriteLineAsync(VisibleText.Lines(text));

        VerbCall.Json(_console, ErrorReport.Of(new Failure(CommandLine.Usage, "usage", text)));
        return Task.CompletedTask;
    }

    /// <summary>Where nothing could be parsed the word alone tells that a script is reading.</summary>
    bool AsksForJson(string word) =>
        word == Json.Name
        || word.StartsWith($"{Json.Name}=", StringComparison.Ordinal)
        || word.StartsWith($"{Json.Name}:", StringComparison.Ordinal);

    /// <summary>The client's file of settings: the one that is named, else the user's if there is one.</summary>
    /// <exception cref="VerbException">It cannot be understood.</exception>
    /// <exception cref="IOException">The one that is named cannot be read.</exception>
    ClientFile FileOf(ParseResult parsed) => _file ??= Read(parsed);

    ClientFile Read(ParseResult parsed)
    {
        if (parsed.GetValue(Config) is { } named)
            return ClientFile.Read(named);
        if (_around.Given(ClientVariables.Config) is { } path)
            return ClientFile.Read(new FileInfo(path));
        return _around.DefaultFile is { Exists: true } own ? ClientFile.Read(own) : ClientFile.Empty;
    }

    /// <summary>
    /// The options of this command line that another command needs to reach the same engine and the same Kafka. What the
    /// environment and the file say, the other command finds by itself.
    /// </summary>
    /// <param name="parsed">This command line.</param>
    /// <param name="verb">The other command's verb.</param>
    public IEnumerable<string> Given(ParseResult parsed, string verb)
    {
        var ofEngine =
            verb == DeadLettersVerb.Name
                ? []
                : Shell.Given(parsed, Url).Concat(Shell.Given(parsed, Insecure));
        var ofKafka = verb is DeadLettersVerb.Name or SubmitVerb.Name ? Kafka.Given(parsed) : [];
        return [.. ofEngine, .. Shell.Given(parsed, Config), .. ofKafka];
    }

    /// <summary>The client of the engine, signed in with what there is for it.</summary>
    /// <exception cref="VerbException">The address is none, or the credential cannot be used.</exception>
    /// <exception cref="IOException">A file of the credential cannot be read.</exception>
    public ClearanceClient Client(ParseResult parsed)
    {
        if (_client is { } made)
            return made;
        var engine = Engine(parsed);
        return _client = Client(parsed, engine, _credentials.Find(engine));
    }

    /// <summary>Tries a login at the engine, and keeps it if the engine takes it.</summary>
    /// <returns>Who that is to the engine.</returns>
    /// <exception cref="VerbException">The login cannot be used or kept.</exception>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    /// <exception cref="ClearanceException">The engine does not take it.</exception>
    /// <exception cref="JsonException">What answered is not the engine.</exception>
    public async Task<MePage> SignIn(ParseResult parsed, Login login, CancellationToken cancellationToken)
    {
        var engine = Engine(parsed);
        var latest = login;
        var credential = _credentials.Of("本次登录 this login", login, renewed => latest = renewed);
        _client = Client(parsed, engine, credential);

        var me = MePage.Of(await _client.Me(cancellationToken));
        _credentials.Store.Keep(engine, latest);
        return me;
    }

    /// <summary>Forgets the login that is kept for the engine.</summary>
    /// <returns>False when none was kept.</returns>
    /// <exception cref="VerbException">The address is none, or the file of logins cannot be used.</exception>
    /// <exception cref="IOException">The file of logins cannot be read or written.</exception>
    public bool SignOut(ParseResult parsed) => _credentials.Store.Forget(Engine(parsed));

    /// <summary>The address of the engine.</summary>
    /// <exception cref="VerbException">It is none.</exception>
    public EngineAddress Engine(ParseResult parsed)
    {
        var url = parsed.GetValue(Url)
            ?? _around.Given(ClientVariables.Url)
            ?? FileOf(parsed).Url
            ?? DefaultUrl;
        return EngineAddress.Parse(url)
            ?? throw VerbException.Usage(
                "bad-url",
                $"--url（{ClientVariables.Url}、配置文件 url）不是地址，应写 http://HOST:PORT，而不是 {Shown(url)}。--url ({ClientVariables.Url}, url of the file) is no address; write http://HOST:PORT, not {Shown(url)}"
            );
    }

    /// <summary>Before an @ there may be a password.</summary>
    static string Shown(string url) => url.Contains('@', StringComparison.Ordinal) ? "***@***" : url;

    ClearanceClient Client(ParseResult parsed, EngineAddress engine, Credential? credential)
    {
        CredentialOrigin = credential?.Origin;
        var handler = new CredentialHandler(
            engine,
            credential,
            parsed.GetValue(Insecure),
            _around.Answering(engine.Uri)
        );
        return new ClearanceClient(
            new HttpClient(handler, disposeHandler: false) { BaseAddress = engine.Uri }
        );
    }
}

/// <summary>One run of a verb: what was asked, and where results go.</summary>
sealed record VerbCall(
    VerbHost Host,
    ParseResult Parsed,
    IAnsiConsole Console,
    TimeProvider Time,
    CancellationToken Token
)
{
    public bool AsJson => Parsed.GetValue(Host.Json);

    public ClearanceClient Client => Host.Client(Parsed);

    public T? Value<T>(Option<T> option) => Parsed.GetValue(option);

    public T? Value<T>(Argument<T> argument) => Parsed.GetValue(argument);

    /// <summary>The clients of Kafka, by the settings given.</summary>
    /// <exception cref="VerbException">A setting is wrong.</exception>
    public KafkaClients Kafka()
    {
        var (connection, origin) = Host.Kafka.Read(Parsed);
        // Variables that were exported for the engine decide here, too: not without a word.
        if (origin == KafkaSettings.EngineVariables)
            Say($"[grey]Kafka {connection.BootstrapServers}, 取自 as {origin} says[/]");
        return new KafkaClients(connection, Host.Kafka.Patience(Parsed), origin);
    }

    /// <summary>A command to be copied: it has the options that this one was given.</summary>
    public string Words(string verb, params string[] words) =>
        string.Join(' ', ["clearance", verb, .. words.Concat(Host.Given(Parsed, verb)).Select(Shell.Word)]);

    /// <summary>Prints one line for people; not with <c>--json</c>.</summary>
    public void Say(FormattableString line)
    {
        if (!AsJson)
            Console.Line(line);
    }

    /// <summary>Says, to people only, what to do next.</summary>
    public void Next(string purpose, string command)
    {
        if (!AsJson)
            Console.Next(purpose, command);
    }

    /// <summary>Prints a value as JSON, whatever the width of the console.</summary>
    public void Print<T>(T value) => Json(Console, value);

    /// <summary>Prints text of others as it is, but for what would drive the terminal.</summary>
    public void Raw(string text) => Console.Profile.Out.Writer.WriteLine(VisibleText.Lines(text));

    public void Tell(Failure failure)
    {
        if (AsJson)
            Print(ErrorReport.Of(failure));
        else
            Console.Line($"[red]{failure.Code}[/] {failure.Text}");
    }

    /// <summary>An escape of <see cref="VisibleText"/> within a string of JSON means what was there before.</summary>
    public static void Json<T>(IAnsiConsole console, T value) =>
        console.Profile.Out.Writer.WriteLine(
            VisibleText.Lines(JsonSerializer.Serialize(value, ClearanceClient.Json))
        );
}

/// <summary>What <c>--json</c> prints when a command fails: <c>{"error":{"code","text"}}</c>.</summary>
sealed record ErrorReport(ErrorBody Error)
{
    public static ErrorReport Of(Failure failure) => new(new ErrorBody(failure.Code, failure.Text));
}

/// <param name="Code">Stable name of the problem, kebab-case.</param>
/// <param name="Text">What is wrong and what to do.</param>
sealed record ErrorBody(string Code, string Text);
