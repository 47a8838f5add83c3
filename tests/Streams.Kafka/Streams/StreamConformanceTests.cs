using System.Globalization;
using System.Text;
using ClearanceEngine.DevelopmentBroker;
using ClearanceEngine.Streams.Kafka;
using Confluent.Kafka;
using Orleans.Runtime;
using Orleans.Streams;
using Xunit;

namespace ClearanceEngine.Tests;

/// <summary>What the stream provider must do, on whatever broker.</summary>
public abstract partial class StreamConformanceTests(TestBroker broker) : IAsyncLifetime
{
    readonly List<StreamRig> _rigs = [];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var rig in _rigs)
            await rig.DisposeAsync();
        await broker.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected async Task<StreamRig> Start(
        KafkaStreamShape shape = KafkaStreamShape.Key,
        int silos = 1,
        int partitions = 4,
        Action<KafkaStreamOptions>? configure = null,
        Func<StreamRig, Task>? before = null,
        IKafkaStreamMapper? mapper = null
    )
    {
        var rig = await StreamRig.Start(broker, shape, silos, partitions, configure, before, mapper);
        _rigs.Add(rig);
        return rig;
    }

    [Theory]
    [InlineData(KafkaStreamShape.Key)]
    [InlineData(KafkaStreamShape.Partition)]
    public async Task Every_record_is_handled_in_order_and_committed_to_the_end(KafkaStreamShape shape)
    {
        var rig = await Start(shape, before: r => r.Produce(300, i => $"k{i % 20}"));
        await rig.Until(() => rig.Observer.Count == 300);
        await rig.Produce(300, i => $"k{i % 20}", from: 300);
        await rig.Until(() => rig.Observer.Count == 600);
        await rig.Settled();
        if (shape == KafkaStreamShape.Partition)
            return;
        for (var k = 0; k < 20; k++)
            Assert.Equal(Enumerable.Range(0, 30).Select(n => (n * 20) + k), rig.Observer.Numbers($"k{k}"));
    }

    [Fact]
    public async Task A_record_that_is_not_handled_holds_the_commit_of_its_partition_while_others_go_on()
    {
        var open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var rig = await Start();
        rig.Observer.Handle = s => s.Text == "7" ? open.Task : Task.CompletedTask;
        await rig.Produce(200, i => $"k{i}");
        await rig.Until(() => rig.Observer.Count == 199);
        await Task.Delay(700, TestContext.Current.CancellationToken); // several commit intervals: what could be committed wrongly would be by now
        var held = (await rig.Read(rig.Topic)).Single(r => Encoding.UTF8.GetString(r.Message.Value) == "7");
        Assert.True(rig.Committed()[held.Partition.Value] <= held.Offset.Value);
        open.SetResult();
        await rig.Settled();
    }
}

[Collection("streams")]
public sealed partial class DevelopmentBrokerStreamTests : StreamConformanceTests
{
    readonly KafkaDevelopmentBroker _broker;

    public DevelopmentBrokerStreamTests()
        : this(new PlayedBroker()) { }

    DevelopmentBrokerStreamTests(PlayedBroker broker)
        : base(broker) => _broker = broker.Broker;
}

[Collection("streams")]
public sealed partial class RealKafkaStreamTests() : StreamConformanceTests(new RealBroker());
