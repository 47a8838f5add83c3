using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ClearanceEngine.Silo.Storage;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>What a MAC is for: one that was made for one purpose counts for no other.</summary>
enum MacPurpose
{
    /// <summary>Whose HTTP door waits for the decision on a record.</summary>
    Door,

    /// <summary>That an HTTP door put a record on its topic, having asked its caller who it is.</summary>
    Sender,

    /// <summary>When a record that was retried first arrived.</summary>
    Arrived,

    /// <summary>The guid of a message that is gathered, which nobody else may foretell.</summary>
    Message,
}

/// <summary>
/// Proves that a header of a Kafka record was set by a silo of this cluster: whoever may write to a topic may set any header,
/// but only silos have the keys. HMAC-SHA256 over topic, value and the fields that the header holds, so that it counts on no
/// other record; its keys are derived (HKDF) from the ring that protects state, one for each purpose, and change with the ring.
/// </summary>
sealed class ClusterMac
{
    /// <summary>Longer texts are no MAC and are not even looked at.</summary>
    const int MaxLength = 64;

    readonly FrozenDictionary<(MacPurpose, byte), byte[]> _keys;
    readonly byte _current;

    /// <param name="ring">The ring that every silo of the cluster has.</param>
    /// <exception cref="ArgumentException">The ring cannot work; the text names the setting.</exception>
    public ClusterMac(StateKeyOptions ring)
    {
        _current = (byte)ring.Current;
        _keys = ring.Read()
            .SelectMany(secret =>
                Enum.GetValues<MacPurpose>()
                    .Select(purpose => ((purpose, secret.Key), Key: Derive(secret.Value, purpose)))
            )
            .ToFrozenDictionary(k => k.Item1, k => k.Key);
    }

    /// <summary>The MAC as text: id of the key, a colon, base64.</summary>
    /// <param name="purpose">What it is for.</param>
    /// <param name="topic">Topic of the record.</param>
    /// <param name="value">Value of the record.</param>
    /// <param name="fields">What the header says, in order.</param>
    public string Make(
        MacPurpose purpose,
        string topic,
        ReadOnlySpan<byte> value,
        params ReadOnlySpan<string> fields
    )
    {
        var mac = Hash(_keys[(purpose, _current)], topic, value, fields);
        return string.Create(CultureInfo.InvariantCulture, $"{_current}:{Convert.ToBase64String(mac)}");
    }

    /// <summary>True if a silo with a key of this ring made the MAC for this purpose, record and fields. Never throws, whatever the text.</summary>
    /// <inheritdoc cref="Make" path="/param"/>
    /// <param name="mac">The text that came with the record; null when none did.</param>
    public bool Counts(
        string? mac,
        MacPurpose purpose,
        string topic,
        ReadOnlySpan<byte> value,
        params ReadOnlySpan<string> fields
    )
    {
        if (mac is null or { Length: > MaxLength } || mac.Split(':') is not [var id, var text])
            return false;
        if (!byte.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return false;
        if (!_keys.TryGetValue((purpose, number), out var key))
            return false;

        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes];
        return Convert.TryFromBase64String(text, given, out var length)
            && length == given.Length
            && CryptographicOperations.FixedTimeEquals(given, Hash(key, topic, value, fields));
    }

    static byte[] Derive(byte[] secret, MacPurpose purpose)
    {
        var label = purpose switch
        {
            MacPurpose.Door => "clearance-engine header ce-door",
            MacPurpose.Sender => "clearance-engine header ce-sender-mac",
            MacPurpose.Arrived => "clearance-engine header ce-arrived",
            MacPurpose.Message => "clearance-engine guid of a gathered message",
            _ => throw new ArgumentOutOfRangeException(nameof(purpose)),
        };
        return HKDF.DeriveKey(
            HashAlgorithmName.SHA256,
            secret,
            HMACSHA256.HashSizeInBytes,
            info: Encoding.UTF8.GetBytes(label)
        );
    }

    /// <summary>Each part goes in with its length, so that no two lists of parts are the same bytes.</summary>
    static byte[] Hash(byte[] key, string topic, ReadOnlySpan<byte> value, ReadOnlySpan<string> fields)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        Append(hash, Encoding.UTF8.GetBytes(topic));
        Append(hash, value);
        foreach (var field in fields)
            Append(hash, Encoding.UTF8.GetBytes(field));
        return hash.GetHashAndReset();
    }

    static void Append(IncrementalHash hash, ReadOnlySpan<byte> part)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, part.Length);
        hash.AppendData(length);
        hash.AppendData(part);
    }
}
