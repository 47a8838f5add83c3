using System.Net;
using System.Text.RegularExpressions;
using ClearanceEngine.Tests.Door;
using OtpNet;
using Xunit;

namespace ClearanceEngine.Tests.Accounts;

/// <summary>A browser as far as pages without scripts know one: it keeps cookies, and sends back what a form has.</summary>
internal sealed partial class Browser(DoorHost door) : IDisposable
{
    readonly HttpClient _http = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false });

    /// <summary>By name.</summary>
    public Dictionary<string, string> Cookies { get; private init; } = [];

    /// <summary>As they were set.</summary>
    public List<string> CookiesSet { get; } = [];

    /// <summary>The same person's, at another silo.</summary>
    public Browser At(DoorHost other) => new(other) { Cookies = Cookies };

    public void Dispose() => _http.Dispose();

    public Task<HttpResponseMessage> Get(string path) => Send(HttpMethod.Get, path, null);

    /// <summary>A page as text.</summary>
    public async Task<string> Page(string path)
    {
        using var answer = await Get(path);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(
            answer.IsSuccessStatusCode,
            $"{path}: {answer.StatusCode} {answer.Headers.Location} {text}"
        );
        return text;
    }

    /// <summary>Opens a page and sends its form.</summary>
    public async Task<HttpResponseMessage> Fill(string path, params (string Name, string Value)[] fields)
    {
        var token = TokenOf(await Page(path));
        return await Post(path, [("__RequestVerificationToken", token), .. fields]);
    }

    /// <summary>Sends a form that leads on.</summary>
    /// <returns>Where it leads.</returns>
    public async Task<string> Step(string path, params (string Name, string Value)[] fields)
    {
        using var answer = await Fill(path, fields);
        Assert.True(answer.StatusCode == HttpStatusCode.Redirect, await answer.Content.ReadAsStringAsync());
        return $"{answer.Headers.Location}";
    }

    /// <summary>Sends a form that is not taken.</summary>
    /// <returns>The page that says so.</returns>
    public async Task<string> Refused(string path, params (string Name, string Value)[] fields)
    {
        using var answer = await Fill(path, fields);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync();
    }

    public async Task<HttpResponseMessage> Post(string path, params (string Name, string Value)[] fields)
    {
        using var content = new FormUrlEncodedContent(fields.ToDictionary(f => f.Name, f => f.Value));
        return await Send(HttpMethod.Post, path, content);
    }

    public async Task<HttpResponseMessage> Send(
        HttpMethod method,
        string path,
        HttpContent? content,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(method, new Uri(door.Address, path)) { Content = content };
        request.Headers.Add("X-Forwarded-Proto", "https");
        if (Cookies.Count > 0)
            request.Headers.Add("Cookie", string.Join("; ", Cookies.Select(c => $"{c.Key}={c.Value}")));
        foreach (var (name, value) in headers)
            request.Headers.Add(name, value);
        var answer = await _http.SendAsync(request);
        if (answer.Headers.TryGetValues("Set-Cookie", out var set))
            Keep(set);
        return answer;
    }

    /// <summary>First sign-in of an account that must have a second factor.</summary>
    /// <returns>The app that has its key, and the recovery codes.</returns>
    public async Task<(Totp App, string[] Codes)> BeginWithSecondFactor(
        string name,
        string first,
        string password,
        DateTimeOffset now
    )
    {
        Assert.Equal("/account/enrol", await Step("/account/sign-in", ("name", name), ("password", first)));
        var page = await Page("/account/enrol");
        var app = new Totp(Base32Encoding.ToBytes(KeyOf(page)));
        using var enrolled = await Post(
            "/account/enrol",
            ("__RequestVerificationToken", TokenOf(page)),
            ("code", app.ComputeTotp(now.UtcDateTime))
        );
        var text = await enrolled.Content.ReadAsStringAsync();
        Assert.True(enrolled.IsSuccessStatusCode, text);
        var codes = CodesOf(text);
        Assert.Equal(
            "/account",
            await Step("/account/password", ("password", password), ("again", password))
        );
        return (app, codes);
    }

    public static string TokenOf(string page) => Token().Match(page).Groups[1].Value;

    /// <summary>The key that is to be enrolled; empty where the page has none.</summary>
    public static string KeyOf(string page) => Key().Match(page).Groups[1].Value;

    /// <summary>The recovery codes that a page shows.</summary>
    public static string[] CodesOf(string page) => [.. Code().Matches(page).Select(m => m.Groups[1].Value)];

    /// <summary>Another browser that has got hold of the cookies as they are now.</summary>
    public Browser Copy() => new(door) { Cookies = new(Cookies) };

    void Keep(IEnumerable<string> set)
    {
        foreach (var cookie in set)
        {
            CookiesSet.Add(cookie);
            var parts = cookie.Split(';')[0].Split('=', 2);
            if (parts[1].Length == 0)
                Cookies.Remove(parts[0]);
            else
                Cookies[parts[0]] = parts[1];
        }
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex Token();

    [GeneratedRegex("Key: <code>([A-Z2-7]+)</code>")]
    private static partial Regex Key();

    [GeneratedRegex("<li><code>([^<]+)</code></li>")]
    private static partial Regex Code();
}
