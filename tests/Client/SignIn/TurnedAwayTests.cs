using System.Net;
using ClearanceEngine.Client;
using Xunit;

namespace ClearanceEngine.Tests.SignIn;

/// <summary>Who is turned away reads the engine's reason, which credential it was, and the command that helps.</summary>
public sealed class TurnedAwayTests : IDisposable
{
    readonly SignInWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task Who_is_not_signed_in_is_told_how_to_log_in_at_the_same_engine()
    {
        Refuse("/api/v1/parcels/1/2", HttpStatusCode.Unauthorized, "sign-in-needed");

        var run = await _world.Run("parcel", "1", "2", "--json");
        Assert.Equal((CommandLine.Refused, "sign-in-needed"), (run.Code, SignInWorld.Code(run)));
        Assert.Contains("the words", run.Output, StringComparison.Ordinal);
        Assert.Contains("未使用凭证", run.Output, StringComparison.Ordinal);
        Assert.Contains(
            $"clearance login --dev --url {_world.Engine.Url}",
            run.Output,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Of_development_accounts_nothing_is_said_at_an_engine_elsewhere()
    {
        using var handler = new SignInWorld.Anywhere { Status = HttpStatusCode.Unauthorized };

        var run = await _world.Answered(handler, "whoami", "--json", "--url", "https://engine.example");
        Assert.Contains("clearance login --token-file FILE", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("--dev", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whose_credential_is_not_taken_is_told_which_it_was()
    {
        _world.Variables["CLEARANCE_TOKEN"] = "s3cret";
        Refuse("/api/v1/parcels/1/2", HttpStatusCode.Unauthorized, "credential-invalid");

        var run = await _world.Run("parcel", "1", "2");
        Assert.Equal(CommandLine.Refused, run.Code);
        Assert.Contains("the credential was CLEARANCE_TOKEN", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_may_not_is_led_to_what_the_account_may()
    {
        Refuse("/api/v1/parcels/1/2/ask", HttpStatusCode.Forbidden, "not-allowed");

        var run = await _world.Run("parcel", "1", "2", "--ask", "--json");
        Assert.Equal((CommandLine.Refused, "not-allowed"), (run.Code, SignInWorld.Code(run)));
        Assert.Contains($"clearance whoami --url {_world.Engine.Url}", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(HttpStatusCode.Unauthorized, "sign-in-needed")]
    [InlineData(HttpStatusCode.Forbidden, "not-allowed")]
    public async Task Who_is_turned_away_is_so_with_the_first_of_many_files(
        HttpStatusCode status,
        string code
    )
    {
        Refuse("/ceb", status, code);
        var file = _world.Private("a.xml", "<x/>");

        var run = await _world.Run("submit", file, file, "--json");
        Assert.Equal((CommandLine.Refused, code), (run.Code, SignInWorld.Code(run)));
        Assert.Single(_world.Engine.Seen);
    }

    [Fact]
    public async Task A_message_of_another_company_is_a_refusal_of_its_file()
    {
        Refuse("/ceb", HttpStatusCode.Forbidden, "not-your-company");
        var file = _world.Private("a.xml", "<x/>");

        var run = await _world.Run("submit", file, file, "--json");
        Assert.Equal(CommandLine.Refused, run.Code);
        Assert.Equal(2, run.Json.GetArrayLength());
    }

    [Fact]
    public async Task Who_one_is_is_shown_with_each_right_and_as_the_engine_said_it_for_scripts()
    {
        _world.Variables["CLEARANCE_TOKEN"] = "s3cret";
        var page = (await _world.Run("whoami")).Output;
        foreach (var text in (string[])["nina", "企业 company", "9999900001", "CLEARANCE_TOKEN"])
            Assert.Contains(text, page, StringComparison.Ordinal);
        Assert.Matches("parcels:read +本企业 own +查看包裹", page);
        Assert.Matches("stars:count +全部 all", page);

        var json = (await _world.Run("whoami", "--json")).Json;
        Assert.Equal("stars:count", json.GetProperty("rights")[1].GetProperty("right").GetString());
        Assert.DoesNotContain("s3cret", page + json, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_engine_is_out_of_reach()
    {
        _world.Engine.Answers["/api/v1/me"] = new StubAnswer("{}");

        Assert.Equal(CommandLine.OutOfReach, (await _world.Run("whoami")).Code);
        Assert.Equal(CommandLine.OutOfReach, (await _world.Pipe("s3cret", "login")).Code);
        Assert.False(File.Exists(_world.LoginsFile));
    }

    void Refuse(string path, HttpStatusCode status, string code) =>
        _world.Engine.Answers[path] = new StubAnswer(
            $$"""{"title":"{{code}}","detail":"the words"}""",
            status
        );
}
