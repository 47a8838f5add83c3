using System.Diagnostics;
using System.Text;
using ClearanceEngine.Streams.Kafka;
using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Orleans.Runtime;
using Orleans.Streams;
using Xunit;

namespace ClearanceEngine.Tests;

/// <summary>Producing, foreign records, failures.</summary>
public abstract partial class StreamConformanceTests
{
    [Fact]
    public async Task Events_sent_through_a_stream_arrive_in_order_with_their_context_singly_and_in_batches()
    {
        var rig = await Start();
        await rig.Client.GetGrain<IExplicitConsumer>("a").SubscribeToParcels(rig.Topic, "p1");
        var stream = rig
            .Client.GetStreamProvider(StreamRig.Provider)
            .GetStream<Parcel>(StreamId.Create(rig.Topic, "p1"));
        RequestContext.Set("who", "tester");
        RequestContext.Set("count", 3);
        await stream.OnNextAsync(new Parcel("a", 0));
        await stream.OnNextBatchAsync(Enumerable.Range(1, 100).Select(i => new Parcel("a", i)));
        await stream.OnNextBatchAsync([]);
        RequestContext.Clear();
        // The implicit consumer of the same stream sees their JSON.
        await rig.Until(() =>
            rig.Observer.Order.Count(s => s.Text.StartsWith("a-", StringComparison.Ordinal)) >= 101
        );
        var parcels = rig
            .Observer.Order.Where(s => s.Text.StartsWith("a-", StringComparison.Ordinal))
            .ToList();
        Assert.Equal(Enumerable.Range(0, 101).Select(i => $"a-{i}"), parcels.Select(s => s.Text).Distinct());
        Assert.All(parcels, s => Assert.Equal("tester", s.Context));
        Assert.Single(parcels.Select(s => s.Partition).Distinct());
        await rig.Settled();
    }

    [Fact]
    public async Task No_type_name_is_on_the_wire()
    {
        var rig = await Start();
        await rig
            .Client.GetStreamProvider(StreamRig.Provider)
            .GetStream<Parcel>(StreamId.Create(rig.Topic, "p1"))
            .OnNextAsync(new Parcel("a", 1));
        var record = (await rig.Read(rig.Topic, 1)).Single();
        Assert.Equal("""{"Name":"a","Number":1}""", Encoding.UTF8.GetString(record.Message.Value));
        Assert.Equal("p1", Encoding.UTF8.GetString(record.Message.Key));
        Assert.DoesNotContain(record.Message.Headers, h =>
            h.Key.Contains("type", StringComparison.OrdinalIgnoreCase)
        );
    }

    [Fact]
    public async Task A_stream_lies_in_the_partition_that_its_mapping_says_and_stays_there()
    {
        var rig = await Start();
        var streams = rig.Client.GetStreamProvider(StreamRig.Provider);
        for (var round = 0; round < 2; round++)
        {
            await Task.WhenAll(
                Enumerable
                    .Range(0, 100)
                    .Select(i =>
                        streams.GetStream<string>(StreamId.Create(rig.Topic, $"k{i}")).OnNextAsync($"{round}")
                    )
            );
        }
        var found = (await rig.Read(rig.Topic)).GroupBy(r => Encoding.UTF8.GetString(r.Message.Key)).ToList();
        Assert.Equal(100, found.Count);
        var map = rig.Providers.First().GetStreamQueueMapper();
        Assert.All(found, key =>
        {
            Assert.Equal(2, key.Count());
            Assert.Equal(
                (uint)Assert.Single(key.Select(r => r.Partition.Value).Distinct()),
                map.GetQueueForStream(StreamId.Create(rig.Topic, key.Key)).GetNumericId()
            );
        });
    }

    [Fact]
    public async Task A_stream_without_a_place_and_a_token_of_the_producers_own_are_refused()
    {
        var rig = await Start(KafkaStreamShape.Partition);
        var streams = rig.Client.GetStreamProvider(StreamRig.Provider);
        Assert.Contains(
            "not one of the provider's",
            (
                await Assert.ThrowsAsync<ArgumentException>(() =>
                    streams.GetStream<string>(StreamId.Create("elsewhere", "1")).OnNextAsync("x")
                )
            ).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "partition's number",
            (
                await Assert.ThrowsAsync<ArgumentException>(() =>
                    streams.GetStream<string>(StreamId.Create(rig.Topic, "one")).OnNextAsync("x")
                )
            ).Message,
            StringComparison.Ordinal
        );
        await Assert.ThrowsAsync<ArgumentException>(() =>
            streams
                .GetStream<string>(StreamId.Create(rig.Topic, "1"))
                .OnNextAsync("x", KafkaSequenceToken.FromOffset(3))
        );
        await streams.GetStream<string>(StreamId.Create(rig.Topic, "3")).OnNextAsync("x");
        await rig.Until(() => rig.Observer.Count == 1);
        Assert.Equal(("3", 3), (rig.Observer.Order.Single().Key, rig.Observer.Order.Single().Partition));
    }

    [Fact]
    public async Task Foreign_records_come_as_they_are_and_join_their_producers_trace()
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = s => s.Name == KafkaMetrics.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
        };
        ActivitySource.AddActivityListener(listener);
        var rig = await Start();
        await rig.Produce(
            "k1",
            "with a trace",
            new Headers
            {
                { "traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"u8.ToArray() },
                { "context.who", "s:stranger"u8.ToArray() },
                { "context.odd", [0xff] },
            }
        );
        await rig.Produce(null, "without a key");
        await rig.Until(() => rig.Observer.Count == 2);
        var traced = rig.Observer.Order.Single(s => s.Text == "with a trace");
        Assert.Equal(
            ("k1", "stranger", "0af7651916cd43dd8448eb211c80319c"),
            (traced.Key, traced.Context, traced.Trace)
        );
        var keyless = rig.Observer.Order.Single(s => s.Text == "without a key");
        Assert.Equal($"{keyless.Partition}", keyless.Key);
        await rig.Settled();
    }

    [Theory]
    [InlineData(KafkaStreamShape.Key)]
    [InlineData(KafkaStreamShape.Partition)]
    public async Task Poison_among_good_ones_is_parked_alone_with_its_reason_and_origin(
        KafkaStreamShape shape
    )
    {
        var rig = await Start(shape, configure: o =>
            (o.MaxRetryTime, o.FirstBackoff, o.LongestBackoff) = (
                TimeSpan.FromMilliseconds(400),
                TimeSpan.FromMilliseconds(20),
                TimeSpan.FromMilliseconds(100)
            )
        );
        rig.Observer.Handle = s =>
            s.Text == "13" ? throw new InvalidOperationException("unlucky") : Task.CompletedTask;
        await rig.Produce(60, i => $"k{i % 10}");
        await rig.Until(() => rig.Observer.Count == 59);
        var letter = Assert.Single(await rig.Read(rig.Dead, 1));
        Assert.Equal("13", Encoding.UTF8.GetString(letter.Message.Value));
        Assert.Equal(
            ("retries-exhausted", "unlucky", rig.Topic),
            (
                TopicReader.Header(letter, DeadLetters.Reason),
                TopicReader.Header(letter, DeadLetters.Detail),
                TopicReader.Header(letter, DeadLetters.Topic)
            )
        );
        Assert.Contains(
            "InvalidOperationException",
            TopicReader.Header(letter, DeadLetters.Exception),
            StringComparison.Ordinal
        );
        Assert.True(
            int.Parse(
                TopicReader.Header(letter, DeadLetters.Attempts),
                System.Globalization.CultureInfo.InvariantCulture
            ) > 1
        );
        var origin = (await rig.Read(rig.Topic)).Single(r =>
            Encoding.UTF8.GetString(r.Message.Value) == "13"
        );
        Assert.Equal(
            ($"{origin.Partition.Value}", $"{origin.Offset.Value}"),
            (
                TopicReader.Header(letter, DeadLetters.Partition),
                TopicReader.Header(letter, DeadLetters.Offset)
            )
        );
        await rig.Settled();
        Assert.Single(await rig.Read(rig.Dead));
    }

    [Fact]
    public async Task A_partition_stops_at_a_record_that_fails_when_it_is_told_to()
    {
        var rig = await Start(KafkaStreamShape.Partition, partitions: 2, configure: o =>
            (o.MaxRetryTime, o.FirstBackoff, o.LongestBackoff, o.Exhausted) = (
                TimeSpan.FromMilliseconds(300),
                TimeSpan.FromMilliseconds(20),
                TimeSpan.FromMilliseconds(100),
                ExhaustedRecord.StopPartition
            )
        );
        rig.Observer.Handle = s =>
            s.Text == "5" ? throw new InvalidOperationException("never") : Task.CompletedTask;
        await rig.Produce(40, i => $"k{i}");
        await rig.Until(() => rig.Health.Status == HealthStatus.Unhealthy);
        await rig.Produce(40, i => $"k{i}", from: 40);
        var stuck = (await rig.Read(rig.Topic)).Single(r => Encoding.UTF8.GetString(r.Message.Value) == "5");
        await rig.Until(() => rig.Committed()[1 - stuck.Partition.Value] > 0);
        await Task.Delay(500, TestContext.Current.CancellationToken); // several commit intervals
        Assert.Equal(stuck.Offset.Value, rig.Committed()[stuck.Partition.Value]);
        Assert.DoesNotContain(rig.Observer.Order, s =>
            s.Partition == stuck.Partition.Value && s.Offset > stuck.Offset.Value
        );
        Assert.Empty(await rig.Read(rig.Dead));
        Assert.Contains("stopped its partition", rig.Health.Text, StringComparison.Ordinal);
        rig.NeverTooFar();
    }

    [Fact]
    public async Task A_record_that_belongs_to_no_stream_is_parked_or_passed_over()
    {
        var rig = await Start(configure: _ => { }, mapper: new PickyMapper());
        await rig.Produce("skip", "nobody's");
        await rig.Produce("bad", "unreadable");
        await rig.Produce(20, i => $"k{i}");
        await rig.Until(() => rig.Observer.Count == 20);
        var letter = Assert.Single(await rig.Read(rig.Dead, 1));
        Assert.Equal(
            ("unreadable", "no-key"),
            (Encoding.UTF8.GetString(letter.Message.Value), TopicReader.Header(letter, DeadLetters.Reason))
        );
        foreach (
            var record in (await rig.Read(rig.Topic)).Where(r =>
                Encoding.UTF8.GetString(r.Message.Key) == "skip"
            )
        )
            rig.Observer.Park(rig.Topic, record.Partition.Value, record.Offset.Value);
        await rig.Until(() => rig.Committed().Values.Sum() == 22);
    }

    [Fact]
    public async Task A_consumer_that_fails_before_or_after_its_work_gets_the_record_again()
    {
        var before = 0;
        var after = 0;
        var rig = await Start(configure: o => o.FirstBackoff = TimeSpan.FromMilliseconds(20));
        rig.Observer.Handle = s =>
            s.Text == "3" && Interlocked.Increment(ref before) < 3
                ? throw new TimeoutException("not yet")
                : Task.CompletedTask;
        rig.Observer.After = s =>
            s.Text == "4" && Interlocked.Increment(ref after) < 3
                ? throw new TimeoutException("the answer was lost")
                : Task.CompletedTask;
        await rig.Produce(10, i => $"k{i}");
        await rig.Settled();
        Assert.Equal((3, 1), (before, rig.Observer.Times("3")));
        Assert.Equal(3, rig.Observer.Times("4"));
        Assert.All([0, 1, 2, 5, 6, 7, 8, 9], i => Assert.Equal(1, rig.Observer.Times($"{i}")));
        Assert.Empty(await rig.Read(rig.Dead));
    }

    [Fact]
    public async Task A_backlog_of_many_caches_is_delivered_by_slow_consumers_and_memory_stays_flat()
    {
        var rig = await Start(
            KafkaStreamShape.Partition,
            partitions: 2,
            configure: o => (o.CacheSize, o.PullSize, o.BatchSize, o.CacheBytes) = (50, 20, 10, 1_000_000),
            before: r => r.Produce(2_000, i => $"k{i}")
        );
        var most = 0;
        rig.Observer.Handle = async _ =>
        {
            foreach (var provider in rig.Providers)
                most = Math.Max(most, provider.InFlight);
            if (rig.Observer.Count % 50 == 0)
                await Task.Delay(2);
        };
        await rig.Until(() => rig.Observer.Count == 2_000, 60);
        await rig.Settled();
        Assert.InRange(most, 1, 100); // two partitions
        Assert.True(
            rig.Providers.Sum(p => p.HeldBytes) < 2 * 50 * 100,
            "More is held than the cache may hold."
        );
    }

    [Fact]
    public async Task One_hot_key_does_not_stall_the_others_up_to_the_span()
    {
        var open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var rig = await Start(partitions: 1, configure: o => (o.CacheSize, o.Span) = (100, 300));
        rig.Observer.Handle = s => s.Key == "hot" ? open.Task : Task.CompletedTask;
        await rig.Produce("hot", "first");
        await rig.Produce(1_000, i => $"k{i % 40}");
        await rig.Until(() => rig.Observer.Count >= 299);
        await Task.Delay(500, TestContext.Current.CancellationToken); // what could come would have come
        Assert.InRange(rig.Observer.Count, 299, 900); // the span, and one pull
        Assert.Equal(0, rig.Committed()[0]);
        open.SetResult();
        await rig.Until(() => rig.Observer.Count == 1_001);
        await rig.Settled();
    }

    /// <summary>Passes over what is nobody's and cannot read what is bad.</summary>
    sealed class PickyMapper : IKafkaStreamMapper
    {
        readonly KeyStreams _keys = new();

        public StreamId? StreamOf(FeedRecord record) =>
            Encoding.UTF8.GetString(record.Key!.Value.Span) switch
            {
                "skip" => null,
                "bad" => throw new PoisonRecordException("no-key", "the key is bad"),
                _ => _keys.StreamOf(record),
            };

        public StreamPlace PlaceOf(StreamId stream) => _keys.PlaceOf(stream);
    }
}
