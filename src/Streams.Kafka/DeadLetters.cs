using System.Globalization;
using System.Text;
using Confluent.Kafka;

namespace ClearanceEngine.Streams.Kafka;

/// <summary>Why a record went to the dead letters.</summary>
public sealed record DeadLetter(string Reason, string Detail, int Attempts, Exception? Exception = null)
{
    /// <summary>Further headers; names that begin with <c>dl-</c> are left out.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();
}

/// <summary>Keeps records that will never be right, with their reason and origin.</summary>
public interface IDeadLetters
{
    /// <summary>Returns when the broker has it.</summary>
    Task Park(
        string deadLetterTopic,
        FeedRecord record,
        DeadLetter letter,
        CancellationToken cancellationToken
    );
}

/// <summary>Key and value byte for byte, the original headers, and headers <c>dl-*</c> with reason and origin; what is too large for the dead-letter topic, first the value, then the sender's headers, stays where it came from.</summary>
public sealed class DeadLetters(IKafkaProducer producer) : IDeadLetters
{
    /// <summary>How the names of these headers begin; a record that is put back has none of them.</summary>
    public const string Prefix = "dl-";

    public const string Reason = "dl-reason",
        Detail = "dl-detail",
        Topic = "dl-topic",
        Partition = "dl-partition",
        Offset = "dl-offset",
        Timestamp = "dl-timestamp",
        Attempts = "dl-attempts",
        Exception = "dl-exception",
        Omitted = "dl-omitted";

    /// <summary>
    /// Longest text of one header: a stack trace must not make the letter larger than the topic allows. Reason, detail and
    /// exception together stay below <see cref="KafkaConnectionOptions.DeadLetterRoom"/> at three bytes a character.
    /// </summary>
    const int HeaderLimit = 6_000;

    public async Task Park(
        string deadLetterTopic,
        FeedRecord record,
        DeadLetter letter,
        CancellationToken cancellationToken
    )
    {
        var about = About(record, letter);
        var value = record.IsTombstone ? null : (ReadOnlyMemory<byte>?)record.Value;
        try
        {
            await Produce(record.Key, value, WithSenders(record, about)).ConfigureAwait(false);
            return;
        }
        catch (KafkaRefusedException)
        {
            // Its own topic takes larger records than this one. Without the value the letter still tells why, and where the record lies; its partition must not wait for ever.
            Add(about, Omitted, $"{record.Value.Length.ToString(CultureInfo.InvariantCulture)} bytes");
        }
        try
        {
            await Produce(null, ReadOnlyMemory<byte>.Empty, WithSenders(record, about)).ConfigureAwait(false);
        }
        catch (KafkaRefusedException)
        {
            // It was the sender's headers that are too large: they stay where the record lies, as well.
            await Produce(null, ReadOnlyMemory<byte>.Empty, about).ConfigureAwait(false);
        }

        Task Produce(ReadOnlyMemory<byte>? key, ReadOnlyMemory<byte>? content, Headers headers) =>
            producer.Produce(deadLetterTopic, key, content, headers, cancellationToken);
    }

    /// <summary>What we say of it; bounded, whatever the record holds.</summary>
    static Headers About(FeedRecord record, DeadLetter letter)
    {
        var headers = new Headers();
        foreach (var (name, text) in letter.Headers)
        {
            if (!name.StartsWith(Prefix, StringComparison.Ordinal))
                Add(headers, name, text);
        }
        Add(headers, Reason, letter.Reason);
        Add(headers, Detail, letter.Detail);
        Add(headers, Topic, record.Topic);
        Add(headers, Partition, record.Partition.ToString(CultureInfo.InvariantCulture));
        Add(headers, Offset, record.Offset.ToString(CultureInfo.InvariantCulture));
        Add(headers, Timestamp, record.Timestamp.ToString("O", CultureInfo.InvariantCulture));
        Add(headers, Attempts, letter.Attempts.ToString(CultureInfo.InvariantCulture));
        if (letter.Exception is { } exception)
            Add(headers, Exception, exception.ToString());
        return headers;
    }

    /// <summary>The sender's headers before ours. Of a letter that was retried and failed again only the last failure is told.</summary>
    static Headers WithSenders(FeedRecord record, Headers about)
    {
        var headers = new Headers();
        var senders = record.Headers.Where(h => !h.Key.StartsWith(Prefix, StringComparison.Ordinal));
        foreach (var header in senders.Concat(about))
            headers.Add(header.Key, header.GetValueBytes());
        return headers;
    }

    static void Add(Headers headers, string name, string text) =>
        headers.Add(name, Encoding.UTF8.GetBytes(text.Length > HeaderLimit ? text[..HeaderLimit] : text));
}
