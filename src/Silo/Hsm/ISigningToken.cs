using ClearanceEngine.Signing;

namespace ClearanceEngine.Silo.Hsm;

/// <summary>A participant's key in a token: what is public of it.</summary>
public sealed record TokenKey(SigningCertificate Certificate, SignatureAlgorithm Algorithm);

/// <summary>A token: keys that sign and do not leave.</summary>
public interface ISigningToken : IDisposable
{
    /// <summary>The participant's key, or null.</summary>
    TokenKey? Find(string participantCode);

    /// <summary>Opens a session; used by one thread only, and closed by it.</summary>
    /// <exception cref="SigningUnavailableException">The token is away.</exception>
    ISigningSession OpenSession();

    /// <summary>Throws when the token cannot sign now.</summary>
    void Check();
}

/// <summary>A session of a token.</summary>
public interface ISigningSession : IDisposable
{
    /// <summary>Signs bytes, hashing included.</summary>
    byte[] Sign(string participantCode, ReadOnlySpan<byte> data);
}
