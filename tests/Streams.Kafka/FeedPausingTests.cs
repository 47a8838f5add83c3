using System.Collections.Concurrent;
using System.Reflection;
using System.Text;
using ClearanceEngine.Streams.Kafka;
using Confluent.Kafka;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;
using Client = Confluent.Kafka.IConsumer<byte[]?, byte[]?>;

namespace ClearanceEngine.Tests;

/// <summary>Reading stops while a part is away, and goes on; what the client refuses is said again.</summary>
public sealed class FeedPausingTests : IAsyncLifetime
{
    readonly PlayedBroker _broker = new();
    readonly KafkaConnectionOptions _connection = new();
    readonly ParkedLetters _parked = new();
    KafkaProducer _producer = null!;
    KafkaFeed? _feed;

    public async ValueTask InitializeAsync()
    {
        _connection.BootstrapServers = _broker.Servers;
        await _broker.CreateTopic("t", 2);
        _producer = new KafkaProducer(
            _connection,
            new KafkaProducerOptions(),
            NullLogger<KafkaProducer>.Instance
        );
    }

    public async ValueTask DisposeAsync()
    {
        if (_feed is not null)
        {
            await _feed.StopAsync(CancellationToken.None);
            _feed.Dispose();
        }
        _producer.Dispose();
        await _broker.DisposeAsync();
    }

    [Fact]
    public async Task A_feed_whose_database_is_away_reads_no_further_names_it_and_goes_on_by_itself()
    {
        var database = new Database { Away = true };
        var tried = new ConcurrentDictionary<(int, long), int>();
        var handled = new ConcurrentDictionary<(int, long), int>();
        await Produce(2_000);
        await Start(
            r =>
            {
                tried.AddOrUpdate((r.Partition, r.Offset), 1, (_, n) => n + 1);
                if (database.Away)
                    throw new PartAwayException("database", "connection refused");
                handled[(r.Partition, r.Offset)] = 1;
            },
            o => o.Parts = database
        );

        await Until(() => _feed!.Health.Text?.Contains("database is away") == true);
        await Task.Delay(1_000, TestContext.Current.CancellationToken); // twenty polls, each of which could have read on
        var reached = tried.Count;
        Assert.True(reached < 1_000, $"{reached} of 2,000 records were tried while the database was away.");
        await Produce(500);

        database.Away = false;
        await Until(() => handled.Count == 2_500);
        Assert.All(tried, t => Assert.InRange(t.Value, 1, 2));
        Assert.Empty(_parked.Letters);
        Assert.Equal(HealthStatus.Healthy, _feed!.Health.Status);
    }

    [Fact]
    public async Task A_resume_that_failed_is_tried_again()
    {
        var handled = 0;
        var open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Refusing? client = null;
        await Produce(400);
        await Start(
            r =>
            {
                if (r.Offset == 0)
                    open.Task.Wait(TestContext.Current.CancellationToken);
                Interlocked.Increment(ref handled);
            },
            o => o.PartitionSpan = 20,
            c => (client = Refusing.Around(c, "Resume", times: 3)).AsClient
        );

        await Until(() => client?.Told("Pause") >= 2);
        open.SetResult();
        await Until(() => handled == 400);
        Assert.True(client!.Refused == 3, "The client must have refused, or nothing was shown.");
    }

    [Fact]
    public async Task A_partition_that_stays_paused_with_room_and_records_to_read_is_unhealthy()
    {
        var handled = 0;
        var open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Refusing? client = null;
        await Produce(400);
        await Start(
            r =>
            {
                if (r.Offset == 0)
                    open.Task.Wait(TestContext.Current.CancellationToken);
                Interlocked.Increment(ref handled);
            },
            o =>
            {
                o.PartitionSpan = 20;
                o.IdleAfter = TimeSpan.FromMilliseconds(300);
                o.StatisticsInterval = TimeSpan.FromMilliseconds(100);
            },
            c => (client = Refusing.Around(c, "Resume", times: int.MaxValue)).AsClient
        );

        await Until(() => client?.Told("Pause") >= 2);
        open.SetResult();
        await Until(() => _feed!.Health.Status == HealthStatus.Unhealthy);
        Assert.Contains("is paused", _feed!.Health.Text, StringComparison.Ordinal);

        client!.Relent();
        await Until(() => handled == 400 && _feed.Health.Status == HealthStatus.Healthy);
    }

    Task Produce(int count) =>
        Task.WhenAll(
            Enumerable
                .Range(0, count)
                .Select(i => _producer.Produce("t", Encoding.UTF8.GetBytes($"k{i}"), new byte[] { 1 }))
        );

    async Task Start(
        Action<FeedRecord> handle,
        Action<KafkaFeedOptions> configure,
        Func<Client, Client>? through = null
    )
    {
        var options = new KafkaFeedOptions
        {
            Group = "g",
            DeadLetterTopic = "dead",
            CommitInterval = TimeSpan.FromMilliseconds(100),
            PauseAfter = TimeSpan.FromMilliseconds(100),
        };
        options.Topics.Add("t");
        configure(options);
        _feed = new KafkaFeed(
            $"pausing-{Guid.NewGuid():N}",
            _connection,
            options,
            new Handler(handle),
            _parked,
            TimeProvider.System,
            NullLogger<KafkaFeed>.Instance
        )
        {
            Through = through ?? (c => c),
        };
        await _feed.StartAsync(CancellationToken.None);
    }

    static async Task Until(Func<bool> condition)
    {
        for (var deadline = DateTime.UtcNow.AddSeconds(30); !condition(); )
        {
            Assert.True(DateTime.UtcNow < deadline, "It did not happen within 30 s.");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    sealed class Handler(Action<FeedRecord> handle) : IFeedHandler
    {
        public ValueTask Handle(FeedRecord record, CancellationToken cancellationToken)
        {
            handle(record);
            return ValueTask.CompletedTask;
        }
    }

    sealed class Database : IPartWatch
    {
        public volatile bool Away;

        public IReadOnlyList<string> Parts => ["database"];

        PartAwayException? IPartWatch.Away(Exception error) => error as PartAwayException;

        public Task Probe(string part, CancellationToken cancellationToken) =>
            Away ? Task.FromException(new IOException("connection refused")) : Task.CompletedTask;
    }
}

/// <summary>A client that refuses one kind of call for a while, as the real one does with a partition that is just being assigned.</summary>
public class Refusing : DispatchProxy
{
    readonly ConcurrentDictionary<string, int> _told = new(StringComparer.Ordinal);
    Client _client = null!;
    string _call = "";
    int _times;
    int _refused;

    public Client AsClient => (Client)(object)this;

    public int Refused => Volatile.Read(ref _refused);

    public static Refusing Around(Client client, string call, int times)
    {
        var proxy = (Refusing)(object)Create<Client, Refusing>();
        proxy._client = client;
        proxy._call = call;
        proxy._times = times;
        return proxy;
    }

    public int Told(string call) => _told.GetValueOrDefault(call);

    public void Relent() => Volatile.Write(ref _times, 0);

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        var name = targetMethod!.Name;
        _told.AddOrUpdate(name, 1, (_, n) => n + 1);
        if (name == _call && Refused < Volatile.Read(ref _times))
        {
            Interlocked.Increment(ref _refused);
            throw new KafkaException(new Error(ErrorCode.Local_UnknownPartition));
        }

        try
        {
            return targetMethod.Invoke(_client, args);
        }
        catch (TargetInvocationException e)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e.InnerException!);
            throw;
        }
    }
}
