using System.Diagnostics;
using ClearanceEngine.Client.Kafka;
using Confluent.Kafka;

namespace ClearanceEngine.Client.DeadLetters;

/// <summary>Reads the dead letters one after the other, partition by partition; holds one at a time, and commits nothing by itself.</summary>
sealed class DeadLetterReader(KafkaClients clients, string topic, string group)
{
    /// <summary>Whoever only looks reads outside any group that commits.</summary>
    public const string LookingGroup = "clearance-dead-letters-reader";

    static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    readonly IConsumer<byte[]?, byte[]?> _consumer = clients.Consumer(group);

    /// <summary>What each partition holds now.</summary>
    /// <exception cref="Verbs.VerbException">There is no such topic.</exception>
    /// <exception cref="KafkaException">Kafka is out of reach.</exception>
    public IReadOnlyList<LetterSpan> Spans() =>
        [.. Enumerable.Range(0, clients.Partitions(topic)).Select(Span)];

    /// <summary>The letters of these stretches in their order, to the end of the last whatever there is.</summary>
    /// <exception cref="KafkaException">Kafka is out of reach, or says nothing for too long.</exception>
    /// <exception cref="OperationCanceledException">The token ended.</exception>
    public IEnumerable<DeadLetterRecord> Read(
        IEnumerable<LetterSpan> spans,
        CancellationToken cancellationToken
    ) => spans.SelectMany(s => Read(s, cancellationToken));

    /// <summary>The letters of one stretch. Offsets may be missing: Kafka's retention takes the oldest away.</summary>
    /// <exception cref="KafkaException">Kafka is out of reach, or says nothing for too long.</exception>
    /// <exception cref="OperationCanceledException">The token ended.</exception>
    public IEnumerable<DeadLetterRecord> Read(LetterSpan span, CancellationToken cancellationToken)
    {
        if (span.From >= span.End)
            yield break;

        _consumer.Assign(new TopicPartitionOffset(topic, span.Partition, span.From));
        while (Next(cancellationToken) is { } record)
        {
            // What came after the end was known is not part of it.
            if (record.Offset.Value >= span.End)
                yield break;

            // The partition may end before that: transactions leave offsets without a record.
            if (!record.IsPartitionEOF)
                yield return DeadLetterRecord.Of(record);
            if (record.Offset.Value + 1 >= span.End)
                yield break;
        }
    }

    /// <summary>How far this group has come in these partitions; null where Kafka knows nothing of it.</summary>
    /// <exception cref="KafkaException">Kafka is out of reach.</exception>
    public IReadOnlyDictionary<int, long?> Committed(IEnumerable<int> partitions) =>
        clients
            .Reach(() =>
                _consumer.Committed(
                    partitions.Select(p => new TopicPartition(topic, new Partition(p))),
                    clients.Patience
                )
            )
            .ToDictionary(
                c => c.Partition.Value,
                c => c.Offset == Offset.Unset ? (long?)null : c.Offset.Value
            );

    /// <summary>Says how far this group has come: everything before these offsets is done.</summary>
    /// <exception cref="KafkaException">Kafka is out of reach.</exception>
    public void Commit(params IEnumerable<LetterPosition> positions) =>
        clients.Reach(() =>
        {
            _consumer.Commit(
                positions.Select(p => new TopicPartitionOffset(topic, p.Partition, new Offset(p.Offset)))
            );
            return true;
        });

    LetterSpan Span(int partition)
    {
        var bounds = clients.Reach(() =>
            _consumer.QueryWatermarkOffsets(
                new TopicPartition(topic, new Partition(partition)),
                clients.Patience
            )
        );
        return new LetterSpan(partition, bounds.Low.Value, bounds.High.Value);
    }

    /// <summary>The next record, or word that the partition ends here.</summary>
    ConsumeResult<byte[]?, byte[]?> Next(CancellationToken cancellationToken)
    {
        for (var since = Stopwatch.GetTimestamp(); ; )
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (clients.Reach(() => _consumer.Consume(Poll)) is { } record)
                return record;
            if (Stopwatch.GetElapsedTime(since) > clients.Patience)
                throw clients.Away(new Error(ErrorCode.Local_TimedOut));
        }
    }
}
