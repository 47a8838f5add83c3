using Confluent.Kafka;

namespace ClearanceEngine.Streams.Kafka;

/// <summary>Writes records; a call returns when the broker has the record.</summary>
public interface IKafkaProducer
{
    /// <summary>Produces one record.</summary>
    /// <param name="topic">Topic; it must be there.</param>
    /// <param name="key">Key; null for a record that has none (not the same as an empty one).</param>
    /// <param name="value">Value; null for a tombstone.</param>
    /// <param name="headers">Headers; the current trace is added if they name none.</param>
    /// <param name="cancellationToken">Ends the wait for a place in flight; a record on its way is not called back.</param>
    /// <exception cref="KafkaUnavailableException">
    /// The broker did not acknowledge in time (the record may or may not be there), or the topic does not take it: it is
    /// unknown, its name illegal, we have no right to it, or its settings refuse any record like this one. All of that is
    /// mended at the broker, and then the same record goes.
    /// </exception>
    /// <exception cref="KafkaRefusedException">Kafka will never take this record: it is too large.</exception>
    Task<TopicPartitionOffset> Produce(
        string topic,
        ReadOnlyMemory<byte>? key,
        ReadOnlyMemory<byte>? value,
        Headers? headers = null,
        CancellationToken cancellationToken = default
    );
}

/// <summary>Kafka did not take a record; the same call may succeed later.</summary>
[GenerateSerializer, Alias("kafka.unavailable")]
public sealed class KafkaUnavailableException(string message, Exception? inner = null)
    : Exception(message, inner);

/// <summary>Kafka will never take a record as it is.</summary>
public sealed class KafkaRefusedException(string message, Exception? inner = null)
    : Exception(message, inner);
