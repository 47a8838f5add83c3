using ClearanceEngine.Signing;

namespace ClearanceEngine.Silo.Hsm;

/// <summary>The certificates of keys that this platform holds for participants.</summary>
public interface ISigningCertificates
{
    /// <summary>Whether a certificate is that of a participant's key. Does not block a thread, and waits for the token a bounded time only.</summary>
    /// <exception cref="SigningUnavailableException">It is not known to be, and the token does not say in time.</exception>
    ValueTask<bool> Belongs(
        string participantCode,
        SigningCertificate certificate,
        CancellationToken cancellationToken = default
    );
}
