using System.Net;
using ClearanceEngine.Access;
using ClearanceEngine.Simulator.Samples;
using ClearanceEngine.Tests.Door;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ClearanceEngine.Tests.Accounts;

/// <summary>How a session ends by its person's will, and what a page offers for it.</summary>
public sealed class SessionEndTests
{
    const string Name = PeopleTests.Name,
        Password = PeopleTests.Password;

    readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);

    [Fact]
    public async Task Who_signs_out_is_out_with_every_copy_of_the_cookie()
    {
        await using var door = await DoorHost.Start(_time, PeopleTests.Settings);
        using var browser = new Browser(door);
        await PeopleTests.Begin(door, browser);
        using var copy = browser.Copy();
        using (var before = await copy.Get("api/v1/me"))
            Assert.Equal(HttpStatusCode.OK, before.StatusCode);

        var token = Browser.TokenOf(await browser.Page("/account"));
        using var left = await browser.Post("/account/sign-out", ("__RequestVerificationToken", token));
        Assert.Equal("\"cache\"", Assert.Single(left.Headers.GetValues("Clear-Site-Data")));
        _time.Advance(TimeSpan.FromSeconds(10));

        using var after = await copy.Get("api/v1/me");
        await DoorAnswersTests.Problem(after, 401, "credential-invalid");
    }

    [Fact]
    public async Task Every_page_on_the_way_in_offers_to_leave()
    {
        await using var door = await DoorHost.Start(_time, PeopleTests.Settings);
        using var browser = new Browser(door);
        var first = await PeopleTests.Add(door, Role.Operator);
        await browser.Step("/account/sign-in", ("name", Name), ("password", first));
        var enrol = await browser.Page("/account/enrol");
        Assert.Contains("action=\"/account/sign-out\"", enrol, StringComparison.Ordinal);

        using (
            await browser.Post("/account/sign-out", ("__RequestVerificationToken", Browser.TokenOf(enrol)))
        ) { }
        using var page = await browser.Get("/account");
        Assert.Equal("/account/sign-in", $"{page.Headers.Location}");
    }

    [Fact]
    public async Task A_right_password_costs_no_try_though_the_new_one_is_refused()
    {
        await using var door = await DoorHost.Start(_time, PeopleTests.Settings);
        using var browser = new Browser(door);
        await PeopleTests.Begin(door, browser);
        for (var i = 0; i < 6; i++)
            await browser.Refused(
                "/account/password",
                ("current", Password),
                ("password", "short"),
                ("again", "short")
            );

        Assert.Equal(
            "/account",
            await browser.Step(
                "/account/password",
                ("current", Password),
                ("password", "new one, quite long"),
                ("again", "new one, quite long")
            )
        );
    }
}
