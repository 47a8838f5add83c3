using Confluent.Kafka;

namespace ClearanceEngine.Tests.Privacy;

/// <summary>Everything that stands in a broker.</summary>
static class KafkaDump
{
    public static IReadOnlyList<ConsumeResult<byte[]?, byte[]?>> Read(string bootstrapServers)
    {
        using var consumer = new ConsumerBuilder<byte[]?, byte[]?>(
            new ConsumerConfig
            {
                BootstrapServers = bootstrapServers,
                GroupId = "privacy",
                EnableAutoCommit = false,
                EnablePartitionEof = true,
                FetchWaitMaxMs = 20,
                AutoOffsetReset = AutoOffsetReset.Error,
            }
        ).Build();
        using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        var partitions = admin
            .GetMetadata(TimeSpan.FromSeconds(10))
            .Topics.Where(t => !t.Topic.StartsWith("__", StringComparison.Ordinal))
            .SelectMany(t =>
                t.Partitions.Select(p => new TopicPartitionOffset(t.Topic, p.PartitionId, Offset.Beginning))
            )
            .ToArray();
        consumer.Assign(partitions);
        var records = new List<ConsumeResult<byte[]?, byte[]?>>();
        var ends = new HashSet<TopicPartition>();
        while (ends.Count < partitions.Length)
        {
            var result = consumer.Consume(TimeSpan.FromSeconds(20))
                ?? throw new TimeoutException(
                    $"{ends.Count} of {partitions.Length} partitions read to their end in time."
                );
            if (result.IsPartitionEOF)
                ends.Add(result.TopicPartition);
            else
                records.Add(result);
        }
        return records;
    }
}
