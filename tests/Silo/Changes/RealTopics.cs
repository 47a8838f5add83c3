using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace ClearanceEngine.Tests.Changes;

/// <summary>Topics on a real Kafka.</summary>
internal static class RealTopics
{
    public static void Create(string servers, params string[] topics)
    {
        using var admin = new AdminClientBuilder(
            new AdminClientConfig { BootstrapServers = servers }
        ).Build();
        admin
            .CreateTopicsAsync(
                topics.Distinct().Select(name => new TopicSpecification { Name = name, NumPartitions = 1 })
            )
            .Wait(ChangeWorld.Patience);
    }
}
