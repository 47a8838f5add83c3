using System.Net;
using System.Text;
using ClearanceEngine.Client;
using Xunit;

namespace ClearanceEngine.Tests.SignIn;

/// <summary>Tokens of an OAuth provider: fetched when needed, kept until shortly before their end, asked for of nobody else.</summary>
public sealed class ProviderTokensTests : IDisposable
{
    const string Secret = "s3cret/+ü";

    readonly SignInWorld _world = new();
    readonly HttpStub _provider = new();

    public ProviderTokensTests()
    {
        Discover("{self}", "{self}/token");
        Grant("t1", 300);
    }

    public void Dispose()
    {
        _provider.Dispose();
        _world.Dispose();
    }

    [Fact]
    public async Task A_token_is_asked_for_by_client_secret_basic_with_scope_and_audience()
    {
        Assert.Equal(CommandLine.Done, (await LogIn("--scope", "a b", "--audience", "urn:engine")).Code);

        Assert.Equal("Bearer t1", _world.Engine.LastAuthorization);
        var asked = Assert.Single(Fetches());
        Assert.Equal("grant_type=client_credentials&scope=a+b&audience=urn%3Aengine", asked.Body);
        var basic = Encoding.ASCII.GetString(
            Convert.FromBase64String(asked.Authorization!["Basic ".Length..])
        );
        Assert.Equal("a%3Aclient:s3cret%2F%2B%C3%BC", basic);
    }

    [Fact]
    public async Task Its_secret_is_neither_kept_nor_shown()
    {
        var run = await LogIn();

        Assert.DoesNotContain("s3cret", _world.Logins + run.Output, StringComparison.Ordinal);
        Assert.Contains("\"secretFile\"", _world.Logins, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_is_used_until_a_minute_before_its_end()
    {
        await LogIn();
        Grant("t2", 300);

        _world.Time.Advance(TimeSpan.FromSeconds(239));
        await _world.Run("whoami");
        Assert.Equal("Bearer t1", _world.Engine.LastAuthorization);
        _world.Time.Advance(TimeSpan.FromSeconds(1));
        await _world.Run("whoami");
        Assert.Equal("Bearer t2", _world.Engine.LastAuthorization);
        await _world.Run("whoami");
        Assert.Equal(2, Fetches().Count);
    }

    [Fact]
    public async Task A_token_without_an_end_is_used_once()
    {
        Grant("t1", null);
        Assert.Equal(CommandLine.Done, (await LogIn()).Code);
        await _world.Run("whoami");

        Assert.Equal(2, Fetches().Count);
    }

    [Fact]
    public async Task A_token_that_the_engine_does_not_take_any_more_is_asked_for_anew()
    {
        await LogIn();
        _world.Engine.Answers["/api/v1/parcels/1/2"] = new StubAnswer("{}", HttpStatusCode.Unauthorized);
        Grant("t2", 300);

        Assert.Equal(CommandLine.Refused, (await _world.Run("parcel", "1", "2")).Code);
        await _world.Run("whoami");
        Assert.Equal("Bearer t2", _world.Engine.LastAuthorization);
    }

    [Fact]
    public async Task A_client_that_the_provider_refuses_is_told_why_and_not_kept()
    {
        _provider.Answers["/token"] = new StubAnswer(
            """{"error":"invalid_client"}""",
            HttpStatusCode.Unauthorized
        );

        var run = await LogIn();
        Assert.Equal((CommandLine.Refused, "client-refused"), (run.Code, SignInWorld.Code(run)));
        Assert.Contains("invalid_client", run.Output, StringComparison.Ordinal);
        Assert.Empty(_world.Engine.Seen);
        Assert.False(File.Exists(_world.LoginsFile));
    }

    [Theory]
    [InlineData("https://another.example", "{self}/token")]
    [InlineData("{self}", "http://another.example/token")]
    [InlineData("{self}", "/token")]
    public async Task Metadata_of_another_or_in_the_clear_gets_no_secret(string issuer, string endpoint)
    {
        Discover(issuer, endpoint);

        var run = await LogIn();
        Assert.Equal((CommandLine.Usage, "bad-authority"), (run.Code, SignInWorld.Code(run)));
        Assert.All(_provider.Seen, request => Assert.Null(request.Authorization));
    }

    [Theory]
    [InlineData("/.well-known/openid-configuration", "no JSON", HttpStatusCode.OK)]
    [InlineData("/.well-known/openid-configuration", "{}", HttpStatusCode.NotFound)]
    [InlineData("/token", """{"access_token":"t","token_type":"mac"}""", HttpStatusCode.OK)]
    [InlineData("/token", "", HttpStatusCode.TemporaryRedirect)]
    public async Task What_is_no_provider_is_told_so(string path, string body, HttpStatusCode status)
    {
        _provider.Answers[path] = new StubAnswer(body, status, "https://elsewhere.example");

        var run = await LogIn();
        Assert.Equal((CommandLine.Usage, "bad-authority"), (run.Code, SignInWorld.Code(run)));
    }

    [Fact]
    public async Task A_provider_that_is_away_is_out_of_reach()
    {
        _provider.Answers["/token"] = new StubAnswer("", HttpStatusCode.BadGateway);
        var run = await LogIn();
        Assert.Equal((CommandLine.OutOfReach, "provider-out-of-reach"), (run.Code, SignInWorld.Code(run)));

        run = await LogInAt("http://127.0.0.1:1");
        Assert.Equal((CommandLine.OutOfReach, "provider-out-of-reach"), (run.Code, SignInWorld.Code(run)));
    }

    Task<CommandRun> LogIn(params string[] options) => LogInAt(_provider.Url, options);

    Task<CommandRun> LogInAt(string authority, params string[] options) =>
        _world.Run([
            "login",
            "--json",
            "--authority",
            authority,
            "--client-id",
            "a:client",
            "--secret-file",
            _world.Private("secret", Secret + "\n"),
            .. options,
        ]);

    IReadOnlyList<SeenRequest> Fetches() => [.. _provider.Seen.Where(request => request.Path == "/token")];

    void Discover(string issuer, string endpoint) =>
        _provider.Answers["/.well-known/openid-configuration"] = new StubAnswer(
            $$"""{"issuer":"{{issuer}}","token_endpoint":"{{endpoint}}"}"""
        );

    void Grant(string token, int? seconds)
    {
        var lasts = seconds is { } number ? $",\"expires_in\":{number}" : "";
        _provider.Answers["/token"] = new StubAnswer(
            $$"""{"access_token":"{{token}}","token_type":"bearer"{{lasts}}}"""
        );
    }
}
