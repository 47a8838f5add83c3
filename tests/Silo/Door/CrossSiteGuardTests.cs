using System.Net;

namespace ClearanceEngine.Tests.Door;

/// <summary>What a page of elsewhere can have a browser do.</summary>
public sealed class CrossSiteGuardTests
{
    static readonly Uri Ask = new("api/v1/parcels/9999900001/NONE/ask", UriKind.Relative);

    [Theory]
    [InlineData("cross-site")]
    [InlineData("same-site")]
    public async Task A_page_of_elsewhere_changes_nothing_whatever_credential_the_browser_shows(string site)
    {
        await using var door = await DoorHost.Start();
        using var request = Request(HttpMethod.Post, site);
        using var answer = await door.Http.SendAsync(request);
        await DoorAnswersTests.Problem(answer, 403, "cross-site-refused");
    }

    [Theory]
    [InlineData("POST", "same-origin")]
    [InlineData("POST", "none")]
    [InlineData("POST", null)]
    [InlineData("GET", "cross-site")]
    public async Task Pages_of_ours_programs_and_reading_are_let_through(string method, string? site)
    {
        await using var door = await DoorHost.Start();
        using var request = Request(new HttpMethod(method), site);
        using var answer = await door.Http.SendAsync(request);
        Assert.NotEqual(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task A_probe_has_no_bound_and_a_credential_that_comes_with_it_has()
    {
        await using var door = await DoorHost.Start("--Door:ClientRate=2");
        var live = new Uri("health/live", UriKind.Relative);
        var statuses = new HashSet<HttpStatusCode>();
        for (var tries = 0; tries < 100 && !statuses.Contains(HttpStatusCode.TooManyRequests); tries++)
        {
            using var answer = await door.Http.GetAsync(live);
            statuses.Add(answer.StatusCode);
        }
        Assert.Contains(HttpStatusCode.TooManyRequests, statuses);

        door.Http.DefaultRequestHeaders.Authorization = null;
        for (var probes = 0; probes < 20; probes++)
        {
            using var answer = await door.Http.GetAsync(live);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    static HttpRequestMessage Request(HttpMethod method, string? site)
    {
        var request = new HttpRequestMessage(method, Ask);
        if (site is not null)
            request.Headers.Add("Sec-Fetch-Site", site);
        return request;
    }
}
