using System.Security.Cryptography;
using System.Text;

namespace ClearanceEngine.Silo.Storage;

/// <summary>
/// Encrypts state at rest, since it holds people's data: AES-256-GCM under a key of its own for each message,
/// HMAC-SHA256(ring key, salt). Random 96-bit nonces under one key would wear out after 2^32 writes, which is weeks of
/// full load; 128 bits of salt do not wear out. Layout: key id (1 byte), salt (16), tag (16), ciphertext.
/// </summary>
public sealed class StateProtection
{
    const int SaltSize = 16,
        TagSize = 16,
        Header = 1 + SaltSize + TagSize,
        KeySize = StateKeyOptions.KeySize;

    readonly IReadOnlyDictionary<byte, byte[]> _keys;
    readonly byte _current;

    public StateProtection(StateKeyOptions options)
    {
        _keys = options.Read();
        _current = (byte)options.Current;
    }

    /// <param name="clear">What to protect.</param>
    /// <param name="place">Where it will stand (row and key): the same bytes in another place do not decrypt.</param>
    public byte[] Protect(ReadOnlySpan<byte> clear, string place)
    {
        var result = new byte[Header + clear.Length];
        result[0] = _current;
        RandomNumberGenerator.Fill(result.AsSpan(1, SaltSize));
        using var aes = Cipher(_keys[_current], result);
        aes.Encrypt(
            NoNonce,
            clear,
            result.AsSpan(Header),
            result.AsSpan(1 + SaltSize, TagSize),
            Encoding.UTF8.GetBytes(place)
        );
        return result;
    }

    /// <exception cref="InvalidDataException">The key is not in the ring, the bytes were changed, or they belong elsewhere.</exception>
    public byte[] Unprotect(ReadOnlySpan<byte> stored, string place)
    {
        if (stored.Length < Header)
            throw new InvalidDataException($"What is stored of {Named(place)} is too short to be encrypted.");
        if (!_keys.TryGetValue(stored[0], out var key))
            throw new InvalidDataException(
                $"What is stored of {Named(place)} needs key {stored[0]}, which is not in Storage:Keys:Ring; add it."
            );
        var clear = new byte[stored.Length - Header];
        try
        {
            using var aes = Cipher(key, stored);
            aes.Decrypt(
                NoNonce,
                stored[Header..],
                stored.Slice(1 + SaltSize, TagSize),
                clear,
                Encoding.UTF8.GetBytes(place)
            );
        }
        catch (AuthenticationTagMismatchException e)
        {
            throw new InvalidDataException(
                $"What is stored of {Named(place)} does not decrypt with key {stored[0]}: another key of that id, changed bytes, or bytes of another row. Give the ring the key that wrote it, or restore the row from a backup.",
                e
            );
        }
        return clear;
    }

    static string Named(string place) => place.Replace('\n', ' ');

    /// <summary>A key is used for one message only, so its nonce may be constant.</summary>
    static ReadOnlySpan<byte> NoNonce => "\0\0\0\0\0\0\0\0\0\0\0\0"u8;

    static AesGcm Cipher(byte[] key, ReadOnlySpan<byte> message)
    {
        Span<byte> own = stackalloc byte[KeySize];
        HMACSHA256.HashData(key, message.Slice(1, SaltSize), own);
        return new AesGcm(own, TagSize);
    }
}
