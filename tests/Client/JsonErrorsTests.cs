using System.Net;
using System.Text.Json;
using ClearanceEngine.Tests.Terminal;
using Xunit;

namespace ClearanceEngine.Tests;

/// <summary>Whatever goes wrong, with <c>--json</c> a script gets one JSON document, its code and its exit code.</summary>
public sealed class JsonErrorsTests : IDisposable
{
    /// <summary>Every verb with good arguments; FILE is a file that is there.</summary>
    static readonly string[][] Verbs =
    [
        ["whoami"],
        ["submit", "FILE"],
        ["parcel", "1", "2"],
        ["quota", "--id-file", "FILE"],
        ["dead-letters", "list"],
        ["dead-letters", "show", "0", "0"],
        ["dead-letters", "retry", "--all"],
        ["dead-letters", "runs"],
        ["simulate", "--test-rig"],
        ["login", "--dev"],
        ["logout"],
    ];

    readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    public static TheoryData<string> EveryVerb => [.. Verbs.Select(v => string.Join(' ', v))];

    public static TheoryData<string> OverHttp => [.. Verbs[..4].Select(v => string.Join(' ', v))];

    public static TheoryData<string> OverKafka => [.. Verbs[4..^2].Select(v => string.Join(' ', v))];

    [Theory]
    [MemberData(nameof(EveryVerb))]
    public async Task An_unknown_option_is_wrong_usage(string verb)
    {
        await Fails(2, "usage", Refusing, $"{verb} --nonsense");
        await Fails(2, "usage", Refusing, $"{verb} --nonsense=\u001B[2J");
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("dead-letters")]
    [InlineData("dead-letters nonsense")]
    [InlineData("submit")]
    [InlineData("parcel")]
    [InlineData("parcel 1")]
    [InlineData("parcel 1 2 3")]
    [InlineData("quota --year x")]
    [InlineData("quota --id-file")]
    [InlineData("dead-letters show")]
    [InlineData("dead-letters show 0")]
    [InlineData("dead-letters show a b")]
    [InlineData("dead-letters list --limit x")]
    [InlineData("dead-letters runs --kafka-timeout x")]
    [InlineData("simulate --test-rig --seed x")]
    public async Task A_command_line_that_cannot_be_read_is_wrong_usage(string words) =>
        await Fails(2, "usage", Refusing, words);

    [Theory]
    [InlineData("nonsense", "clearance --help")]
    [InlineData("submit", "clearance submit --help")]
    [InlineData("dead-letters show 0", "clearance dead-letters show --help")]
    public async Task Wrong_usage_says_once_what_is_wrong_and_where_the_right_one_stands(
        string words,
        string help
    )
    {
        var output = (await Outputs(2, Refusing, words))[0];
        var lines = Text(output).ReplaceLineEndings("\n").Split('\n');

        Assert.Equal($"用法 usage: {help}", lines[^1]);
        Assert.Equal(lines.Distinct(), lines);
    }

    [Fact]
    public async Task A_connection_that_broke_is_told_with_its_cause()
    {
        var broken = new HttpRequestException(
            "An error occurred while sending the request.",
            new IOException("The response ended prematurely.")
        );
        var output = (await Outputs(3, _ => throw broken, "parcel 1 2"))[0];

        Assert.StartsWith(
            "无法连接 out of reach: The response ended prematurely。请启动引擎",
            Text(output),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("submit /nowhere/a.xml", "file-unreadable")]
    [InlineData("submit /tmp", "file-unreadable")]
    [InlineData("quota --id-file /nowhere/id", "file-unreadable")]
    [InlineData("parcel 1 2 --url nonsense", "bad-url")]
    [InlineData("parcel 1 2 --url ftp://x", "bad-url")]
    [InlineData("submit FILE --url http://x:99999", "bad-url")]
    [InlineData("dead-letters list --limit 0", "bad-limit")]
    [InlineData("dead-letters list --from x", "bad-position")]
    [InlineData("dead-letters list --since x", "bad-time")]
    [InlineData("dead-letters retry", "no-filter|out-of-reach")]
    [InlineData("dead-letters retry --all --run A", "bad-run-name")]
    [InlineData("dead-letters retry --at x", "bad-position")]
    [InlineData("dead-letters runs --kafka-timeout 0", "bad-kafka-settings")]
    [InlineData("dead-letters runs --kafka-setting x", "bad-kafka-settings")]
    [InlineData("simulate --test-rig --kafka-config /nowhere/a.json", "file-unreadable")]
    [InlineData("simulate", "no-test-rig")]
    [InlineData("login --token-file /nowhere/token", "file-unreadable")]
    [InlineData("login --token-file FILE", "bad-token")]
    [InlineData("login --dev --url https://engine.example", "not-this-machine")]
    [InlineData("simulate --test-rig=false", "no-test-rig")]
    public async Task Values_that_cannot_work_have_a_code_of_their_own(string words, string code)
    {
        var isKafka = words.StartsWith("dead-letters retry", StringComparison.Ordinal);
        var near = isKafka ? $"{words} --kafka 127.0.0.1:1 --kafka-timeout 1" : words;
        await Fails(code.EndsWith("out-of-reach", StringComparison.Ordinal) ? 3 : 2, code, Refusing, near);
    }

    [Theory]
    [MemberData(nameof(OverHttp))]
    public async Task An_engine_that_refuses_is_exit_code_1_with_its_own_words(string verb)
    {
        foreach (var output in await Outputs(1, Refusing, verb))
            Assert.Contains("not like this", output, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(OverHttp))]
    public async Task An_engine_that_is_ill_or_away_or_none_is_exit_code_3(string verb)
    {
        await Fails(3, "part-away", Problem(HttpStatusCode.ServiceUnavailable, "part-away"), verb);
        await Fails(3, "http-error", _ => (HttpStatusCode.BadGateway, "<html>"), verb);
        await Fails(3, "http-error", _ => (HttpStatusCode.BadGateway, "[1]"), verb);
        await Fails(3, "out-of-reach", _ => throw new HttpRequestException("refused"), verb);
        await Fails(3, "out-of-reach", _ => throw new TaskCanceledException("slow"), verb);
        await Fails(3, "out-of-reach", _ => (HttpStatusCode.OK, "<html>"), verb);
        await Fails(3, "out-of-reach", _ => (HttpStatusCode.OK, "null"), verb);
    }

    [Theory]
    [MemberData(nameof(OverKafka))]
    public async Task A_broker_that_is_away_is_exit_code_3(string verb) =>
        await Fails(3, "out-of-reach", Refusing, $"{verb} --kafka 127.0.0.1:1 --kafka-timeout 1");

    [Fact]
    public async Task A_parcel_that_is_not_there_is_exit_code_1() =>
        await Fails(
            1,
            "parcel-not-found",
            Problem(HttpStatusCode.NotFound, "parcel-not-found"),
            "parcel 1 2"
        );

    [Theory]
    [InlineData("--json parcel 1")]
    [InlineData("parcel --json=true 1")]
    [InlineData("parcel 1 --json:true")]
    public async Task The_option_may_stand_anywhere(string words)
    {
        var (code, output) = await PipedRun.Of(Refusing, words.Split(' '));
        Assert.Equal(2, code);
        Assert.Equal("usage", Code(output));
    }

    /// <summary>Fails as it should.</summary>
    async Task Fails(
        int exitCode,
        string code,
        Func<HttpRequestMessage, (HttpStatusCode, string)> answer,
        string words
    )
    {
        foreach (var output in await Outputs(exitCode, answer, words))
            Assert.Contains(Code(output), code.Split('|'));
    }

    /// <summary>What is printed with the option as the first word, and as the last.</summary>
    async Task<string[]> Outputs(
        int exitCode,
        Func<HttpRequestMessage, (HttpStatusCode, string)> answer,
        string words
    )
    {
        var arguments = words
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(w => w == "FILE" ? _file : w)
            .ToArray();
        var first = await PipedRun.Of(answer, ["--json", .. arguments]);
        var last = await PipedRun.Of(answer, [.. arguments, "--json"]);
        foreach (var (code, output) in ((int, string)[])[first, last])
        {
            Assert.True(code == exitCode, $"{code}: {output}");
            Assert.True(ReferenceEquals(VisibleText.Lines(output), output), "It drives the terminal.");
            JsonDocument.Parse(output).Dispose();
        }
        return [first.Output, last.Output];
    }

    static string Code(string output) => Error(output, "code");

    static string Text(string output) => Error(output, "text");

    static string Error(string output, string member)
    {
        using var json = JsonDocument.Parse(output);
        return json.RootElement.GetProperty("error").GetProperty(member).GetString()!;
    }

    static Func<HttpRequestMessage, (HttpStatusCode, string)> Refusing { get; } =
        Problem(HttpStatusCode.BadRequest, "refused");

    static Func<HttpRequestMessage, (HttpStatusCode, string)> Problem(HttpStatusCode status, string title) =>
        _ => (status, $$"""{ "title": "{{title}}", "detail": "not like this\u001b[2J" }""");
}
