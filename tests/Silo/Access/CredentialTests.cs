using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using ClearanceEngine.Simulator.Samples;
using ClearanceEngine.Tests.Door;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace ClearanceEngine.Tests.Access;

/// <summary>What is taken for a proof of who asks, and what is not.</summary>
public sealed class CredentialTests : IDisposable
{
    const string Me = "api/v1/me";

    readonly TestIssuer _issuer = new();

    public void Dispose() => _issuer.Dispose();

    /// <summary>Tokens that must not be taken: what is wrong, and how it is made so.</summary>
    public static TheoryData<string> WrongTokens =>
        [
            "expired",
            "without an end",
            "not valid yet",
            "for another service",
            "for nobody",
            "of another issuer",
            "unsigned",
            "signed by another",
            "signed with the public key as a secret",
            "changed after it was signed",
            "without a name",
            "with a role that is no word",
            "with a name that turns the line around",
            "with an invisible letter in a company",
            "of a logout",
            "an id token that says so",
            "garbage",
        ];

    [Fact]
    public async Task A_token_of_the_provider_says_who_asks_and_what_they_may_do()
    {
        await using var door = await DoorHost.Start(_issuer.Settings);
        var token = _issuer.Token("company", SampleParcel.Platform, "0000000000");
        var me = await Ask(door, token);

        Assert.Equal("a-company", me.GetProperty("name").GetString());
        Assert.Equal("account", me.GetProperty("kind").GetString());
        // What is not ours, and who is not registered, is passed over.
        Assert.Equal(["company"], Texts(me.GetProperty("roles")));
        Assert.Equal([SampleParcel.Platform], Texts(me.GetProperty("participants")));
        Assert.Equal(
            ["documents:submit own", "parcels:read own"],
            me.GetProperty("rights")
                .EnumerateArray()
                .Select(r => $"{r.GetProperty("right").GetString()} {r.GetProperty("reach").GetString()}")
        );
    }

    [Theory]
    [InlineData("at+jwt")]
    [InlineData("application/at+jwt")]
    public async Task An_access_token_that_says_so_is_taken(string type)
    {
        await using var door = await DoorHost.Start(_issuer.Settings);
        var me = await Ask(door, TestIssuer.Write(TestIssuer.Claims("operator"), _issuer.Signature, type));

        Assert.Equal("a-operator", me.GetProperty("name").GetString());
    }

    /// <summary>What others say of where a request comes from is theirs, also where the framework's own switch is on.</summary>
    [Fact]
    public async Task Without_a_known_proxy_nobody_is_believed_who_says_where_it_comes_from()
    {
        await using var door = await DoorHost.Start("--ForwardedHeaders_Enabled=true");
        door.Http.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.9");
        using var answer = await door.Http.GetAsync(new Uri(Me, UriKind.Relative));

        // The development token serves on this machine only: believed, the header would have it refused.
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task A_client_that_came_for_itself_is_a_machine()
    {
        await using var door = await DoorHost.Start(_issuer.Settings);
        var claims = TestIssuer.Claims("company", SampleParcel.Platform);
        claims["client_id"] = claims["sub"];

        var me = await Ask(door, TestIssuer.Write(claims, _issuer.Signature));

        Assert.Equal("machine", me.GetProperty("kind").GetString());
    }

    [Theory]
    [MemberData(nameof(WrongTokens))]
    public async Task A_token_that_does_not_hold_is_refused_and_neither_answer_nor_log_has_it(string fault)
    {
        await using var door = await DoorHost.Start(_issuer.Settings);
        var token = Wrong(fault);
        using var answer = await Get(door, "Bearer", token);

        var problem = await DoorAnswersTests.Problem(answer, 401, "credential-invalid");
        Assert.Equal("Bearer error=\"invalid_token\"", answer.Headers.WwwAuthenticate.ToString());
        Assert.DoesNotContain(token, problem.GetRawText(), StringComparison.Ordinal);
        Assert.All(door.Log.Lines, line => Assert.DoesNotContain(token, line, StringComparison.Ordinal));
        Assert.Contains(door.Log.Lines, line =>
            line.Contains("credential that was not taken", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Who_brings_nothing_is_asked_to_sign_in()
    {
        await using var door = await DoorHost.Start();
        door.Http.DefaultRequestHeaders.Authorization = null;
        using var answer = await door.Http.GetAsync(new Uri(Me, UriKind.Relative));

        await DoorAnswersTests.Problem(answer, 401, "sign-in-needed");
        Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.ToString());
    }

    [Theory]
    [InlineData("Basic", "ZGV2ZWxvcGVyOg==")]
    [InlineData("Bearer", "guess")]
    public async Task A_guess_at_a_development_token_is_refused(string scheme, string value)
    {
        await using var door = await DoorHost.Start();
        using var answer = await Get(door, scheme, value);

        await DoorAnswersTests.Problem(answer, 401, "credential-invalid");
    }

    [Fact]
    public async Task Two_tokens_in_one_request_are_none()
    {
        await using var door = await DoorHost.Start();
        var token = $"{SignedIn.Header(door.Directory)}";
        using var raw = await RawRequest.Connect(door);
        await raw.Send(
            $"GET /{Me} HTTP/1.1\r\nHost: door\r\nConnection: close\r\nAuthorization: {token}\r\nAuthorization: {token}\r\n\r\n"
        );

        Assert.StartsWith("HTTP/1.1 401 ", await raw.Answer(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_header_that_is_too_long_for_a_token_is_refused_by_the_server()
    {
        await using var door = await DoorHost.Start();
        using var answer = await Get(door, "Bearer", new string('a', 17_000));

        Assert.Equal(HttpStatusCode.RequestHeaderFieldsTooLarge, answer.StatusCode);
    }

    [Fact]
    public async Task Each_development_account_is_who_it_is_named()
    {
        await using var door = await DoorHost.Start();
        foreach (var account in (string[])["developer", "operator", "auditor", "administrator", "site"])
        {
            var me = await Ask(door, SignedIn.Header(door.Directory, account)!.Parameter!);
            Assert.Equal(account, me.GetProperty("name").GetString());
            Assert.Equal("development", me.GetProperty("kind").GetString());
        }
        var company = await Ask(
            door,
            SignedIn.Header(door.Directory, $"company-{SampleParcel.Payer}")!.Parameter!
        );
        Assert.Equal([SampleParcel.Payer], Texts(company.GetProperty("participants")));
    }

    /// <summary>The start would refuse a proxy beside development accounts; here it stands for an address that is not this machine's.</summary>
    [Fact]
    public async Task A_development_token_serves_on_this_machine_only()
    {
        await using var door = await DoorHost.Start("--Door:KnownProxies:0=127.0.0.1");
        using var here = await door.Http.GetAsync(new Uri(Me, UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, here.StatusCode);

        door.Http.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.9");
        using var elsewhere = await door.Http.GetAsync(new Uri(Me, UriKind.Relative));
        await DoorAnswersTests.Problem(elsewhere, 401, "credential-invalid");
    }

    [Fact]
    public async Task Where_a_provider_vouches_for_callers_there_are_no_development_accounts()
    {
        await using var door = await DoorHost.Start(_issuer.Settings);

        Assert.Null(SignedIn.Header(door.Directory));
    }

    [Fact]
    public async Task A_provider_that_is_away_makes_no_token_wrong()
    {
        await using var door = await DoorHost.Start(
            "--Access:Authority=http://127.0.0.1:1",
            "--Access:Audience=clearance"
        );
        using var answer = await Get(door, "Bearer", _issuer.Token("operator"));

        var problem = await DoorAnswersTests.Problem(answer, 503, "part-away");
        Assert.Equal("identity provider", problem.GetProperty("part").GetString());
    }

    string Wrong(string fault)
    {
        var claims = TestIssuer.Claims("operator");
        var signature = _issuer.Signature;
        switch (fault)
        {
            case "expired":
                claims["exp"] = DateTimeOffset.UtcNow.AddMinutes(-1).ToUnixTimeSeconds();
                break;
            case "without an end":
                claims.Remove("exp");
                break;
            case "not valid yet":
                claims["nbf"] = DateTimeOffset.UtcNow.AddMinutes(5).ToUnixTimeSeconds();
                break;
            case "for another service":
                claims["aud"] = "another";
                break;
            case "for nobody":
                claims.Remove("aud");
                break;
            case "of another issuer":
                claims["iss"] = "https://another.test";
                break;
            case "unsigned":
                return TestIssuer.Write(claims, signature: null);
            case "signed by another":
                using (var another = new TestIssuer())
                    return TestIssuer.Write(claims, another.Signature);
            case "signed with the public key as a secret":
                var secret = new SymmetricSecurityKey(_issuer.Public.Parameters.Modulus!);
                return TestIssuer.Write(claims, new(secret, SecurityAlgorithms.HmacSha256));
            case "changed after it was signed":
                var parts = TestIssuer.Write(claims, signature).Split('.');
                claims["role"] = "administrator";
                parts[1] = TestIssuer.Write(claims, signature).Split('.')[1];
                return string.Join('.', parts);
            case "without a name":
                claims.Remove("sub");
                break;
            case "with a role that is no word":
                claims["role"] = new { name = "operator" };
                break;
            case "with a name that turns the line around":
                claims["sub"] = "a\u202Enimda";
                break;
            case "with an invisible letter in a company":
                claims["participant"] = new[] { $"{SampleParcel.Platform}\U000E0001" };
                break;
            case "of a logout":
                return TestIssuer.Write(claims, signature, "logout+jwt");
            case "an id token that says so":
                return TestIssuer.Write(claims, signature, "id+jwt");
            default:
                return "garbage";
        }
        return TestIssuer.Write(claims, signature);
    }

    static async Task<JsonElement> Ask(DoorHost door, string token)
    {
        using var answer = await Get(door, "Bearer", token);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, text);
        return JsonDocument.Parse(text).RootElement.Clone();
    }

    static async Task<HttpResponseMessage> Get(DoorHost door, string scheme, string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Me, UriKind.Relative));
        request.Headers.Authorization = new AuthenticationHeaderValue(scheme, value);
        return await door.Http.SendAsync(request);
    }

    static IEnumerable<string?> Texts(JsonElement list) => list.EnumerateArray().Select(t => t.GetString());
}
