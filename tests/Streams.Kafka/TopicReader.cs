using System.Text;
using Confluent.Kafka;

namespace ClearanceEngine.Tests;

/// <summary>Looks at topics from outside.</summary>
static class TopicReader
{
    /// <summary>Reads a topic from its beginning, outside any group, until so many records were seen or its end.</summary>
    public static async Task<List<ConsumeResult<byte[], byte[]>>> Read(
        string servers,
        string topic,
        int partitions,
        int count = int.MaxValue
    )
    {
        await Task.Yield();
        using var consumer = new ConsumerBuilder<byte[], byte[]>(
            new ConsumerConfig
            {
                BootstrapServers = servers,
                GroupId = $"reader-{Guid.NewGuid():N}",
                EnableAutoCommit = false,
                EnablePartitionEof = true,
                FetchWaitMaxMs = 20,
            }
        ).Build();
        consumer.Assign(
            Enumerable.Range(0, partitions).Select(p => new TopicPartitionOffset(topic, p, Offset.Beginning))
        );
        var records = new List<ConsumeResult<byte[], byte[]>>();
        var ended = new HashSet<int>();
        for (
            var deadline = DateTime.UtcNow.AddSeconds(20);
            DateTime.UtcNow < deadline && records.Count < count;

        )
        {
            var result = consumer.Consume(TimeSpan.FromMilliseconds(200));
            if (result is null)
                continue;
            if (!result.IsPartitionEOF)
                records.Add(result);
            else if (ended.Add(result.Partition.Value) && count == int.MaxValue && ended.Count == partitions)
                break;
        }
        return records;
    }

    public static string Header(ConsumeResult<byte[], byte[]> record, string name) =>
        Encoding.UTF8.GetString(record.Message.Headers.GetLastBytes(name));
}
