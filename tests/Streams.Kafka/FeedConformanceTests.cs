using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using ClearanceEngine.Streams.Kafka;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace ClearanceEngine.Tests;

/// <summary>What every feed must do, on whatever broker.</summary>
public abstract partial class FeedConformanceTests(TestBroker broker) : IAsyncLifetime
{
    readonly List<KafkaFeed> _feeds = [];
    readonly string _run = Guid.NewGuid().ToString("N")[..8];
    KafkaProducer _producer = null!;

    KafkaConnectionOptions Connection { get; } = new();

    string Topic => $"feed-{_run}";

    string Group => $"group-{_run}";

    string Dead => $"dead-{_run}";

    public async ValueTask InitializeAsync()
    {
        Connection.BootstrapServers = broker.Servers;
        await broker.CreateTopic(Topic, 4);
        await broker.CreateTopic(Dead, 1);
        _producer = new KafkaProducer(
            Connection,
            new KafkaProducerOptions(),
            NullLogger<KafkaProducer>.Instance
        );
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var feed in _feeds)
            await feed.StopAsync(CancellationToken.None);
        _producer.Dispose();
        await broker.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Every_record_is_handled_and_the_committed_offsets_never_pass_what_is_not()
    {
        var handled = new ConcurrentDictionary<string, int>();
        var open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await Produce(200, i => i % 3 == 0 ? null : $"k{i % 10}");
        var feed = await Start(
            async (r, token) =>
            {
                if (Text(r) == "7")
                    await open.Task.WaitAsync(token);
                handled[Text(r)] = 1;
            }
        );
        await Until(() => handled.Count >= 180); // all but those behind it on its key
        await Task.Delay(700, TestContext.Current.CancellationToken); // a commit interval: what could be committed wrongly would be by now
        var slow = await Find("7");
        Assert.True(Committed()[slow.Partition] <= slow.Offset);
        open.SetResult();
        await Until(() => handled.Count == 200);
        await feed.StopAsync(CancellationToken.None);
        Assert.Equal(200, Committed().Values.Sum());
    }

    [Fact]
    public async Task Records_of_one_key_are_handled_in_order_and_a_slow_key_stops_no_other()
    {
        var seen = new ConcurrentDictionary<string, ConcurrentQueue<int>>();
        var open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await Produce(300, i => $"k{i % 20}");
        await Start(
            async (r, token) =>
            {
                var key = Encoding.UTF8.GetString(r.Key!.Value.Span);
                if (key == "k3")
                    await open.Task.WaitAsync(token);
                else
                    await Task.Yield();
                seen.GetOrAdd(key, _ => []).Enqueue(int.Parse(Text(r), CultureInfo.InvariantCulture));
            }
        );
        await Until(() => seen.Values.Sum(q => q.Count) == 285);
        open.SetResult();
        await Until(() => seen.Values.Sum(q => q.Count) == 300);
        Assert.All(seen.Values, q => Assert.Equal(q.Order(), q));
    }

    [Fact]
    public async Task No_more_than_the_bound_is_in_flight()
    {
        int now = 0,
            most = 0,
            handled = 0;
        await Produce(300, _ => null);
        await Start(
            async (_, token) =>
            {
                var n = Interlocked.Increment(ref now);
                int before;
                while (
                    n > (before = Volatile.Read(ref most))
                    && Interlocked.CompareExchange(ref most, n, before) != before
                ) { }
                await Task.Delay(2, token);
                Interlocked.Decrement(ref now);
                Interlocked.Increment(ref handled);
            },
            o => o.InFlight = 10
        );
        await Until(() => Volatile.Read(ref handled) == 300);
        Assert.InRange(most, 1, 10);
    }

    [Fact]
    public async Task Poison_goes_to_the_dead_letters_with_its_origin_and_the_partition_moves_on()
    {
        var handled = new ConcurrentDictionary<string, int>();
        await Produce(30, i => $"k{i}");
        await Start(
            (r, _) =>
            {
                if (Text(r) == "13")
                    throw new PoisonRecordException("unlucky", "never right");
                handled[Text(r)] = 1;
                return ValueTask.CompletedTask;
            }
        );
        await Until(() => handled.Count == 29);
        var letter = (await Read(Dead, 1)).Single();
        Assert.Equal("13", Encoding.UTF8.GetString(letter.Message.Value));
        Assert.Equal("k13", Encoding.UTF8.GetString(letter.Message.Key));
        Assert.Equal(
            ("unlucky", "never right", Topic, "1"),
            (
                TopicReader.Header(letter, "dl-reason"),
                TopicReader.Header(letter, "dl-detail"),
                TopicReader.Header(letter, "dl-topic"),
                TopicReader.Header(letter, "dl-attempts")
            )
        );
        var origin = await Find("13");
        Assert.Equal(
            (
                origin.Partition.ToString(CultureInfo.InvariantCulture),
                origin.Offset.ToString(CultureInfo.InvariantCulture)
            ),
            (TopicReader.Header(letter, "dl-partition"), TopicReader.Header(letter, "dl-offset"))
        );
    }

    [Fact]
    public async Task What_fails_is_tried_again_and_parked_when_its_tries_are_used_up()
    {
        var tries = new ConcurrentDictionary<string, int>();
        await Produce(3, _ => null);
        await Start(
            (r, _) =>
            {
                var n = tries.AddOrUpdate(Text(r), 1, (_, t) => t + 1);
                if (Text(r) == "0" && n < 3)
                    throw new TimeoutException("not yet");
                if (Text(r) == "1")
                    throw new InvalidOperationException("never");
                return ValueTask.CompletedTask;
            },
            o => (o.MaxAttempts, o.FirstBackoff) = (4, TimeSpan.FromMilliseconds(5))
        );
        var letter = (await Read(Dead, 1)).Single();
        Assert.Equal(
            ("retries-exhausted", "never", "4"),
            (
                TopicReader.Header(letter, "dl-reason"),
                TopicReader.Header(letter, "dl-detail"),
                TopicReader.Header(letter, "dl-attempts")
            )
        );
        Assert.Contains(
            "InvalidOperationException",
            TopicReader.Header(letter, "dl-exception"),
            StringComparison.Ordinal
        );
        Assert.Equal(3, tries["0"]);
    }

    [Fact]
    public async Task A_stop_lets_what_is_in_flight_finish_and_commits_it()
    {
        var started = 0;
        await Produce(8, _ => null);
        var feed = await Start(
            async (_, token) =>
            {
                Interlocked.Increment(ref started);
                await Task.Delay(300, token);
            }
        );
        await Until(() => Volatile.Read(ref started) == 8);
        await feed.StopAsync(CancellationToken.None);
        Assert.Equal(8, Committed().Values.Sum());
    }

    [Fact]
    public async Task A_large_record_and_its_headers_arrive_unchanged()
    {
        var value = new byte[1_500_000];
        new Random(1).NextBytes(value);
        FeedRecord? got = null;
        await _producer.Produce(Topic, null, value, new Headers { { "h", "值"u8.ToArray() } });
        await Start(
            (r, _) =>
            {
                got = r;
                return ValueTask.CompletedTask;
            }
        );
        await Until(() => got is not null);
        Assert.True(got!.Value.Span.SequenceEqual(value));
        Assert.Null(got.Key);
        Assert.Equal("值", got.Header("h"));
    }

    /// <summary>Looks at what is committed while the test goes on.</summary>
    protected CommitWatch Watch(Func<int, long, bool> handled) =>
        new(Connection.BootstrapServers, Group, Topic, Dead, 4, handled);

    protected async Task<KafkaFeed> Start(
        Func<FeedRecord, CancellationToken, ValueTask> handle,
        Action<KafkaFeedOptions>? configure = null,
        string name = "first"
    )
    {
        var options = new KafkaFeedOptions
        {
            Group = Group,
            DeadLetterTopic = Dead,
            CommitInterval = TimeSpan.FromMilliseconds(100),
        };
        options.Topics.Add(Topic);
        configure?.Invoke(options);
        var feed = new KafkaFeed(
            $"{name}-{_run}",
            Connection,
            options,
            new Handler(handle),
            new DeadLetters(_producer),
            TimeProvider.System,
            NullLogger<KafkaFeed>.Instance
        );
        _feeds.Add(feed);
        await feed.StartAsync(CancellationToken.None);
        return feed;
    }

    protected Task Produce(int count, Func<int, string?> key, int from = 0) =>
        Task.WhenAll(
            Enumerable
                .Range(from, count)
                .Select(i =>
                    _producer.Produce(
                        Topic,
                        key(i) is { } k ? Encoding.UTF8.GetBytes(k) : null,
                        Encoding.UTF8.GetBytes(i.ToString(CultureInfo.InvariantCulture))
                    )
                )
        );

    /// <summary>An observer from outside: what the group has committed, by partition.</summary>
    protected Dictionary<int, long> Committed() =>
        CommitWatch.Committed(Connection.BootstrapServers, Group, Topic, 4);

    async Task<(int Partition, long Offset)> Find(string value)
    {
        var all = await Read(Topic, int.MaxValue);
        var found = all.Single(r => Encoding.UTF8.GetString(r.Message.Value) == value);
        return (found.Partition.Value, found.Offset.Value);
    }

    Task<List<ConsumeResult<byte[], byte[]>>> Read(string topic, int count) =>
        TopicReader.Read(Connection.BootstrapServers, topic, topic == Dead ? 1 : 4, count);

    protected static string Text(FeedRecord record) => Encoding.UTF8.GetString(record.Value.Span);

    protected static async Task Until(Func<bool> condition)
    {
        for (var deadline = DateTime.UtcNow.AddSeconds(120); !condition(); )
        {
            Assert.True(DateTime.UtcNow < deadline, "It did not happen within 120 s.");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    sealed class Handler(Func<FeedRecord, CancellationToken, ValueTask> handle) : IFeedHandler
    {
        public ValueTask Handle(FeedRecord record, CancellationToken cancellationToken) =>
            handle(record, cancellationToken);
    }
}

public sealed class DevelopmentBrokerFeedTests() : FeedConformanceTests(new PlayedBroker());
