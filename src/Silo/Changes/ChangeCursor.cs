using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace ClearanceEngine.Silo.Changes;

/// <summary>
/// A place in a participant's events as the API hands it out. Not signed: whoever makes one up moves within events that it may see
/// anyway, for the reader asks the caller and not the cursor.
/// </summary>
/// <param name="Owner">Whose events; see <see cref="OwnerOf"/>.</param>
/// <param name="Topic">The topic as it was: one that was made anew begins to count anew, and its records are others.</param>
/// <param name="Offset">Of the next record.</param>
readonly record struct ChangeCursor(ulong Owner, Guid Topic, long Offset)
{
    const byte Version = 1;

    const int OwnerAt = 1,
        TopicAt = 9,
        OffsetAt = 25,
        Bytes = 33;

    /// <summary>What a cursor has in the place of its participant and of the topic's name; nothing is protected by it.</summary>
    public static ulong OwnerOf(string participant, string topic) =>
        BinaryPrimitives.ReadUInt64BigEndian(
            SHA256.HashData(Encoding.UTF8.GetBytes($"{participant}\u001f{topic}"))
        );

    /// <summary>Null for what is no cursor of ours, or one of another version.</summary>
    public static ChangeCursor? Read(string text)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        if (!Base64Url.IsValid(text, out var length) || length != Bytes)
            return null;

        Base64Url.DecodeFromChars(text, bytes);
        var offset = BinaryPrimitives.ReadInt64BigEndian(bytes[OffsetAt..]);
        if (bytes[0] != Version || offset < 0)
            return null;
        return new ChangeCursor(
            BinaryPrimitives.ReadUInt64BigEndian(bytes[OwnerAt..]),
            new Guid(bytes[TopicAt..OffsetAt]),
            offset
        );
    }

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        bytes[0] = Version;
        BinaryPrimitives.WriteUInt64BigEndian(bytes[OwnerAt..], Owner);
        Topic.TryWriteBytes(bytes[TopicAt..]);
        BinaryPrimitives.WriteInt64BigEndian(bytes[OffsetAt..], Offset);
        return Base64Url.EncodeToString(bytes);
    }
}
