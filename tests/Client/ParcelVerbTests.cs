using System.Net;
using ClearanceEngine.Tests.Terminal;
using Xunit;

namespace ClearanceEngine.Tests;

/// <summary>What an operator orders by <c>clearance parcel</c> reaches the engine, and its refusal the operator.</summary>
public sealed class ParcelVerbTests
{
    const string Unclear =
        """{"ebpCode":"1","orderNo":"A","state":"declared","problems":[{"code":"customs-unclear","document":"list","text":"t"}]}""";

    readonly List<(string Method, string Path, string? Body)> _asked = [];

    [Fact]
    public async Task A_document_is_sent_again_and_the_parcel_shown()
    {
        Assert.Equal(0, await Run("--resend", "payment", "--number", "T 1"));
        Assert.Equal(
            [
                ("POST", "/api/v1/parcels/1/A/resend?document=payment&number=T%201", null),
                ("GET", "/api/v1/parcels/1/A", null),
            ],
            _asked
        );
    }

    [Fact]
    public async Task A_parcel_is_closed_with_its_reason()
    {
        Assert.Equal(0, await Run("--close", "已另行申报"));
        Assert.Equal(("POST", "/api/v1/parcels/1/A/close"), (_asked[0].Method, _asked[0].Path));
        Assert.Equal(
            "已另行申报",
            System.Text.Json.JsonDocument.Parse(_asked[0].Body!).RootElement.GetProperty("reason").GetString()
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    public async Task Closing_without_a_reason_is_wrong_usage_and_asks_nobody(string reason)
    {
        Assert.Equal(2, await Run("--close", reason));
        Assert.Empty(_asked);
    }

    [Fact]
    public async Task A_refusal_is_told_in_the_engines_words_with_exit_code_1()
    {
        var (code, output) = await PipedRun.Of(
            _ =>
                (HttpStatusCode.Conflict, """{"title":"too-many-resends","detail":"已重发 3 次。Enough."}"""),
            "parcel",
            "1",
            "A",
            "--resend",
            "list"
        );
        Assert.Equal(1, code);
        Assert.Contains("too-many-resends", output, StringComparison.Ordinal);
        Assert.Contains("已重发 3 次。Enough.", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_number_without_a_resend_is_wrong_usage_and_asks_nobody()
    {
        Assert.Equal(2, await Run("--number", "T-1"));
        Assert.Empty(_asked);
    }

    [Fact]
    public async Task What_is_unclear_shows_how_it_is_ended()
    {
        var (_, output) = await PipedRun.Of(Unclear, "parcel", "1", "A");
        Assert.Contains("clearance parcel 1 A --resend list", output, StringComparison.Ordinal);
        Assert.Contains("clearance parcel 1 A --close REASON", output, StringComparison.Ordinal);
    }

    async Task<int> Run(params string[] options)
    {
        var (code, _) = await PipedRun.Of(Answer, ["parcel", "1", "A", .. options]);
        return code;
    }

    (HttpStatusCode, string) Answer(HttpRequestMessage request)
    {
        var body = request.Content?.ReadAsStringAsync().Result;
        _asked.Add((request.Method.Method, request.RequestUri!.PathAndQuery, body));
        return (HttpStatusCode.OK, Unclear);
    }
}
