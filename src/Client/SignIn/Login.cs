using System.Text.Json.Serialization;

namespace ClearanceEngine.Client.SignIn;

/// <summary>How somebody signs in at one engine, as it is kept.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(TokenLogin), "token")]
[JsonDerivedType(typeof(DevelopmentLogin), "development")]
[JsonDerivedType(typeof(ClientLogin), "client")]
abstract record Login;

/// <summary>With a token that somebody was given; it is kept until it is refused.</summary>
sealed record TokenLogin(BearerToken Token) : Login;

/// <summary>As a development account of an engine on this machine.</summary>
/// <param name="File">The engine's file of accounts, absolute: its tokens are read there, and kept nowhere else.</param>
/// <param name="Account">Name of the account.</param>
sealed record DevelopmentLogin(string File, string Account) : Login;

/// <summary>With tokens of an OAuth provider, by client credentials (RFC 6749, 4.4).</summary>
/// <param name="Authority">Issuer of the tokens.</param>
/// <param name="ClientId">Who this client is to it.</param>
/// <param name="SecretFile">File with the client's secret, absolute: it is read when a token is fetched, and kept nowhere else.</param>
/// <param name="Scope">Scopes that are asked for; null for the provider's default.</param>
/// <param name="Audience">Whom the tokens are for, where the provider asks that; null where it knows.</param>
sealed record ClientLogin(
    Uri Authority,
    string ClientId,
    string SecretFile,
    string? Scope = null,
    string? Audience = null
) : Login
{
    /// <summary>The last token, while it is of use; null when there is none.</summary>
    public FetchedToken? Fetched { get; init; }

    /// <summary>Both ask the same provider for the same tokens.</summary>
    public bool AsksLike(ClientLogin other) => this with { Fetched = null } == other with { Fetched = null };
}

/// <summary>A token of a provider.</summary>
/// <param name="Token">The token.</param>
/// <param name="UseUntil">From then on another is fetched; some time before it ends, so that none ends on its way.</param>
sealed record FetchedToken(BearerToken Token, DateTimeOffset UseUntil);
