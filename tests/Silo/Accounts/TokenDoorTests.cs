using System.Net;
using System.Text;
using ClearanceEngine.Access;
using ClearanceEngine.Silo.Accounts;
using ClearanceEngine.Tests.Door;
using ClearanceEngine.Tests.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ClearanceEngine.Tests.Accounts;

/// <summary>The bounds around the address at which machines get their tokens, which is answered before the door's own.</summary>
public sealed class TokenDoorTests
{
    const string Client = "acme-erp";

    [Theory]
    [InlineData("connect/token")]
    [InlineData("CONNECT/Token/")]
    public async Task A_request_for_a_token_is_a_small_form_that_says_its_length(string path)
    {
        await using var door = await DoorHost.Start(AccountsDoor.Settings);
        using var large = await Send(door, HttpMethod.Post, path, new string('a', 16 * 1024 + 1));
        await DoorAnswersTests.Problem(large, 413, "too-large");
        using var untold = await Send(door, HttpMethod.Post, path, "grant_type=client_credentials", true);
        await DoorAnswersTests.Problem(untold, 411, "body-broken");
        using var got = await Send(door, HttpMethod.Get, path, null);
        await DoorAnswersTests.Problem(got, 405, "method-not-allowed");
    }

    [Fact]
    public async Task Who_asks_for_tokens_again_and_again_waits()
    {
        await using var door = await DoorHost.Start([
            .. AccountsDoor.Settings,
            "--Access:Accounts:TokenRequestsPerMinute=2",
        ]);
        var secret = await door.AddClient(Client, Role.Operator);
        await door.Token(Client, secret);
        using (await door.AskToken(Client, "wrong")) { }

        using var answer = await door.AskToken(Client, secret);
        await DoorAnswersTests.Problem(answer, 429, "too-many-requests");
        Assert.NotNull(answer.Headers.RetryAfter);
    }

    /// <summary>Otherwise an answer tells which clients there are.</summary>
    [Fact]
    public async Task Unknown_wrong_and_impossible_clients_get_one_answer()
    {
        await using var door = await DoorHost.Start(AccountsDoor.Settings);
        var secret = await door.AddClient(Client, Role.Operator);
        var wrong = await Refusal(door, Client, secret + "a");

        Assert.DoesNotContain("error_uri", wrong, StringComparison.Ordinal);
        Assert.Equal(wrong, await Refusal(door, "nobody", secret));
        Assert.Equal(wrong, await Refusal(door, "no\0body", secret, inBody: false));
        Assert.Equal(wrong, await Refusal(door, "no\u0001body", secret));
        Assert.Equal(wrong, await Refusal(door, new string('a', 500), secret));
        await door.Clients(clients => clients.Enable(Client, false, CancellationToken.None));
        Assert.Equal(wrong, await Refusal(door, Client, secret));
    }

    [Fact]
    public async Task A_form_that_cannot_be_read_is_its_senders_fault()
    {
        await using var door = await DoorHost.Start(AccountsDoor.Settings);
        using var answer = await door.AskToken("no\0body", "secret", inBody: true);
        await DoorAnswersTests.Problem(answer, 400, "body-broken");
    }

    /// <summary>Strangers who sign in or ask for tokens may hold all connections of accounts.</summary>
    [Fact]
    public async Task A_token_serves_while_others_hold_the_connections_of_accounts()
    {
        await using var database = await PostgreSqlTestDatabase.Create();
        await using var door = await DoorHost.Start(
            database,
            TimeProvider.System,
            [
                .. AccountsDoor.Settings,
                "--Access:Accounts:Connections=1",
                "--Access:Accounts:RevocationTime=0",
            ]
        );
        var token = await door.Token(Client, await door.AddClient(Client, Role.Operator));
        await using var scope = door.Services.CreateAsyncScope();
        var holder = scope.ServiceProvider.GetRequiredService<AccountsContext>();
        await holder.Database.OpenConnectionAsync(TestContext.Current.CancellationToken);

        using var answer = await door.Me(token);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    static async Task<string> Refusal(DoorHost door, string client, string secret, bool inBody = true)
    {
        using var answer = await door.AskToken(client, secret, inBody);
        Assert.True(answer.StatusCode == HttpStatusCode.Unauthorized, string.Join('\n', door.Log.Lines));
        return await answer.Content.ReadAsStringAsync();
    }

    static async Task<HttpResponseMessage> Send(
        DoorHost door,
        HttpMethod method,
        string path,
        string? form,
        bool isChunked = false
    )
    {
        using var request = new HttpRequestMessage(method, new Uri(door.Address, path));
        if (form is not null)
            request.Content = new StringContent(form, Encoding.UTF8, "application/x-www-form-urlencoded");
        request.Headers.TransferEncodingChunked = isChunked;
        return await door.Http.SendAsync(request);
    }
}
