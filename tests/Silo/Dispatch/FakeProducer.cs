using System.Collections.Concurrent;
using ClearanceEngine.Silo.Hosting;
using ClearanceEngine.Streams.Kafka;
using Confluent.Kafka;

namespace ClearanceEngine.Tests.Dispatch;

/// <summary>A broker that keeps what it is given, unless its rules say otherwise.</summary>
sealed class FakeProducer : IKafkaProducer
{
    /// <summary>What comes of a record: null takes it, else it is thrown.</summary>
    public Func<string, ReadOnlyMemory<byte>, Exception?> Rule { get; set; } = (_, _) => null;

    /// <summary>Topics that never answer, and what those who wait for them wait for.</summary>
    public ConcurrentDictionary<string, TaskCompletionSource> Hanging { get; } = [];

    public ConcurrentQueue<(string Topic, byte[] Value)> Taken { get; } = [];

    /// <summary>Records offered so far, taken or not.</summary>
    public ConcurrentQueue<string> Offered { get; } = [];

    public async Task<TopicPartitionOffset> Produce(
        string topic,
        ReadOnlyMemory<byte>? key,
        ReadOnlyMemory<byte>? value,
        Headers? headers = null,
        CancellationToken cancellationToken = default
    )
    {
        Offered.Enqueue(topic);
        if (Hanging.TryGetValue(topic, out var hanging))
            await hanging.Task.WaitAsync(cancellationToken);
        if (Rule(topic, value ?? default) is { } error)
            throw error;
        Taken.Enqueue((topic, value!.Value.ToArray()));
        return new TopicPartitionOffset(topic, 0, Taken.Count - 1);
    }

    public static KafkaRefusedException TooLarge() => new("the record is too large");

    public static KafkaUnavailableException Away() => new("the broker is away");

    /// <summary>Refuses what has more bytes.</summary>
    public void TakesUpTo(int bytes) => Rule = (_, value) => value.Length > bytes ? TooLarge() : null;
}

/// <summary>Asked whether the broker is there, it says what it is told to.</summary>
sealed class FakeBrokerWatch : IPartWatch
{
    public bool IsAway { get; set; }

    public IReadOnlyList<string> Parts { get; } = [PartWatch.Broker];

    /// <summary>Questions so far.</summary>
    public int Asked { get; private set; }

    public PartAwayException? Away(Exception error) => null;

    public Task Probe(string part, CancellationToken cancellationToken)
    {
        Asked++;
        return IsAway ? Task.FromException(FakeProducer.Away()) : Task.CompletedTask;
    }
}
