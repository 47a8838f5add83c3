using System.Diagnostics;
using System.Runtime.InteropServices;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace ClearanceEngine.Streams.Kafka;

/// <summary>An idempotent, batching producer. One that the broker fenced off for good is replaced by a new one.</summary>
public sealed partial class KafkaProducer : IKafkaProducer, IDisposable
{
    readonly KafkaConnectionOptions _connection;
    readonly KafkaProducerOptions _options;
    readonly ILogger<KafkaProducer> _logger;
    readonly SemaphoreSlim _places;
    readonly CancellationTokenSource _closed = new();
    readonly Lock _lock = new();
    IProducer<byte[]?, byte[]?> _producer;

    /// <exception cref="ArgumentException">An option is wrong.</exception>
    public KafkaProducer(
        KafkaConnectionOptions connection,
        KafkaProducerOptions options,
        ILogger<KafkaProducer> logger
    )
    {
        if (OptionsFault.First(options) is { } fault)
            throw new ArgumentException($"Kafka producer: {fault}", nameof(options));

        _connection = connection;
        _options = options;
        _logger = logger;

        _places = new SemaphoreSlim(options.InFlight);
        _producer = Build();
    }

    public async Task<TopicPartitionOffset> Produce(
        string topic,
        ReadOnlyMemory<byte>? key,
        ReadOnlyMemory<byte>? value,
        Headers? headers = null,
        CancellationToken cancellationToken = default
    )
    {
        var message = new Message<byte[]?, byte[]?>
        {
            Key = ArrayOf(key),
            Value = ArrayOf(value),
            Headers = FeedTracing.Carry(headers),
        };
        return await (
            await Begin(new TopicPartition(topic, Partition.Any), message, cancellationToken)
                .ConfigureAwait(false)
        ).ConfigureAwait(false);
    }

    /// <summary>The array itself where the memory is all of one: a message is not copied once more on its way out.</summary>
    static byte[]? ArrayOf(ReadOnlyMemory<byte>? memory)
    {
        if (memory is not { } bytes)
            return null;
        if (!MemoryMarshal.TryGetArray(bytes, out var part) || part.Array is not { } array)
            return bytes.ToArray();
        return part.Count == array.Length ? array : bytes.ToArray();
    }

    /// <summary>Produces records in this order; a call returns when the broker has them all. Those before one that fails may be there.</summary>
    /// <exception cref="KafkaUnavailableException">The broker did not acknowledge one in time.</exception>
    /// <exception cref="KafkaRefusedException">Kafka will never take one of them.</exception>
    internal async Task ProduceInOrder(
        TopicPartition place,
        byte[]? key,
        IEnumerable<byte[]?> values,
        Headers? headers
    )
    {
        var carried = FeedTracing.Carry(headers);
        var sent = new List<Task>();
        try
        {
            foreach (var value in values)
                sent.Add(
                    await Begin(
                            place,
                            new Message<byte[]?, byte[]?>
                            {
                                Key = key,
                                Value = value,
                                Headers = carried,
                            },
                            CancellationToken.None
                        )
                        .ConfigureAwait(false)
                );
        }
        finally
        {
            await Task.WhenAll(sent).ConfigureAwait(false);
        }
    }

    /// <summary>Returns when the client has the record; its own task ends when the broker has it.</summary>
    async Task<Task<TopicPartitionOffset>> Begin(
        TopicPartition place,
        Message<byte[]?, byte[]?> message,
        CancellationToken cancellationToken
    )
    {
        await TakePlace(place, cancellationToken).ConfigureAwait(false);
        try
        {
            var (producer, sent) = await Hand(place, message, cancellationToken).ConfigureAwait(false);
            return Acknowledged(producer, sent, place.Topic, message.Value?.Length ?? 0);
        }
        catch
        {
            _places.Release();
            throw;
        }
    }

    async ValueTask TakePlace(TopicPartition place, CancellationToken cancellationToken)
    {
        try
        {
            _closed.Token.ThrowIfCancellationRequested();
            // Nearly always there is one: then nothing is made to wait with.
            if (_places.Wait(0, cancellationToken))
                return;
            using var waiting = CancellationTokenSource.CreateLinkedTokenSource(
                cancellationToken,
                _closed.Token
            );
            if (!await _places.WaitAsync(_options.Timeout, waiting.Token).ConfigureAwait(false))
                throw Full(place.Topic);
        }
        catch (Exception e) when (_closed.IsCancellationRequested)
        {
            throw Closed(place.Topic, e);
        }
    }

    /// <summary>Gives the record to the client, which says at once if it has no room. Returns only then, so that the next of a batch does not overtake it.</summary>
    async Task<(IProducer<byte[]?, byte[]?>, Task<DeliveryResult<byte[]?, byte[]?>>)> Hand(
        TopicPartition place,
        Message<byte[]?, byte[]?> message,
        CancellationToken cancellationToken
    )
    {
        var since = Stopwatch.GetTimestamp();
        Backoff? backoff = null;
        while (true)
        {
            var producer = Volatile.Read(ref _producer);
            // Not the caller's token: a record handed to the client is on its way, and giving up on it would only hide its fate.
            var sent = producer.ProduceAsync(place, message, CancellationToken.None);
            if (
                sent.Exception?.InnerException
                is not ProduceException<byte[]?, byte[]?> { Error.Code: ErrorCode.Local_QueueFull }
            )
                return (producer, sent);
            // Bytes wait, like records, until others are acknowledged.
            if (Stopwatch.GetElapsedTime(since) >= _options.Timeout)
                throw Full(place.Topic);
            backoff ??= new Backoff(TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(250));
            await backoff.Wait(TimeProvider.System, cancellationToken).ConfigureAwait(false);
        }
    }

    async Task<TopicPartitionOffset> Acknowledged(
        IProducer<byte[]?, byte[]?> producer,
        Task<DeliveryResult<byte[]?, byte[]?>> sent,
        string topic,
        int size
    )
    {
        try
        {
            return (await sent.WaitAsync(_closed.Token).ConfigureAwait(false)).TopicPartitionOffset;
        }
        catch (ProduceException<byte[]?, byte[]?> e)
            when (e.Error.Code is ErrorCode.MsgSizeTooLarge or ErrorCode.RecordListTooLarge)
        {
            throw new KafkaRefusedException(
                $"Kafka at {_connection.BootstrapServers} refused a record of {size} bytes for {topic}: {e.Error.Reason}. Most bytes of one message: {_connection.MessageMaxBytes} (MessageMaxBytes), and max.message.bytes of the topic.",
                e
            );
        }
        catch (ProduceException<byte[]?, byte[]?> e)
        {
            if (e.Error.IsFatal || e.Error.Code == ErrorCode.Local_Fatal)
                Replace(producer, e.Error);
            throw new KafkaUnavailableException(
                $"Kafka at {_connection.BootstrapServers} did not take a record for {topic}: {e.Error.Reason}.",
                e
            );
        }
        catch (Exception e) when (_closed.IsCancellationRequested)
        {
            throw Closed(topic, e);
        }
        finally
        {
            _places.Release();
        }
    }

    public void Dispose()
    {
        if (_closed.IsCancellationRequested)
            return;
        lock (_lock)
        {
            _producer.Flush(TimeSpan.FromSeconds(5));
            // The client forgets what is still on its way when it is disposed; whoever waits for that must not wait for ever.
            _closed.Cancel();
            _producer.Dispose();
        }
    }

    IProducer<byte[]?, byte[]?> Build() => new ProducerBuilder<byte[]?, byte[]?>(
            _connection.Apply(
                new ProducerConfig
                {
                    EnableIdempotence = true,
                    Acks = Acks.All,
                    LingerMs = _options.Linger.TotalMilliseconds,
                    BatchSize = _options.BatchBytes,
                    QueueBufferingMaxKbytes = (int)(_options.BufferBytes / 1024),
                    MessageTimeoutMs = (int)_options.Timeout.TotalMilliseconds,
                    CompressionType = _options.Compression,
                    // As Java's producers do: a key is in the same partition whoever writes it.
                    Partitioner = Partitioner.Murmur2Random,
                },
                _connection.Producer
            )
        ).SetErrorHandler((_, e) => LogError(_connection.BootstrapServers, e.Reason)).SetLogHandler((_, m) => _logger.Client(m.Facility, m.Message)).Build();

    void Replace(IProducer<byte[]?, byte[]?> broken, Error error)
    {
        lock (_lock)
        {
            if (_producer != broken || _closed.IsCancellationRequested)
                return;
            LogReplaced(_connection.BootstrapServers, error.Reason);
            Volatile.Write(ref _producer, Build());
        }
        // Records that others have handed to it fail in this time, each to its caller.
        _ = Task.Run(() =>
        {
            broken.Flush(_options.Timeout);
            broken.Dispose();
        });
    }

    KafkaUnavailableException Full(string topic) =>
        new(
            $"Kafka at {_connection.BootstrapServers} did not take a record for {topic}: for {_options.Timeout} there was no room beside those that wait for their acknowledgement (most {_options.InFlight} records and {_options.BufferBytes} bytes). It was not sent."
        );

    KafkaUnavailableException Closed(string topic, Exception inner) =>
        new(
            $"The producer was closed before Kafka at {_connection.BootstrapServers} acknowledged a record for {topic}; it may or may not be there.",
            inner
        );

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Kafka at {Servers} says: {Reason}. The producer goes on by itself when the broker is back."
    )]
    partial void LogError(string servers, string reason);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "The producer for Kafka at {Servers} broke ({Reason}) and is replaced by a new one."
    )]
    partial void LogReplaced(string servers, string reason);
}
