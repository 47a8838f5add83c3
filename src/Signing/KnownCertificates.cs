using System.Collections.Concurrent;

namespace ClearanceEngine.Signing;

/// <summary>
/// Certificates that were read before. To read one means to test its modulus for small factors and primality, which
/// costs a hundred times as much as the check of a signature; and the same few companies sign all day.
/// </summary>
static class KnownCertificates
{
    /// <summary>Participants of a port are hundreds; strangers must not fill the memory.</summary>
    const int Limit = 4_096;

    static readonly ConcurrentDictionary<string, SigningCertificate> ByText = new(StringComparer.Ordinal);

    /// <summary>The certificate of this base64 text.</summary>
    /// <exception cref="FormatException">It is no base64.</exception>
    /// <exception cref="ArgumentException">See <see cref="SigningCertificate(byte[])"/>.</exception>
    public static SigningCertificate Of(string base64)
    {
        if (ByText.TryGetValue(base64, out var known)) return known;
        var certificate = new SigningCertificate(Convert.FromBase64String(base64));
        if (ByText.Count >= Limit) ByText.Clear();
        return ByText[base64] = certificate;
    }
}
