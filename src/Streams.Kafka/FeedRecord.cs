using System.Text;
using Confluent.Kafka;

namespace ClearanceEngine.Streams.Kafka;

/// <summary>One record of Kafka on its way to its handler.</summary>
/// <param name="Topic">Topic.</param>
/// <param name="Partition">Partition.</param>
/// <param name="Offset">Offset.</param>
/// <param name="Timestamp">Kafka's time of the record.</param>
/// <param name="Key">Key; null when it has none.</param>
/// <param name="Value">Value; empty for a tombstone.</param>
/// <param name="Headers">Headers.</param>
public sealed record FeedRecord(
    string Topic,
    int Partition,
    long Offset,
    DateTimeOffset Timestamp,
    ReadOnlyMemory<byte>? Key,
    ReadOnlyMemory<byte> Value,
    Headers Headers
)
{
    /// <summary>The record has no value at all, which in Kafka is another thing than an empty one.</summary>
    public bool IsTombstone { get; init; }

    /// <summary>Which try this is: 1 for the first.</summary>
    public int Attempt { get; internal set; } = 1;

    /// <summary>A header as text; null when absent. Of several with one name, the last counts.</summary>
    public string? Header(string name) =>
        Headers.TryGetLastBytes(name, out var bytes) && bytes is not null
            ? Encoding.UTF8.GetString(bytes)
            : null;

    internal int Size => Value.Length + (Key?.Length ?? 0);

    internal static FeedRecord Of(ConsumeResult<byte[]?, byte[]?> result) =>
        new(
            result.Topic,
            result.Partition.Value,
            result.Offset.Value,
            new DateTimeOffset(result.Message.Timestamp.UtcDateTime, TimeSpan.Zero),
            result.Message.Key is { } key ? key : (ReadOnlyMemory<byte>?)null,
            result.Message.Value ?? [],
            result.Message.Headers ?? []
        )
        {
            IsTombstone = result.Message.Value is null,
        };

    /// <inheritdoc/>
    public override string ToString() => $"{Topic}[{Partition}]@{Offset}";
}

/// <summary>Does the work of a feed.</summary>
public interface IFeedHandler
{
    /// <summary>
    /// Handles one record; when it returns, the consequences are durable and the offset may be committed. The token ends
    /// when the partition was taken away: from then on nothing that the handler does counts.
    /// </summary>
    /// <exception cref="PoisonRecordException">The record will never be right: it goes to the dead-letter topic at once. Any other exception means "try again".</exception>
    ValueTask Handle(FeedRecord record, CancellationToken cancellationToken);
}

/// <summary>A record that will never be right, however often it is tried.</summary>
public sealed class PoisonRecordException(string reason, string detail, Exception? inner = null)
    : Exception($"{reason}: {detail}", inner)
{
    /// <summary>Short stable name, for the header <c>dl-reason</c>.</summary>
    public string Reason { get; } = reason;

    /// <summary>What is wrong and what to do, for the header <c>dl-detail</c>.</summary>
    public string Detail { get; } = detail;

    /// <summary>Further headers of the dead letter, such as who sent it; names that begin with <c>dl-</c> are left out.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();
}
