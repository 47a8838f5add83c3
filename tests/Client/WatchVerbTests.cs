using System.Net;
using System.Text;
using ClearanceEngine.Client;
using ClearanceEngine.Tests.Terminal;
using Spectre.Console;
using Xunit;

namespace ClearanceEngine.Tests;

/// <summary><c>clearance watch</c>: goes on by itself where it was.</summary>
public sealed class WatchVerbTests : IDisposable
{
    readonly StringWriter _output = new();
    readonly List<string> _asked = [];

    public void Dispose() => _output.Dispose();

    [Fact]
    public async Task Watching_goes_on_behind_the_last_page_when_the_engine_was_away_and_ends_when_its_place_is_gone()
    {
        Assert.Equal(
            CommandLine.Refused,
            await Run(
                ["watch", "--participant", "9999900005", "--json"],
                () => Page("c-1", "first"),
                () => throw new HttpRequestException("away"),
                () => Problem(HttpStatusCode.ServiceUnavailable, "part-away"),
                () => Page("c-2", "second"),
                () => Problem(HttpStatusCode.Gone, "cursor-gone")
            )
        );

        Assert.Equal(["latest", "c-1", "c-1", "c-1", "c-2"], _asked);
        var lines = _output.ToString().Split('\n');
        Assert.Contains("first", lines[0], StringComparison.Ordinal);
        Assert.Contains("second", lines[1], StringComparison.Ordinal);
        Assert.Contains("cursor-gone", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_engine_that_was_never_there_is_told_at_once()
    {
        Assert.Equal(
            CommandLine.OutOfReach,
            await Run(["watch"], () => throw new HttpRequestException("away"))
        );
    }

    [Fact]
    public async Task An_event_is_a_line_for_people()
    {
        await Run(
            ["watch", "--after", "oldest"],
            () => Page("c-1", "放行"),
            () => Problem(HttpStatusCode.Gone, "cursor-gone")
        );
        Assert.Equal("oldest", _asked[0]);
        Assert.Contains(
            "CEB622Message 800 released customs 放行 /api/v1/parcels?list=1",
            _output.ToString(),
            StringComparison.Ordinal
        );
    }

    static HttpResponseMessage Page(string next, string info) =>
        Answer(
            HttpStatusCode.OK,
            $$"""{"events":[{"cursor":"{{next}}","at":"2026-11-24T00:00:00Z","type":"CEB622Message","status":"800","leadsTo":"released","source":"customs","info":"{{info}}","parcel":"/api/v1/parcels?list=1"}],"next":"{{next}}"}"""
        );

    static HttpResponseMessage Problem(HttpStatusCode status, string code) =>
        Answer(status, $$"""{"title":"{{code}}","detail":"the words"}""");

    static HttpResponseMessage Answer(HttpStatusCode status, string body) =>
        new(status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };

    Task<int> Run(string[] arguments, params Func<HttpResponseMessage>[] answers)
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
        var engine = new Scripted(_asked, new Queue<Func<HttpResponseMessage>>(answers));
        return CommandLine.Run(arguments, console, PipedRun.Bare(engine));
    }

    sealed class Scripted(List<string> asked, Queue<Func<HttpResponseMessage>> answers) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        )
        {
            var query = System.Web.HttpUtility.ParseQueryString(request.RequestUri!.Query);
            asked.Add(query["after"]!);
            return Task.FromResult(answers.Dequeue()());
        }
    }
}
