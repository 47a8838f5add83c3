using System.Text.Json;
using ClearanceEngine.Access;
using ClearanceEngine.Participants;
using ClearanceEngine.Silo.Access;
using ClearanceEngine.Silo.Hosting;
using Microsoft.Extensions.Options;
using Xunit;

namespace ClearanceEngine.Tests.Access;

/// <summary>Accounts of an engine for which nobody else vouches, and where such an engine does not start.</summary>
public sealed class DevelopmentAccountsTests : IDisposable
{
    readonly string _directory = Directory.CreateTempSubdirectory("clearance-accounts-").FullName;

    string File => Path.Combine(_directory, "development-accounts.json");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void The_first_start_makes_them_by_chance_and_later_ones_keep_them()
    {
        var first = Load(ParticipantRegistry.Development);
        var again = Load(ParticipantRegistry.Development);

        Assert.Equal(first.All.Select(a => a.Token), again.All.Select(a => a.Token));
        Assert.Equal(first.All.Length, first.All.Select(a => a.Token).Distinct().Count());
        Assert.All(first.All, a => Assert.Matches("^[A-Za-z0-9_-]{43}$", a.Token));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite,
                System.IO.File.GetUnixFileMode(File)
            );
    }

    [Fact]
    public void The_developer_is_everything_for_everybody_and_each_company_itself()
    {
        var accounts = Load(ParticipantRegistry.Development).All;
        var codes = ParticipantRegistry.Development.All.Select(p => p.Code).Order(StringComparer.Ordinal);

        var developer = accounts.Single(a => a.Name == "developer");
        Assert.Equal(Enum.GetValues<ClearanceEngine.Access.Role>(), developer.Roles);
        Assert.Equal(codes, developer.Participants);
        Assert.All(codes, code =>
            Assert.Equal([code], accounts.Single(a => a.Name == $"company-{code}").Participants)
        );
    }

    [Fact]
    public void A_participant_that_is_registered_later_gets_its_account_and_nobody_loses_theirs()
    {
        var one = ParticipantRegistry.Development.All.First();
        var before = Load(new ParticipantRegistry([one], "one"));
        var after = Load(ParticipantRegistry.Development);

        Assert.Equal(
            before.All.Select(a => (a.Name, a.Token)),
            after.All.Where(a => before.All.Any(b => b.Name == a.Name)).Select(a => (a.Name, a.Token))
        );
        Assert.True(after.All.Length > before.All.Length);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"accounts":[{"name":"x"}]}""")]
    public void A_file_that_holds_none_is_told_and_not_replaced(string content)
    {
        Write(content, UnixFileMode.UserRead | UnixFileMode.UserWrite);

        var refused = Assert.Throws<InvalidDataException>(() => Load(ParticipantRegistry.Development));

        Assert.Matches(@"[\u4e00-\u9fff].*[a-z]{4}", refused.Message);
        Assert.Contains("holds no development accounts", refused.Message, StringComparison.Ordinal);
        Assert.Equal(content, System.IO.File.ReadAllText(File));
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void A_file_that_others_may_read_or_write_proves_nothing(UnixFileMode others)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such bits.");
        Load(ParticipantRegistry.Development);
        Write(System.IO.File.ReadAllText(File), UnixFileMode.UserRead | UnixFileMode.UserWrite | others);

        var refused = Assert.Throws<InvalidDataException>(() => Load(ParticipantRegistry.Development));

        Assert.Contains("chmod 600", refused.Message, StringComparison.Ordinal);
        Assert.Matches(@"[\u4e00-\u9fff].*[a-z]{4}", refused.Message);
    }

    [Fact]
    public void The_token_is_told_at_a_console_and_to_nothing_that_may_be_a_log()
    {
        var accounts = Load(ParticipantRegistry.Development);
        var token = accounts.All.Single(a => a.Name == "developer").Token;

        Assert.Contains(token, accounts.Announcement(withToken: true), StringComparison.Ordinal);
        var logged = accounts.Announcement(withToken: false);
        Assert.DoesNotContain(token, logged, StringComparison.Ordinal);
        Assert.Contains(File, logged, StringComparison.Ordinal);
    }

    /// <summary>As helpers of other languages read it.</summary>
    [Fact]
    public void The_file_has_the_form_that_clients_read()
    {
        Load(ParticipantRegistry.Development);

        var developer = JsonDocument
            .Parse(System.IO.File.ReadAllBytes(File))
            .RootElement.GetProperty("accounts")[0];
        Assert.Equal(
            ["name", "token", "roles", "participants"],
            developer.EnumerateObject().Select(p => p.Name)
        );
        Assert.Equal("company", developer.GetProperty("roles")[0].GetString());
    }

    [Theory]
    [InlineData("--Urls=http://0.0.0.0:8080", "http://0.0.0.0:8080")]
    [InlineData("--Urls=http://127.0.0.1:8080;http://+:8081", "http://+:8081")]
    [InlineData("--Urls=http://[::]:8080", "http://[::]:8080")]
    [InlineData("--Urls=http://engine:8080", "http://engine:8080")]
    [InlineData("--Kestrel:Endpoints:Open:Url=http://192.0.2.1:80", "http://192.0.2.1:80")]
    [InlineData("--Door:KnownProxies:0=10.0.0.1", "Door:KnownProxies")]
    public void An_engine_for_which_nobody_vouches_does_not_listen_to_others(string setting, string named)
    {
        var refused = Assert.Throws<OptionsValidationException>(() => Build(setting)).Message;

        Assert.Contains(named, refused, StringComparison.Ordinal);
        Assert.Contains("Access:Authority", refused, StringComparison.Ordinal);
        Assert.Matches(@"[\u4e00-\u9fff].*[a-z]{4}", refused);
    }

    [Theory]
    [InlineData("--Urls=http://127.0.0.1:0")]
    [InlineData("--Urls=http://localhost:8080;http://[::1]:8080")]
    [InlineData("--Urls=http://unix:/run/engine.sock")]
    public async Task It_listens_on_this_machine(string setting)
    {
        await using var app = Build(setting);
        Assert.NotNull(app);
    }

    [Theory]
    [InlineData("--Access:Authority=https://issuer", "Access:Audience")]
    [InlineData("--Access:Audience=clearance", "Access:Audience")]
    [InlineData("--Access:Authority=issuer", "Access:Authority")]
    [InlineData("--Access:Authority=http://issuer", "https://")]
    [InlineData("--Access:Authority=http://127.0.0.1:9", "Engine:AllowDevelopmentParts=Identity")]
    [InlineData("--Access:SigningKeysFile=nothing.json", "Access:SigningKeysFile")]
    [InlineData("--Access:Certificates:0:Thumbprint=abc", "Access:Certificates:0:Thumbprint")]
    [InlineData("--Access:Certificates:0:Name=erp", "Access:Certificates:0:Roles")]
    [InlineData("--Access:Certificates:0:Roles:0=Nobody", "Access:Certificates:0:Roles:0")]
    public void A_setting_of_access_that_cannot_work_is_refused_by_name(string setting, string named)
    {
        var refused = Assert.Throws<OptionsValidationException>(() => Build(setting)).Message;
        Assert.Contains(named, refused, StringComparison.Ordinal);
    }

    void Write(string content, UnixFileMode mode)
    {
        System.IO.File.WriteAllText(File, content);
        if (!OperatingSystem.IsWindows())
            System.IO.File.SetUnixFileMode(File, mode);
    }

    DevelopmentAccounts Load(IParticipantRegistry participants) =>
        DevelopmentAccounts.LoadOrCreate(_directory, participants);

    Microsoft.AspNetCore.Builder.WebApplication Build(string setting) =>
        EngineHost.Build([
            $"--Engine:DataDirectory={_directory}",
            "--Engine:DevelopmentBrokerPort=0",
            "--Engine:AllowDevelopmentParts=Broker,Database,Token,Participants",
            setting,
        ]);
}
