using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using ClearanceEngine.Access;
using ClearanceEngine.Silo.Access;
using ClearanceEngine.Simulator.Samples;
using ClearanceEngine.Tests.Access;
using ClearanceEngine.Tests.Door;
using ClearanceEngine.Tests.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace ClearanceEngine.Tests.Audit;

/// <summary>What the door writes to the audit trail, and who reads it.</summary>
public sealed class AuditTests : IDisposable
{
    const string Person = "999999199001010016";

    readonly TestIssuer _issuer = new();

    public void Dispose() => _issuer.Dispose();

    [Fact]
    public async Task A_look_at_a_quota_is_written_before_and_after_and_names_nobody_by_id()
    {
        await using var door = await DoorHost.Start(_issuer.Settings);
        SignIn(door, "operator");
        using var looked = await AskQuota(
            door,
            new { idNumber = Person, reason = $"投诉 complaint of {Person}" }
        );
        Assert.Equal(HttpStatusCode.OK, looked.StatusCode);

        SignIn(door, "auditor");
        var entries = await Entries(door, "");

        Assert.Equal(["done", "asked"], entries.Select(e => e.GetProperty("outcome").GetString()));
        var (done, asked) = (entries[0], entries[1]);
        Assert.Equal(asked.GetProperty("act").GetGuid(), done.GetProperty("act").GetGuid());
        Assert.Equal("quota:read", asked.GetProperty("right").GetString());
        Assert.Equal("127.0.0.1", asked.GetProperty("from").GetString());
        Assert.StartsWith("person/", asked.GetProperty("subject").GetString(), StringComparison.Ordinal);
        Assert.StartsWith(
            "投诉 complaint of ",
            asked.GetProperty("reason").GetString(),
            StringComparison.Ordinal
        );
        Assert.All(entries, e => Assert.DoesNotContain(Person, e.GetRawText(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_refused_before_it_is_known_what_is_asked_is_no_act()
    {
        await using var door = await DoorHost.Start(_issuer.Settings);
        SignIn(door, "operator");
        using var malformed = await AskQuota(door, new { idNumber = "1" });
        await DoorAnswersTests.Problem(malformed, 400, "id-number-wrong");
        using var reason = await AskQuota(door, new { idNumber = Person, reason = "a\nb" });
        await DoorAnswersTests.Problem(reason, 400, "reason-wrong");
        SignIn(door, "company", SampleParcel.Platform);
        using var forbidden = await AskQuota(door, new { idNumber = Person });
        await DoorAnswersTests.Problem(forbidden, 403, "not-allowed");

        SignIn(door, "auditor");
        Assert.Empty(await Entries(door, ""));
    }

    [Fact]
    public async Task Nothing_is_done_that_cannot_be_written_down()
    {
        FaultyDatabase? database = null;
        await using var door = await DoorHost.Start(
            TimeProvider.System,
            inner => database = new FaultyDatabase(inner),
            _ => { },
            _issuer.Settings
        );
        SignIn(door, "operator");
        database!.LoseBefore(1_000);

        using var answer = await AskQuota(door, new { idNumber = Person });

        await DoorAnswersTests.Problem(answer, 503, "part-away");
    }

    [Fact]
    public async Task An_act_that_forgets_to_be_written_down_is_not_answered()
    {
        await using var door = await DoorHost.Start(
            TimeProvider.System,
            database => database,
            app => app.MapPost("/forgetful", () => Results.Ok("done")).RequireRight(Right.CloseParcels),
            _issuer.Settings
        );
        SignIn(door, "operator");

        using var answer = await door.Http.PostAsync(new Uri("forgetful", UriKind.Relative), null);

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
    }

    [Fact]
    public async Task The_trail_is_read_page_by_page_and_by_actor_right_and_time()
    {
        await using var door = await DoorHost.Start(_issuer.Settings);
        SignIn(door, "operator");
        for (var i = 0; i < 3; i++)
        {
            using var looked = await AskQuota(door, new { idNumber = Person });
            Assert.Equal(HttpStatusCode.OK, looked.StatusCode);
        }

        SignIn(door, "auditor");
        var (first, next) = await Page(door, "?limit=4");
        var (second, end) = await Page(door, $"?limit=4&cursor={next}");
        Assert.Equal((4, 2), (first.Length, second.Length));
        Assert.Null(end);
        Assert.Equal(6, first.Concat(second).Select(e => e.GetProperty("id").GetGuid()).Distinct().Count());

        var actor = Uri.EscapeDataString(first[0].GetProperty("actor").GetString()!);
        Assert.Equal(
            6,
            (await Entries(door, $"?actor={actor}&right=quota:read&since=2020-01-01T00:00:00Z")).Length
        );
        Assert.Empty(await Entries(door, "?right=parcels:close"));
        Assert.Empty(await Entries(door, "?until=2020-01-01T00:00:00%2B08:00"));
    }

    [Theory]
    [InlineData("?cursor=abc")]
    [InlineData("?limit=0")]
    [InlineData("?limit=201")]
    [InlineData("?right=everything")]
    [InlineData("?since=yesterday")]
    [InlineData("?actor=%00")]
    [InlineData("?who=me")]
    [InlineData("?actor=a&actor=b")]
    public async Task A_question_that_cannot_be_understood_is_told(string query)
    {
        await using var door = await DoorHost.Start(_issuer.Settings);
        SignIn(door, "auditor");

        using var answer = await door.Http.GetAsync(new Uri($"api/v1/audit{query}", UriKind.Relative));

        var problem = await DoorAnswersTests.Problem(answer, 400, "query-incomplete");
        var name = query[1..query.IndexOf('=', StringComparison.Ordinal)];
        Assert.Contains(name, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    void SignIn(DoorHost door, string role, params string[] participants) =>
        door.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer",
            _issuer.Token(role, participants)
        );

    static Task<HttpResponseMessage> AskQuota(DoorHost door, object question) =>
        door.Http.PostAsJsonAsync(new Uri("api/v1/quota", UriKind.Relative), question);

    static async Task<JsonElement[]> Entries(DoorHost door, string query) =>
        (await Page(door, query)).Entries;

    static async Task<(JsonElement[] Entries, string? Next)> Page(DoorHost door, string query)
    {
        var page = await door.Http.GetFromJsonAsync<JsonElement>(
            new Uri($"api/v1/audit{query}", UriKind.Relative)
        );
        return ([.. page.GetProperty("entries").EnumerateArray()], page.GetProperty("next").GetString());
    }
}
