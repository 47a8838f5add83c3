using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using ClearanceEngine.Access;
using ClearanceEngine.Silo.Accounts;
using ClearanceEngine.Simulator.Samples;
using ClearanceEngine.Tests.Access;
using ClearanceEngine.Tests.Door;
using ClearanceEngine.Tests.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace ClearanceEngine.Tests.Accounts;

/// <summary>OAuth clients: how a machine gets a token here, what the token is good for, and how it ends.</summary>
public sealed class ClientTokenTests
{
    const string Client = "acme-erp";

    public static TheoryData<string> Products => ["Sqlite", "PostgreSql"];

    public static TheoryData<string> WrongTokens =>
        [
            "expired",
            "without an end",
            "for another service",
            "of another issuer",
            "unsigned",
            "signed by another key of the same name",
            "changed after it was signed",
            "with the stamp of another time",
            "without a stamp",
            "of a client that is not there",
            "an id token that says so",
        ];

    [Theory]
    [MemberData(nameof(Products))]
    public async Task A_client_gets_a_token_by_its_secret_and_is_a_machine_of_its_companies(string product)
    {
        await using var database = await Database(product);
        await using var door = await DoorHost.Start(database, TimeProvider.System, AccountsDoor.Settings);
        var secret = await door.AddClient(Client, Role.Company, SampleParcel.Platform);

        using var answer = await door.Me(await door.Token(Client, secret));
        var me = await answer.Json();

        Assert.Equal(Client, me.GetProperty("name").GetString());
        Assert.Equal("client", me.GetProperty("kind").GetString());
        Assert.Equal("company", Assert.Single(me.GetProperty("roles").EnumerateArray()).GetString());
        Assert.Equal(
            SampleParcel.Platform,
            Assert.Single(me.GetProperty("participants").EnumerateArray()).GetString()
        );
    }

    [Fact]
    public async Task A_token_is_short_lived_signed_by_a_published_key_and_says_what_it_is()
    {
        await using var door = await DoorHost.Start(AccountsDoor.Settings);
        var secret = await door.AddClient(Client, Role.Operator);
        using var answer = await door.AskToken(Client, secret, inBody: true);
        var token = await answer.Json();
        var parts = token.GetProperty("access_token").GetString()!.Split('.');
        var head = JsonDocument.Parse(Base64UrlEncoder.Decode(parts[0])).RootElement;
        var body = JsonDocument.Parse(Base64UrlEncoder.Decode(parts[1])).RootElement;

        Assert.InRange(token.GetProperty("expires_in").GetInt32(), 590, 600);
        Assert.Equal("at+jwt", head.GetProperty("typ").GetString());
        Assert.Equal("ES256", head.GetProperty("alg").GetString());
        Assert.Equal(AccountsDoor.Issuer, body.GetProperty("iss").GetString());
        Assert.Equal("clearance", body.GetProperty("aud").GetString());

        var discovery = await Json(door, ".well-known/openid-configuration");
        Assert.Equal(AccountsDoor.Issuer, discovery.GetProperty("issuer").GetString());
        Assert.EndsWith(
            "/connect/token",
            discovery.GetProperty("token_endpoint").GetString(),
            StringComparison.Ordinal
        );
        Assert.Contains(head.GetProperty("kid").GetString(), await PublishedKeys(door));
    }

    [Fact]
    public async Task A_wrong_secret_an_unknown_client_and_another_grant_get_no_token()
    {
        await using var door = await DoorHost.Start(AccountsDoor.Settings);
        var secret = await door.AddClient(Client, Role.Operator);

        foreach (var (name, given) in new[] { (Client, secret + "a"), (Client, ""), ("nobody", secret) })
        {
            using var refused = await door.AskToken(name, given);
            Assert.True(
                refused.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.BadRequest,
                $"{refused.StatusCode}"
            );
            Assert.DoesNotContain(
                "access_token",
                await refused.Content.ReadAsStringAsync(),
                StringComparison.Ordinal
            );
        }
        using var form = new FormUrlEncodedContent(
            new Dictionary<string, string>
            {
                ["grant_type"] = "password",
                ["username"] = "a",
                ["password"] = "b",
                ["client_id"] = Client,
                ["client_secret"] = secret,
            }
        );
        using var password = await door.Http.PostAsync(new Uri(door.Address, "connect/token"), form);
        Assert.Equal(HttpStatusCode.BadRequest, password.StatusCode);
    }

    [Theory]
    [MemberData(nameof(WrongTokens))]
    public async Task A_token_that_does_not_hold_is_refused(string fault)
    {
        await using var door = await DoorHost.Start(AccountsDoor.Settings);
        var secret = await door.AddClient(Client, Role.Operator);
        var right = await door.Token(Client, secret);
        using (var taken = await door.Me(Wrong(door, right, "nothing")))
            Assert.Equal(HttpStatusCode.OK, taken.StatusCode);

        using var refused = await door.Me(Wrong(door, right, fault));
        await DoorAnswersTests.Problem(refused, 401, "credential-invalid");
    }

    [Theory]
    [MemberData(nameof(Products))]
    public async Task Who_is_disabled_has_no_access_within_a_bounded_time_though_its_token_lives_on(
        string product
    )
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var database = await Database(product);
        await using var door = await DoorHost.Start(database, time, AccountsDoor.Settings);
        var secret = await door.AddClient(Client, Role.Operator);
        var token = await door.Token(Client, secret);
        using (var before = await door.Me(token))
            Assert.Equal(HttpStatusCode.OK, before.StatusCode);

        await door.Clients(clients => clients.Enable(Client, false, CancellationToken.None));
        time.Advance(TimeSpan.FromSeconds(10));
        using (var after = await door.Me(token))
            await DoorAnswersTests.Problem(after, 401, "credential-invalid");
        using (var another = await door.AskToken(Client, secret))
            Assert.False(another.IsSuccessStatusCode);

        // What was issued before stays ended when it is let in again.
        await door.Clients(clients => clients.Enable(Client, true, CancellationToken.None));
        time.Advance(TimeSpan.FromSeconds(10));
        using (var former = await door.Me(token))
            await DoorAnswersTests.Problem(former, 401, "credential-invalid");
        using var fresh = await door.Me(await door.Token(Client, secret));
        Assert.Equal(HttpStatusCode.OK, fresh.StatusCode);
    }

    [Fact]
    public async Task Another_secret_ends_the_former_one_and_its_tokens()
    {
        await using var door = await DoorHost.Start([
            .. AccountsDoor.Settings,
            "--Access:Accounts:RevocationTime=0",
        ]);
        var former = await door.AddClient(Client, Role.Operator);
        var token = await door.Token(Client, former);

        var secret = await door.Clients(clients => clients.Rotate(Client, CancellationToken.None));

        using (var refused = await door.AskToken(Client, former))
            Assert.False(refused.IsSuccessStatusCode);
        using (var ended = await door.Me(token))
            await DoorAnswersTests.Problem(ended, 401, "credential-invalid");
        using var taken = await door.Me(await door.Token(Client, secret));
        Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
    }

    [Fact]
    public async Task Who_is_removed_and_added_again_is_another()
    {
        await using var door = await DoorHost.Start([
            .. AccountsDoor.Settings,
            "--Access:Accounts:RevocationTime=0",
        ]);
        var token = await door.Token(Client, await door.AddClient(Client, Role.Operator));
        await door.Clients(clients => clients.Remove(Client, CancellationToken.None));
        await door.AddClient(Client, Role.Operator);

        using var answer = await door.Me(token);
        await DoorAnswersTests.Problem(answer, 401, "credential-invalid");
    }

    /// <summary>Both find no key and make one at the same time.</summary>
    [Theory]
    [MemberData(nameof(Products))]
    public async Task Silos_that_start_together_share_their_keys(string product)
    {
        await using var database = await Database(product);
        var starts = Enumerable
            .Range(0, 2)
            .Select(_ =>
                Task.Run(() => DoorHost.Start(database, TimeProvider.System, AccountsDoor.Settings))
            );
        var doors = await Task.WhenAll(starts);
        await using var one = doors[0];
        await using var other = doors[1];
        var token = await one.Token(Client, await one.AddClient(Client, Role.Operator));

        using var answer = await other.Me(token);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Neither_database_nor_log_has_a_secret_or_a_private_key_in_clear()
    {
        await using var database = await SqliteTestDatabase.Create();
        await using var door = await DoorHost.Start(database, TimeProvider.System, AccountsDoor.Settings);
        var secret = await door.AddClient(Client, Role.Operator);
        var token = await door.Token(Client, secret);
        using (await door.AskToken("nobody", secret))
        using (await door.Me(token + "a")) { }

        var client = Assert.Single(await database.Query("SELECT * FROM account_client"));
        Assert.DoesNotContain(client, value => $"{value}".Contains(secret, StringComparison.Ordinal));
        var wrapped = (byte[])
            Assert.Single(await database.Query("SELECT wrapped FROM account_signing_key"))[0];
        using var key = ECDsa.Create();
        Assert.ThrowsAny<CryptographicException>(() => key.ImportPkcs8PrivateKey(wrapped, out _));
        Assert.All(door.Log.Lines, line => Assert.DoesNotContain(secret, line, StringComparison.Ordinal));
        Assert.All(door.Log.Lines, line => Assert.DoesNotContain(token, line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Tokens_of_a_provider_and_of_the_engine_serve_beside_each_other()
    {
        using var issuer = new TestIssuer();
        await using var door = await DoorHost.Start([.. AccountsDoor.Settings, .. issuer.Settings]);
        var own = await door.Token(Client, await door.AddClient(Client, Role.Operator));

        foreach (var token in new[] { own, issuer.Token("operator") })
        {
            using var answer = await door.Me(token);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Without_accounts_of_its_own_nothing_of_them_is_there()
    {
        await using var door = await DoorHost.Start();
        using var answer = await door.AskToken(Client, "secret");

        await DoorAnswersTests.Problem(answer, 404, "path-not-found");
        Assert.Null(door.Services.GetService<AccountsContext>());
        Assert.Null(door.Services.GetService<TokenKeys>());
    }

    static string Wrong(DoorHost door, string right, string fault)
    {
        var parts = right.Split('.');
        var claims = JsonSerializer.Deserialize<Dictionary<string, object>>(
            Base64UrlEncoder.Decode(parts[1])
        )!;
        var key = (ECDsaSecurityKey)door.Services.GetRequiredService<TokenKeys>().Accepted.First();
        var type = "at+jwt";
        switch (fault)
        {
            case "expired":
                claims["exp"] = DateTimeOffset.UtcNow.AddMinutes(-1).ToUnixTimeSeconds();
                break;
            case "without an end":
                claims.Remove("exp");
                break;
            case "for another service":
                claims["aud"] = "another";
                break;
            case "of another issuer":
                claims["iss"] = "https://another.test/";
                break;
            case "unsigned":
                return TestIssuer.Write(claims, signature: null);
            case "signed by another key of the same name":
                key = new ECDsaSecurityKey(ECDsa.Create(ECCurve.NamedCurves.nistP256)) { KeyId = key.KeyId };
                break;
            case "changed after it was signed":
                claims["role"] = "administrator";
                return $"{parts[0]}.{Base64UrlEncoder.Encode(JsonSerializer.Serialize(claims))}.{parts[2]}";
            case "with the stamp of another time":
                claims["stamp"] = "another";
                break;
            case "without a stamp":
                claims.Remove("stamp");
                break;
            case "of a client that is not there":
                claims["sub"] = claims["client_id"] = "nobody";
                break;
            case "an id token that says so":
                type = "id+jwt";
                break;
        }
        return TestIssuer.Write(claims, new(key, SecurityAlgorithms.EcdsaSha256), type);
    }

    static async Task<JsonElement> Json(DoorHost door, string path)
    {
        using var answer = await door.Http.GetAsync(new Uri(door.Address, path));
        return await answer.Json();
    }

    static async Task<IEnumerable<string?>> PublishedKeys(DoorHost door)
    {
        var keys = await Json(door, ".well-known/jwks");
        return keys.GetProperty("keys").EnumerateArray().Select(key => key.GetProperty("kid").GetString());
    }

    static ValueTask<TestDatabase> Database(string product) =>
        product == "Sqlite" ? SqliteTestDatabase.Create() : PostgreSqlTestDatabase.Create();
}
