using System.Buffers.Binary;
using System.Buffers.Text;
using ClearanceEngine.Audit;

namespace ClearanceEngine.Silo.Audit;

/// <summary>The place of an entry as the API hands it out: a text that means nothing to whoever has it.</summary>
static class AuditCursor
{
    const int TimeBytes = 8,
        Bytes = 24;

    /// <summary>The cursor of the page that begins after this entry.</summary>
    public static string Of(AuditLine entry)
    {
        Span<byte> place = stackalloc byte[Bytes];
        BinaryPrimitives.WriteInt64BigEndian(place, entry.At.ToUnixTimeMilliseconds());
        entry.Id.TryWriteBytes(place[TimeBytes..]);
        return Base64Url.EncodeToString(place);
    }

    /// <summary>Null for what is no cursor of ours.</summary>
    public static AuditPlace? Read(string text)
    {
        Span<byte> place = stackalloc byte[Bytes];
        if (!Base64Url.IsValid(text, out var length) || length != Bytes)
            return null;

        Base64Url.DecodeFromChars(text, place);
        return new AuditPlace(BinaryPrimitives.ReadInt64BigEndian(place), new Guid(place[TimeBytes..]));
    }
}
