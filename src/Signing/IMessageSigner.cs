namespace ClearanceEngine.Signing;

/// <summary>Signs CEB messages with the keys of participants (云加签).</summary>
public interface IMessageSigner
{
    /// <summary>
    /// Puts an enveloped signature as the last child of the root element and returns the signed message.
    /// </summary>
    /// <param name="canonicalMessage">The whole message without a signature, in canonical form (C14N 1.0 inclusive, UTF-8, no declaration).</param>
    /// <param name="participantCode">Whose key signs.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="SigningUnavailableException">The token is away or has no free session in time; try again later.</exception>
    /// <exception cref="UnknownSigningKeyException">The participant has no key in the token.</exception>
    ValueTask<byte[]> Sign(
        ReadOnlyMemory<byte> canonicalMessage,
        string participantCode,
        CancellationToken cancellationToken = default
    );
}

/// <summary>The signing token cannot be used now; the same call may succeed later.</summary>
public class SigningUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The token is there but cannot be used as it is set up; it does not become right by waiting, an operator must act.</summary>
public sealed class TokenUnfitException(string message, Exception? inner = null)
    : SigningUnavailableException(message, inner);

/// <summary>No key for the participant: configure one or change the participant's signing mode.</summary>
public sealed class UnknownSigningKeyException(string message) : Exception(message);
