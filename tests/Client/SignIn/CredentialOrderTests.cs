using ClearanceEngine.Client;
using Xunit;

namespace ClearanceEngine.Tests.SignIn;

/// <summary>Which credential a command takes: the environment's, the login that is kept, the developer's of the engine in this folder.</summary>
public sealed class CredentialOrderTests : IDisposable
{
    readonly SignInWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task The_environments_comes_before_the_login_and_the_login_before_the_developers()
    {
        Assert.Null(await Sent());

        _world.Accounts("developer");
        Assert.Equal("Bearer token-of-developer", await Sent());
        await _world.Pipe("of-the-login", "login");
        Assert.Equal("Bearer of-the-login", await Sent());
        _world.Variables["CLEARANCE_TOKEN"] = "of-the-variable";
        Assert.Equal("Bearer of-the-variable", await Sent());
        _world.Variables["CLEARANCE_TOKEN_FILE"] = _world.Private("t", "of-the-file");
        Assert.Equal("Bearer of-the-file", await Sent());
    }

    [Fact]
    public async Task An_environment_that_names_an_engine_has_a_token_for_that_one_alone()
    {
        using var other = new HttpStub();
        _world.Variables["CLEARANCE_TOKEN"] = "s3cret";
        Assert.Equal("Bearer s3cret", await Sent());

        _world.Variables["CLEARANCE_URL"] = other.Url;
        Assert.Null(await Sent());
        _world.Variables["CLEARANCE_URL"] = _world.Engine.Url;
        Assert.Equal("Bearer s3cret", await Sent());
    }

    [Fact]
    public async Task A_developers_token_leaves_this_machine_never()
    {
        _world.Accounts("developer");
        using var handler = new SignInWorld.Anywhere();

        await _world.Answered(handler, "whoami", "--url", "https://engine.example");
        Assert.Null(Assert.Single(handler.Seen).Authorization);
        var run = await _world.Answered(
            handler,
            "login",
            "--dev",
            "--json",
            "--url",
            "https://engine.example"
        );
        Assert.Equal((CommandLine.Usage, "not-this-machine"), (run.Code, SignInWorld.Code(run)));
        Assert.Single(handler.Seen);
    }

    [Fact]
    public async Task A_development_account_is_kept_by_its_name_and_its_token_stays_where_it_is()
    {
        var path = _world.Accounts("developer", "operator");
        var run = await _world.Run("login", "--dev", "--account", "operator");

        Assert.Equal(CommandLine.Done, run.Code);
        Assert.Equal("Bearer token-of-operator", _world.Engine.LastAuthorization);
        Assert.DoesNotContain("token-of", _world.Logins + run.Output, StringComparison.Ordinal);

        File.WriteAllText(
            path,
            File.ReadAllText(path).Replace("token-of", "new-token-of", StringComparison.Ordinal)
        );
        Assert.Equal("Bearer new-token-of-operator", await Sent());
    }

    [Fact]
    public async Task Accounts_may_lie_elsewhere()
    {
        _world.Accounts("developer");
        var data = Path.Combine(_world.Folder, "data");
        var elsewhere = Path.Combine(_world.Folder, "elsewhere");
        Directory.Move(data, elsewhere);
        var lost = await _world.Run("login", "--dev", "--json");
        Assert.Equal((CommandLine.Usage, "no-development-accounts"), (lost.Code, SignInWorld.Code(lost)));

        Assert.Equal(CommandLine.Done, (await _world.Run("login", "--dev", "--data", elsewhere)).Code);
        Assert.Equal("Bearer token-of-developer", _world.Engine.LastAuthorization);
    }

    [Fact]
    public async Task An_account_that_is_not_there_is_told_with_those_that_are()
    {
        _world.Accounts("developer", "company-9999900001");

        var run = await _world.Run("login", "--account", "company-1", "--json");
        Assert.Equal((CommandLine.Usage, "unknown-account"), (run.Code, SignInWorld.Code(run)));
        Assert.Contains("company-9999900001", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("token-of", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Accounts_that_others_may_read_are_not_used()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Files of a profile are its user's own.");
        SignInWorld.Mode(_world.Accounts("developer"), UnixFileMode.UserRead | UnixFileMode.OtherRead);

        Assert.Equal("file-exposed", SignInWorld.Code(await _world.Run("whoami", "--json")));
        Assert.Empty(_world.Engine.Seen);
    }

    [Fact]
    public async Task What_holds_no_accounts_is_not_told()
    {
        File.WriteAllText(
            _world.Accounts("developer"),
            """{"accounts":[{"name":"developer","token":"s3cret s3cret"}]}"""
        );

        var run = await _world.Run("whoami", "--json");
        Assert.Equal("bad-development-accounts", SignInWorld.Code(run));
        Assert.DoesNotContain("s3cret", run.Output, StringComparison.Ordinal);
    }

    /// <summary>What the engine is sent.</summary>
    async Task<string?> Sent()
    {
        var run = await _world.Run("whoami");
        Assert.True(run.Code == CommandLine.Done, run.Output);
        return _world.Engine.LastAuthorization;
    }
}
