using ClearanceEngine.Client.Verbs;

namespace ClearanceEngine.Client.SignIn;

/// <summary>What requests to one engine are signed in with.</summary>
/// <param name="origin">Where it comes from, for people: who is turned away must know what to change.</param>
abstract class Credential(string origin)
{
    public string Origin { get; } = origin;

    /// <summary>The token to send now.</summary>
    /// <exception cref="VerbException">There is none to be had.</exception>
    /// <exception cref="IOException">A file of it cannot be read.</exception>
    public abstract ValueTask<BearerToken> Token(CancellationToken cancellationToken);

    /// <summary>The engine did not take the token.</summary>
    public virtual void Refused() { }
}

/// <summary>A token that is there.</summary>
sealed class GivenToken(string origin, BearerToken token) : Credential(origin)
{
    public override ValueTask<BearerToken> Token(CancellationToken cancellationToken) => new(token);
}

/// <summary>Tokens of a provider; each is used until shortly before its end.</summary>
/// <param name="origin">Where it comes from, for people.</param>
/// <param name="login">How they are fetched, with the last one.</param>
/// <param name="provider">Fetches them.</param>
/// <param name="time">The clock.</param>
/// <param name="renew">Keeps the login with another token, or without one, for the next command.</param>
sealed class ProviderTokens(
    string origin,
    ClientLogin login,
    IdentityProvider provider,
    TimeProvider time,
    Action<ClientLogin> renew
) : Credential(origin)
{
    ClientLogin _login = login;

    public override async ValueTask<BearerToken> Token(CancellationToken cancellationToken)
    {
        if (_login.Fetched is { } fetched && time.GetUtcNow() < fetched.UseUntil)
            return fetched.Token;

        var fresh = await provider.Fetch(_login, cancellationToken);
        Change(_login with { Fetched = fresh });
        return fresh.Token;
    }

    /// <summary>The engine's keys or the client's roles may have changed: the next command asks for another.</summary>
    public override void Refused() => Change(_login with { Fetched = null });

    void Change(ClientLogin login)
    {
        _login = login;
        try
        {
            renew(login);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The folder of settings may be mounted for reading only: then each command fetches its own.
        }
    }
}
