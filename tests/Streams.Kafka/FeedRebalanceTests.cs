using System.Collections.Concurrent;
using ClearanceEngine.Streams.Kafka;
using Confluent.Kafka;
using Xunit;

namespace ClearanceEngine.Tests;

/// <summary>The real broker can also rebalance a group, which the development broker does not do well.</summary>
public sealed class RealKafkaFeedTests() : FeedConformanceTests(new RealBroker())
{
    /// <summary>The client keeps a pause beyond the loss of a partition, and would never read it again.</summary>
    [Fact]
    public async Task A_partition_that_was_lost_while_it_was_paused_is_read_when_it_comes_back()
    {
        var handled = new ConcurrentDictionary<string, int>();
        var open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await Produce(40, _ => null);
        var first = await Start(
            async (r, token) =>
            {
                await open.Task.WaitAsync(token);
                handled.AddOrUpdate(Text(r), 1, (_, n) => n + 1);
            },
            o =>
                (o.InFlight, o.PauseAfter, o.DrainTime) = (
                    1,
                    TimeSpan.FromMilliseconds(100),
                    TimeSpan.FromMilliseconds(100)
                )
        );
        await Until(() => first.InFlight == 1);
        await Task.Delay(TimeSpan.FromMilliseconds(500), TestContext.Current.CancellationToken); // until all are paused

        var second = await Start(
            (r, _) =>
            {
                handled.AddOrUpdate(Text(r), 1, (_, n) => n + 1);
                return ValueTask.CompletedTask;
            },
            name: "second"
        );
        await Until(() => !handled.IsEmpty);
        await second.StopAsync(CancellationToken.None);
        open.SetResult();
        await Produce(40, _ => null, from: 40);
        await Until(() => handled.Count == 80);
    }

    /// <summary>By the group protocols of old and of Kafka 4 (KIP-848).</summary>
    [Theory]
    [InlineData(GroupProtocol.Classic)]
    [InlineData(GroupProtocol.Consumer)]
    public async Task Members_come_and_go_with_records_in_flight_and_nothing_is_lost(GroupProtocol protocol)
    {
        var handled = new ConcurrentDictionary<string, int>();
        var places = new ConcurrentDictionary<(int, long), string>();
        Func<FeedRecord, CancellationToken, ValueTask> By(string member) =>
            async (r, token) =>
            {
                await Task.Delay(20, token); // so that records are in flight whenever a member comes or goes
                handled.AddOrUpdate(Text(r), 1, (_, n) => n + 1);
                places[(r.Partition, r.Offset)] = member;
            };
        int Of(string member) => places.Values.Count(m => m == member);
        await using var watch = Watch((partition, offset) => places.ContainsKey((partition, offset)));
        using var enough = new CancellationTokenSource();
        var sent = 0;
        var load = Task.Run(
            async () =>
            {
                for (; !enough.IsCancellationRequested; sent += 20)
                {
                    await Produce(20, i => $"k{i % 50}", from: sent);
                    await Task.Delay(20);
                }
            },
            TestContext.Current.CancellationToken
        );

        var first = await Start(By("first"), o => o.Protocol = protocol);
        await Until(() => Of("first") > 200);
        await Start(By("second"), o => o.Protocol = protocol, name: "second");
        await Until(() => Of("second") > 200);
        var before = Of("first");
        await Until(() => Of("first") > before + 100); // both read now
        await first.StopAsync(CancellationToken.None);
        before = Of("second");
        await Until(() => Of("second") > before + 200);
        await Start(By("third"), o => o.Protocol = protocol, name: "third");
        await Until(() => Of("third") > 100);
        await enough.CancelAsync();
        await load;
        await Until(() => handled.Count == sent);
        await Until(() => Committed().Values.Sum() == sent);
        watch.NeverTooFar();
        TestContext.Current.SendDiagnosticMessage(
            "{0} sent, {1} repeated",
            sent,
            handled.Values.Sum() - sent
        );
    }
}
