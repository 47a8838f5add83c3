using System.Globalization;
using System.Text;
using ClearanceEngine.DevelopmentBroker;
using ClearanceEngine.Streams.Kafka;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using DeadLetterHeaders = ClearanceEngine.Streams.Kafka.DeadLetters;

namespace ClearanceEngine.Tests;

/// <summary>Topics of one's own for dead letters, on any broker: puts letters there and looks at what came of them.</summary>
sealed class LetterBox : IDisposable
{
    readonly IProducer<byte[]?, byte[]?> _producer;

    LetterBox(string servers)
    {
        Servers = servers;
        Letters = $"dead-letters-{Guid.NewGuid():N}";
        _producer = new ProducerBuilder<byte[]?, byte[]?>(
            new ProducerConfig
            {
                BootstrapServers = servers,
                Acks = Acks.All,
                LingerMs = 5,
            }
        ).Build();
    }

    public string Servers { get; }

    /// <summary>The dead-letter topic, with <see cref="Partitions"/> partitions.</summary>
    public string Letters { get; }

    public string Runs => $"{Letters}.runs";

    /// <summary>The topics that letters came from; one partition each.</summary>
    public string Orders => $"{Letters}.orders";
    public string Receipts => $"{Letters}.receipts";

    public const int Partitions = 2;

    /// <summary>On a broker that makes no topics by request.</summary>
    public static Task<LetterBox> On(KafkaDevelopmentBroker broker)
    {
        var box = new LetterBox(broker.BootstrapServers);
        foreach (var topic in box.Topics)
            broker.CreateTopic(topic.Name, topic.Partitions);
        return Task.FromResult(box);
    }

    /// <summary>On a real one.</summary>
    public static async Task<LetterBox> On(string servers)
    {
        var box = new LetterBox(servers);
        var topics = new KafkaTopics(
            new KafkaConnectionOptions { BootstrapServers = servers },
            TimeProvider.System,
            NullLogger<KafkaTopics>.Instance
        );
        await topics.Ensure(box.Topics, -1, null, CancellationToken.None);
        return box;
    }

    TopicSpecification[] Topics => [new(Letters, Partitions), new(Runs, 1), new(Orders, 1), new(Receipts, 1)];

    /// <summary>Puts a letter; its value is its name.</summary>
    public async Task<long> Put(
        string name,
        string reason = "retries-exhausted",
        string? topic = null,
        int partition = 0,
        DateTimeOffset? parked = null,
        string? key = null,
        long origin = 7,
        params (string Name, string Text)[] headers
    )
    {
        var message = new Message<byte[]?, byte[]?>
        {
            Key = key is null ? null : Encoding.UTF8.GetBytes(key),
            Value = Encoding.UTF8.GetBytes(name),
            Headers = HeadersOf(reason, topic ?? Orders, origin, headers),
            Timestamp = new Timestamp(parked ?? DateTimeOffset.UtcNow),
        };
        var place = new TopicPartition(Letters, new Partition(partition));
        return (await _producer.ProduceAsync(place, message)).Offset.Value;
    }

    /// <summary>Puts many small letters, spread over the partitions; the value of each begins with its number.</summary>
    public void PutMany(int count, int bytes = 200)
    {
        var filler = new string('.', bytes);
        for (var i = 0; i < count; i++)
        {
            var message = new Message<byte[]?, byte[]?>
            {
                Value = Encoding.UTF8.GetBytes($"{i} {filler}"),
                Headers = HeadersOf("retries-exhausted", Orders, i, []),
            };
            Hand(new TopicPartition(Letters, new Partition(i % Partitions)), message);
        }
        _producer.Flush(TimeSpan.FromMinutes(1));
    }

    /// <summary>Puts a record on a topic, as its sender did; returns its offset.</summary>
    public async Task<long> PutOrigin(
        string topic,
        string key,
        string value,
        params (string Name, string Text)[] headers
    ) => (
            await _producer.ProduceAsync(
                topic,
                new Message<byte[]?, byte[]?>
                {
                    Key = Encoding.UTF8.GetBytes(key),
                    Value = Encoding.UTF8.GetBytes(value),
                    Headers = HeadersOf(headers),
                }
            )
        ).Offset.Value;

    /// <summary>All records of a topic of one partition.</summary>
    public List<Message<byte[]?, byte[]?>> Read(string topic)
    {
        using var consumer = Consumer("letter-box");
        var place = new TopicPartition(topic, new Partition(0));
        var end = consumer.QueryWatermarkOffsets(place, TimeSpan.FromSeconds(10)).High.Value;
        var records = new List<Message<byte[]?, byte[]?>>();
        consumer.Assign(new TopicPartitionOffset(place, Offset.Beginning));
        while (
            records.Count < end && consumer.Consume(TimeSpan.FromSeconds(10)) is { IsPartitionEOF: false } r
        )
            records.Add(r.Message);
        return records;
    }

    public IReadOnlyList<string> Values(string topic) =>
        [.. Read(topic).Select(r => Encoding.UTF8.GetString(r.Value ?? []))];

    /// <summary>The offset that the next record of a topic of one partition will have.</summary>
    public long End(string topic)
    {
        using var consumer = Consumer("letter-box");
        return consumer
            .QueryWatermarkOffsets(new TopicPartition(topic, new Partition(0)), TimeSpan.FromSeconds(10))
            .High.Value;
    }

    /// <summary>How far the group of a run has come in a partition of the letters; negative when it never committed.</summary>
    public long Committed(string run, int partition = 0)
    {
        using var consumer = Consumer($"clearance-retry-{run}");
        var place = new TopicPartition(Letters, new Partition(partition));
        return consumer.Committed([place], TimeSpan.FromSeconds(10))[0].Offset.Value;
    }

    public static string? Header(Message<byte[]?, byte[]?> record, string name) =>
        record.Headers.TryGetLastBytes(name, out var bytes) ? Encoding.UTF8.GetString(bytes) : null;

    public void Dispose() => _producer.Dispose();

    void Hand(TopicPartition place, Message<byte[]?, byte[]?> message)
    {
        while (true)
        {
            try
            {
                _producer.Produce(place, message);
                return;
            }
            catch (ProduceException<byte[]?, byte[]?> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
            {
                _producer.Poll(TimeSpan.FromMilliseconds(50));
            }
        }
    }

    static Headers HeadersOf(
        string reason,
        string topic,
        long offset,
        IReadOnlyList<(string Name, string Text)> further
    )
    {
        (string, string)[] usual =
        [
            (DeadLetterHeaders.Reason, reason),
            (DeadLetterHeaders.Detail, "坏了 it broke"),
            (DeadLetterHeaders.Topic, topic),
            (DeadLetterHeaders.Partition, "0"),
            (DeadLetterHeaders.Offset, offset.ToString(CultureInfo.InvariantCulture)),
            (DeadLetterHeaders.Timestamp, Arrived),
            (DeadLetterHeaders.Attempts, "3"),
        ];
        // Of several headers with one name the last counts.
        return HeadersOf(usual.Concat(further));
    }

    static Headers HeadersOf(IEnumerable<(string Name, string Text)> named)
    {
        var headers = new Headers();
        foreach (var (name, text) in named)
            headers.Add(name, Encoding.UTF8.GetBytes(text));
        return headers;
    }

    /// <summary>When the records of these letters first came.</summary>
    public const string Arrived = "2026-11-29T01:02:03.0000000+00:00";

    IConsumer<byte[]?, byte[]?> Consumer(string group) => new ConsumerBuilder<byte[]?, byte[]?>(
            new ConsumerConfig
            {
                BootstrapServers = Servers,
                GroupId = group,
                EnableAutoCommit = false,
                EnablePartitionEof = true,
                FetchWaitMaxMs = 20,
            }
        ).SetLogHandler((_, _) => { }).Build();
}
