using ClearanceEngine.Streams.Kafka;
using Confluent.Kafka;

namespace ClearanceEngine.Silo.Changes;

/// <summary>Clients that read receipts topics from given offsets, outside any group: where a reader stands is its cursor's to say.</summary>
static class ReceiptConsumers
{
    /// <summary>A client wants the name of a group; nothing is committed for it.</summary>
    public const string Group = "clearance-engine-changes";

    /// <summary>What such a client reads ahead, at most, and fetches at once.</summary>
    const int ReadAheadKilobytes = 8 * 1024,
        FetchBytes = 8 * 1024 * 1024;

    public static IConsumer<byte[]?, byte[]?> Build(KafkaConnectionOptions kafka)
    {
        var config = new ConsumerConfig
        {
            GroupId = Group,
            EnableAutoCommit = false,
            EnableAutoOffsetStore = false,
            EnablePartitionEof = true,
            // Going on somewhere else would be a gap that nobody is told of.
            AutoOffsetReset = AutoOffsetReset.Error,
            AllowAutoCreateTopics = false,
            FetchMinBytes = 1,
            // The development broker answers at its end only.
            FetchWaitMaxMs = 50,
            FetchMaxBytes = FetchBytes,
            QueuedMaxMessagesKbytes = ReadAheadKilobytes,
        };
        return new ConsumerBuilder<byte[]?, byte[]?>(kafka.Apply(config, kafka.Consumer))
            .SetErrorHandler((_, _) => { })
            .SetLogHandler((_, _) => { })
            .Build();
    }
}
