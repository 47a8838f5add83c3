using System.Text;
using Confluent.Kafka;
using Orleans.Runtime;
using Orleans.Streams;

namespace ClearanceEngine.Streams.Kafka;

/// <summary>
/// Queues of a provider: as many a topic as it may have partitions, whether they are there yet or not, because Orleans fixes
/// them when a silo starts. The same for all silos, whatever they know of Kafka.
/// </summary>
sealed class QueueMap(
    string provider,
    KafkaStreamOptions options,
    IKafkaStreamMapper mapper,
    Func<string, int?> count
) : IConsistentRingStreamQueueMapper
{
    readonly Dictionary<QueueId, TopicPartition> _partitions = options
        .Topics.SelectMany(t => Enumerable.Range(0, options.Partitions).Select(p => new TopicPartition(t, p)))
        .ToDictionary(p => Queue(provider, p));

    public IEnumerable<QueueId> GetAllQueues() => _partitions.Keys;

    public IEnumerable<QueueId> GetQueuesForRange(IRingRange range) =>
        _partitions.Keys.Where(q => range.InRange(q.GetUniformHashCode())).ToList();

    public TopicPartition PartitionOf(QueueId queue) => _partitions[queue];

    /// <summary>Where the stream's events are written while the topic has as many partitions as were counted last.</summary>
    public QueueId GetQueueForStream(StreamId streamId)
    {
        var place = mapper.PlaceOf(streamId);
        var partition = place.Partition
            ?? (
                place.Key is { } key
                    ? Murmur2.Partition(key.Span, count(place.Topic) ?? options.Partitions)
                    : 0
            );
        return Queue(provider, new TopicPartition(place.Topic, partition));
    }

    static QueueId Queue(string provider, TopicPartition partition) =>
        QueueId.GetQueueId(
            $"{provider}/{partition.Topic}",
            (uint)partition.Partition.Value,
            Spread(partition)
        );

    /// <summary>Evenly over the ring, without knowing how many there are: steps of the golden ratio from a start of the topic's own.</summary>
    static uint Spread(TopicPartition partition) =>
        unchecked(
            (uint)Murmur2.Hash(Encoding.UTF8.GetBytes(partition.Topic))
            + ((uint)partition.Partition.Value * 2_654_435_769u)
        );
}
