using System.Net;
using System.Text;
using ClearanceEngine.Client;
using ClearanceEngine.Tests.Terminal;
using Spectre.Console;
using Xunit;

namespace ClearanceEngine.Tests;

public sealed class CommandLineTests : IDisposable
{
    readonly string _file = Path.GetTempFileName();
    readonly StringWriter _output = new();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public async Task A_parcel_is_shown_and_a_missing_one_is_exit_code_1()
    {
        const string Parcel =
            """{"ebpCode":"1","orderNo":"A/B","mode":"1210","state":"released","invtNo":null,"problems":[],"timeline":[{"at":"2026-11-24T00:00:00Z","state":"released","text":"放行"}]}""";
        Assert.Equal(0, await Run(HttpStatusCode.OK, Parcel, "parcel", "1", "A/B"));
        Assert.Contains("released", _output.ToString(), StringComparison.Ordinal);
        Assert.Equal("/api/v1/parcels/1/A%2FB", _asked);
        Assert.Equal(1, await Run(HttpStatusCode.NotFound, "{}", "parcel", "1", "2"));
    }

    [Fact]
    public async Task Json_is_printed_for_scripts()
    {
        Assert.Equal(0, await Run(HttpStatusCode.OK, """{"state":"held"}""", "parcel", "1", "2", "--json"));
        Assert.Equal(
            "held",
            System
                .Text.Json.JsonDocument.Parse(_output.ToString())
                .RootElement.GetProperty("state")
                .GetString()
        );
    }

    [Theory]
    [InlineData("accepted", 0)]
    [InlineData("waiting", 0)]
    [InlineData("duplicate", 0)]
    [InlineData("refused", 1)]
    public async Task Submit_tells_each_documents_outcome(string outcome, int code)
    {
        var answer =
            $$"""[{"type":"CEB311Message","document":"order","guid":"g","key":{},"outcome":"{{outcome}}","state":"collecting","receipt":{"type":"CEB312Message","returnStatus":"2","returnInfo":"好 fine","returnTime":"","source":"engine"},"problems":[],"missing":["payment"],"parcel":null}]""";
        Assert.Equal(code, await Run(HttpStatusCode.OK, answer, "submit", _file));
        Assert.Contains(outcome, _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_message_shows_the_engines_own_words()
    {
        Assert.Equal(
            1,
            await Run(
                HttpStatusCode.BadRequest,
                """{"title":"not-xml","detail":"the words"}""",
                "submit",
                _file
            )
        );
        Assert.Contains("the words", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_id_number_comes_from_a_file_and_goes_in_the_body()
    {
        await File.WriteAllTextAsync(_file, "11010519491231002X\n");
        Assert.Equal(
            0,
            await Run(
                HttpStatusCode.OK,
                """{"year":2026,"limitFen":2600000,"postedFen":43000,"pendingFen":0,"remainingFen":2557000}""",
                "quota",
                "--id-file",
                _file,
                "--year",
                "2026",
                "--reason",
                "complaint 7"
            )
        );
        Assert.Equal("/api/v1/quota", _asked);
        Assert.Contains("complaint 7", _body, StringComparison.Ordinal);
        Assert.Contains("11010519491231002X", _body, StringComparison.Ordinal);
        Assert.Contains("25570.00", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_audit_trail_is_asked_for_what_is_given_and_tells_where_the_next_page_begins()
    {
        const string Page =
            """{"entries":[{"id":"0193b4c2-0000-7000-8000-000000000001","act":"0193b4c2-0000-7000-8000-000000000002","at":"2026-11-24T00:00:00Z","actor":"li","actorKind":"account","right":"parcels:close","subject":"parcel/1/A-1","detail":null,"from":"192.0.2.7","reason":"退运","outcome":"refused","code":"already-closed"}],"next":"AAAA"}""";

        Assert.Equal(
            0,
            await Run(HttpStatusCode.OK, Page, "audit", "--subject", "parcel/1/A-1", "--limit", "1")
        );

        Assert.Equal("/api/v1/audit?subject=parcel%2F1%2FA-1&limit=1", _asked);
        string[] told = ["li (account)", "parcels:close", "refused already-closed", "退运", "--cursor AAAA"];
        Assert.All(told, text => Assert.Contains(text, _output.ToString(), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("parcel")]
    [InlineData("submit")]
    public async Task Wrong_usage_is_exit_code_2(string argument) =>
        Assert.Equal(2, await Run(HttpStatusCode.OK, "", argument));

    [Fact]
    public async Task An_engine_out_of_reach_is_exit_code_3()
    {
        Assert.Equal(
            3,
            await CommandLine.Run(
                ["parcel", "1", "2", "--url", "http://127.0.0.1:1"],
                Console(),
                PipedRun.Bare()
            )
        );
        Assert.Equal(3, await Run(HttpStatusCode.ServiceUnavailable, "{}", "parcel", "1", "2"));
    }

    [Theory]
    [InlineData("dead-letters", "list")]
    [InlineData("dead-letters", "show", "0", "0")]
    [InlineData("dead-letters", "retry", "--all")]
    [InlineData("dead-letters", "retry", "--all", "--dry-run")]
    [InlineData("dead-letters", "runs")]
    [InlineData("simulate", "--test-rig")]
    [InlineData("submit", "FILE")]
    public async Task A_broker_out_of_reach_is_exit_code_3_for_every_verb_before_long(
        params string[] arguments
    )
    {
        var named = arguments.Select(a => a == "FILE" ? _file : a);
        var run = await CommandRun.Of([.. named, "--kafka", "127.0.0.1:1", "--kafka-timeout", "1", "--json"]);
        Assert.Equal(3, run.Code);
        Assert.Equal("out-of-reach", run.Json.GetProperty("error").GetProperty("code").GetString());
        Assert.Contains("127.0.0.1:1", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--url", "nonsense", "bad-url")]
    [InlineData("--url", "http://x:99999", "bad-url")]
    public async Task An_address_that_is_none_is_wrong_usage(params string[] arguments)
    {
        var run = await CommandRun.Of(["parcel", "1", "2", "--json", .. arguments[..2]]);
        Assert.Equal(2, run.Code);
        Assert.Equal(arguments[2], run.Json.GetProperty("error").GetProperty("code").GetString());
    }

    string? _asked;
    string? _body;

    Task<int> Run(HttpStatusCode status, string answer, params string[] arguments) =>
        CommandLine.Run(arguments, Console(), PipedRun.Bare(new Answering(this, status, answer)));

    IAnsiConsole Console()
    {
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Ansi = AnsiSupport.No,
                Interactive = InteractionSupport.No,
                Out = new AnsiConsoleOutput(_output),
            }
        );
        console.Profile.Width = 200;
        return console;
    }

    sealed class Answering(CommandLineTests test, HttpStatusCode status, string answer) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        )
        {
            test._asked = request.RequestUri!.PathAndQuery;
            test._body = request.Content is null
                ? null
                : await request.Content.ReadAsStringAsync(cancellationToken);
            return new HttpResponseMessage(status)
            {
                Content = new StringContent(answer, Encoding.UTF8, "application/json"),
            };
        }
    }
}
