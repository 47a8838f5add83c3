using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using ClearanceEngine.Client.Configuration;
using ClearanceEngine.Client.Verbs;

namespace ClearanceEngine.Client.SignIn;

/// <summary>Fetches tokens of an OAuth provider by client credentials: discovery (RFC 8414), then client_secret_basic (RFC 6749, 2.3.1).</summary>
sealed class IdentityProvider(Surroundings around)
{
    /// <summary>A token is of use until so long before its end: what is sent with it is then still on its way.</summary>
    public static readonly TimeSpan Before = TimeSpan.FromSeconds(60);

    /// <summary>A provider that says nothing for so long is away.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>More is neither a document of discovery nor a token.</summary>
    const int MostBytes = 1024 * 1024;

    /// <summary>A token without an end is fetched for one command, and not kept.</summary>
    static readonly TimeSpan Unsaid = TimeSpan.Zero;

    sealed record Discovery(
        [property: JsonPropertyName("issuer")] string Issuer,
        [property: JsonPropertyName("token_endpoint")] Uri TokenEndpoint
    );

    sealed record Grant(
        [property: JsonPropertyName("access_token")] string? Token = null,
        [property: JsonPropertyName("token_type")] string? Type = null,
        [property: JsonPropertyName("expires_in")] double? Seconds = null
    );

    sealed record Refusal([property: JsonPropertyName("error")] string? Error = null);

    /// <summary>Fetches a token.</summary>
    /// <exception cref="VerbException">The provider is away, is not the one that was named, or refuses.</exception>
    public async Task<FetchedToken> Fetch(ClientLogin login, CancellationToken cancellationToken)
    {
        var secret = Secret(login.SecretFile);
        var asked = around.Time.GetUtcNow();

        using var http = around.Http(login.Authority);
        http.Timeout = Patience;
        http.MaxResponseContentBufferSize = MostBytes;
        var discovery = await Discover(http, login.Authority, cancellationToken);
        var grant = await Ask(http, discovery.TokenEndpoint, login, secret, cancellationToken);

        // The clock of before the question: a slow answer does not make a token last longer.
        var lasts = grant.Seconds is { } seconds ? TimeSpan.FromSeconds(Math.Clamp(seconds, 0, 1e9)) : Unsaid;
        return new FetchedToken(
            BearerToken.Parse(grant.Token ?? "", $"{login.Authority}"),
            asked + lasts - Before
        );
    }

    static string Secret(string path)
    {
        var secret = Encoding.UTF8.GetString(PrivateFile.Read(path, FileReaders.OwnerAndGroup)).Trim();
        return secret.Length > 0
            ? secret
            : throw VerbException.Usage(
                "bad-secret",
                $"文件 {path} 为空，应含客户端密钥。File {path} is empty; it must hold the client's secret."
            );
    }

    static async Task<Discovery> Discover(HttpClient http, Uri authority, CancellationToken cancellationToken)
    {
        var address = new Uri($"{authority.AbsoluteUri.TrimEnd('/')}/.well-known/openid-configuration");
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        var (status, body) = await Send(http, request, authority, cancellationToken);
        if (status != HttpStatusCode.OK || Read<Discovery>(body) is not { } found)
            throw NoProvider(authority, $"{address} HTTP {(int)status}");

        // Else whoever answers there could have the secret sent to where it likes.
        if (found.Issuer.TrimEnd('/') != authority.AbsoluteUri.TrimEnd('/'))
            throw NoProvider(authority, $"issuer {Clip.Quote(found.Issuer)}");
        if (!found.TokenEndpoint.IsAbsoluteUri || !EngineAddress.IsPrivateAt(found.TokenEndpoint))
            throw NoProvider(authority, $"token_endpoint {Clip.Quote(found.TokenEndpoint.OriginalString)}");
        return found;
    }

    static async Task<Grant> Ask(
        HttpClient http,
        Uri endpoint,
        ClientLogin login,
        string secret,
        CancellationToken cancellationToken
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint);
        request.Headers.Authorization = Basic(login.ClientId, secret);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        request.Content = new FormUrlEncodedContent(Form(login));

        var (status, body) = await Send(http, request, login.Authority, cancellationToken);
        if (status is HttpStatusCode.BadRequest or HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
            throw Refused(login, Read<Refusal>(body)?.Error ?? $"HTTP {(int)status}");
        if (status != HttpStatusCode.OK || Read<Grant>(body) is not { } grant)
            throw NoProvider(login.Authority, $"{endpoint} HTTP {(int)status}");
        if (!string.Equals(grant.Type, "Bearer", StringComparison.OrdinalIgnoreCase))
            throw NoProvider(login.Authority, $"token_type {Clip.Quote(grant.Type ?? "")}");
        return grant;
    }

    static IEnumerable<KeyValuePair<string, string>> Form(ClientLogin login)
    {
        yield return new("grant_type", "client_credentials");
        if (login.Scope is { } scope)
            yield return new("scope", scope);
        if (login.Audience is { } audience)
            yield return new("audience", audience);
    }

    /// <summary>Both parts are encoded as in a form first, for either may hold a colon.</summary>
    static AuthenticationHeaderValue Basic(string clientId, string secret)
    {
        var pair = $"{WebUtility.UrlEncode(clientId)}:{WebUtility.UrlEncode(secret)}";
        return new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes(pair)));
    }

    static async Task<(HttpStatusCode Status, byte[] Body)> Send(
        HttpClient http,
        HttpRequestMessage request,
        Uri authority,
        CancellationToken cancellationToken
    )
    {
        try
        {
            using var response = await http.SendAsync(request, cancellationToken);
            if (response.StatusCode >= HttpStatusCode.InternalServerError)
                throw Away(authority, $"HTTP {(int)response.StatusCode}");
            return (response.StatusCode, await response.Content.ReadAsByteArrayAsync(cancellationToken));
        }
        catch (HttpRequestException e)
        {
            throw Away(authority, e.Message);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw Away(authority, e.Message);
        }
    }

    /// <summary>Null where it is something else.</summary>
    static T? Read<T>(byte[] body)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(body, Json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    static readonly JsonSerializerOptions Json = new()
    {
        NumberHandling = JsonNumberHandling.AllowReadingFromString,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    static VerbException Away(Uri authority, string why) =>
        new(
            CommandLine.OutOfReach,
            "provider-out-of-reach",
            $"无法从 {authority} 取得令牌，请检查该地址与网络。No token can be fetched from {authority}; check the address and the network: {why}"
        );

    static VerbException NoProvider(Uri authority, string why) =>
        VerbException.Usage(
            "bad-authority",
            $"{authority} 不是 OAuth 授权服务器，或其元数据与地址不符，请检查 --authority。{authority} is no OAuth provider, or its metadata is another's; check --authority: {why}"
        );

    static VerbException Refused(ClientLogin login, string error) =>
        VerbException.Refused(
            "client-refused",
            $"{login.Authority} 拒绝向客户端 {Clip.Quote(login.ClientId)} 签发令牌，请检查客户端标识、密钥文件 {login.SecretFile}、scope 与 audience。{login.Authority} gives no token to client {Clip.Quote(login.ClientId)}; check its id, the secret in {login.SecretFile}, scope and audience: {Clip.Quote(error)}"
        );
}
