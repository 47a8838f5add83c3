using System.Diagnostics;
using ClearanceEngine.Client.Kafka;
using Confluent.Kafka;

namespace ClearanceEngine.Client.DeadLetters;

/// <summary>Finds records whose value was too large for the dead letters where they came from.</summary>
sealed class OriginReader(KafkaClients clients)
{
    IConsumer<byte[]?, byte[]?>? _consumer;
    IReadOnlyDictionary<string, int>? _partitions;

    /// <summary>The record that a letter is of; null when it is no longer there.</summary>
    /// <exception cref="KafkaException">Kafka is out of reach.</exception>
    public Message<byte[]?, byte[]?>? Find(DeadLetterEntry letter)
    {
        if (letter is not { OriginPartition: { } partition, OriginOffset: >= 0 and var offset })
            return null;

        _consumer ??= clients.Consumer(DeadLetterReader.LookingGroup);
        var place = new TopicPartition(letter.Topic, new Partition(partition));
        if (!IsThere(place))
            return null;
        var bounds = clients.Reach(() => _consumer.QueryWatermarkOffsets(place, clients.Patience));
        if (offset < bounds.Low.Value || offset >= bounds.High.Value)
            return null;

        _consumer.Assign(new TopicPartitionOffset(place, offset));
        var found = First();
        if (found.IsPartitionEOF || found.Offset.Value != offset)
            return null;
        return IsOf(letter, found.Message) ? found.Message : null;
    }

    /// <summary>A topic that was made anew with fewer partitions has this one no more.</summary>
    bool IsThere(TopicPartition place)
    {
        _partitions ??= clients.Topics();
        return _partitions.TryGetValue(place.Topic, out var count) && place.Partition.Value < count;
    }

    /// <summary>In a topic that was made anew another record may lie at the offset; the broker's time tells the two apart.</summary>
    static bool IsOf(DeadLetterEntry letter, Message<byte[]?, byte[]?> message) =>
        letter.OriginMillis is not { } millis || message.Timestamp.UnixTimestampMs == millis;

    ConsumeResult<byte[]?, byte[]?> First()
    {
        var since = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(since) <= clients.Patience)
        {
            if (clients.Reach(() => _consumer!.Consume(TimeSpan.FromMilliseconds(100))) is { } record)
                return record;
        }
        throw clients.Away(new Error(ErrorCode.Local_TimedOut));
    }
}
