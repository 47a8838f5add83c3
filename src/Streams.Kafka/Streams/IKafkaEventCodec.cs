using System.Text;
using System.Text.Json;

namespace ClearanceEngine.Streams.Kafka;

/// <summary>
/// Events as a record's value. No name of a CLR type is ever written: whoever subscribes says what type it expects. Runs where
/// the consumer runs, so silos and clients are given the same one. Thread-safe.
/// </summary>
public interface IKafkaEventCodec
{
    /// <summary>The value of the record that carries the event; null for a tombstone.</summary>
    byte[]? Encode<T>(T item);

    /// <summary>The events of a record, none to many, for a consumer that expects this type.</summary>
    /// <exception cref="Exception">It holds no such event: the delivery fails, is tried again and at last goes to the failure handler.</exception>
    IEnumerable<T> Decode<T>(FeedRecord record);
}

/// <summary>JSON in UTF-8 by System.Text.Json; <c>byte[]</c>, <c>ReadOnlyMemory&lt;byte&gt;</c> and <c>string</c> as they are. A tombstone holds no event, except for who wants the record itself.</summary>
public sealed class JsonEventCodec(JsonSerializerOptions? options = null) : IKafkaEventCodec
{
    readonly JsonSerializerOptions _options = options ?? JsonSerializerOptions.Default;

    /// <inheritdoc/>
    public byte[]? Encode<T>(T item) =>
        item switch
        {
            byte[] bytes => bytes,
            ReadOnlyMemory<byte> memory => memory.ToArray(),
            string text => Encoding.UTF8.GetBytes(text),
            _ => JsonSerializer.SerializeToUtf8Bytes(item, _options),
        };

    /// <inheritdoc/>
    public IEnumerable<T> Decode<T>(FeedRecord record)
    {
        if (record.IsTombstone)
            return [];
        if (typeof(T) == typeof(byte[]))
            return [(T)(object)record.Value.ToArray()];
        if (typeof(T) == typeof(ReadOnlyMemory<byte>))
            return [(T)(object)record.Value];
        if (typeof(T) == typeof(string))
            return [(T)(object)Encoding.UTF8.GetString(record.Value.Span)];
        return [JsonSerializer.Deserialize<T>(record.Value.Span, _options)!];
    }
}
