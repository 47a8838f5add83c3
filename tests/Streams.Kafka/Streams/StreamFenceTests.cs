using ClearanceEngine.DevelopmentBroker;
using ClearanceEngine.Streams.Kafka;
using Confluent.Kafka;
using Orleans.Runtime;
using Xunit;

namespace ClearanceEngine.Tests;

/// <summary>One partition has one owner at a time, and only that one commits.</summary>
[Collection("streams")]
public sealed class StreamFenceTests : IAsyncLifetime
{
    readonly PlayedBroker _broker = new();
    StreamRig _rig = null!;
    IPartitionGrain _fence = null!;

    SiloAddress Silo => _rig.Cluster.Silos[0].SiloAddress;

    public async ValueTask InitializeAsync()
    {
        _rig = await StreamRig.Start(_broker, partitions: 1, configure: o =>
            o.LeaseTime = TimeSpan.FromSeconds(1)
        );
        // A partition that no queue reads.
        await _broker.CreateTopic($"fence-{_rig.Run}", 1);
        _fence = _rig.Client.GetGrain<IPartitionGrain>(
            PartitionGrain.Key(StreamRig.Provider, new TopicPartition($"fence-{_rig.Run}", 0))
        );
    }

    public async ValueTask DisposeAsync()
    {
        await _rig.DisposeAsync();
        await _broker.DisposeAsync();
    }

    [Fact]
    public async Task A_new_owner_begins_only_when_the_old_one_has_flushed_and_let_go()
    {
        var epoch = await Acquire("a");
        Assert.Null((await _fence.Acquire("b", Silo)).Epoch);
        Assert.True(await _fence.Keep("a", Silo, epoch, null));
        Assert.Null((await _fence.Acquire("b", Silo)).Epoch);
        Assert.True(await _fence.Release("a", Silo, epoch, null));
        Assert.True((await _fence.Acquire("b", Silo)).Epoch > epoch);
    }

    [Fact]
    public async Task A_stale_owner_commits_nothing()
    {
        var old = await Acquire("a");
        // It falls silent; only time makes it stale.
        var epoch = await Acquire("b");
        Assert.True(epoch > old);
        Assert.False(await _fence.Keep("a", Silo, old, 7));
        Assert.False(await _fence.Release("a", Silo, old, 7));
        Assert.True(await _fence.Keep("b", Silo, epoch, null));
    }

    [Fact]
    public async Task An_owner_that_an_earlier_activation_granted_is_taken_back()
    {
        var epoch = await Acquire("a");
        await _rig.Cluster.DeactivateAsync(_fence);
        Assert.True(await _fence.Keep("a", Silo, epoch, null));
        Assert.Null((await _fence.Acquire("b", Silo)).Epoch);
        Assert.False(await _fence.Keep("c", Silo, epoch, null));
    }

    [Fact]
    public async Task A_hand_over_begins_where_the_last_commit_ended()
    {
        await _rig.Produce(50, i => $"k{i}");
        await _rig.Settled();
        Assert.Equal(50, _rig.Committed()[0]);
        await _rig.Cluster.StartAdditionalSiloAsync();
        await _rig.Cluster.StopSiloAsync(_rig.Cluster.Silos[0]);
        await _rig.Produce(50, i => $"k{i}", from: 50);
        await _rig.Until(() => _rig.Observer.Count == 100, 60);
        await _rig.Settled();
        Assert.Equal(100, _rig.Observer.Order.Count);
    }

    async Task<long> Acquire(string owner)
    {
        for (var deadline = DateTime.UtcNow.AddSeconds(20); DateTime.UtcNow < deadline; await Task.Delay(50))
        {
            if ((await _fence.Acquire(owner, Silo)).Epoch is { } epoch)
                return epoch;
        }
        Assert.Fail($"{owner} was not granted the partition.");
        return 0;
    }
}
