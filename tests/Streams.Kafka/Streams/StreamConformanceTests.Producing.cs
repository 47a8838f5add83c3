using System.Collections.Concurrent;
using ClearanceEngine.Streams.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using Orleans.Streams;
using Xunit;

namespace ClearanceEngine.Tests;

/// <summary>Producers that are throttled, cancelled and shut down, and more than one topic.</summary>
public abstract partial class StreamConformanceTests
{
    [Fact]
    public async Task Events_beyond_what_the_producer_may_hold_wait_and_none_is_lost()
    {
        // Four records or 1 KiB at once, of more than 300 bytes each, and each acknowledged only after a while.
        var rig = await Start(configure: o =>
            (o.Producing.InFlight, o.Producing.BufferBytes, o.Producing.Linger) = (
                4,
                1_024,
                TimeSpan.FromMilliseconds(20)
            )
        );
        var streams = rig.Client.GetStreamProvider(StreamRig.Provider);
        var padding = new string('x', 300);
        await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(k =>
                    streams
                        .GetStream<string>(StreamId.Create(rig.Topic, $"k{k}"))
                        .OnNextBatchAsync(Enumerable.Range(0, 25).Select(i => $"{k}-{i}-{padding}"))
                )
        );
        Assert.Equal(200, (await rig.Read(rig.Topic)).Count);
        await rig.Until(() => rig.Observer.Count == 200);
        for (var k = 0; k < 8; k++)
            Assert.Equal(
                Enumerable.Range(0, 25).Select(i => $"{k}-{i}-{padding}"),
                rig.Observer.Order.Where(s => s.Key == $"k{k}").Select(s => s.Text)
            );
        await rig.Settled();
    }

    [Fact]
    public async Task A_request_that_is_cancelled_before_it_begins_sends_nothing()
    {
        var rig = await Start();
        var sender = rig.Client.GetGrain<ISender>(rig.Topic);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            sender.Send("k", "never", new CancellationToken(canceled: true))
        );
        await sender.Send("k", "later", CancellationToken.None);
        await rig.Until(() => rig.Observer.Count == 1);
        Assert.Equal(
            "later",
            System.Text.Encoding.UTF8.GetString(Assert.Single(await rig.Read(rig.Topic)).Message.Value)
        );
    }

    [Fact]
    public async Task What_a_silo_sent_while_it_shut_down_is_delivered_if_it_was_acknowledged_and_has_failed_clearly_if_not()
    {
        var rig = await Start(silos: 2);
        var leaving = rig.Cluster.Silos[1];
        var streams = leaving.ServiceProvider.GetRequiredKeyedService<IStreamProvider>(StreamRig.Provider);
        var acknowledged = new ConcurrentBag<string>();
        var failures = new ConcurrentBag<Exception>();
        using var gone = new CancellationTokenSource();
        var sending = Enumerable
            .Range(0, 4)
            .Select(s =>
                Task.Run(
                    async () =>
                    {
                        var stream = streams.GetStream<string>(StreamId.Create(rig.Topic, $"k{s}"));
                        for (var i = 0; !gone.IsCancellationRequested; i++)
                        {
                            try
                            {
                                await stream.OnNextAsync($"{s}-{i}");
                                acknowledged.Add($"{s}-{i}");
                            }
                            catch (Exception e)
                            {
                                failures.Add(e);
                                return;
                            }
                        }
                    },
                    TestContext.Current.CancellationToken
                )
            )
            .ToList();
        await rig.Until(() => acknowledged.Count > 100);
        await rig.Cluster.StopSiloAsync(leaving);
        await gone.CancelAsync();
        await Task.WhenAll(sending);
        await rig.Cluster.StartAdditionalSiloAsync();
        await rig.Until(() => acknowledged.All(a => rig.Observer.Times(a) > 0), 60);
        Assert.All(failures, e =>
            Assert.Contains(
                rig.Connection.BootstrapServers,
                Assert.IsType<KafkaUnavailableException>(e).Message,
                StringComparison.Ordinal
            )
        );
        await rig.Settled();
        TestContext.Current.SendDiagnosticMessage(
            "{0} acknowledged, {1} failed: {2}",
            acknowledged.Count,
            failures.Count,
            failures.FirstOrDefault()?.Message ?? "none"
        );
    }

    [Fact]
    public async Task Several_topics_are_read_written_and_committed_by_one_provider()
    {
        var rig = await Start(
            configure: o => o.Topics.Add($"keys-more-{o.Group[6..]}"),
            before: r => broker.CreateTopic($"keys-more-{r.Run}", 2)
        );
        var more = $"keys-more-{rig.Run}";
        var streams = rig.Client.GetStreamProvider(StreamRig.Provider);
        await Task.WhenAll(
            Enumerable
                .Range(0, 100)
                .Select(i =>
                    streams
                        .GetStream<string>(StreamId.Create(i % 2 == 0 ? rig.Topic : more, $"k{i % 10}"))
                        .OnNextAsync($"{i}")
                )
        );
        await rig.Until(() => rig.Observer.Count == 100);
        Assert.All(rig.Observer.Order, s =>
            Assert.Equal(
                int.Parse(s.Text, System.Globalization.CultureInfo.InvariantCulture) % 2 == 0
                    ? rig.Topic
                    : more,
                s.Topic
            )
        );
        Assert.Equal(
            (50, 50),
            (
                (await rig.Read(rig.Topic)).Count,
                (await TopicReader.Read(rig.Connection.BootstrapServers, more, 2)).Count
            )
        );
        await rig.Until(() =>
            CommitWatch.Committed(rig.Connection.BootstrapServers, rig.Group, more, 2).Values.Sum() == 50
        );
        await rig.Settled();
    }
}
