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

/// <summary>
/// Key and value byte for byte, the original headers, and headers <c>dl-*</c> with reason and origin. What is too large for the
/// dead-letter topic stays where it came from: the sender's headers where the value alone fits, else the value, else both.
/// </summary>
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
        Omitted = "dl-omitted",
        OmittedHeaders = "dl-omitted-headers";

    /// <summary>
    /// Longest text of one header: a stack trace must not make the letter larger than the topic allows. Reason, detail and
    /// exception together stay below <see cref="KafkaConnectionOptions.DeadLetterRoom"/> at three bytes a character.
    /// </summary>
    const int HeaderLimit = 6_000;

    /// <summary>What of a record goes into its letter.</summary>
    sealed record Kept(bool Value, bool Headers);

    /// <summary>From all of it to nothing: a topic takes the last, whatever a record holds. The value is the document, so it goes before the headers.</summary>
    static readonly Kept[] FromAllToNothing =
    [
        new(Value: true, Headers: true),
        new(Value: true, Headers: false),
        new(Value: false, Headers: true),
        new(Value: false, Headers: false),
    ];

    public async Task Park(
        string deadLetterTopic,
        FeedRecord record,
        DeadLetter letter,
        CancellationToken cancellationToken
    )
    {
        var about = About(record, letter);
        foreach (var kept in FromAllToNothing)
        {
            try
            {
                await Send(deadLetterTopic, record, about, kept, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (KafkaRefusedException) when (kept != FromAllToNothing[^1])
            {
                // Its own topic takes larger records than this one. With less of it the letter still tells why, and where the record lies; its partition must not wait for ever.
            }
        }
    }

    Task Send(
        string deadLetterTopic,
        FeedRecord record,
        Headers about,
        Kept kept,
        CancellationToken cancellationToken
    )
    {
        var headers = kept.Headers ? Senders(record) : [];
        foreach (var header in about)
            headers.Add(header.Key, header.GetValueBytes());

        if (!kept.Headers)
            Add(headers, OmittedHeaders, Bytes(record.Headers.Sum(Size)));
        if (!kept.Value)
        {
            Add(headers, Omitted, Bytes(record.Value.Length));
            return producer.Produce(
                deadLetterTopic,
                null,
                ReadOnlyMemory<byte>.Empty,
                headers,
                cancellationToken
            );
        }

        ReadOnlyMemory<byte>? value = record.IsTombstone ? null : record.Value;
        return producer.Produce(deadLetterTopic, record.Key, value, headers, cancellationToken);
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

    /// <summary>The sender's headers, which stand before ours. Of a letter that was retried and failed again only the last failure is told.</summary>
    static Headers Senders(FeedRecord record)
    {
        var headers = new Headers();
        foreach (var header in record.Headers)
        {
            if (!header.Key.StartsWith(Prefix, StringComparison.Ordinal))
                headers.Add(header.Key, header.GetValueBytes());
        }
        return headers;
    }

    static int Size(IHeader header) => header.Key.Length + (header.GetValueBytes()?.Length ?? 0);

    static string Bytes(int count) => $"{count.ToString(CultureInfo.InvariantCulture)} bytes";

    static void Add(Headers headers, string name, string text) =>
        headers.Add(name, Encoding.UTF8.GetBytes(text.Length > HeaderLimit ? text[..HeaderLimit] : text));
}
