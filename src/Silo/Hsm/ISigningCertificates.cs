using ClearanceEngine.Signing;

namespace ClearanceEngine.Silo.Hsm;

/// <summary>The certificates of keys that this platform holds for participants.</summary>
public interface ISigningCertificates
{
    /// <summary>The certificate of a participant's key, or null.</summary>
    /// <exception cref="SigningUnavailableException">The token is away and the key not known from before.</exception>
    SigningCertificate? For(string participantCode);
}
