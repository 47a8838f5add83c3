using System.Net;
using ClearanceEngine.Access;
using ClearanceEngine.Silo.Accounts;
using ClearanceEngine.Tests.Door;
using ClearanceEngine.Tests.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using OtpNet;
using Xunit;

namespace ClearanceEngine.Tests.Accounts;

/// <summary>The second factor: what takes its place, how it is enrolled, and how it is taken out.</summary>
public sealed class SecondFactorTests
{
    const string Name = PeopleTests.Name,
        Password = PeopleTests.Password;

    readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(";")]
    [InlineData("BBBBB-BBBBB")]
    public async Task Nothing_takes_the_place_of_a_code_when_all_recovery_codes_are_used(string nothing)
    {
        await using var door = await DoorHost.Start(
            _time,
            [.. PeopleTests.Settings, "--Access:Accounts:RecoveryCodes=1"]
        );
        using var browser = new Browser(door);
        var first = await PeopleTests.Add(door, Role.Operator);
        var (_, codes) = await browser.BeginWithSecondFactor(Name, first, Password, _time.GetUtcNow());
        using var lost = new Browser(door);
        await lost.Step("/account/sign-in", ("name", Name), ("password", Password));
        await lost.Step("/account/second-factor", ("code", Assert.Single(codes)));

        using var thief = new Browser(door);
        await thief.Step("/account/sign-in", ("name", Name), ("password", Password));
        await thief.Refused("/account/second-factor", ("code", nothing));
    }

    [Fact]
    public async Task New_recovery_codes_end_the_former_ones_and_are_made_by_who_knows_the_password()
    {
        await using var door = await DoorHost.Start(_time, PeopleTests.Settings);
        using var browser = new Browser(door);
        var first = await PeopleTests.Add(door, Role.Operator);
        var (_, former) = await browser.BeginWithSecondFactor(Name, first, Password, _time.GetUtcNow());

        using (var wrong = await SendFromOverview(browser, "/account/recovery-codes", "wrong"))
            Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        using var answer = await SendFromOverview(browser, "/account/recovery-codes", Password);
        var codes = Browser.CodesOf(await answer.Content.ReadAsStringAsync());
        Assert.Equal(10, codes.Distinct().Count());
        Assert.Empty(codes.Intersect(former));

        using var lost = new Browser(door);
        await lost.Step("/account/sign-in", ("name", Name), ("password", Password));
        await lost.Refused("/account/second-factor", ("code", former[0]));
        Assert.Equal("/account", await lost.Step("/account/second-factor", ("code", codes[0])));
    }

    /// <summary>In a session that somebody left open, or stole, the password is what only its person knows.</summary>
    [Fact]
    public async Task A_session_enrols_nothing_and_is_shown_no_key_without_the_password()
    {
        await using var door = await DoorHost.Start(_time, PeopleTests.Settings);
        using var browser = new Browser(door);
        await PeopleTests.Begin(door, browser);

        Assert.Empty(Browser.KeyOf(await browser.Page("/account/enrol")));
        Assert.Empty(Browser.KeyOf(await browser.Refused("/account/enrol", ("current", "wrong"))));
        using var shown = await browser.Fill("/account/enrol", ("current", Password));
        var page = await shown.Content.ReadAsStringAsync();
        var app = new Totp(Base32Encoding.ToBytes(Browser.KeyOf(page)));

        await browser.Refused("/account/enrol", ("current", "wrong"), ("code", Code(app)));
        using var enrolled = await browser.Fill("/account/enrol", ("current", Password), ("code", Code(app)));
        Assert.Equal(10, Browser.CodesOf(await enrolled.Content.ReadAsStringAsync()).Length);
        using var me = await browser.Get("api/v1/me");
        Assert.Equal(HttpStatusCode.OK, me.StatusCode);
    }

    [Fact]
    public async Task A_key_that_was_shown_before_the_password_was_reset_is_not_enrolled()
    {
        await using var door = await DoorHost.Start(_time, PeopleTests.Settings);
        using var thief = new Browser(door);
        var first = await PeopleTests.Add(door, Role.Operator);
        await thief.Step("/account/sign-in", ("name", Name), ("password", first));
        var seen = Browser.KeyOf(await thief.Page("/account/enrol"));

        var second = "";
        await PeopleTests.Accounts(door, async accounts =>
            second = await accounts.Reset(Name, false, CancellationToken.None)
        );
        using var browser = new Browser(door);
        await browser.Step("/account/sign-in", ("name", Name), ("password", second));
        var key = Browser.KeyOf(await browser.Page("/account/enrol"));

        Assert.NotEmpty(seen);
        Assert.NotEmpty(key);
        Assert.NotEqual(seen, key);
    }

    [Fact]
    public async Task A_factor_is_taken_out_together_with_the_password_or_not_at_all()
    {
        await using var database = await SqliteTestDatabase.Create();
        await using var door = await DoorHost.Start(database, _time, PeopleTests.Settings);
        using var browser = new Browser(door);
        var first = await PeopleTests.Add(door, Role.Operator);
        await browser.BeginWithSecondFactor(Name, first, Password, _time.GetUtcNow());
        await using var scope = door.Services.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<AccountsContext>();
        await context.Database.ExecuteSqlRawAsync(
            """
            CREATE TRIGGER breaks BEFORE UPDATE ON account WHEN NEW.must_change_password = 1 AND NEW.two_factor_enabled = 0
            BEGIN SELECT RAISE(ABORT, 'the disk is full'); END
            """,
            TestContext.Current.CancellationToken
        );

        await Assert.ThrowsAnyAsync<Exception>(() =>
            PeopleTests.Accounts(door, accounts => accounts.Reset(Name, true, CancellationToken.None))
        );

        Assert.True(Assert.Single(await PeopleTests.Rows(door, c => c.Users)).TwoFactorEnabled);
        var secrets = await PeopleTests.Rows(door, c => c.UserTokens.Select(t => t.Name));
        Assert.Contains("key", secrets);
    }

    static async Task<HttpResponseMessage> SendFromOverview(Browser browser, string path, string password)
    {
        var token = Browser.TokenOf(await browser.Page("/account"));
        return await browser.Post(path, ("__RequestVerificationToken", token), ("current", password));
    }

    string Code(Totp app) => app.ComputeTotp(_time.GetUtcNow().UtcDateTime);
}
