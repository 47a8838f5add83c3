using System.Collections.Immutable;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using ClearanceEngine.Access;
using ClearanceEngine.Silo.Accounts;
using ClearanceEngine.Tests.Door;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ClearanceEngine.Tests.Accounts;

/// <summary>What tests do at a door that has accounts of its own.</summary>
internal static class AccountsDoor
{
    public const string Issuer = "http://localhost:8080/";

    public static string[] Settings { get; } = [$"--Access:Accounts:Issuer={Issuer}"];

    /// <summary>Does something with the clients, as a host's verb does.</summary>
    public static async Task<T> Clients<T>(this DoorHost door, Func<ClientRegistry, Task<T>> work)
    {
        await using var scope = door.Services.CreateAsyncScope();
        return await work(scope.ServiceProvider.GetRequiredService<ClientRegistry>());
    }

    public static Task Clients(this DoorHost door, Func<ClientRegistry, Task> work) =>
        door.Clients(async clients =>
        {
            await work(clients);
            return true;
        });

    /// <summary>Adds a client.</summary>
    /// <returns>Its secret.</returns>
    public static Task<string> AddClient(
        this DoorHost door,
        string name,
        Role role,
        params ImmutableArray<string> participants
    ) => door.Clients(clients => clients.Add(name, [role], participants, CancellationToken.None));

    /// <summary>A token of a client, which it gets by its secret.</summary>
    public static async Task<string> Token(this DoorHost door, string client, string secret)
    {
        using var answer = await door.AskToken(client, secret);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonDocument.Parse(text).RootElement.GetProperty("access_token").GetString()!;
    }

    public static async Task<HttpResponseMessage> AskToken(
        this DoorHost door,
        string client,
        string secret,
        bool inBody = false
    )
    {
        var form = new Dictionary<string, string> { ["grant_type"] = "client_credentials" };
        if (inBody)
            (form["client_id"], form["client_secret"]) = (client, secret);
        using var content = new FormUrlEncodedContent(form);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(door.Address, "connect/token"))
        {
            Content = content,
        };
        if (!inBody)
            request.Headers.Authorization = new AuthenticationHeaderValue(
                "Basic",
                Convert.ToBase64String(Encoding.UTF8.GetBytes($"{client}:{secret}"))
            );
        return await door.Http.SendAsync(request);
    }

    /// <summary>Who the door takes the bearer for.</summary>
    public static async Task<HttpResponseMessage> Me(this DoorHost door, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(door.Address, "api/v1/me"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await door.Http.SendAsync(request);
    }

    public static async Task<JsonElement> Json(this HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonDocument.Parse(text).RootElement.Clone();
    }
}
