using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace ClearanceEngine.Streams.Kafka;

/// <summary>Limits and habits of a producer.</summary>
public sealed class KafkaProducerOptions
{
    /// <summary>How long a batch gathers. Default 5 ms.</summary>
    public TimeSpan Linger { get; set; } = TimeSpan.FromMilliseconds(5);

    /// <summary>Records that wait for their acknowledgement at once; more wait for a place. Default 10,000.</summary>
    public int InFlight { get; set; } = 10_000;

    /// <summary>After this long without an acknowledgement a record counts as not produced. Default 30 s.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Compression on the wire. Default lz4.</summary>
    public CompressionType Compression { get; set; } = CompressionType.Lz4;
}

/// <summary>Writes records; a call returns when the broker has the record.</summary>
public interface IKafkaProducer
{
    /// <exception cref="KafkaUnavailableException">The broker did not acknowledge in time; the record may or may not be there.</exception>
    Task<TopicPartitionOffset> Produce(string topic, ReadOnlyMemory<byte>? key, ReadOnlyMemory<byte> value, Headers? headers = null, CancellationToken cancellationToken = default);
}

/// <summary>Kafka did not take a record; the same call may succeed later.</summary>
public sealed class KafkaUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>An idempotent, batching producer.</summary>
public sealed partial class KafkaProducer : IKafkaProducer, IDisposable
{
    readonly IProducer<byte[]?, byte[]> _producer;
    readonly SemaphoreSlim _places;
    readonly string _servers;

    public KafkaProducer(KafkaConnectionOptions connection, KafkaProducerOptions options, ILogger<KafkaProducer> logger)
    {
        _servers = connection.BootstrapServers;
        _places = new SemaphoreSlim(options.InFlight);
        _producer = new ProducerBuilder<byte[]?, byte[]>(connection.Apply(
            new ProducerConfig
            {
                EnableIdempotence = true,
                Acks = Acks.All,
                LingerMs = options.Linger.TotalMilliseconds,
                MessageTimeoutMs = (int)options.Timeout.TotalMilliseconds,
                CompressionType = options.Compression,
            },
            connection.Producer))
            .SetErrorHandler((_, e) => LogError(logger, _servers, e.Reason))
            .SetLogHandler((_, m) => LogClient(logger, m.Facility, m.Message))
            .Build();
    }

    public async Task<TopicPartitionOffset> Produce(string topic, ReadOnlyMemory<byte>? key, ReadOnlyMemory<byte> value, Headers? headers = null, CancellationToken cancellationToken = default)
    {
        await _places.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var message = new Message<byte[]?, byte[]> { Key = key?.ToArray(), Value = value.ToArray(), Headers = headers };
            // No token: a record handed to the client is on its way, and giving up on it would only hide its fate.
            var result = await _producer.ProduceAsync(topic, message, CancellationToken.None).ConfigureAwait(false);
            return result.TopicPartitionOffset;
        }
        catch (ProduceException<byte[]?, byte[]> e)
        {
            throw new KafkaUnavailableException($"Kafka at {_servers} did not take a record for {topic}: {e.Error.Reason}.", e);
        }
        finally
        {
            _places.Release();
        }
    }

    public void Dispose()
    {
        _producer.Flush(TimeSpan.FromSeconds(5));
        _producer.Dispose();
        _places.Dispose();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Kafka at {Servers} says: {Reason}. The producer goes on by itself when the broker is back.")]
    static partial void LogError(ILogger logger, string servers, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "librdkafka {Facility}: {Text}")]
    static partial void LogClient(ILogger logger, string facility, string text);
}
