using ClearanceEngine.Streams.Kafka;
using Confluent.Kafka;
using Xunit;

namespace ClearanceEngine.Tests;

/// <summary>Looks from outside, all the time: first what a group has committed, then whether all below it was handled or is a dead letter.</summary>
public sealed class CommitWatch : IAsyncDisposable
{
    readonly CancellationTokenSource _watching = new();
    readonly List<string> _tooFar = [];
    readonly string _servers;
    readonly string _group;
    readonly string _topic;
    readonly string _dead;
    readonly int _partitions;
    readonly Func<int, long, bool> _handled;
    readonly Task _watch;

    public CommitWatch(
        string servers,
        string group,
        string topic,
        string dead,
        int partitions,
        Func<int, long, bool> handled
    )
    {
        (_servers, _group, _topic, _dead, _partitions, _handled) = (
            servers,
            group,
            topic,
            dead,
            partitions,
            handled
        );
        _watch = Task.Run(Watch);
    }

    /// <summary>What the group has committed, by partition.</summary>
    public static Dictionary<int, long> Committed(string servers, string group, string topic, int partitions)
    {
        using var consumer = Consumer(servers, group);
        return Committed(consumer, topic, partitions);
    }

    /// <summary>Nothing was ever committed although something below it was not handled.</summary>
    public void NeverTooFar()
    {
        lock (_tooFar)
            Assert.Empty(_tooFar);
    }

    public async ValueTask DisposeAsync()
    {
        await _watching.CancelAsync();
        await _watch;
        _watching.Dispose();
    }

    static IConsumer<Ignore, Ignore> Consumer(string servers, string group) => new ConsumerBuilder<
            Ignore,
            Ignore
        >(
            new ConsumerConfig
            {
                BootstrapServers = servers,
                GroupId = group,
                EnableAutoCommit = false,
            }
        ).SetErrorHandler((_, _) => { }).SetLogHandler((_, _) => { }).Build();

    static Dictionary<int, long> Committed(
        IConsumer<Ignore, Ignore> consumer,
        string topic,
        int partitions
    ) =>
        consumer
            .Committed(
                Enumerable.Range(0, partitions).Select(p => new TopicPartition(topic, p)),
                TimeSpan.FromSeconds(10)
            )
            .ToDictionary(c => c.Partition.Value, c => c.Offset.IsSpecial ? 0 : c.Offset.Value);

    async Task Watch()
    {
        using var consumer = Consumer(_servers, _group);
        var passed = new Dictionary<int, long>();
        while (!_watching.IsCancellationRequested)
        {
            await Task.Delay(50, CancellationToken.None);
            try
            {
                foreach (var (partition, offset) in Committed(consumer, _topic, _partitions))
                {
                    for (var o = passed.GetValueOrDefault(partition); o < offset; o++)
                    {
                        if (_handled(partition, o) || await IsParked(partition, o))
                            continue;
                        lock (_tooFar)
                            _tooFar.Add($"{partition}@{o} was not handled when {offset} was committed");
                    }
                    passed[partition] = Math.Max(passed.GetValueOrDefault(partition), offset);
                }
            }
            catch (KafkaException)
            {
                // The broker is away; what was committed is looked at when it is back.
            }
        }
    }

    async Task<bool> IsParked(int partition, long offset) =>
        (await TopicReader.Read(_servers, _dead, 1)).Any(letter =>
            TopicReader.Header(letter, DeadLetters.Topic) == _topic
            && TopicReader.Header(letter, DeadLetters.Partition) == $"{partition}"
            && TopicReader.Header(letter, DeadLetters.Offset) == $"{offset}"
        );
}
