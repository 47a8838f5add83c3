using System.CommandLine;
using System.Text.Json;
using ClearanceEngine.Client.Kafka;
using Spectre.Console;

namespace ClearanceEngine.Client.Verbs;

/// <summary>What all verbs share: the options of the root, Kafka's settings, and how a verb that fails is told.</summary>
sealed class VerbHost(IAnsiConsole console, HttpMessageHandler? handler, TimeProvider time)
{
    public Option<string> Url { get; } =
        new("--url")
        {
            Description = "引擎地址 address of the engine",
            DefaultValueFactory = _ => "http://127.0.0.1:8080",
            Recursive = true,
        };

    public Option<bool> Json { get; } =
        new("--json") { Description = "输出 JSON print JSON", Recursive = true };

    public KafkaSettings Kafka { get; } = new();

    /// <summary>Makes a command do this; whatever goes wrong becomes an exit code and a text, or JSON with <c>--json</c>.</summary>
    public void SetAction(Command command, Func<VerbCall, Task<int>> work) =>
        command.SetAction(
            async (parsed, token) =>
            {
                var call = new VerbCall(this, parsed, console, time, token);
                try
                {
                    return await work(call);
                }
                catch (Exception e) when (Failure.Of(e, token.IsCancellationRequested) is { } failure)
                {
                    call.Tell(failure);
                    return failure.ExitCode;
                }
            }
        );

    /// <summary>Tells of a command line that cannot be read.</summary>
    public Task Misused(string text, bool json)
    {
        if (!json)
            return Console.Error.WriteLineAsync(text);

        VerbCall.Json(console, ErrorReport.Of(new Failure(CommandLine.Usage, "usage", text)));
        return Task.CompletedTask;
    }

    /// <exception cref="VerbException">The address is none.</exception>
    public ClearanceClient Client(ParseResult parsed)
    {
        var url = parsed.GetValue(Url)!;
        if (!Uri.TryCreate(url.EndsWith('/') ? url : url + "/", UriKind.Absolute, out var address))
            throw VerbException.Usage(
                "bad-url",
                $"--url {url} 不是地址,应形如 http://主机:端口。--url {url} is no address; write http://HOST:PORT."
            );

        var http = new HttpClient(handler ?? new HttpClientHandler(), disposeHandler: false)
        {
            BaseAddress = address,
        };
        return new ClearanceClient(http);
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
    public KafkaClients Kafka() => new(Host.Kafka.Read(Parsed), Host.Kafka.Patience(Parsed));

    /// <summary>Prints one line for people; not with <c>--json</c>.</summary>
    public void Say(FormattableString line)
    {
        if (!AsJson)
            Console.MarkupLineInterpolated(line);
    }

    /// <summary>Prints a value as JSON, whatever the width of the console.</summary>
    public void Print<T>(T value) => Json(Console, value);

    public void Raw(string text) => Console.Profile.Out.Writer.WriteLine(text);

    public void Tell(Failure failure)
    {
        if (AsJson)
            Print(ErrorReport.Of(failure));
        else
            Console.MarkupLineInterpolated($"[red]{failure.Code}[/] {failure.Text}");
    }

    public static void Json<T>(IAnsiConsole console, T value) =>
        console.Profile.Out.Writer.WriteLine(JsonSerializer.Serialize(value, ClearanceClient.Json));
}

/// <summary>What <c>--json</c> prints when a command fails: <c>{"error":{"code","text"}}</c>.</summary>
sealed record ErrorReport(ErrorBody Error)
{
    public static ErrorReport Of(Failure failure) => new(new ErrorBody(failure.Code, failure.Text));
}

/// <param name="Code">Stable name of the problem, kebab-case.</param>
/// <param name="Text">What is wrong and what to do.</param>
sealed record ErrorBody(string Code, string Text);
