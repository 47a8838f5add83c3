using System.Net;
using System.Net.Http.Headers;
using ClearanceEngine.Tests.Access;

namespace ClearanceEngine.Tests.Door;

/// <summary>Requests a second: of a client before it is known who asks, of a caller wherever it asks from (ADR 035).</summary>
public sealed class DoorRatesTests : IDisposable
{
    readonly TestIssuer _issuer = new();

    public void Dispose() => _issuer.Dispose();

    [Fact]
    public async Task A_caller_that_asks_too_much_is_refused_and_another_of_the_same_address_is_not()
    {
        await using var door = await DoorHost.Start([.. _issuer.Settings, "--Door:CallerRate=2"]);
        var (auditor, operators) = (_issuer.Token("auditor"), _issuer.Token("operator"));
        var refused = await UntilNot(HttpStatusCode.OK, () => Ask(door, auditor));

        await DoorAnswersTests.Problem(refused, 429, "too-many-requests");
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Contains("\"caller\";r=0;t=1", Header(refused, "RateLimit"), StringComparison.Ordinal);
        using var other = await Ask(door, operators);
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
    }

    [Fact]
    public async Task Each_answer_tells_the_bounds_and_what_is_left_of_them()
    {
        await using var door = await DoorHost.Start([
            .. _issuer.Settings,
            "--Door:CallerRate=100",
            "--Door:ClientRate=200",
        ]);
        using var known = await Ask(door, _issuer.Token("operator"));
        Assert.Equal("\"client\";q=200;w=1, \"caller\";q=100;w=1", Header(known, "RateLimit-Policy"));
        // What was taken may have come back meanwhile.
        Assert.Matches("^\"client\";r=(199|200);t=1, \"caller\";r=(99|100);t=1$", Header(known, "RateLimit"));

        using var stranger = await Ask(door, null);
        Assert.Equal(HttpStatusCode.Unauthorized, stranger.StatusCode);
        Assert.Equal("\"client\";q=200;w=1", Header(stranger, "RateLimit-Policy"));
    }

    [Fact]
    public async Task A_stranger_who_asks_too_much_is_refused_before_its_token_is_looked_at()
    {
        await using var door = await DoorHost.Start([.. _issuer.Settings, "--Door:ClientRate=2"]);
        HttpResponseMessage refused;
        do refused = await Ask(door, "guess");
        while (refused.StatusCode == HttpStatusCode.Unauthorized);

        await DoorAnswersTests.Problem(refused, 429, "too-many-requests");
        Assert.Equal("\"client\";r=0;t=1", Header(refused, "RateLimit"));
    }

    /// <summary>What is answered once the answer is another; far more is asked than a bound of two a second lets through.</summary>
    static async Task<HttpResponseMessage> UntilNot(HttpStatusCode usual, Func<Task<HttpResponseMessage>> ask)
    {
        var answer = await ask();
        for (var more = 1_000; more > 0 && answer.StatusCode == usual; more--)
            answer = await ask();
        return answer;
    }

    static string Header(HttpResponseMessage answer, string name) =>
        string.Join(", ", answer.Headers.GetValues(name));

    static Task<HttpResponseMessage> Ask(DoorHost door, string? token)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri("api/v1/me", UriKind.Relative));
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        return door.Http.SendAsync(request);
    }
}
