using System.Globalization;
using System.Security.Cryptography;

namespace ClearanceEngine.Silo.Storage;

/// <summary>
/// Encrypts state at rest (AES-256-GCM), since it holds people's data. Layout: key id (1 byte), nonce (12), tag (16),
/// ciphertext.
/// </summary>
public sealed class StateProtection
{
    const int NonceSize = 12, TagSize = 16, Header = 1 + NonceSize + TagSize;

    readonly Dictionary<byte, byte[]> _keys = [];
    readonly byte _current;

    public StateProtection(StateKeyOptions options)
    {
        foreach (var (id, base64) in options.Ring)
        {
            if (!byte.TryParse(id, CultureInfo.InvariantCulture, out var number) || number == 0) throw new ArgumentException($"Storage:Keys:Ring has the id '{id}'; ids are 1..255.", nameof(options));
            byte[] key;
            try
            {
                key = Convert.FromBase64String(base64);
            }
            catch (FormatException e)
            {
                throw new ArgumentException($"Storage:Keys:Ring:{id} is no base64 text.", nameof(options), e);
            }
            if (key.Length != 32) throw new ArgumentException($"Storage:Keys:Ring:{id} must hold 32 bytes, not {key.Length}.", nameof(options));
            _keys[number] = key;
        }
        _current = (byte)options.Current;
        if (!_keys.ContainsKey(_current)) throw new ArgumentException($"Storage:Keys:Current is {options.Current}, but the ring has no such key.", nameof(options));
    }

    public byte[] Protect(ReadOnlySpan<byte> clear)
    {
        var result = new byte[Header + clear.Length];
        result[0] = _current;
        var nonce = result.AsSpan(1, NonceSize);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(_keys[_current], TagSize);
        aes.Encrypt(nonce, clear, result.AsSpan(Header), result.AsSpan(1 + NonceSize, TagSize));
        return result;
    }

    /// <exception cref="InvalidDataException">The key is not in the ring, or the bytes were changed.</exception>
    public byte[] Unprotect(ReadOnlySpan<byte> stored)
    {
        if (stored.Length < Header) throw new InvalidDataException("Stored state is too short to be encrypted state.");
        if (!_keys.TryGetValue(stored[0], out var key)) throw new InvalidDataException($"Stored state needs key {stored[0]}, which is not in Storage:Keys:Ring; add it.");
        var clear = new byte[stored.Length - Header];
        try
        {
            using var aes = new AesGcm(key, TagSize);
            aes.Decrypt(stored.Slice(1, NonceSize), stored[Header..], stored.Slice(1 + NonceSize, TagSize), clear);
        }
        catch (AuthenticationTagMismatchException e)
        {
            throw new InvalidDataException($"Stored state does not decrypt with key {stored[0]}: another key of that id, or changed bytes.", e);
        }
        return clear;
    }
}
