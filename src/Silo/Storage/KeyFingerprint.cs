using System.Security.Cryptography;
using System.Text;

namespace ClearanceEngine.Silo.Storage;

/// <summary>
/// By what a key is known again without being known: HMAC-SHA256 of a label under the key itself. Nothing follows from it
/// about 32 random bytes. The label names the setting, so that one key in two places does not show; and it is no id number
/// and has not the length of a salt, so that the fingerprint is none of the values that the same key makes in its own work.
/// Cut to 64 bits: it has to tell keys apart that were mixed up, not to withstand anybody, and people compare it by eye.
/// </summary>
static class KeyFingerprint
{
    const int Bytes = 8;

    /// <param name="key">The key.</param>
    /// <param name="name">The setting that holds it.</param>
    /// <returns>16 lower-case hex digits.</returns>
    public static string Of(ReadOnlySpan<byte> key, string name)
    {
        var label = Encoding.UTF8.GetBytes($"clearance-engine key fingerprint {name}");
        return Convert.ToHexStringLower(HMACSHA256.HashData(key, label).AsSpan(0, Bytes));
    }
}
