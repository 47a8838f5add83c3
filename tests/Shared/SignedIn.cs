using System.Net.Http.Headers;
using System.Text.Json;

namespace ClearanceEngine.Tests;

/// <summary>The credential of whoever tests an engine: that of a development account in the engine's own data directory.</summary>
static class SignedIn
{
    /// <summary>Has all roles and speaks for everybody.</summary>
    public const string Developer = "developer";

    /// <summary>Signs each request of this client in.</summary>
    /// <param name="http">The client.</param>
    /// <param name="directory">The engine's <c>Engine:DataDirectory</c>.</param>
    /// <param name="account">As whom.</param>
    public static HttpClient SignIn(this HttpClient http, string directory, string account = Developer)
    {
        http.DefaultRequestHeaders.Authorization = Header(directory, account);
        return http;
    }

    /// <summary>The header; null where the engine has made no accounts, or not yet.</summary>
    public static AuthenticationHeaderValue? Header(string directory, string account = Developer)
    {
        var file = Path.Combine(directory, "development-accounts.json");
        if (!File.Exists(file))
            return null;
        var token = JsonDocument
            .Parse(File.ReadAllBytes(file))
            .RootElement.GetProperty("accounts")
            .EnumerateArray()
            .Single(a => a.GetProperty("name").GetString() == account)
            .GetProperty("token")
            .GetString();
        return new AuthenticationHeaderValue("Bearer", token);
    }
}
