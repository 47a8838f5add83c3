using ClearanceEngine.Streams.Kafka;
using Confluent.Kafka;

namespace ClearanceEngine.Simulator;

/// <summary>Remembers what leaves for customs before the development broker, which forgets with its process, has it.</summary>
public sealed class RememberingProducer(IKafkaProducer inner, SimulatorMemory memory, TimeProvider time)
    : IKafkaProducer
{
    public Task<TopicPartitionOffset> Produce(
        string topic,
        ReadOnlyMemory<byte>? key,
        ReadOnlyMemory<byte>? value,
        Headers? headers = null,
        CancellationToken cancellationToken = default
    )
    {
        if (topic == TopicNames.Outbound && value is { } message)
            memory.Sent(message.Span, time.GetUtcNow());
        return inner.Produce(topic, key, value, headers, cancellationToken);
    }
}
