using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ClearanceEngine.Ceb;

/// <summary>Name-based guids (RFC 9562, version 5): the same thing gets the same guid again, so a resend is recognisable everywhere.</summary>
public static class UuidV5
{
    /// <summary>The namespace of the guids that this engine makes.</summary>
    public static readonly Guid Namespace = new("6c9e2f0a-5d2b-5b7e-9a41-0f6b1d6f7a11");

    /// <summary>36 characters, upper case, as the wire wants it.</summary>
    public static string Of(params ReadOnlySpan<string> name) =>
        Of(Namespace, string.Join('\u001f', name)).ToString("D").ToUpperInvariant();

    /// <summary>The guid of a name in a namespace.</summary>
    public static Guid Of(Guid @namespace, string name)
    {
        var bytes = new byte[16 + Encoding.UTF8.GetByteCount(name)];
        @namespace.TryWriteBytes(bytes, bigEndian: true, out _);
        Encoding.UTF8.GetBytes(name, bytes.AsSpan(16));
#pragma warning disable CA5350 // RFC 9562 prescribes SHA-1 here; nothing is protected by it.
        Span<byte> hash = stackalloc byte[20];
        SHA1.HashData(bytes, hash);
#pragma warning restore CA5350
        var version = BinaryPrimitives.ReadUInt16BigEndian(hash[6..]);
        BinaryPrimitives.WriteUInt16BigEndian(hash[6..], (ushort)((version & 0x0FFF) | 0x5000));
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }
}
