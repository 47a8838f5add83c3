namespace ClearanceEngine.Client.SignIn;

/// <summary>Where an engine answers: what a login is kept for. Two that lead to the same place are equal, however they are written.</summary>
sealed record EngineAddress
{
    EngineAddress(Uri uri) => Uri = uri;

    /// <summary>With a slash at its end.</summary>
    public Uri Uri { get; }

    /// <summary>It is on this machine.</summary>
    public bool IsLoopback => Uri.IsLoopback;

    /// <summary>Nobody on the way reads what is sent there.</summary>
    public bool IsPrivate => IsPrivateAt(Uri);

    /// <summary>The address that a text writes; null where it writes none. One with a password in it is none: it would be shown.</summary>
    public static EngineAddress? Parse(string text)
    {
        if (!Uri.TryCreate(text.EndsWith('/') ? text : text + "/", UriKind.Absolute, out var uri))
            return null;

        var isPlain = uri.UserInfo.Length == 0 && uri.Query.Length == 0 && uri.Fragment.Length == 0;
        return isPlain && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
            ? new EngineAddress(uri)
            : null;
    }

    /// <summary>Nobody on the way reads what is sent to an address: it goes over TLS, or does not leave this machine.</summary>
    public static bool IsPrivateAt(Uri address) =>
        address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback);

    /// <summary>A request goes to this engine.</summary>
    public bool Contains(Uri request) => Uri.IsBaseOf(request);

    /// <summary>One text for all ways to write it.</summary>
    public override string ToString() => Uri.AbsoluteUri;
}
