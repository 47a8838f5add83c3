using System.Globalization;
using ClearanceEngine.Streams.Kafka;
using Orleans.Streams;
using Xunit;

namespace ClearanceEngine.Tests;

/// <summary>Subscriptions that begin in the past, beyond what the cache holds.</summary>
public abstract partial class StreamConformanceTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_subscription_begins_at_an_offset_or_at_the_beginning_long_after_the_cache_has_forgotten(
        bool fromBeginning
    )
    {
        var rig = await Start(partitions: 1, configure: o => (o.CacheSize, o.PullSize) = (20, 10));
        await rig.Produce(200, i => i % 2 == 0 ? "even" : "odd");
        await rig.Settled();
        var records = await rig.Read(rig.Topic);
        StreamSequenceToken from = fromBeginning
            ? KafkaSequenceToken.FromBeginning
            : KafkaSequenceToken.FromOffset(100);
        var expected = records
            .Where(r =>
                (fromBeginning || r.Offset.Value >= 100)
                && System.Text.Encoding.UTF8.GetString(r.Message.Key) == "odd"
            )
            .Select(r => r.Offset.Value)
            .ToList();
        var already = rig.Observer.Order.Count;

        await rig.Client.GetGrain<IExplicitConsumer>("late").Subscribe(rig.Topic, "odd", from);
        // Orleans tells a provider of a subscription with the stream's next record.
        await rig.Produce("odd", "1001");
        await rig.Until(() => rig.Observer.Times("1001") >= 2);
        await rig.Produce(50, i => i % 2 == 0 ? "even" : "odd", from: 2_000);
        await rig.Until(() => rig.Observer.Times("2049") >= 2);
        var seen = rig
            .Observer.Order.Skip(already)
            .GroupBy(s => s.Offset)
            .Where(g => expected.Contains(g.Key))
            .ToList();
        Assert.Equal(expected, seen.Select(g => g.Key));
        Assert.All(seen, g => Assert.Single(g));
        Assert.All(Enumerable.Range(0, 25).Select(i => $"{2_001 + (2 * i)}"), t =>
            Assert.Equal(2, rig.Observer.Times(t))
        );
        await rig.Settled();
    }

    [Fact]
    public async Task A_subscription_goes_on_at_the_token_of_an_event()
    {
        var rig = await Start(partitions: 1, configure: o => (o.CacheSize, o.PullSize) = (20, 10));
        await rig.Produce(200, _ => "k");
        await rig.Settled();
        var at = rig.Observer.Order.Single(s => s.Text == "150");
        var already = rig.Observer.Order.Count;
        await rig
            .Client.GetGrain<IExplicitConsumer>("late")
            .Subscribe(rig.Topic, "k", KafkaSequenceToken.OfEvent(at.Partition, at.Offset, 0));
        await rig.Produce("k", "1001");
        await rig.Until(() => rig.Observer.Times("1001") >= 2);
        Assert.Equal(
            Enumerable
                .Range(150, 50)
                .Append(1001)
                .Append(1001)
                .Select(i => i.ToString(CultureInfo.InvariantCulture))
                .Order(StringComparer.Ordinal),
            rig.Observer.Order.Skip(already).Select(s => s.Text).Order(StringComparer.Ordinal)
        );
    }
}
