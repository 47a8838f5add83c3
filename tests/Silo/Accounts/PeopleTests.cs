using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using ClearanceEngine.Access;
using ClearanceEngine.Silo.Access;
using ClearanceEngine.Silo.Accounts;
using ClearanceEngine.Simulator.Samples;
using ClearanceEngine.Tests.Door;
using ClearanceEngine.Tests.Storage;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ClearanceEngine.Tests.Accounts;

/// <summary>People sign in by pages: passwords, second factor, sessions, and what an attacker tries at each.</summary>
public sealed partial class PeopleTests
{
    internal const string Name = "li.na",
        Password = "a long walk along the quay";

    internal static string[] Settings { get; } =
    ["--Access:Accounts:Issuer=https://port.test/", "--Door:KnownProxies:0=127.0.0.1"];

    readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);

    public static TheoryData<string> Products => ["Sqlite", "PostgreSql"];

    [Theory]
    [MemberData(nameof(Products))]
    public async Task An_operator_enrols_a_second_factor_and_chooses_a_password_before_anything_else(
        string product
    )
    {
        await using var database =
            product == "Sqlite" ? await SqliteTestDatabase.Create() : await PostgreSqlTestDatabase.Create();
        await using var door = await DoorHost.Start(database, _time, Settings);
        using var browser = new Browser(door);
        var first = await Add(door, Role.Operator);
        var (_, codes) = await browser.BeginWithSecondFactor(Name, first, Password, _time.GetUtcNow());

        Assert.Equal(10, codes.Distinct().Count());
        using var answer = await browser.Get("api/v1/me");
        var me = await answer.Json();
        Assert.Equal(Name, me.GetProperty("name").GetString());
        Assert.Equal("person", me.GetProperty("kind").GetString());
        Assert.Contains(Name, await browser.Page("/account"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_company_changes_its_first_password_and_comes_in_with_what_is_its_own()
    {
        await using var door = await DoorHost.Start(_time, Settings);
        using var browser = new Browser(door);
        await Begin(door, browser);

        using var answer = await browser.Get("api/v1/me");
        var me = await answer.Json();
        Assert.Equal(
            SampleParcel.Platform,
            Assert.Single(me.GetProperty("participants").EnumerateArray()).GetString()
        );
    }

    [Fact]
    public async Task A_sign_in_that_is_not_finished_lets_nobody_in()
    {
        await using var door = await DoorHost.Start(_time, Settings);
        using var browser = new Browser(door);
        var first = await Add(door, Role.Operator);
        await browser.Step("/account/sign-in", ("name", Name), ("password", first));

        using (var me = await browser.Get("api/v1/me"))
            Assert.Equal(HttpStatusCode.Unauthorized, me.StatusCode);
        using (var page = await browser.Get("/account"))
            Assert.Equal("/account/enrol", $"{page.Headers.Location}");
        using var password = await browser.Get("/account/password");
        Assert.Equal("/account/enrol", $"{password.Headers.Location}");
    }

    [Fact]
    public async Task A_wrong_password_an_unknown_name_and_a_disabled_account_get_the_same_answer()
    {
        await using var door = await DoorHost.Start(_time, Settings);
        using var browser = new Browser(door);
        var first = await Add(door, Role.Company, SampleParcel.Platform);
        var wrong = await browser.Refused("/account/sign-in", ("name", Name), ("password", "wrong"));
        var unknown = await browser.Refused("/account/sign-in", ("name", "nobody"), ("password", first));
        await Accounts(door, accounts => accounts.Enable(Name, false));
        var disabled = await browser.Refused("/account/sign-in", ("name", Name), ("password", first));

        Assert.Equal(Plain(wrong), Plain(unknown));
        Assert.Equal(Plain(wrong), Plain(disabled));
    }

    [Fact]
    public async Task Too_many_wrong_passwords_lock_an_account_for_a_while()
    {
        await using var door = await DoorHost.Start(_time, Settings);
        using var browser = new Browser(door);
        await Begin(door, browser);
        using var stranger = new Browser(door);
        for (var i = 0; i < 5; i++)
            await stranger.Refused("/account/sign-in", ("name", Name), ("password", $"wrong {i}"));

        await stranger.Refused("/account/sign-in", ("name", Name), ("password", Password));
        _time.Advance(TimeSpan.FromMinutes(15) - TimeSpan.FromSeconds(1));
        await stranger.Refused("/account/sign-in", ("name", Name), ("password", Password));
        _time.Advance(TimeSpan.FromSeconds(2));
        using var later = new Browser(door);
        Assert.Equal(
            "/account",
            await later.Step("/account/sign-in", ("name", Name), ("password", Password))
        );
    }

    [Fact]
    public async Task A_lock_doubles_each_time_until_its_person_comes_in()
    {
        await using var door = await DoorHost.Start(
            _time,
            [.. Settings, "--Access:Accounts:SignInsPerMinute=1000"]
        );
        using var browser = new Browser(door);
        await Begin(door, browser);
        using var stranger = new Browser(door);
        foreach (var minutes in (int[])[15, 30, 60, 120, 240, 240])
        {
            for (var i = 0; i < 5; i++)
                await stranger.Refused("/account/sign-in", ("name", Name), ("password", $"wrong {i}"));
            var until = Assert.Single(await Rows(door, c => c.Users.Select(a => a.LockedUntil)));
            var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
            Assert.Equal(TimeSpan.FromMinutes(minutes), TimeSpan.FromMilliseconds(until - now));
            _time.Advance(TimeSpan.FromMinutes(minutes));
        }

        Assert.Equal(6, door.Log.Lines.Count(l => l.Contains($"{Name} is locked", StringComparison.Ordinal)));
        using var later = new Browser(door);
        await later.Step("/account/sign-in", ("name", Name), ("password", Password));
        Assert.Equal(0, Assert.Single(await Rows(door, c => c.Users.Select(a => a.LastLock))));
    }

    [Theory]
    [InlineData("no\u0001body")]
    [InlineData("li na")]
    public async Task A_name_that_nobody_can_have_is_refused_as_a_wrong_one(string name)
    {
        await using var door = await DoorHost.Start(_time, Settings);
        using var browser = new Browser(door);
        var wrong = await browser.Refused("/account/sign-in", ("name", "nobody"), ("password", "wrong"));
        var impossible = await browser.Refused("/account/sign-in", ("name", name), ("password", "wrong"));

        Assert.Equal(Plain(wrong), Plain(impossible));
    }

    /// <summary>Counted one by one, however many come at once.</summary>
    [Fact]
    public async Task Many_guesses_at_once_are_as_many_tries()
    {
        await using var door = await DoorHost.Start(_time, Settings);
        await Add(door, Role.Company, SampleParcel.Platform);
        var ids = await Rows(door, accounts => accounts.Users.Select(a => a.Id));
        var taken = await Task.WhenAll(
            Enumerable
                .Range(0, 20)
                .Select(async _ =>
                {
                    await using var scope = door.Services.CreateAsyncScope();
                    var tries = scope.ServiceProvider.GetRequiredService<AccountTries>();
                    return await tries.Take(ids[0], CancellationToken.None);
                })
        );

        Assert.Equal(5, taken.Count(isTaken => isTaken));
    }

    [Fact]
    public async Task An_administrator_unlocks_an_account()
    {
        await using var door = await DoorHost.Start(_time, Settings);
        using var browser = new Browser(door);
        var first = await Add(door, Role.Company, SampleParcel.Platform);
        for (var i = 0; i < 5; i++)
            await browser.Refused("/account/sign-in", ("name", Name), ("password", $"wrong {i}"));
        await Accounts(door, accounts => accounts.Unlock(Name, CancellationToken.None));

        Assert.Equal(
            "/account/password",
            await browser.Step("/account/sign-in", ("name", Name), ("password", first))
        );
    }

    [Fact]
    public async Task A_code_of_the_second_factor_serves_once()
    {
        await using var door = await DoorHost.Start(_time, Settings);
        using var browser = new Browser(door);
        var first = await Add(door, Role.Operator);
        var (app, _) = await browser.BeginWithSecondFactor(Name, first, Password, _time.GetUtcNow());
        using var another = new Browser(door);
        Assert.Equal(
            "/account/second-factor",
            await another.Step("/account/sign-in", ("name", Name), ("password", Password))
        );

        // It was used when the factor was enrolled.
        await another.Refused("/account/second-factor", ("code", Code(app)));
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal("/account", await another.Step("/account/second-factor", ("code", Code(app))));
    }

    [Fact]
    public async Task A_recovery_code_serves_once_in_the_place_of_a_code()
    {
        await using var door = await DoorHost.Start(_time, Settings);
        using var browser = new Browser(door);
        var first = await Add(door, Role.Auditor);
        var (_, codes) = await browser.BeginWithSecondFactor(Name, first, Password, _time.GetUtcNow());

        using var lost = new Browser(door);
        await lost.Step("/account/sign-in", ("name", Name), ("password", Password));
        Assert.Equal("/account", await lost.Step("/account/second-factor", ("code", codes[0])));
        using var thief = new Browser(door);
        await thief.Step("/account/sign-in", ("name", Name), ("password", Password));
        await thief.Refused("/account/second-factor", ("code", codes[0]));
        Assert.Equal("/account", await thief.Step("/account/second-factor", ("code", codes[1])));
    }

    [Fact]
    public async Task Guesses_at_the_second_factor_are_counted_with_those_at_the_password()
    {
        await using var door = await DoorHost.Start(_time, Settings);
        using var browser = new Browser(door);
        var first = await Add(door, Role.Operator);
        var (app, _) = await browser.BeginWithSecondFactor(Name, first, Password, _time.GetUtcNow());
        using var thief = new Browser(door);
        await thief.Step("/account/sign-in", ("name", Name), ("password", Password));
        for (var i = 0; i < 2; i++)
            await thief.Refused("/account/second-factor", ("code", $"00000{i}"));
        // The password again gives no new tries.
        await thief.Step("/account/sign-in", ("name", Name), ("password", Password));
        await thief.Refused("/account/second-factor", ("code", "000003"));
        _time.Advance(TimeSpan.FromSeconds(60));

        await thief.Refused("/account/second-factor", ("code", Code(app)));
    }

    [Fact]
    public async Task A_session_changes_nothing_without_a_proof_that_our_page_sent_it()
    {
        await using var door = await DoorHost.Start(_time, Settings);
        using var browser = new Browser(door);
        var first = await Add(door, Role.Operator);
        await browser.BeginWithSecondFactor(Name, first, Password, _time.GetUtcNow());
        var path = door
            .Services.GetRequiredService<EndpointDataSource>()
            .Endpoints.OfType<RouteEndpoint>()
            .First(e => e.Metadata.GetMetadata<RightRequirement>()?.Right == Right.ReadQuota)
            .RoutePattern.RawText!;

        using (var forged = await browser.Send(HttpMethod.Post, path, Json()))
            await DoorAnswersTests.Problem(forged, 401, "credential-invalid");
        using (var guessed = await browser.Send(HttpMethod.Post, path, Json(), ("X-Form-Token", "guess")))
            await DoorAnswersTests.Problem(guessed, 401, "credential-invalid");
        var token = JsonDocument.Parse(await browser.Page("/account/token")).RootElement;
        using var own = await browser.Send(
            HttpMethod.Post,
            path,
            Json(),
            (token.GetProperty("header").GetString()!, token.GetProperty("token").GetString()!)
        );
        Assert.True(
            own.StatusCode is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden),
            $"{own.StatusCode}"
        );
    }

    [Theory]
    [InlineData("/account/sign-in")]
    [InlineData("/account/second-factor")]
    [InlineData("/account/enrol")]
    [InlineData("/account/password")]
    [InlineData("/account/sign-out")]
    public async Task A_form_that_is_not_ours_is_not_taken(string path)
    {
        await using var door = await DoorHost.Start(_time, Settings);
        using var browser = new Browser(door);
        await Begin(door, browser);
        using var answer = await browser.Post(path, ("password", Password));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        using var me = await browser.Get("api/v1/me");
        Assert.Equal(HttpStatusCode.OK, me.StatusCode);
    }

    [Fact]
    public async Task A_session_serves_at_every_silo()
    {
        await using var database = await SqliteTestDatabase.Create();
        await using var one = await DoorHost.Start(database, _time, Settings);
        await using var other = await DoorHost.Start(database, _time, Settings);
        using var browser = new Browser(one);
        await Begin(one, browser);
        using var there = browser.At(other);

        using var answer = await there.Get("api/v1/me");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Who_is_disabled_loses_its_session_within_a_bounded_time()
    {
        await using var door = await DoorHost.Start(_time, Settings);
        using var browser = new Browser(door);
        await Begin(door, browser);
        await Accounts(door, accounts => accounts.Enable(Name, false));
        _time.Advance(TimeSpan.FromSeconds(10));

        using var answer = await browser.Get("api/v1/me");
        await DoorAnswersTests.Problem(answer, 401, "credential-invalid");
    }

    [Fact]
    public async Task A_session_ends_after_a_while_without_a_request_and_after_a_day_of_work_anyway()
    {
        await using var door = await DoorHost.Start(_time, Settings);
        using var idle = new Browser(door);
        await Begin(door, idle);
        _time.Advance(TimeSpan.FromMinutes(31));
        using (var answer = await idle.Get("api/v1/me"))
            await DoorAnswersTests.Problem(answer, 401, "credential-invalid");

        using var busy = new Browser(door);
        await busy.Step("/account/sign-in", ("name", Name), ("password", Password));
        for (var i = 0; i < 19; i++)
        {
            _time.Advance(TimeSpan.FromMinutes(25));
            using var answer = await busy.Get("api/v1/me");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
        _time.Advance(TimeSpan.FromMinutes(10));
        using var late = await busy.Get("api/v1/me");
        await DoorAnswersTests.Problem(late, 401, "credential-invalid");
    }

    [Fact]
    public async Task Who_signs_out_is_out_and_another_password_ends_all_other_sessions()
    {
        await using var door = await DoorHost.Start(_time, Settings);
        using var browser = new Browser(door);
        await Begin(door, browser);
        using var elsewhere = new Browser(door);
        await elsewhere.Step("/account/sign-in", ("name", Name), ("password", Password));

        await browser.Refused(
            "/account/password",
            ("current", "wrong"),
            ("password", "new one, quite long"),
            ("again", "new one, quite long")
        );
        await browser.Step(
            "/account/password",
            ("current", Password),
            ("password", "new one, quite long"),
            ("again", "new one, quite long")
        );
        _time.Advance(TimeSpan.FromSeconds(10));
        using (var other = await elsewhere.Get("api/v1/me"))
            Assert.Equal(HttpStatusCode.Unauthorized, other.StatusCode);
        using (var own = await browser.Get("api/v1/me"))
            Assert.Equal(HttpStatusCode.OK, own.StatusCode);

        var token = Browser.TokenOf(await browser.Page("/account"));
        using (await browser.Post("/account/sign-out", ("__RequestVerificationToken", token))) { }
        using var after = await browser.Get("api/v1/me");
        Assert.Equal(HttpStatusCode.Unauthorized, after.StatusCode);
    }

    [Theory]
    [InlineData("short")]
    [InlineData("li.na is my name")]
    [InlineData("aaaaaaaaaaaaaaaa")]
    [InlineData("abcdefghijklmnop")]
    [InlineData("1234567890987654321")]
    [InlineData("Clearance, spring 2026")]
    public async Task A_password_that_is_easily_guessed_is_not_taken(string password)
    {
        await using var door = await DoorHost.Start(_time, Settings);
        using var browser = new Browser(door);
        var first = await Add(door, Role.Company, SampleParcel.Platform);
        await browser.Step("/account/sign-in", ("name", Name), ("password", first));

        await browser.Refused("/account/password", ("password", password), ("again", password));
        await browser.Refused("/account/password", ("password", first), ("again", first));
    }

    [Fact]
    public async Task A_first_password_serves_for_some_days_only()
    {
        await using var door = await DoorHost.Start(_time, Settings);
        using var browser = new Browser(door);
        var first = await Add(door, Role.Company, SampleParcel.Platform);
        _time.Advance(TimeSpan.FromDays(3) + TimeSpan.FromSeconds(1));

        await browser.Refused("/account/sign-in", ("name", Name), ("password", first));
    }

    [Fact]
    public async Task Cookies_are_this_hosts_alone_and_no_script_reads_them()
    {
        await using var door = await DoorHost.Start(_time, Settings);
        using var browser = new Browser(door);
        await Begin(door, browser);

        Assert.All(browser.CookiesSet, cookie =>
        {
            Assert.StartsWith("__Host-clearance-", cookie, StringComparison.Ordinal);
            foreach (var word in (string[])["secure", "httponly", "samesite=strict", "path=/"])
                Assert.Contains(word, cookie, StringComparison.OrdinalIgnoreCase);
        });
    }

    [Fact]
    public async Task Pages_have_no_script_lead_nowhere_else_and_name_every_field()
    {
        await using var door = await DoorHost.Start(_time, Settings);
        using var browser = new Browser(door);
        var first = await Add(door, Role.Operator);
        List<string> pages = [await browser.Page("/account/sign-in")];
        using (var answer = await browser.Get("/account/sign-in"))
        {
            var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
            Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
            Assert.Contains("form-action 'self'", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("script-src", policy, StringComparison.Ordinal);
        }
        await browser.Step("/account/sign-in", ("name", Name), ("password", first));
        pages.Add(await browser.Page("/account/enrol"));

        foreach (var page in pages)
        {
            Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("lang=\"zh-CN\"", page, StringComparison.Ordinal);
            foreach (Match field in Field().Matches(page))
                Assert.Contains($"<label for=\"{field.Groups[1].Value}\"", page, StringComparison.Ordinal);
        }
        Assert.Contains("<svg", pages[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Neither_database_nor_log_nor_trail_has_a_password_a_key_or_a_code_in_clear()
    {
        await using var database = await SqliteTestDatabase.Create();
        await using var door = await DoorHost.Start(database, _time, Settings);
        using var browser = new Browser(door);
        var first = await Add(door, Role.Operator);
        var (_, codes) = await browser.BeginWithSecondFactor(Name, first, Password, _time.GetUtcNow());
        using var guesser = new Browser(door);
        await guesser.Refused("/account/sign-in", ("name", Name), ("password", "a wrong one, long enough"));

        var stored = new StringBuilder();
        foreach (
            var table in (string[])["account", "account_secret", "account_protection_key", "audit_entry"]
        )
        {
            foreach (var row in await database.Query($"SELECT * FROM {table}"))
                stored.AppendJoin(' ', row);
        }
        string[] secrets = [first, Password, "a wrong one", .. codes];
        Assert.All(secrets, s => Assert.DoesNotContain(s, stored.ToString(), StringComparison.Ordinal));
        Assert.DoesNotContain("<masterKey", stored.ToString(), StringComparison.Ordinal);
        Assert.All(door.Log.Lines, line =>
            Assert.All(secrets, s => Assert.DoesNotContain(s, line, StringComparison.Ordinal))
        );
        var acts = (await database.Query("SELECT detail, outcome FROM audit_entry ORDER BY rowid")).Select(
            r => string.Join(' ', r)
        );
        Assert.Equal(
            [
                "enrol second factor asked",
                "enrol second factor done",
                "change password asked",
                "change password done",
            ],
            acts
        );
    }

    [Fact]
    public async Task Who_sends_many_forms_of_sign_in_waits()
    {
        await using var door = await DoorHost.Start(
            _time,
            [.. Settings, "--Access:Accounts:SignInsPerMinute=3"]
        );
        using var browser = new Browser(door);
        for (var i = 0; i < 3; i++)
            await browser.Refused("/account/sign-in", ("name", $"nobody{i}"), ("password", "wrong"));

        using var answer = await browser.Fill("/account/sign-in", ("name", "nobody"), ("password", "wrong"));
        await DoorAnswersTests.Problem(answer, 429, "too-many-requests");
    }

    /// <summary>A company's account with a password of its own.</summary>
    internal static async Task Begin(DoorHost door, Browser browser)
    {
        var first = await Add(door, Role.Company, SampleParcel.Platform);
        Assert.Equal(
            "/account/password",
            await browser.Step("/account/sign-in", ("name", Name), ("password", first))
        );
        Assert.Equal(
            "/account",
            await browser.Step("/account/password", ("password", Password), ("again", Password))
        );
    }

    internal static async Task<string> Add(DoorHost door, Role role, string? participant = null)
    {
        var password = "";
        await Accounts(door, async accounts =>
            password = await accounts.Add(Name, [role], participant, CancellationToken.None)
        );
        return password;
    }

    internal static async Task Accounts(DoorHost door, Func<AccountRegistry, Task> work)
    {
        await using var scope = door.Services.CreateAsyncScope();
        await work(scope.ServiceProvider.GetRequiredService<AccountRegistry>());
    }

    internal static async Task<T[]> Rows<T>(DoorHost door, Func<AccountsContext, IQueryable<T>> query)
    {
        await using var scope = door.Services.CreateAsyncScope();
        return [.. query(scope.ServiceProvider.GetRequiredService<AccountsContext>())];
    }

    string Code(OtpNet.Totp app) => app.ComputeTotp(_time.GetUtcNow().UtcDateTime);

    static StringContent Json() => new("{}", Encoding.UTF8, "application/json");

    static string Plain(string page) => Changing().Replace(page, "");

    [GeneratedRegex("nonce=\"[^\"]*\"|value=\"[^\"]*\"")]
    private static partial Regex Changing();

    [GeneratedRegex("<input id=\"([^\"]+)\"")]
    private static partial Regex Field();
}
