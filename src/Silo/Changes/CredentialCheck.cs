using ClearanceEngine.Access;
using ClearanceEngine.Silo.Access;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace ClearanceEngine.Silo.Changes;

/// <summary>
/// Looks at the credential of an open request again. What a request once proved is kept with it, so the same credential is shown in
/// a request of its own that never existed: whatever made the first hold (a date, a key, an account) is asked anew.
/// </summary>
sealed class CredentialCheck(IServiceScopeFactory scopes, ChangeFeed feed)
{
    static readonly string[] Credentials = [HeaderNames.Authorization, HeaderNames.Cookie];

    /// <summary>The request's caller is still who it was, and may read the participant's events.</summary>
    public async Task<bool> StillMay(HttpContext request, string participant) =>
        await LookAgain(request) is { } caller && feed.MayRead(caller, participant);

    /// <summary>Who it is now; null when it is another, nobody any more, or nobody can say.</summary>
    async Task<Caller?> LookAgain(HttpContext request)
    {
        await using var scope = scopes.CreateAsyncScope();
        var again = new DefaultHttpContext { RequestServices = scope.ServiceProvider };
        again.Request.Method = request.Request.Method;
        again.Request.Scheme = request.Request.Scheme;
        again.Request.Host = request.Request.Host;
        again.Request.Path = request.Request.Path;
        foreach (var name in Credentials)
        {
            if (request.Request.Headers.TryGetValue(name, out var shown))
                again.Request.Headers[name] = shown;
        }
        again.Features.Set(request.Features.Get<IHttpConnectionFeature>());
        again.Features.Set(request.Features.Get<ITlsConnectionFeature>());

        var result = await again.AuthenticateAsync(AccessSchemes.Any);
        var now = again.CallerIfAny();
        return result.Succeeded && now?.Identity == request.Caller().Identity ? now : null;
    }
}
