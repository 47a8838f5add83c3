using ClearanceEngine.DevelopmentBroker;
using ClearanceEngine.Streams.Kafka;
using Microsoft.Extensions.Logging.Abstractions;

namespace ClearanceEngine.Tests;

/// <summary>The broker that a suite runs on.</summary>
public abstract class TestBroker : IAsyncDisposable
{
    /// <summary>Bootstrap servers; the test is skipped (in CI: fails) where there is none.</summary>
    public abstract string Servers { get; }

    public abstract Task CreateTopic(string topic, int partitions);

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}

/// <summary>A development broker of one's own, which plays faults.</summary>
public sealed class PlayedBroker : TestBroker
{
    public KafkaDevelopmentBroker Broker { get; } = KafkaDevelopmentBroker.Start();

    public override string Servers => Broker.BootstrapServers;

    public override Task CreateTopic(string topic, int partitions)
    {
        Broker.CreateTopic(topic, partitions);
        return Task.CompletedTask;
    }

    public override async ValueTask DisposeAsync()
    {
        await Broker.DisposeAsync();
        await base.DisposeAsync();
    }
}

/// <summary>A real Kafka: the one that all tests share, or the one that is named.</summary>
public sealed class RealBroker(string? servers = null) : TestBroker
{
    public override string Servers
    {
        get
        {
            var found = servers ?? Parts.Kafka;
            Parts.Require(found is not null, "No real Kafka: set CLEARANCE_KAFKA_HOME for test.sh");
            return found!;
        }
    }

    public override Task CreateTopic(string topic, int partitions) =>
        new KafkaTopics(
            new KafkaConnectionOptions { BootstrapServers = Servers },
            TimeProvider.System,
            NullLogger<KafkaTopics>.Instance
        ).Ensure([new(topic, partitions)], -1, null, CancellationToken.None);
}
