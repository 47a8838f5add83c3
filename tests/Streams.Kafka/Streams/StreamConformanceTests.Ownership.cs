using ClearanceEngine.Streams.Kafka;
using Xunit;

namespace ClearanceEngine.Tests;

/// <summary>Silos that come, go and die.</summary>
public abstract partial class StreamConformanceTests
{
    [Theory]
    [InlineData(KafkaStreamShape.Key)]
    [InlineData(KafkaStreamShape.Partition)]
    public async Task Silos_come_and_go_under_load_and_nothing_is_lost(KafkaStreamShape shape)
    {
        var rig = await Start(shape, silos: 2, partitions: 8);
        using var load = Load(rig);
        await rig.Until(() => rig.Observer.Count > 300);
        var third = await rig.Cluster.StartAdditionalSiloAsync();
        await Progress(rig, 500);
        await rig.Cluster.StopSiloAsync(rig.Cluster.Silos.First(s => s != third));
        await Progress(rig, 500);
        await End(rig, load);
    }

    [Fact]
    public async Task One_of_three_silos_is_killed_under_load_and_nothing_is_lost()
    {
        var rig = await Start(silos: 3, partitions: 8, configure: o => o.LeaseTime = TimeSpan.FromSeconds(3));
        using var load = Load(rig);
        await rig.Until(() => rig.Observer.Count > 300);
        await rig.Cluster.KillSiloAsync(rig.Cluster.Silos[^1]);
        await Progress(rig, 1_000);
        await End(rig, load, 90);
    }

    [Fact]
    public async Task A_restart_goes_on_where_the_last_run_ended_and_repeats_nothing()
    {
        var rig = await Start();
        await rig.Produce(100, i => $"k{i % 10}");
        await rig.Settled();
        await rig.Cluster.RestartSiloAsync(rig.Cluster.Silos[0]);
        await rig.Produce(100, i => $"k{i % 10}", from: 100);
        await rig.Until(() => rig.Observer.Count == 200, 60);
        await rig.Settled();
        Assert.Equal(200, rig.Observer.Order.Count);
    }

    internal sealed class Loading : IDisposable
    {
        public CancellationTokenSource Stop { get; } = new();

        public Task Task { get; set; } = Task.CompletedTask;

        public int Sent { get; set; }

        public void Dispose() => Stop.Dispose();
    }

    internal static Loading Load(StreamRig rig)
    {
        var load = new Loading();
        load.Task = Task.Run(async () =>
        {
            while (!load.Stop.IsCancellationRequested)
            {
                await rig.Produce(20, i => $"k{i % 50}", from: load.Sent);
                load.Sent += 20;
                await Task.Delay(20);
            }
        });
        return load;
    }

    internal static Task Progress(StreamRig rig, int more)
    {
        var before = rig.Observer.Count;
        return rig.Until(() => rig.Observer.Count >= before + more, 60);
    }

    internal static async Task End(StreamRig rig, Loading load, int seconds = 60)
    {
        await load.Stop.CancelAsync();
        await load.Task;
        await rig.Until(() => rig.Observer.Count == load.Sent, seconds);
        await rig.Settled();
        TestContext.Current.SendDiagnosticMessage(
            "{0} sent, {1} repeated",
            load.Sent,
            rig.Observer.Order.Count - load.Sent
        );
    }
}
