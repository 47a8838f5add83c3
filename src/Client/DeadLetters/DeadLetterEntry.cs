using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using Confluent.Kafka;
using Letters = ClearanceEngine.Streams.Kafka.DeadLetters;

namespace ClearanceEngine.Client.DeadLetters;

/// <summary>What a dead letter says of itself.</summary>
/// <param name="Partition">Its partition of the dead-letter topic.</param>
/// <param name="Offset">Its number there.</param>
/// <param name="Parked">When it was put there.</param>
/// <param name="Reason">Stable name of the reason.</param>
/// <param name="Detail">What is wrong and what to do.</param>
/// <param name="Topic">Topic that the record came from.</param>
/// <param name="OriginPartition">Its partition there; null when unknown.</param>
/// <param name="OriginOffset">Its offset there; null when unknown, negative when it never lay there.</param>
/// <param name="Arrived">When the record first came: what an earlier retry kept, else its time on the topic it came from.</param>
/// <param name="Attempts">Tries before it was parked.</param>
/// <param name="Retried">How often it has been put back before.</param>
/// <param name="Omitted">Its value was too large for the dead letters and lies where it came from.</param>
public sealed record DeadLetterEntry(
    int Partition,
    long Offset,
    DateTimeOffset Parked,
    string Reason,
    string Detail,
    string Topic,
    int? OriginPartition,
    long? OriginOffset,
    string Arrived,
    string Attempts,
    int Retried,
    bool Omitted
)
{
    /// <summary>Where the letter lies, as <c>partition:offset</c>.</summary>
    [JsonPropertyOrder(-1)]
    public string Position => At.ToString();

    /// <summary>The run that put this letter back; null when none did, or when it was not asked for.</summary>
    public string? PutBackBy { get; init; }

    /// <summary>Its sender's headers were too large for the dead letters and lie where it came from.</summary>
    public bool OmittedHeaders { get; init; }

    /// <summary>Whether anything of its record is not here, and lies where it came from only.</summary>
    [JsonIgnore]
    internal bool IsPartial => Omitted || OmittedHeaders;

    [JsonIgnore]
    internal LetterPosition At => new(Partition, Offset);

    /// <summary>The broker's time of the record that the letter is of, in whole milliseconds; null when the letter does not say.</summary>
    [JsonIgnore]
    internal long? OriginMillis { get; init; }

    /// <summary>Where the record came from, for people.</summary>
    [JsonIgnore]
    public string Origin => $"{Topic}[{OriginPartition}]@{OriginOffset}";

    internal static DeadLetterEntry Of(ConsumeResult<byte[]?, byte[]?> record)
    {
        var headers = record.Message.Headers ?? [];
        var parked = new DateTimeOffset(record.Message.Timestamp.UtcDateTime, TimeSpan.Zero);
        return new DeadLetterEntry(
            record.Partition.Value,
            record.Offset.Value,
            parked,
            Text(headers, Letters.Reason),
            Text(headers, Letters.Detail),
            Text(headers, Letters.Topic),
            (int?)Number(headers, Letters.Partition),
            Number(headers, Letters.Offset),
            ArrivedOf(headers),
            Text(headers, Letters.Attempts),
            RetriedOf(headers),
            headers.TryGetLastBytes(Letters.Omitted, out _)
        )
        {
            OriginMillis = Millis(Text(headers, Letters.Timestamp)),
            OmittedHeaders = headers.TryGetLastBytes(Letters.OmittedHeaders, out _),
        };
    }

    /// <summary>When a record first came: what an earlier retry kept, else its time on the topic it came from; empty when its headers do not say.</summary>
    internal static string ArrivedOf(Headers headers)
    {
        var arrived = Text(headers, TopicNames.ArrivedHeader);
        return arrived.Length > 0 ? arrived : Text(headers, Letters.Timestamp);
    }

    /// <summary>How often a record has been put back before.</summary>
    internal static int RetriedOf(Headers headers) => (int)(Number(headers, TopicNames.RetriedHeader) ?? 0);

    static string Text(Headers headers, string name) =>
        headers.TryGetLastBytes(name, out var bytes) && bytes is not null
            ? Encoding.UTF8.GetString(bytes)
            : "";

    static long? Millis(string time) =>
        DateTimeOffset.TryParse(
            time,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var parsed
        )
            ? parsed.ToUnixTimeMilliseconds()
            : null;

    /// <summary>Headers come from others; what is no number of a sensible size is none.</summary>
    static long? Number(Headers headers, string name) =>
        long.TryParse(Text(headers, name), NumberStyles.Integer, CultureInfo.InvariantCulture, out var number)
        && (name == Letters.Offset || number is >= 0 and < int.MaxValue)
            ? number
            : null;
}

/// <summary>A dead letter with what it holds.</summary>
/// <param name="About">What it says of itself.</param>
/// <param name="Key">The record's key; null when it has none.</param>
/// <param name="Value">The record's value; null for a tombstone.</param>
/// <param name="Headers">All its headers.</param>
sealed record DeadLetterRecord(DeadLetterEntry About, byte[]? Key, byte[]? Value, Headers Headers)
{
    public int Size => (Key?.Length ?? 0) + (Value?.Length ?? 0);

    public static DeadLetterRecord Of(ConsumeResult<byte[]?, byte[]?> record) =>
        new(
            DeadLetterEntry.Of(record),
            record.Message.Key,
            record.Message.Value,
            record.Message.Headers ?? []
        );
}
