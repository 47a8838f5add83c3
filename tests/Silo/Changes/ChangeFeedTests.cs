using ClearanceEngine.DevelopmentBroker;
using ClearanceEngine.Silo.Changes;

namespace ClearanceEngine.Tests.Changes;

/// <summary>On the broker that is embedded.</summary>
public sealed class DevelopmentBrokerChangeFeedTests : ChangeFeedConformance, IAsyncDisposable
{
    readonly KafkaDevelopmentBroker _broker = KafkaDevelopmentBroker.Start();

    /// <summary>The engine is started anew, and the broker is not.</summary>
    readonly DevelopmentTopicIdentity _identity = new();

    internal override ChangeWorld World(bool isShared = false)
    {
        var world = new ChangeWorld(_broker.BootstrapServers, _identity) { IsShared = isShared };
        foreach (var topic in Topics(world))
            _broker.CreateTopic(topic, 1);
        return world;
    }

    static IEnumerable<string> Topics(ChangeWorld world) =>
        new[] { ChangeWorld.Ours, ChangeWorld.Others }.Select(world.TopicOf).Distinct();

    public ValueTask DisposeAsync() => _broker.DisposeAsync();
}

/// <summary>On a real Kafka.</summary>
public sealed class KafkaChangeFeedTests : ChangeFeedConformance
{
    internal override ChangeWorld World(bool isShared = false)
    {
        Parts.Require(Parts.Kafka is not null, "CLEARANCE_TEST_KAFKA names no Kafka");
        var world = new ChangeWorld(Parts.Kafka!, null) { IsShared = isShared };
        RealTopics.Create(Parts.Kafka!, world.TopicOf(ChangeWorld.Ours), world.TopicOf(ChangeWorld.Others));
        return world;
    }
}
