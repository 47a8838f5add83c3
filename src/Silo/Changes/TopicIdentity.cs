using ClearanceEngine.Streams.Kafka;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace ClearanceEngine.Silo.Changes;

/// <summary>Which topic of a name this is: one that was deleted and made anew has the same name and other records.</summary>
interface ITopicIdentity
{
    /// <summary>Different for each topic there ever was.</summary>
    /// <exception cref="KafkaException">Kafka does not say.</exception>
    /// <exception cref="KafkaUnavailableException">It has no order that a cursor could stand for.</exception>
    Task<Guid> Of(string topic);
}

/// <summary>The development broker forgets all with its process, so this process is the topics' identity. It does not answer who asks for ids.</summary>
sealed class DevelopmentTopicIdentity : ITopicIdentity
{
    readonly Guid _process = Guid.NewGuid();

    public Task<Guid> Of(string topic) => Task.FromResult(_process);
}

/// <summary>The ids that brokers give to topics (KIP-516).</summary>
sealed class KafkaTopicIdentity(KafkaConnectionOptions kafka, ChangesOptions options)
    : ITopicIdentity,
        IDisposable
{
    readonly Lazy<IAdminClient> _client = new(() =>
        new AdminClientBuilder(kafka.Apply(new AdminClientConfig(), kafka.Admin))
            .SetErrorHandler((_, _) => { })
            .SetLogHandler((_, _) => { })
            .Build()
    );

    public async Task<Guid> Of(string topic)
    {
        var described = await _client.Value.DescribeTopicsAsync(
            TopicCollection.OfTopicNames([topic]),
            new DescribeTopicsOptions { RequestTimeout = options.Patience }
        );
        var found = described.TopicDescriptions[0];
        if (found.Partitions.Count > 1)
            throw new KafkaUnavailableException(
                $"Topic {topic} has {found.Partitions.Count} partitions; receipts of one participant are in an order only where there is one."
            );

        var id = found.TopicId;
        return new Guid(
            (int)(id.MostSignificantBits >> 32),
            (short)(id.MostSignificantBits >> 16),
            (short)id.MostSignificantBits,
            BitConverter.GetBytes(id.LeastSignificantBits)
        );
    }

    public void Dispose()
    {
        if (_client.IsValueCreated)
            _client.Value.Dispose();
    }
}
