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
sealed class CredentialCheck(IServiceScopeFactory scopes)
{
    /// <summary>Who it is now; null when it is nobody any more, or nobody can say.</summary>
    public async Task<Caller?> LookAgain(HttpContext request)
    {
        await using var scope = scopes.CreateAsyncScope();
        var again = new DefaultHttpContext { RequestServices = scope.ServiceProvider };
        again.Request.Headers[HeaderNames.Authorization] = request.Request.Headers.Authorization;
        again.Features.Set(request.Features.Get<IHttpConnectionFeature>());
        again.Features.Set(request.Features.Get<ITlsConnectionFeature>());
        if (request.Request.Headers.Authorization.Count == 0)
            again.Request.Headers.Remove(HeaderNames.Authorization);

        var result = await again.AuthenticateAsync(AccessSchemes.Any);
        return result.Succeeded ? again.CallerIfAny() : null;
    }
}
