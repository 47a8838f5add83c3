using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace ClearanceEngine.Bench.Streams;

/// <summary>The topics of this benchmark and what is in them: messages of 1,000 bytes with 100,000 keys, in a fixed random order.</summary>
sealed class Topics(string servers) : IDisposable
{
    public const string Keys = "bench-keys",
        Partitions = "bench-parts",
        Dead = "bench-dead";

    public const int PartitionCount = 8,
        KeyCount = 100_000,
        Size = 1_000;

    readonly Dictionary<string, long> _sent = new(StringComparer.Ordinal);

    readonly IProducer<byte[], byte[]> _producer = new ProducerBuilder<byte[], byte[]>(
        new ProducerConfig
        {
            BootstrapServers = servers,
            LingerMs = 5,
            BatchSize = 500_000,
            CompressionType = CompressionType.None,
            Acks = Acks.All,
            EnableDeliveryReports = false,
            Partitioner = Partitioner.Murmur2Random,
            QueueBufferingMaxMessages = 200_000,
        }
    ).SetLogHandler((_, _) => { }).Build();

    public async Task Create(IEnumerable<string> names)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = servers })
            .SetLogHandler((_, _) => { })
            .Build();
        await admin.CreateTopicsAsync(
            names.Select(t => new TopicSpecification
            {
                Name = t,
                NumPartitions = t == Dead ? 1 : PartitionCount,
            })
        );
    }

    /// <summary>Messages in a topic.</summary>
    public long Count(string topic) => _sent.GetValueOrDefault(topic);

    /// <summary>First every key once, so that all grains are there, then keys at random.</summary>
    public void Fill(string topic, int count)
    {
        var random = new Random(7);
        for (var i = 0; i < count; i++)
            Send(topic, i < KeyCount ? i : random.Next(KeyCount));
        _producer.Flush(TimeSpan.FromMinutes(2));
    }

    /// <summary>So many a second, evenly in steps of 5 ms, each with the time at which it was made.</summary>
    public async Task Send(string topic, double rate, TimeSpan time, CancellationToken cancellation)
    {
        var random = new Random(8);
        var since = Stopwatch.GetTimestamp();
        for (long sent = 0; Stopwatch.GetElapsedTime(since) < time; )
        {
            for (var due = (long)(Stopwatch.GetElapsedTime(since).TotalSeconds * rate); sent < due; sent++)
                Send(topic, random.Next(KeyCount));
            await Task.Delay(5, cancellation);
        }
        _producer.Flush(TimeSpan.FromSeconds(30));
    }

    public void Dispose() => _producer.Dispose();

    void Send(string topic, int key)
    {
        var value = new byte[Size];
        BinaryPrimitives.WriteInt64LittleEndian(value, Stopwatch.GetTimestamp());
        var message = new Message<byte[], byte[]>
        {
            Key = Encoding.UTF8.GetBytes($"k{key.ToString(CultureInfo.InvariantCulture)}"),
            Value = value,
        };
        while (true)
        {
            try
            {
                _producer.Produce(topic, message);
                _sent[topic] = Count(topic) + 1;
                return;
            }
            catch (ProduceException<byte[], byte[]> e)
                when (e.Error.Code == Confluent.Kafka.ErrorCode.Local_QueueFull)
            {
                Thread.Sleep(5);
            }
        }
    }
}
