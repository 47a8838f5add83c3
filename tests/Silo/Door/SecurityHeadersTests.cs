using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;

namespace ClearanceEngine.Tests.Door;

/// <summary>What every answer tells a browser.</summary>
public sealed class SecurityHeadersTests
{
    [Theory]
    [InlineData("")]
    [InlineData("health/live")]
    [InlineData("health/ready")]
    [InlineData("api/v1/me")]
    [InlineData("nowhere")]
    [InlineData("broken")]
    public async Task Every_answer_is_bound_to_this_place(string path)
    {
        await using var door = await DoorHost.Start(
            TimeProvider.System,
            database => database,
            app =>
                app.MapGet("/broken", string () => throw new InvalidOperationException("planted"))
                    .AllowAnonymous()
        );
        using var answer = await door.Http.GetAsync(new Uri(path, UriKind.Relative));

        string[] expected =
        [
            "X-Content-Type-Options: nosniff",
            "Referrer-Policy: no-referrer",
            "Cross-Origin-Resource-Policy: same-origin",
        ];
        Assert.All(expected, header => Assert.Contains(header, Lines(answer), StringComparer.Ordinal));
        Assert.DoesNotContain(Lines(answer), line => line.StartsWith("Server:", StringComparison.Ordinal));
        Assert.Matches("no-store|no-cache", answer.Headers.CacheControl!.ToString());
    }

    [Fact]
    public async Task A_page_has_its_own_style_and_no_script_and_stands_in_no_frame()
    {
        await using var door = await DoorHost.Start();
        var (first, second) = (await Page(door), await Page(door));

        Assert.Contains("default-src 'none'", first.Policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", first.Policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", first.Policy, StringComparison.Ordinal);
        Assert.DoesNotContain("script-src", first.Policy, StringComparison.Ordinal);
        Assert.Equal(first.OfPolicy, first.OfStyle);
        Assert.NotEqual(first.OfPolicy, second.OfPolicy);
    }

    static async Task<(string Policy, string OfPolicy, string OfStyle)> Page(DoorHost door)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/", UriKind.Relative));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/html"));
        using var answer = await door.Http.SendAsync(request);

        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.Equal("DENY", Assert.Single(answer.Headers.GetValues("X-Frame-Options")));
        var page = await answer.Content.ReadAsStringAsync();
        return (
            policy,
            Regex.Match(policy, "style-src 'nonce-([^']+)'").Groups[1].Value,
            Regex.Match(page, "<style nonce=\"([^\"]+)\">").Groups[1].Value
        );
    }

    static string[] Lines(HttpResponseMessage answer) =>
        [.. answer.Headers.Select(header => $"{header.Key}: {string.Join(", ", header.Value)}")];
}
