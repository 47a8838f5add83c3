using System.Diagnostics;
using System.Text;
using Confluent.Kafka;
using ErrorCode = Confluent.Kafka.ErrorCode;

namespace ClearanceEngine.Tests;

/// <summary>Reads a partition of a topic from an offset on, outside any group.</summary>
sealed class TopicTail(string servers) : IDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    readonly IConsumer<byte[]?, byte[]?> _consumer = new ConsumerBuilder<byte[]?, byte[]?>(
        new ConsumerConfig
        {
            BootstrapServers = servers,
            GroupId = "topic-tail",
            EnableAutoCommit = false,
            EnablePartitionEof = true,
            FetchWaitMaxMs = 10,
            AutoOffsetReset = AutoOffsetReset.Earliest,
        }
    ).SetLogHandler((_, _) => { }).Build();

    /// <summary>The offset that the next record will have.</summary>
    public long End(string topic, int partition = 0)
    {
        var patience = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return _consumer
                    .QueryWatermarkOffsets(new TopicPartition(topic, partition), TimeSpan.FromSeconds(10))
                    .High.Value;
            }
            catch (KafkaException e) when (IsNew(e.Error.Code) && patience.Elapsed < Patience)
            {
                Thread.Sleep(100);
            }
        }
    }

    /// <summary>The topic was made a moment ago, and its broker does not lead it yet.</summary>
    static bool IsNew(ErrorCode code) =>
        code
            is ErrorCode.NotLeaderForPartition
                or ErrorCode.LeaderNotAvailable
                or ErrorCode.UnknownTopicOrPart;

    public IReadOnlyList<Message<byte[]?, byte[]?>> Read(string topic, long from, int partition = 0)
    {
        var records = new List<Message<byte[]?, byte[]?>>();
        if (End(topic, partition) <= from)
            return records;
        _consumer.Assign(new TopicPartitionOffset(topic, partition, from));
        while (_consumer.Consume(TimeSpan.FromSeconds(10)) is { IsPartitionEOF: false } record)
            records.Add(record.Message);
        return records;
    }

    public static string Header(Message<byte[]?, byte[]?> record, string name) =>
        record.Headers.TryGetLastBytes(name, out var bytes) ? Encoding.UTF8.GetString(bytes) : "";

    public void Dispose() => _consumer.Dispose();
}
