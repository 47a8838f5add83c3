using System.Net;
using ClearanceEngine.Client.Verbs;

namespace ClearanceEngine.Client.SignIn;

/// <summary>Signs each request to one engine in, and no request to anybody else.</summary>
/// <param name="engine">The engine.</param>
/// <param name="credential">With what; null for nothing.</param>
/// <param name="isInsecure">The user takes it upon himself that the token goes where others can read it.</param>
/// <param name="inner">Sends them.</param>
sealed class CredentialHandler(
    EngineAddress engine,
    Credential? credential,
    bool isInsecure,
    HttpMessageHandler inner
) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        if (credential is null || !engine.Contains(request.RequestUri!))
            return await base.SendAsync(request, cancellationToken);

        if (!engine.IsPrivate && !isInsecure)
            throw InTheClear();
        request.Headers.Authorization = (await credential.Token(cancellationToken)).Header;
        var response = await base.SendAsync(request, cancellationToken);
        if (response.StatusCode == HttpStatusCode.Unauthorized)
            credential.Refused();
        return response;
    }

    VerbException InTheClear() =>
        VerbException.Usage(
            "token-in-the-clear",
            $"{engine} 未加密，途中任何人都能读到令牌，未发送：请改用 https 地址；仅在可信网络内，可加 --insecure。{engine} is not encrypted: everybody on the way could read the token, and nothing was sent. Use an address of https; only on a network that you trust, add --insecure."
        );
}
