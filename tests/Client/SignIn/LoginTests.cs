using System.Net;
using ClearanceEngine.Client;
using Xunit;

namespace ClearanceEngine.Tests.SignIn;

/// <summary>A login is tried, kept for one address in a file of its user alone, and sent nowhere else.</summary>
public sealed class LoginTests : IDisposable
{
    const UnixFileMode OwnersOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    readonly SignInWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task A_token_of_a_file_is_tried_kept_and_used_by_the_next_command()
    {
        var login = await _world.Run("login", "--token-file", _world.Private("t", "s3cret-1\n"));
        Assert.Equal(CommandLine.Done, login.Code);
        Assert.Equal("Bearer s3cret-1", _world.Engine.LastAuthorization);

        var parcel = await _world.Run("parcel", "1", "2");
        Assert.Equal("/api/v1/parcels/1/2", _world.Engine.Seen[^1].Path);
        Assert.Equal("Bearer s3cret-1", _world.Engine.LastAuthorization);
        Assert.DoesNotContain("s3cret", login.Output + parcel.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_may_be_piped_and_is_never_waited_for_at_a_terminal()
    {
        Assert.Equal(CommandLine.Done, (await _world.Pipe(" s3cret-2\r\n", "login")).Code);
        Assert.Equal("Bearer s3cret-2", _world.Engine.LastAuthorization);

        var silent = await _world.Run("login", "--json");
        Assert.Equal((CommandLine.Usage, "no-token"), (silent.Code, SignInWorld.Code(silent)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("two tokens")]
    [InlineData("s3cret\nHost: elsewhere")]
    [InlineData("{\"token\":\"s3cret\"}")]
    public async Task What_is_no_token_is_not_sent_and_not_told(string text)
    {
        var run = await _world.Pipe(text, "login", "--json");

        Assert.Equal((CommandLine.Usage, "bad-token"), (run.Code, SignInWorld.Code(run)));
        Assert.DoesNotContain("s3cret", run.Output, StringComparison.Ordinal);
        Assert.Empty(_world.Engine.Seen);
    }

    [Fact]
    public async Task A_token_that_the_engine_does_not_take_is_not_kept()
    {
        await _world.Pipe("good", "login");
        _world.Engine.Answers["/api/v1/me"] = new StubAnswer(
            """{"title":"credential-invalid","detail":"the words"}""",
            HttpStatusCode.Unauthorized
        );

        var run = await _world.Pipe("bad", "login", "--json");
        Assert.Equal((CommandLine.Refused, "credential-invalid"), (run.Code, SignInWorld.Code(run)));
        await _world.Run("whoami");
        Assert.Equal("Bearer good", _world.Engine.LastAuthorization);
    }

    [Fact]
    public async Task A_login_is_sent_to_the_address_that_it_is_kept_for_and_to_no_other()
    {
        using var other = new HttpStub();
        SignInWorld.Greet(other);
        await _world.Pipe("s3cret", "login");

        await _world.RunAt(other.Url, "whoami");
        Assert.Null(other.LastAuthorization);
        await _world.Run("whoami");
        Assert.Equal("Bearer s3cret", _world.Engine.LastAuthorization);

        await _world.RunAt($"{_world.Engine.Url}/elsewhere", "whoami");
        Assert.Equal("/elsewhere/api/v1/me", _world.Engine.Seen[^1].Path);
        Assert.Null(_world.Engine.LastAuthorization);
    }

    [Fact]
    public async Task Two_ways_to_write_an_address_are_one()
    {
        using var handler = new SignInWorld.Anywhere();
        var token = _world.Private("t", "s3cret");
        await _world.Answered(handler, "login", "--token-file", token, "--url", "https://Engine.example:443");

        await _world.Answered(handler, "whoami", "--url", "https://engine.example/");
        Assert.Equal("Bearer s3cret", handler.Seen[^1].Authorization);
        await _world.Answered(handler, "whoami", "--url", "https://engine.example:8443");
        Assert.Null(handler.Seen[^1].Authorization);
    }

    [Fact]
    public async Task Nobody_is_followed_to_another_address()
    {
        using var other = new HttpStub();
        await _world.Pipe("s3cret", "login");
        _world.Engine.Answers["/api/v1/parcels/1/2"] = new StubAnswer(
            "",
            HttpStatusCode.TemporaryRedirect,
            $"{other.Url}/api/v1/parcels/1/2"
        );

        var run = await _world.Run("parcel", "1", "2", "--json");
        Assert.Equal((CommandLine.Refused, "moved"), (run.Code, SignInWorld.Code(run)));
        Assert.Empty(other.Seen);
    }

    [Fact]
    public async Task A_token_leaves_this_machine_over_TLS_only_or_by_the_users_own_word()
    {
        using var handler = new SignInWorld.Anywhere();
        var token = _world.Private("t", "s3cret");
        string[] login = ["login", "--token-file", token, "--json", "--url", "http://engine.example:8080"];

        var run = await _world.Answered(handler, login);
        Assert.Equal((CommandLine.Usage, "token-in-the-clear"), (run.Code, SignInWorld.Code(run)));
        Assert.Empty(handler.Seen);

        Assert.Equal(CommandLine.Done, (await _world.Answered(handler, [.. login, "--insecure"])).Code);
        Assert.Equal("Bearer s3cret", handler.Seen[^1].Authorization);
        run = await _world.Answered(handler, "whoami", "--json", "--url", "http://engine.example:8080");
        Assert.Equal("token-in-the-clear", SignInWorld.Code(run));
    }

    [Fact]
    public async Task An_address_with_a_password_is_none_and_is_not_shown()
    {
        var run = await _world.RunAt("http://me:s3cret@127.0.0.1:8080", "whoami", "--json");

        Assert.Equal("bad-url", SignInWorld.Code(run));
        Assert.DoesNotContain("s3cret", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_logins_are_in_a_file_and_folder_of_their_user_alone_and_nothing_lies_beside_it()
    {
        await _world.Pipe("s3cret", "login");
        await _world.Pipe("s3cret-too", "login");

        var folder = Path.GetDirectoryName(_world.LoginsFile)!;
        Assert.Equal(
            ["logins.json"],
            Directory.EnumerateFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
        if (OperatingSystem.IsWindows())
            return;
        Assert.Equal(OwnersOnly, File.GetUnixFileMode(_world.LoginsFile));
        Assert.Equal(OwnersOnly | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    public async Task Logins_that_others_may_read_or_change_are_not_used(UnixFileMode others)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Files of a profile are its user's own.");
        await _world.Pipe("s3cret", "login");
        SignInWorld.Mode(_world.LoginsFile, OwnersOnly | others);
        var asked = _world.Engine.Seen.Count;

        var run = await _world.Run("whoami", "--json");
        Assert.Equal((CommandLine.Usage, "file-exposed"), (run.Code, SignInWorld.Code(run)));
        Assert.Contains($"chmod 600 {_world.LoginsFile}", run.Output, StringComparison.Ordinal);
        Assert.Equal(asked, _world.Engine.Seen.Count);
        Assert.Equal("file-exposed", SignInWorld.Code(await _world.Run("logout", "--json")));
    }

    [Fact]
    public async Task A_token_that_everybody_may_read_is_not_taken_and_one_of_the_group_is()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Files of a profile are its user's own.");
        var token = _world.Private("t", "s3cret");
        SignInWorld.Mode(token, OwnersOnly | UnixFileMode.GroupRead);
        Assert.Equal(CommandLine.Done, (await _world.Run("login", "--token-file", token)).Code);

        SignInWorld.Mode(token, OwnersOnly | UnixFileMode.OtherRead);
        _world.Variables["CLEARANCE_TOKEN_FILE"] = token;
        Assert.Equal("file-exposed", SignInWorld.Code(await _world.Run("whoami", "--json")));
    }

    [Theory]
    [InlineData("s3cret")]
    [InlineData("""{"logins":{"http://x/":{"kind":"token"}}}""")]
    [InlineData("""{"logins":{"http://x/":{"kind":"s3cret","token":"s3cret"}}}""")]
    [InlineData("""{"logins":null}""")]
    public async Task What_is_no_file_of_logins_is_not_used_not_told_and_not_replaced(string content)
    {
        await _world.Pipe("first", "login");
        File.WriteAllText(_world.LoginsFile, content);

        var run = await _world.Run("whoami", "--json");
        Assert.Equal((CommandLine.Usage, "bad-logins"), (run.Code, SignInWorld.Code(run)));
        Assert.DoesNotContain("s3cret", run.Output, StringComparison.Ordinal);
        Assert.Equal("bad-logins", SignInWorld.Code(await _world.Pipe("next", "login", "--json")));
        Assert.Equal(content, _world.Logins);
    }

    [Fact]
    public async Task Commands_that_run_at_once_forget_nothing_that_another_kept()
    {
        var token = _world.Private("t", "s3cret");
        string[] addresses = [.. Enumerable.Range(1, 16).Select(n => $"https://engine-{n}.example/")];
        async Task LogIn(string address)
        {
            using var handler = new SignInWorld.Anywhere();
            await _world.Answered(handler, "login", "--token-file", token, "--url", address);
        }

        await Task.WhenAll(addresses.Select(address => Task.Run(() => LogIn(address))));
        Assert.All(addresses, address => Assert.Contains(address, _world.Logins, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Who_logs_out_is_forgotten_at_that_address_alone()
    {
        using var handler = new SignInWorld.Anywhere();
        var token = _world.Private("t", "s3cret");
        await _world.Answered(handler, "login", "--token-file", token, "--url", "https://engine.example");
        await _world.Pipe("s3cret", "login");

        Assert.True((await _world.Run("logout", "--json")).Json.GetProperty("forgotten").GetBoolean());
        await _world.Run("whoami");
        Assert.Null(_world.Engine.LastAuthorization);
        Assert.False((await _world.Run("logout", "--json")).Json.GetProperty("forgotten").GetBoolean());
        await _world.Answered(handler, "whoami", "--url", "https://engine.example");
        Assert.Equal("Bearer s3cret", handler.Seen[^1].Authorization);
    }

    [Theory]
    [InlineData("login-unclear", "--dev", "--token-file", "t")]
    [InlineData("login-unclear", "--account", "operator", "--authority", "https://p")]
    [InlineData("login-unclear", "--token-file", "t", "--client-id", "c")]
    [InlineData("login-incomplete", "--authority", "https://p", "--client-id", "c")]
    [InlineData("login-incomplete", "--scope", "s")]
    [InlineData("bad-authority", "--authority", "http://p", "--client-id", "c", "--secret-file", "s")]
    public async Task Half_a_login_and_two_at_once_are_wrong_usage(string code, params string[] options)
    {
        var run = await _world.Run(["login", "--json", .. options]);

        Assert.Equal((CommandLine.Usage, code), (run.Code, SignInWorld.Code(run)));
        Assert.Empty(_world.Engine.Seen);
    }

    [Fact]
    public async Task A_user_without_a_folder_for_settings_is_told_so()
    {
        _world.Variables.Remove("HOME");
        _world.Variables.Remove("APPDATA");

        var run = await _world.Pipe("s3cret", "login", "--json");
        Assert.Equal((CommandLine.Usage, "no-folder"), (run.Code, SignInWorld.Code(run)));
    }
}
