using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Text;
using ClearanceEngine.Rules;

namespace ClearanceEngine.Subscribers;

/// <summary>How a person is known without its id number.</summary>
public sealed class IdentityOptions : IValidatableObject
{
    /// <summary>
    /// Key of the hash by which a buyer is known, base64 of at least 32 random bytes, the same for every silo; required with
    /// PostgreSQL. Whoever changes it makes every subscriber a new person with a new quota: an engine with another key than its
    /// database knows does not start. Default with SQLite one that is made at the first start (<c>keys.json</c>).
    /// </summary>
    [DataType(DataType.Password)]
    public string HmacKey { get; set; } = "";

    /// <summary>Fewest bytes of the key.</summary>
    internal const int LeastBytes = 32;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        HmacKey.Length == 0 ? [] : SettingRule.Key(nameof(HmacKey), HmacKey, LeastBytes);
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
        if (key.Length < IdentityOptions.LeastBytes)
            throw new ArgumentException(
                $"Identity:HmacKey must hold at least {IdentityOptions.LeastBytes} bytes (base64).",
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
