using ClearanceEngine.DevelopmentBroker;
using ClearanceEngine.Streams.Kafka;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Orleans.Runtime;
using Orleans.Streams;
using Xunit;

namespace ClearanceEngine.Tests;

/// <summary>Faults that the development broker plays.</summary>
public sealed partial class DevelopmentBrokerStreamTests
{
    [Fact]
    public async Task The_broker_goes_down_and_comes_back()
    {
        var rig = await Start();
        await rig.Produce(100, i => $"k{i % 10}");
        await rig.Until(() => rig.Observer.Count == 100);
        _broker.GoDown();
        var producing = rig.Produce(100, i => $"k{i % 10}", from: 100);
        await rig.Until(() => rig.Health.Status == HealthStatus.Degraded);
        _broker.ComeUp();
        await producing;
        await rig.Until(() => rig.Observer.Count == 200, 60);
        await rig.Settled();
        await rig.Until(() => rig.Health.Status == HealthStatus.Healthy);
    }

    [Fact]
    public async Task Commits_that_fail_are_offered_again()
    {
        var rig = await Start();
        _broker.FailNext(
            8,
            [
                .. Enumerable.Repeat(ErrorCode.GroupCoordinatorNotAvailable, 3),
                .. Enumerable.Repeat(ErrorCode.GroupAuthorizationFailed, 10),
            ]
        );
        await rig.Produce(200, i => $"k{i % 10}");
        await rig.Until(() => rig.Observer.Count == 200);
        await rig.Settled();
    }

    [Fact]
    public async Task Fetches_and_produce_requests_that_fail_lose_and_reorder_nothing()
    {
        var rig = await Start();
        await rig.Client.GetGrain<IExplicitConsumer>("a").SubscribeToParcels(rig.Topic, "p1");
        var stream = rig
            .Client.GetStreamProvider(StreamRig.Provider)
            .GetStream<Parcel>(StreamId.Create(rig.Topic, "p1"));
        await stream.OnNextAsync(new Parcel("a", 0));
        _broker.FailNext(1, [.. Enumerable.Repeat(ErrorCode.NotLeaderForPartition, 5)]);
        _broker.FailNext(
            0,
            ErrorCode.NotEnoughReplicas,
            ErrorCode.RequestTimedOut,
            ErrorCode.NotEnoughReplicas
        );
        await stream.OnNextBatchAsync(Enumerable.Range(1, 50).Select(i => new Parcel("a", i)));
        await rig.Until(() =>
            rig.Observer.Order.Count(s => s.Text.StartsWith("a-", StringComparison.Ordinal)) >= 51
        );
        Assert.Equal(
            Enumerable.Range(0, 51).Select(i => $"a-{i}"),
            rig.Observer.Order.Where(s => s.Text.StartsWith("a-", StringComparison.Ordinal))
                .Select(s => s.Text)
                .Distinct()
        );
    }

    [Fact]
    public async Task A_request_that_is_cancelled_on_its_way_ends_for_its_caller_and_its_event_arrives()
    {
        var rig = await Start();
        var sending = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        rig.Observer.Sending = _ =>
        {
            sending.SetResult();
            return Task.CompletedTask;
        };
        _broker.GoDown();
        using var patience = new CancellationTokenSource();
        var request = rig.Client.GetGrain<ISender>(rig.Topic).Send("k", "on its way", patience.Token);
        await sending.Task;
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        _broker.ComeUp();
        await rig.Until(() => rig.Observer.Times("on its way") == 1, 60);
        await rig.Settled();
    }

    [Fact]
    public async Task Events_that_no_broker_takes_fail_clearly_and_those_that_were_acknowledged_arrive()
    {
        var rig = await Start(configure: o =>
            (o.Producing.InFlight, o.Producing.Timeout) = (4, TimeSpan.FromSeconds(2))
        );
        var stream = rig
            .Client.GetStreamProvider(StreamRig.Provider)
            .GetStream<string>(StreamId.Create(rig.Topic, "k"));
        await stream.OnNextAsync("before");
        _broker.GoDown();
        var failures = await Task.WhenAll(
            Enumerable
                .Range(0, 12)
                .Select(i =>
                    Assert.ThrowsAsync<KafkaUnavailableException>(() => stream.OnNextAsync($"meanwhile-{i}"))
                )
        );
        Assert.All(failures, e =>
            Assert.Contains(
                $"{_broker.BootstrapServers} did not take a record for {rig.Topic}",
                e.Message,
                StringComparison.Ordinal
            )
        );
        _broker.ComeUp();
        await rig.Until(() => rig.Health.Status == HealthStatus.Healthy, 60);
        await stream.OnNextAsync("after");
        await rig.Until(() => rig.Observer.Times("before") == 1 && rig.Observer.Times("after") == 1, 60);
        await rig.Settled();
    }

    [Fact]
    public async Task A_topic_that_comes_late_is_read_when_it_comes()
    {
        var rig = await Start(configure: o => o.Topics.Add($"keys-late-{o.Group[6..]}"));
        await rig.Until(() => rig.Health.Status == HealthStatus.Degraded);
        Assert.Contains($"keys-late-{rig.Run}", rig.Health.Text, StringComparison.Ordinal);
        _broker.CreateTopic($"keys-late-{rig.Run}", 2);
        await rig
            .Client.GetStreamProvider(StreamRig.Provider)
            .GetStream<string>(StreamId.Create($"keys-late-{rig.Run}", "k"))
            .OnNextAsync("here");
        await rig.Produce("k", "there");
        await rig.Until(() => rig.Observer.Count == 2);
        Assert.Equal(
            [$"keys-{rig.Run}", $"keys-late-{rig.Run}"],
            rig.Observer.Order.Select(s => s.Topic).Order(StringComparer.Ordinal)
        );
        await rig.Until(() => rig.Health.Status == HealthStatus.Healthy);
    }

    [Fact]
    public async Task More_partitions_than_queues_are_told_of()
    {
        var rig = await Start(partitions: 4, configure: o => o.Partitions = 3);
        await rig.Until(() => rig.Health.Status == HealthStatus.Unhealthy);
        Assert.Contains("only the first 3 are read", rig.Health.Text, StringComparison.Ordinal);
    }
}

/// <summary>What only a real broker can do.</summary>
public sealed partial class RealKafkaStreamTests
{
    [Fact]
    public async Task A_subscription_begins_at_a_time_long_after_the_cache_has_forgotten()
    {
        var rig = await Start(partitions: 1, configure: o => (o.CacheSize, o.PullSize) = (20, 10));
        await rig.Produce(100, _ => "k");
        await rig.Until(() => rig.Observer.Count == 100);
        await Task.Delay(20, TestContext.Current.CancellationToken); // Kafka's times are whole milliseconds
        await rig.Produce(100, _ => "k", from: 100);
        await rig.Settled();
        var records = await rig.Read(rig.Topic);
        var time = records[100].Message.Timestamp.UtcDateTime;
        var expected = records
            .Where(r => r.Message.Timestamp.UtcDateTime >= time)
            .Select(r => r.Offset.Value)
            .ToList();
        Assert.InRange(expected.Count, 1, 100);
        var already = rig.Observer.Order.Count;
        await rig
            .Client.GetGrain<IExplicitConsumer>("late")
            .Subscribe(rig.Topic, "k", KafkaSequenceToken.FromTime(new DateTimeOffset(time, TimeSpan.Zero)));
        await rig.Produce("k", "1001");
        await rig.Until(() => rig.Observer.Times("1001") >= 2);
        Assert.Equal(
            expected,
            rig.Observer.Order.Skip(already).Where(s => s.Text != "1001").Select(s => s.Offset)
        );
    }

    [Fact]
    public async Task A_partition_that_is_added_is_read_without_a_restart()
    {
        var rig = await Start(KafkaStreamShape.Partition, partitions: 2, configure: o => o.Partitions = 8);
        await rig.Produce(50, i => $"k{i}");
        await rig.Until(() => rig.Observer.Count == 50);
        using var admin = new AdminClientBuilder(
            new AdminClientConfig { BootstrapServers = rig.Connection.BootstrapServers }
        ).Build();
        await admin.CreatePartitionsAsync([
            new PartitionsSpecification { Topic = rig.Topic, IncreaseTo = 5 },
        ]);
        for (var partition = 0; partition < 5; partition++)
        {
            var stream = rig
                .Client.GetStreamProvider(StreamRig.Provider)
                .GetStream<string>(StreamId.Create(rig.Topic, $"{partition}"));
            // The producer learns of it a little later than the topic.
            for (var tries = 0; ; tries++)
            {
                try
                {
                    await stream.OnNextAsync($"to {partition}");
                    break;
                }
                catch (KafkaUnavailableException) when (tries < 50)
                {
                    await Task.Delay(200, TestContext.Current.CancellationToken);
                }
            }
        }
        await rig.Until(() => rig.Observer.Count == 55);
        Assert.Equal(
            ["0", "1", "2", "3", "4"],
            rig.Observer.Order.Where(s => s.Text.StartsWith("to ", StringComparison.Ordinal))
                .Select(s => s.Key)
                .Order(StringComparer.Ordinal)
        );
    }
}

/// <summary>Three brokers, of which one dies under load: leaders and the group's coordinator change.</summary>
[Collection("streams")]
public sealed class ThreeNodeStreamTests : StreamFaultTests
{
    [Fact]
    public async Task Leaders_change_under_load_and_nothing_is_lost()
    {
        using var kafka = Server(nodes: 3);
        await using var rig = await StreamRig.Start(
            new RealBroker(kafka.BootstrapServers),
            silos: 2,
            partitions: 6
        );
        using var load = StreamConformanceTests.Load(rig);
        await rig.Until(() => rig.Observer.Count > 300);
        kafka.Kill(1);
        await StreamConformanceTests.Progress(rig, 500);
        kafka.Start(1);
        await StreamConformanceTests.Progress(rig, 500);
        await StreamConformanceTests.End(rig, load);
    }

    [Fact]
    public async Task The_only_broker_dies_and_comes_back_under_load()
    {
        using var kafka = Server(nodes: 1);
        await using var rig = await StreamRig.Start(new RealBroker(kafka.BootstrapServers));
        using var load = StreamConformanceTests.Load(rig);
        await rig.Until(() => rig.Observer.Count > 300);
        kafka.Kill(1);
        await rig.Until(() => rig.Health.Status == HealthStatus.Degraded, 60);
        kafka.Start(1);
        await StreamConformanceTests.Progress(rig, 500);
        await StreamConformanceTests.End(rig, load);
        await rig.Until(() => rig.Health.Status == HealthStatus.Healthy);
    }
}

/// <summary>Tests that break a Kafka of their own.</summary>
public abstract class StreamFaultTests
{
    private protected static KafkaServer Server(int nodes)
    {
        Parts.Require(KafkaServer.Home is not null, "No real Kafka: set CLEARANCE_KAFKA_HOME for test.sh");
        return KafkaServer.Start(Directory.CreateTempSubdirectory("clearance-streams-").FullName, nodes);
    }
}
