using System.Buffers;
using System.Text;
using ClearanceEngine.Ceb;
using ClearanceEngine.Simulator.Samples;

namespace ClearanceEngine.Bench.Feed;

/// <summary>Documents of one type from one sender, and the frame of their messages.</summary>
sealed class Lane
{
    static ReadOnlySpan<byte> Transfer => "<ceb:BaseTransfer>"u8;

    readonly byte[] _start,
        _end;

    Lane(string topic, byte[] start, byte[] end) => (Topic, _start, _end) = (topic, start, end);

    public string Topic { get; }

    /// <summary>The lane that a document belongs to.</summary>
    public static Lane Of(CebDocument document)
    {
        var message = SampleParcel.Message(document);
        var text = CebWriter.Write(message);
        var startEnd = text.AsSpan().IndexOf((byte)'>') + 1;
        // The message's guid is the only thing of the frame that differs; it stands between these two.
        return new Lane(
            TopicNames.Of(message.Type)!,
            text[..startEnd],
            text[text.AsSpan().IndexOf(Transfer)..]
        );
    }

    /// <summary>The bytes of one document, as they stand in a message.</summary>
    public static byte[] Content(CebDocument document)
    {
        var text = CebWriter.Write(SampleParcel.Message(document)).AsSpan();
        return text[(text.IndexOf((byte)'>') + 1)..text.IndexOf(Transfer)].ToArray();
    }

    /// <summary>A message of these documents.</summary>
    public byte[] Message(IReadOnlyList<FedDocument> documents)
    {
        var buffer = new ArrayBufferWriter<byte>(
            _start.Length + _end.Length + documents.Sum(d => d.Content.Length)
        );
        buffer.Write(_start);
        foreach (var document in documents)
            buffer.Write(document.Content);
        buffer.Write(_end);
        var message = buffer.WrittenSpan.ToArray();
        Encoding.ASCII.GetBytes(
            Guid.NewGuid().ToString().ToUpperInvariant(),
            message.AsSpan(message.AsSpan().IndexOf("guid=\""u8) + "guid=\"".Length)
        );
        return message;
    }
}
