using Confluent.Kafka;
using Confluent.Kafka.Admin;
using ErrorCode = Confluent.Kafka.ErrorCode;

namespace ClearanceEngine.Tests.Chaos;

/// <summary>A record as the outside sees it.</summary>
sealed record SeenRecord(TopicPartition Partition, long Offset, byte[] Value, string? Key);

/// <summary>What is in Kafka, read beside the engine; each look goes on where the last one ended.</summary>
sealed class Topics(string bootstrapServers) : IDisposable
{
    readonly IConsumer<byte[]?, byte[]?> _consumer = new ConsumerBuilder<byte[]?, byte[]?>(
        new ConsumerConfig
        {
            BootstrapServers = bootstrapServers,
            GroupId = "outside-checker",
            EnableAutoCommit = false,
            MessageMaxBytes = 8_000_000,
            ReceiveMessageMaxBytes = 200_000_000,
        }
    ).SetLogHandler((_, _) => { }).Build();
    readonly IAdminClient _admin = new AdminClientBuilder(
        new AdminClientConfig { BootstrapServers = bootstrapServers }
    )
        .SetLogHandler((_, _) => { })
        .Build();
    readonly Dictionary<TopicPartition, long> _next = [];

    /// <summary>Everything new in the topics whose names begin so.</summary>
    public List<SeenRecord> Read(params ReadOnlySpan<string> prefixes)
    {
        var found = new List<SeenRecord>();
        var wanted = prefixes.ToArray();
        var open = new Dictionary<TopicPartition, long>();
        foreach (
            var topic in _admin
                .GetMetadata(TimeSpan.FromSeconds(20))
                .Topics.Where(t => wanted.Any(p => t.Topic.StartsWith(p, StringComparison.Ordinal)))
        )
        {
            foreach (
                var partition in topic.Partitions.Select(p => new TopicPartition(topic.Topic, p.PartitionId))
            )
            {
                var end = End(partition);
                if (end > _next.GetValueOrDefault(partition))
                    open[partition] = end;
            }
        }
        _consumer.Assign(open.Keys.Select(p => new TopicPartitionOffset(p, _next.GetValueOrDefault(p))));
        while (open.Count > 0)
        {
            var result = _consumer.Consume(TimeSpan.FromSeconds(20))
                ?? throw new TimeoutException($"Kafka did not give all of {string.Join(", ", open.Keys)}.");
            if (!open.TryGetValue(result.TopicPartition, out var end))
                continue;
            if (result.Offset.Value < end)
                found.Add(
                    new SeenRecord(
                        result.TopicPartition,
                        result.Offset.Value,
                        result.Message.Value ?? [],
                        result.Message.Key is { } key ? System.Text.Encoding.UTF8.GetString(key) : null
                    )
                );
            _next[result.TopicPartition] = result.Offset.Value + 1;
            if (result.Offset.Value + 1 >= end)
                open.Remove(result.TopicPartition);
        }
        _consumer.Unassign();
        return found;
    }

    /// <summary>The end of a partition. A leader that just moved to another node is waited for.</summary>
    public long End(TopicPartition partition)
    {
        for (var deadline = DateTime.UtcNow.AddMinutes(2); ; Thread.Sleep(1_000))
        {
            try
            {
                return _consumer.QueryWatermarkOffsets(partition, TimeSpan.FromSeconds(20)).High.Value;
            }
            catch (KafkaException e) when (IsMoving(e.Error.Code) && DateTime.UtcNow < deadline)
            {
                // Asked again.
            }
        }
    }

    static bool IsMoving(ErrorCode code) =>
        code is ErrorCode.NotLeaderForPartition or ErrorCode.LeaderNotAvailable;

    /// <summary>What a group has committed. A coordinator that just moved to another node is waited for.</summary>
    public async Task<Dictionary<TopicPartition, long>> Committed(string group)
    {
        for (var end = DateTime.UtcNow.AddMinutes(2); ; await Task.Delay(1_000))
        {
            try
            {
                var offsets = await _admin.ListConsumerGroupOffsetsAsync(
                    [new ConsumerGroupTopicPartitions(group, null)],
                    new ListConsumerGroupOffsetsOptions { RequestTimeout = TimeSpan.FromSeconds(30) }
                );
                return offsets[0]
                    .Partitions.Where(p => p.Offset.Value >= 0)
                    .ToDictionary(p => p.TopicPartition, p => p.Offset.Value);
            }
            catch (KafkaException e)
                when (DateTime.UtcNow < end
                    && e.Error.Code
                        is ErrorCode.GroupLoadInProgress
                            or ErrorCode.GroupCoordinatorNotAvailable
                            or ErrorCode.NotCoordinatorForGroup
                            or ErrorCode.Local_TimedOut
                            or ErrorCode.Local_Transport
                )
            {
                // Soon.
            }
        }
    }

    public void Dispose()
    {
        _consumer.Dispose();
        _admin.Dispose();
    }
}
