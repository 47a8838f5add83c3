namespace ClearanceEngine.Silo.Access;

/// <summary>The token of a request, by RFC 6750 in its header: one in an address would stand in the logs of every proxy.</summary>
static class BearerToken
{
    const string Scheme = "Bearer ";

    /// <summary>The token; null where there is none, or more than one.</summary>
    public static string? Of(HttpRequest request)
    {
        if (request.Headers.Authorization is not [{ } header])
            return null;
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return null;

        var token = header[Scheme.Length..].Trim();
        return token.Length > 0 ? token : null;
    }
}
