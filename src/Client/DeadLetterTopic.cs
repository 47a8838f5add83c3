using System.Text;
using System.Text.Json.Serialization;
using Confluent.Kafka;

namespace ClearanceEngine.Client;

/// <summary>A dead letter: a record that the engine could not take, with its reason and origin.</summary>
/// <param name="Offset">Its number in the dead-letter topic.</param>
/// <param name="Reason">Stable name of the reason.</param>
/// <param name="Detail">What is wrong and what to do.</param>
/// <param name="Topic">Topic it came from.</param>
/// <param name="Origin">Partition and offset there.</param>
/// <param name="Time">When it came there.</param>
/// <param name="Attempts">Tries before it was parked.</param>
public sealed record DeadLetterEntry(
    long Offset,
    string Reason,
    string Detail,
    string Topic,
    string Origin,
    string Time,
    string Attempts
)
{
    [JsonIgnore]
    public required byte[] Value { get; init; }

    [JsonIgnore]
    public required byte[]? RecordKey { get; init; }

    [JsonIgnore]
    public required Headers Headers { get; init; }
}

/// <summary>Reads <c>clearance.dead-letters</c> outside any group, and puts letters back where they came from.</summary>
public sealed class DeadLetterTopic(string servers, TimeSpan timeout)
{
    const string Topic = TopicNames.DeadLetters;

    /// <summary>All letters, oldest first, or from an offset.</summary>
    /// <exception cref="KafkaException">The broker cannot be reached.</exception>
    public IReadOnlyList<DeadLetterEntry> Read(long from = 0)
    {
        using var consumer = new ConsumerBuilder<byte[]?, byte[]>(
            new ConsumerConfig
            {
                BootstrapServers = servers,
                GroupId = "clearance-dead-letters-reader",
                EnableAutoCommit = false,
                EnablePartitionEof = true,
                FetchWaitMaxMs = 20,
                AutoOffsetReset = AutoOffsetReset.Earliest,
            }
        ).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
        var partition = new TopicPartition(Topic, 0);
        var bounds = consumer.QueryWatermarkOffsets(partition, timeout);
        var letters = new List<DeadLetterEntry>();
        if (bounds.High.Value <= Math.Max(from, bounds.Low.Value))
            return letters;
        consumer.Assign(new TopicPartitionOffset(partition, new Offset(Math.Max(from, bounds.Low.Value))));
        for (var end = DateTime.UtcNow + timeout; DateTime.UtcNow < end; )
        {
            var result = consumer.Consume(TimeSpan.FromMilliseconds(100));
            if (result is null)
                continue;
            if (result.IsPartitionEOF)
                break;
            string Text(string name) =>
                result.Message.Headers.TryGetLastBytes(name, out var bytes)
                    ? Encoding.UTF8.GetString(bytes)
                    : "";
            letters.Add(
                new DeadLetterEntry(
                    result.Offset.Value,
                    Text("dl-reason"),
                    Text("dl-detail"),
                    Text("dl-topic"),
                    $"[{Text("dl-partition")}]@{Text("dl-offset")}",
                    Text("dl-timestamp"),
                    Text("dl-attempts")
                )
                {
                    Value = result.Message.Value,
                    RecordKey = result.Message.Key,
                    Headers = result.Message.Headers,
                }
            );
        }
        return letters;
    }

    /// <summary>Puts a letter back on the topic it came from, as it was; the letter itself stays as a record of what happened.</summary>
    public async Task Retry(DeadLetterEntry letter)
    {
        using var producer = new ProducerBuilder<byte[]?, byte[]>(
            new ProducerConfig
            {
                BootstrapServers = servers,
                Acks = Acks.All,
                MessageTimeoutMs = (int)timeout.TotalMilliseconds,
                MessageMaxBytes = 8 * 1024 * 1024,
            }
        ).Build();
        var headers = new Headers();
        // The door that once waited is long gone.
        foreach (
            var header in letter.Headers.Where(h =>
                !h.Key.StartsWith("dl-", StringComparison.Ordinal)
                && (
                    !h.Key.StartsWith("ce-", StringComparison.Ordinal)
                    || h.Key is TopicNames.ArrivedHeader or TopicNames.ArrivedMacHeader
                )
            )
        )
            headers.Add(header.Key, header.GetValueBytes());
        await producer.ProduceAsync(
            letter.Topic,
            new Message<byte[]?, byte[]>
            {
                Key = letter.RecordKey,
                Value = letter.Value,
                Headers = headers,
            }
        );
    }
}
