using System.Security.Cryptography;
using System.Text;
using ClearanceEngine.Rules;

namespace ClearanceEngine.Subscribers;

/// <summary>How a person is known without its id number.</summary>
public sealed class IdentityOptions
{
    /// <summary>
    /// Key of the hash, base64 of at least 32 bytes; required. Whoever changes it makes every subscriber a new person:
    /// that is a migration, not a setting.
    /// </summary>
    public string HmacKey { get; set; } = "";
}

/// <summary>Turns an id number into the keyed hash that grains, rows and logs may carry.</summary>
public sealed class SubscriberIdentity
{
    readonly byte[] _key;

    public SubscriberIdentity(IdentityOptions options) => _key = ReadKey(options);

    /// <summary>The key's bytes.</summary>
    /// <exception cref="ArgumentException">There is no such key; the text names the setting.</exception>
    public static byte[] ReadKey(IdentityOptions options)
    {
        byte[] key;
        try
        {
            key = Convert.FromBase64String(options.HmacKey);
        }
        catch (FormatException e)
        {
            throw new ArgumentException("Identity:HmacKey is no base64 text.", nameof(options), e);
        }
        if (key.Length < 32)
            throw new ArgumentException(
                "Identity:HmacKey must hold at least 32 bytes (base64).",
                nameof(options)
            );
        return key;
    }

    /// <summary>HMAC-SHA256 of the normalised id number, 64 lower-case hex digits.</summary>
    public string Hash(string idNumber) =>
        Convert.ToHexStringLower(
            HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(ResidentId.Normalise(idNumber)))
        );

    /// <summary>For people's eyes: first three and last two characters.</summary>
    public static string Mask(string idNumber) =>
        idNumber.Length <= 5
            ? "*****"
            : $"{idNumber[..3]}{new string('*', idNumber.Length - 5)}{idNumber[^2..]}";
}
