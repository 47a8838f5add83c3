using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using System.Xml;

namespace ClearanceEngine.Ceb;

/// <summary>
/// Writes CEB XML that is its own canonical form (inclusive C14N 1.0): UTF-8 without a declaration, prefix <c>ceb</c>
/// declared once on the root, no white space between elements, empty elements as start and end tag. What is signed is
/// then exactly what is sent.
/// </summary>
public static class CebWriter
{
    static readonly SearchValues<char> TextSpecials = SearchValues.Create("&<>\r"),
        AttributeSpecials = SearchValues.Create("&<\"\t\n\r");

    static readonly ConcurrentDictionary<string, (byte[] Start, byte[] End)> Tags = new(
        StringComparer.Ordinal
    );

    /// <summary>The message as bytes.</summary>
    /// <exception cref="ArgumentException">A text has a character that XML 1.0 forbids.</exception>
    public static byte[] Write(CebMessage message)
    {
        using var buffer = new LentBuffer(1024 * (1 + message.Documents.Length * 3));
        Write(message, buffer);
        return buffer.ToArray();
    }

    /// <summary>Bytes that the document takes inside a message; nothing is kept.</summary>
    /// <exception cref="ArgumentException">A text has a character that XML 1.0 forbids.</exception>
    public static int Measure(CebDocument document)
    {
        var counter = ByteCounter.FromZero();
        Document(counter, document);
        return counter.Count;
    }

    public static void Write(CebMessage message, IBufferWriter<byte> output)
    {
        var schema = message.Schema;
        Raw(output, $"<ceb:{schema.Root} xmlns:ceb=\"{CebSchema.Namespace}\" guid=\"");
        Attribute(output, message.Guid);
        Raw(output, "\" version=\"");
        Attribute(output, message.Version);
        Raw(output, "\">");
        foreach (var document in message.Documents)
            Document(output, document);
        if (message.Transfer is { } transfer)
        {
            Start(output, "BaseTransfer");
            Element(output, "copCode", transfer.CopCode);
            Element(output, "copName", transfer.CopName);
            Element(output, "dxpMode", transfer.DxpMode);
            Element(output, "dxpId", transfer.DxpId);
            if (transfer.Note is { } note)
                Element(output, "note", note);
            End(output, "BaseTransfer");
        }
        if (message.Frame is { } frame)
            Frame(output, frame);
        Raw(output, $"</ceb:{schema.Root}>");
    }

    /// <summary>BaseSubscribe and ExtendMessage as they stand in a message.</summary>
    internal static byte[] Write(CebFrame frame)
    {
        var buffer = new ArrayBufferWriter<byte>();
        Frame(buffer, frame);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Bytes that a frame takes inside a message; nothing for none.</summary>
    /// <exception cref="ArgumentException">A text has a character that XML 1.0 forbids.</exception>
    public static int Measure(CebFrame? frame)
    {
        if (frame is null)
            return 0;
        var counter = ByteCounter.FromZero();
        Frame(counter, frame);
        return counter.Count;
    }

    static void Frame(IBufferWriter<byte> output, CebFrame frame)
    {
        foreach (var subscription in frame.Subscriptions)
        {
            Start(output, "BaseSubscribe");
            Element(output, "status", subscription.Status);
            Element(output, "dxpMode", subscription.DxpMode);
            Element(output, "dxpAddress", subscription.DxpAddress);
            if (subscription.Note is { } note)
                Element(output, "note", note);
            End(output, "BaseSubscribe");
        }
        if (frame.Extension is { } extension)
        {
            Start(output, "ExtendMessage");
            Element(output, "name", extension.Name);
            Element(output, "version", extension.Version);
            Start(output, "Message");
            Raw(output, extension.Payload);
            End(output, "Message");
            End(output, "ExtendMessage");
        }
    }

    static void Document(IBufferWriter<byte> output, CebDocument document)
    {
        var schema = document.Schema;
        output.Write(schema.WrapperTag.Start);
        if (!schema.HeadIsWrapper)
            output.Write(schema.Head.Tag.Start);
        Fields(output, schema.Head, document.HeadTexts);
        if (!schema.HeadIsWrapper)
            output.Write(schema.Head.Tag.End);

        for (var line = 0; line < document.LineCount; line++)
        {
            output.Write(schema.Line!.Tag.Start);
            Fields(output, schema.Line, document.LineTexts(line));
            output.Write(schema.Line.Tag.End);
        }
        output.Write(schema.WrapperTag.End);
    }

    static void Fields(IBufferWriter<byte> output, CebEntity entity, ReadOnlySpan<string?> texts)
    {
        for (var i = 0; i < texts.Length; i++)
        {
            if (texts[i] is not { } text || entity.Tags[i] is not { } tag)
                continue;
            output.Write(tag.Start);
            Text(output, text);
            output.Write(tag.End);
        }
    }

    static void Element(IBufferWriter<byte> output, string name, string text)
    {
        Start(output, name);
        Text(output, text);
        End(output, name);
    }

    static void Start(IBufferWriter<byte> output, string name) => output.Write(TagsOf(name).Start);

    static void End(IBufferWriter<byte> output, string name) => output.Write(TagsOf(name).End);

    static (byte[] Start, byte[] End) TagsOf(string name) =>
        Tags.GetOrAdd(name, n =>
            (Encoding.UTF8.GetBytes($"<ceb:{n}>"), Encoding.UTF8.GetBytes($"</ceb:{n}>"))
        );

    internal static void Raw(IBufferWriter<byte> output, string text) => Encoding.UTF8.GetBytes(text, output);

    /// <summary>C14N 1.0, text nodes: &amp; &lt; &gt; and carriage return are escaped.</summary>
    internal static void Text(IBufferWriter<byte> output, ReadOnlySpan<char> text)
    {
        Check(text);
        int special;
        while ((special = text.IndexOfAny(TextSpecials)) >= 0)
        {
            Encoding.UTF8.GetBytes(text[..special], output);
            output.Write(
                text[special] switch
                {
                    '&' => "&amp;"u8,
                    '<' => "&lt;"u8,
                    '>' => "&gt;"u8,
                    _ => "&#xD;"u8,
                }
            );
            text = text[(special + 1)..];
        }
        Encoding.UTF8.GetBytes(text, output);
    }

    /// <summary>C14N 1.0, attribute values: &amp; &lt; &quot; tab, line feed and carriage return are escaped.</summary>
    internal static void Attribute(IBufferWriter<byte> output, ReadOnlySpan<char> text)
    {
        Check(text);
        int special;
        while ((special = text.IndexOfAny(AttributeSpecials)) >= 0)
        {
            Encoding.UTF8.GetBytes(text[..special], output);
            output.Write(
                text[special] switch
                {
                    '&' => "&amp;"u8,
                    '<' => "&lt;"u8,
                    '"' => "&quot;"u8,
                    '\t' => "&#x9;"u8,
                    '\n' => "&#xA;"u8,
                    _ => "&#xD;"u8,
                }
            );
            text = text[(special + 1)..];
        }
        Encoding.UTF8.GetBytes(text, output);
    }

    static void Check(ReadOnlySpan<char> text)
    {
        // Nearly every text has only these, all of which are allowed.
        if (text.IndexOfAnyExceptInRange(' ', '\uD7FF') < 0)
            return;
        for (var i = 0; i < text.Length; i++)
        {
            if (XmlConvert.IsXmlChar(text[i]))
                continue;
            if (i + 1 < text.Length && XmlConvert.IsXmlSurrogatePair(text[i + 1], text[i]))
                i++;
            else
                throw new ArgumentException(
                    $"Character U+{(int)text[i]:X4} at position {i} is forbidden in XML 1.0."
                );
        }
    }

    /// <summary>Bytes in a lent array, of which the message is a copy at the end: what it grew through is used again.</summary>
    sealed class LentBuffer(int capacity) : IBufferWriter<byte>, IDisposable
    {
        byte[] _bytes = ArrayPool<byte>.Shared.Rent(capacity);
        int _written;

        public byte[] ToArray() => _bytes.AsSpan(0, _written).ToArray();

        public void Advance(int count) => _written += count;

        public Memory<byte> GetMemory(int sizeHint = 0)
        {
            if (_bytes.Length - _written < Math.Max(1, sizeHint))
                Grow(sizeHint);
            return _bytes.AsMemory(_written);
        }

        public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

        public void Dispose() => ArrayPool<byte>.Shared.Return(_bytes);

        void Grow(int sizeHint)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_bytes.Length * 2, _written + sizeHint));
            _bytes.AsSpan(0, _written).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }
    }

    /// <summary>Counts what is written and forgets it. One a thread serves all, since nothing counts two things at once.</summary>
    sealed class ByteCounter : IBufferWriter<byte>
    {
        [ThreadStatic]
        static ByteCounter? s_counter;

        byte[] _scratch = new byte[4_096];

        public static ByteCounter FromZero()
        {
            var counter = s_counter ??= new ByteCounter();
            counter.Count = 0;
            return counter;
        }

        public int Count { get; private set; }

        public void Advance(int count) => Count += count;

        public Memory<byte> GetMemory(int sizeHint = 0)
        {
            if (sizeHint > _scratch.Length)
                _scratch = new byte[sizeHint];
            return _scratch;
        }

        public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
    }
}
