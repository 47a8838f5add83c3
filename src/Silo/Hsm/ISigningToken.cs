using ClearanceEngine.Signing;

namespace ClearanceEngine.Silo.Hsm;

/// <summary>A participant's key in a token: what is public of it.</summary>
/// <param name="Participant">Whose it is.</param>
/// <param name="Certificate">Its certificate.</param>
/// <param name="Profile">What it is used with.</param>
/// <param name="Id">The token's own name of the key, in hex; empty where the participant's code is enough.</param>
public sealed record TokenKey(
    string Participant,
    SigningCertificate Certificate,
    SignatureProfile Profile,
    string Id = ""
);

/// <summary>A token: keys that sign and do not leave. All members but sessions may be used by many threads.</summary>
public interface ISigningToken : IDisposable
{
    /// <summary>The participant's key.</summary>
    /// <exception cref="UnknownSigningKeyException">There is none that could be used; the text says why.</exception>
    /// <exception cref="SigningUnavailableException">The token is away.</exception>
    TokenKey Find(string participantCode);

    /// <summary>Opens a session; used by one thread only, and closed by it.</summary>
    /// <exception cref="SigningUnavailableException">The token is away.</exception>
    ISigningSession OpenSession();

    /// <summary>Proves that the token can sign now. May take long when it cannot.</summary>
    /// <exception cref="SigningUnavailableException">It cannot.</exception>
    void Check();

    /// <summary>Begins anew with a token that failed its check; called when no session of this token is open.</summary>
    void Reset();
}

/// <summary>A session of a token.</summary>
public interface ISigningSession : IDisposable
{
    /// <summary>Signs bytes, hashing included.</summary>
    byte[] Sign(TokenKey key, ReadOnlySpan<byte> data);
}
