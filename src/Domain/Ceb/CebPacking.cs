using System.Buffers;
using System.Text;

namespace ClearanceEngine.Ceb;

/// <summary>
/// A document as bytes for the store and for calls between silos: layout (1 byte), message number, then the texts of the
/// head and of each line in the order of the schema, each with its length + 1 before it (0: absent). A schema may only
/// grow at its end: what older bytes lack is absent.
/// </summary>
static class CebPacking
{
    const byte Layout = 1;

    public static byte[] Pack(CebType type, string?[] head, string?[][] lines)
    {
        var size = 16 + Size(head) + lines.Sum(l => 5 + Size(l));
        var buffer = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            var at = 0;
            buffer[at++] = Layout;
            Number(buffer, ref at, (int)type);
            Texts(buffer, ref at, head);
            Number(buffer, ref at, lines.Length);
            foreach (var line in lines)
                Texts(buffer, ref at, line);
            return buffer.AsSpan(0, at).ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <exception cref="InvalidDataException">The bytes are of another layout or cut off.</exception>
    public static (CebType Type, string?[] Head, string?[][] Lines) Unpack(ReadOnlySpan<byte> packed)
    {
        if (packed.IsEmpty || packed[0] != Layout)
            throw new InvalidDataException(
                $"A stored document has the unknown layout {(packed.IsEmpty ? "(empty)" : packed[0])}; it was written by a newer version."
            );
        var rest = packed[1..];
        var type = (CebType)Number(ref rest);
        var schema = CebSchema.Of(type);
        var head = Texts(ref rest, schema.Head.Fields.Length);
        var lines = new string?[Bounded(Number(ref rest), rest.Length)][];
        for (var i = 0; i < lines.Length; i++)
            lines[i] = Texts(ref rest, schema.Line?.Fields.Length ?? 0);
        return (type, head, lines);
    }

    static int Size(string?[] texts)
    {
        var size = 5;
        foreach (var text in texts)
            size += 5 + (text is null ? 0 : Encoding.UTF8.GetMaxByteCount(text.Length));
        return size;
    }

    static void Texts(byte[] buffer, ref int at, string?[] texts)
    {
        Number(buffer, ref at, texts.Length);
        foreach (var text in texts)
        {
            if (text is null)
            {
                Number(buffer, ref at, 0);
                continue;
            }
            Number(buffer, ref at, Encoding.UTF8.GetByteCount(text) + 1);
            at += Encoding.UTF8.GetBytes(text, buffer.AsSpan(at));
        }
    }

    static string?[] Texts(ref ReadOnlySpan<byte> rest, int fields)
    {
        var stored = Bounded(Number(ref rest), rest.Length);
        if (stored > fields)
            throw new InvalidDataException(
                $"A stored document has {stored} fields where this version knows {fields}; it was written by a newer version."
            );
        var texts = new string?[fields];
        for (var i = 0; i < stored; i++)
        {
            var length = Bounded(Number(ref rest) - 1, rest.Length);
            if (length < 0)
                continue;
            texts[i] = Encoding.UTF8.GetString(rest[..length]);
            rest = rest[length..];
        }
        return texts;
    }

    /// <summary>Seven bits a byte, the lowest first; the highest bit says that more follow.</summary>
    static void Number(byte[] buffer, ref int at, int value)
    {
        for (; value >= 0x80; value >>= 7)
            buffer[at++] = (byte)(value | 0x80);
        buffer[at++] = (byte)value;
    }

    static int Number(ref ReadOnlySpan<byte> rest)
    {
        var value = 0;
        for (var shift = 0; shift < 35 && !rest.IsEmpty; shift += 7)
        {
            var next = rest[0];
            rest = rest[1..];
            value |= (next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }
        throw new InvalidDataException("A stored document is cut off.");
    }

    static int Bounded(int count, int left) =>
        count <= left ? count : throw new InvalidDataException("A stored document is cut off.");
}

/// <summary>How Orleans carries a document: its packed bytes.</summary>
[GenerateSerializer, Immutable, Alias("clearance.ceb.document")]
public readonly record struct PackedDocument([property: Id(0)] byte[] Bytes);

/// <summary>See <see cref="PackedDocument"/>.</summary>
[RegisterConverter]
public sealed class PackedDocumentConverter : IConverter<CebDocument, PackedDocument>
{
    public CebDocument ConvertFromSurrogate(in PackedDocument surrogate) =>
        CebDocument.Unpack(surrogate.Bytes);

    public PackedDocument ConvertToSurrogate(in CebDocument value) => new(value.Packed);
}
