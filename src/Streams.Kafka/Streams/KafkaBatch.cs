using System.Diagnostics;
using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using Orleans.Streams;

namespace ClearanceEngine.Streams.Kafka;

/// <summary>
/// One record on its way to a consumer. It crosses silos as the record's own bytes; what they mean is read where the consumer
/// is, by the type that it expects. Each hand-out to each cursor has an instance of its own.
/// </summary>
[GenerateSerializer, Immutable, Alias("kafka.batch"), SerializationCallbacks(typeof(KafkaBatchArrival))]
sealed class KafkaBatch : IBatchContainer
{
    [Id(0)]
    readonly string _provider;

    [Id(1)]
    readonly StreamId _stream;

    [Id(2)]
    readonly string _topic;

    [Id(3)]
    readonly int _partition;

    [Id(4)]
    readonly long _offset;

    [Id(5)]
    readonly DateTimeOffset _timestamp;

    [Id(6)]
    readonly byte[]? _key;

    [Id(7)]
    readonly byte[]? _value;

    [Id(8)]
    readonly List<KeyValuePair<string, byte[]?>>? _headers;

    [NonSerialized]
    FeedRecord? _record;

    [NonSerialized]
    IKafkaEventCodec? _codec;

    [NonSerialized]
    readonly IDeliveryWitness? _witness;

    public KafkaBatch(
        string provider,
        StreamId stream,
        FeedRecord record,
        IKafkaEventCodec codec,
        IDeliveryWitness? witness
    )
    {
        _provider = provider;
        _stream = stream;
        _record = record;
        _codec = codec;
        _witness = witness;

        _topic = record.Topic;
        _partition = record.Partition;
        _offset = record.Offset;
        _timestamp = record.Timestamp;
        _key = record.Key is { } key ? Bytes(key) : null;
        _value = record.IsTombstone ? null : Bytes(record.Value);
        if (record.Headers.Count > 0)
            _headers =
            [
                .. record.Headers.Select(h => KeyValuePair.Create(h.Key, (byte[]?)h.GetValueBytes())),
            ];
    }

    /// <inheritdoc/>
    public StreamId StreamId => _stream;

    /// <inheritdoc/>
    public StreamSequenceToken SequenceToken => KafkaSequenceToken.OfRecord(_partition, _offset);

    public FeedRecord Record
    {
        get
        {
            if (_record is { } there)
                return there;

            var headers = new Headers();
            foreach (var (name, value) in _headers ?? [])
                headers.Add(name, value);

            return _record = new FeedRecord(
                _topic,
                _partition,
                _offset,
                _timestamp,
                _key is { } key ? key : (ReadOnlyMemory<byte>?)null,
                _value ?? [],
                headers
            )
            {
                IsTombstone = _value is null,
            };
        }
    }

    /// <summary>While an event is with its handler, the current trace is a child of whoever produced it.</summary>
    public IEnumerable<Tuple<T, StreamSequenceToken>> GetEvents<T>()
    {
        using var activity = FeedTracing.Start(_provider, _provider, Record);
        var index = 0;
        foreach (var item in Events<T>())
            yield return Tuple.Create(
                item,
                (StreamSequenceToken)KafkaSequenceToken.OfEvent(_partition, _offset, index++)
            );
    }

    /// <inheritdoc/>
    public bool ImportRequestContext()
    {
        _witness?.Delivering(this);
        return _headers is not null && ContextHeaders.Import(Record);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{_topic}[{_partition}]@{_offset}";

    internal void Arrive(IServiceProvider services) =>
        _codec = services.GetKeyedService<IKafkaEventCodec>(_provider) ?? Default;

    static readonly JsonEventCodec Default = new();

    IEnumerable<T> Events<T>() =>
        typeof(T) == typeof(FeedRecord) || typeof(T) == typeof(object)
            ? [(T)(object)Record]
            : (_codec ?? Default).Decode<T>(Record);

    static byte[] Bytes(ReadOnlyMemory<byte> memory) =>
        System.Runtime.InteropServices.MemoryMarshal.TryGetArray(memory, out var segment)
        && segment.Offset == 0
        && segment.Array is { } array
        && array.Length == segment.Count
            ? array
            : memory.ToArray();
}

/// <summary>Is told when a record is on its way to its consumer, each time that it is tried.</summary>
interface IDeliveryWitness
{
    void Delivering(KafkaBatch batch);
}

/// <summary>Finds the codec where the record arrives.</summary>
sealed class KafkaBatchArrival(IServiceProvider services)
{
    public void OnDeserialized(KafkaBatch batch) => batch.Arrive(services);
}

/// <summary>Wakes the consumers of a stream whose rewound cursor has records again; never handed to a consumer.</summary>
sealed class StreamNudge(StreamId stream, StreamSequenceToken at) : IBatchContainer
{
    public StreamId StreamId => stream;

    public StreamSequenceToken SequenceToken => at;

    public IEnumerable<Tuple<T, StreamSequenceToken>> GetEvents<T>() => [];

    public bool ImportRequestContext() => false;
}
