using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace ClearanceEngine.Silo.Storage;

/// <summary>
/// Encrypts state at rest, since it holds people's data: AES-256-GCM under a derived key, HMAC-SHA256(ring key, salt), of
/// one process and at most <see cref="MessagesPerSalt"/> messages. Within it the nonce is a counter, so it never comes
/// twice; random 96-bit nonces under one key would wear out after 2^32 writes, which is weeks of full load, and a key a
/// message cost more than the encryption (ADR 022). 128 bits of salt do not wear out.
/// Layout: key id (1 byte), layout (1), salt (16), counter (4), tag (16), ciphertext.
/// </summary>
public sealed class StateProtection
{
    /// <summary>Far below what GCM bears under one key, and a key a few minutes at full load.</summary>
    public const int MessagesPerSalt = 1 << 20;

    /// <summary>The former layout had the first byte of a salt here: it is told from this one but for one in 256, which does not decrypt.</summary>
    const byte Layout = 2;

    /// <summary>Derived keys kept for reading; beyond it all are forgotten, and derived again as they are met.</summary>
    const int DerivedKeysKept = 256;

    const int SaltAt = 2,
        SaltSize = 16,
        CounterAt = SaltAt + SaltSize,
        TagAt = CounterAt + sizeof(uint),
        TagSize = 16,
        Header = TagAt + TagSize,
        NonceSize = 12;

    /// <summary>Places are keys of a few dozen bytes; a longer one costs an array.</summary>
    const int PlaceOnStack = 256;

    readonly IReadOnlyDictionary<byte, byte[]> _keys;
    readonly byte _current;
    readonly int _messagesPerSalt;
    readonly ConcurrentDictionary<(byte Key, UInt128 Salt), DerivedKey> _derived = [];
    readonly Lock _renewal = new();
    Series _series;

    public StateProtection(StateKeyOptions options)
        : this(options, MessagesPerSalt) { }

    internal StateProtection(StateKeyOptions options, int messagesPerSalt)
    {
        _keys = options.Read();
        _current = (byte)options.Current;
        _messagesPerSalt = messagesPerSalt;
        _series = NewSeries();
    }

    /// <param name="clear">What to protect.</param>
    /// <param name="place">Where it will stand (row and key, and whether it is of a journal): the same bytes in another place do not decrypt.</param>
    public byte[] Protect(ReadOnlySpan<byte> clear, string place)
    {
        var (series, counter) = Next();
        var result = new byte[Header + clear.Length];
        result[0] = _current;
        result[1] = Layout;
        series.Salt.CopyTo(result, SaltAt);
        BinaryPrimitives.WriteUInt32BigEndian(result.AsSpan(CounterAt), (uint)counter);

        Span<byte> nonce = stackalloc byte[NonceSize];
        FillNonce(nonce, result);
        Span<byte> bytes = stackalloc byte[PlaceOnStack];
        var at = Encode(place, bytes);

        var aes = series.Key.Rent();
        aes.Encrypt(nonce, clear, result.AsSpan(Header), result.AsSpan(TagAt, TagSize), at);
        series.Key.Return(aes);
        return result;
    }

    /// <exception cref="InvalidDataException">The key is not in the ring, the bytes were changed, or they belong elsewhere.</exception>
    public byte[] Unprotect(ReadOnlySpan<byte> stored, string place)
    {
        if (stored.Length < Header)
            throw new InvalidDataException($"What is stored of {Named(place)} is too short to be encrypted.");
        if (!_keys.ContainsKey(stored[0]))
            throw new InvalidDataException(
                $"What is stored of {Named(place)} needs key {stored[0]}, which is not in Storage:Keys:Ring; add it."
            );
        if (stored[1] != Layout)
            throw new InvalidDataException(
                $"What is stored of {Named(place)} is encrypted in another layout than this engine's: another version wrote it, or its bytes were changed. Use the engine that wrote it, or restore the row from a backup."
            );

        Span<byte> nonce = stackalloc byte[NonceSize];
        FillNonce(nonce, stored);
        Span<byte> bytes = stackalloc byte[PlaceOnStack];
        var at = Encode(place, bytes);
        var clear = new byte[stored.Length - Header];
        var key = KeyOf(stored);
        var aes = key.Rent();
        try
        {
            aes.Decrypt(nonce, stored[Header..], stored.Slice(TagAt, TagSize), clear, at);
        }
        catch (AuthenticationTagMismatchException e)
        {
            throw new InvalidDataException(
                $"What is stored of {Named(place)} does not decrypt with key {stored[0]}: another key of that id, changed bytes, or bytes of another row. Give the ring the key that wrote it, or restore the row from a backup.",
                e
            );
        }
        finally
        {
            key.Return(aes);
        }
        return clear;
    }

    /// <summary>A counter that nobody else gets, and what it counts.</summary>
    (Series Series, int Counter) Next()
    {
        while (true)
        {
            var series = Volatile.Read(ref _series);
            var counter = series.Count();
            if (counter <= _messagesPerSalt)
                return (series, counter);

            lock (_renewal)
            {
                if (ReferenceEquals(_series, series))
                    Volatile.Write(ref _series, NewSeries());
            }
        }
    }

    Series NewSeries()
    {
        var salt = RandomNumberGenerator.GetBytes(SaltSize);
        return new Series(salt, Derive(_current, salt));
    }

    DerivedKey KeyOf(ReadOnlySpan<byte> stored)
    {
        var salt = stored.Slice(SaltAt, SaltSize);
        var name = (stored[0], BinaryPrimitives.ReadUInt128BigEndian(salt));
        if (_derived.TryGetValue(name, out var known))
            return known;

        if (_derived.Count >= DerivedKeysKept)
            _derived.Clear();
        return _derived.GetOrAdd(name, Derive(stored[0], salt));
    }

    DerivedKey Derive(byte key, ReadOnlySpan<byte> salt) => new(HMACSHA256.HashData(_keys[key], salt));

    /// <summary>The counter as it is stored, behind zeros.</summary>
    static void FillNonce(Span<byte> nonce, ReadOnlySpan<byte> message)
    {
        nonce.Clear();
        message.Slice(CounterAt, sizeof(uint)).CopyTo(nonce[(NonceSize - sizeof(uint))..]);
    }

    static ReadOnlySpan<byte> Encode(string place, Span<byte> buffer) =>
        Encoding.UTF8.TryGetBytes(place, buffer, out var written)
            ? buffer[..written]
            : Encoding.UTF8.GetBytes(place);

    static string Named(string place) => place.Replace('\n', ' ');

    /// <summary>The messages that this process writes under one salt.</summary>
    sealed class Series(byte[] salt, DerivedKey key)
    {
        int _counter;

        public byte[] Salt => salt;

        public DerivedKey Key => key;

        public int Count() => Interlocked.Increment(ref _counter);
    }

    /// <summary>A key and its ciphers. One of them serves one call at a time; whoever finds none idle makes another.</summary>
    sealed class DerivedKey(byte[] key)
    {
        readonly ConcurrentBag<AesGcm> _idle = [];

        public AesGcm Rent() => _idle.TryTake(out var aes) ? aes : new AesGcm(key, TagSize);

        public void Return(AesGcm aes) => _idle.Add(aes);
    }
}
