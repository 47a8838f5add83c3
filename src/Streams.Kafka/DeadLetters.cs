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

/// <summary>Key and value byte for byte, the original headers, and headers <c>dl-*</c> with reason and origin; a record too large for the dead-letter topic leaves its value where it came from.</summary>
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
        var headers = new Headers();
        // A dead letter that is retried and fails again tells of its last failure only.
        foreach (var header in record.Headers)
        {
            if (!header.Key.StartsWith(Prefix, StringComparison.Ordinal))
                headers.Add(header.Key, header.GetValueBytes());
        }
        foreach (var (name, text) in letter.Headers)
        {
            if (!name.StartsWith(Prefix, StringComparison.Ordinal))
                Add(name, text);
        }
        Add(Reason, letter.Reason);
        Add(Detail, letter.Detail);
        Add(Topic, record.Topic);
        Add(Partition, record.Partition.ToString(CultureInfo.InvariantCulture));
        Add(Offset, record.Offset.ToString(CultureInfo.InvariantCulture));
        Add(Timestamp, record.Timestamp.ToString("O", CultureInfo.InvariantCulture));
        Add(Attempts, letter.Attempts.ToString(CultureInfo.InvariantCulture));
        if (letter.Exception is { } exception)
            Add(Exception, exception.ToString());
        try
        {
            await producer
                .Produce(
                    deadLetterTopic,
                    record.Key,
                    record.IsTombstone ? null : record.Value,
                    headers,
                    cancellationToken
                )
                .ConfigureAwait(false);
        }
        catch (KafkaRefusedException) when (record.Value.Length > 0)
        {
            // Its own topic takes larger records than this one. Without the value the letter still tells why, and where the record lies; its partition must not wait for ever.
            Add(Omitted, $"{record.Value.Length.ToString(CultureInfo.InvariantCulture)} bytes");
            await producer
                .Produce(deadLetterTopic, null, ReadOnlyMemory<byte>.Empty, headers, cancellationToken)
                .ConfigureAwait(false);
        }

        void Add(string name, string text) =>
            headers.Add(name, Encoding.UTF8.GetBytes(text.Length > HeaderLimit ? text[..HeaderLimit] : text));
    }
}
