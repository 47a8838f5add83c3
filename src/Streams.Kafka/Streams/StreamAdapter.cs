using Confluent.Kafka;
using Orleans.Runtime;
using Orleans.Streams;

namespace ClearanceEngine.Streams.Kafka;

/// <summary>The provider to Orleans: events out to Kafka, a receiver a partition in.</summary>
sealed class StreamAdapter(
    string name,
    KafkaStreamOptions options,
    IKafkaStreamMapper mapper,
    IKafkaEventCodec codec,
    KafkaProducer producer,
    Func<QueueId, IQueueAdapterReceiver> receiver
) : IQueueAdapter
{
    public string Name => name;

    public bool IsRewindable => true;

    public StreamProviderDirection Direction => StreamProviderDirection.ReadWrite;

    /// <summary>One record an event, in order, in the stream's partition; returns when the broker has them all.</summary>
    public Task QueueMessageBatchAsync<T>(
        StreamId streamId,
        IEnumerable<T> events,
        StreamSequenceToken? token,
        Dictionary<string, object>? requestContext
    )
    {
        ArgumentNullException.ThrowIfNull(events);
        if (token is not null)
            throw new ArgumentException(
                "Kafka gives each event its token; a producer cannot.",
                nameof(token)
            );
        if (typeof(T) == typeof(FeedRecord))
            throw new ArgumentException(
                "A record that was read cannot be sent as an event; send its value as byte[].",
                nameof(events)
            );
        var place = mapper.PlaceOf(streamId);
        if (!options.Topics.Contains(place.Topic))
            throw new ArgumentException(
                $"The stream {streamId} would go to topic {place.Topic}, which is not one of the provider's: {string.Join(", ", options.Topics)}.",
                nameof(streamId)
            );
        var partition = place.Partition is { } p ? new Partition(p) : Partition.Any;
        return producer.ProduceInOrder(
            new TopicPartition(place.Topic, partition),
            place.Key?.ToArray(),
            events.Select(codec.Encode),
            ContextHeaders.Write(requestContext)
        );
    }

    public IQueueAdapterReceiver CreateReceiver(QueueId queueId) => receiver(queueId);
}

/// <summary>Orleans' side of a queue. What was delivered it learns from the cache's cursors, not from here.</summary>
sealed class StreamReceiver(StreamQueue queue) : IQueueAdapterReceiver
{
    public Task Initialize(TimeSpan timeout)
    {
        queue.Start();
        return Task.CompletedTask;
    }

    public Task<IList<IBatchContainer>> GetQueueMessagesAsync(int maxCount) =>
        GetQueueMessagesAsync(maxCount, CancellationToken.None);

    public Task<IList<IBatchContainer>> GetQueueMessagesAsync(
        int maxCount,
        CancellationToken cancellationToken
    ) => Task.FromResult(queue.Pull(maxCount));

    public Task MessagesDeliveredAsync(IList<IBatchContainer> messages) => Task.CompletedTask;

    public Task MessagesDeliveredAsync(
        IList<IBatchContainer> messages,
        CancellationToken cancellationToken
    ) => Task.CompletedTask;

    public Task Shutdown(TimeSpan timeout) => queue.Stop(timeout);
}

/// <summary>Asked when all retries of a delivery are used up.</summary>
sealed class StreamFailureHandler(Func<StreamQueue?> queue) : IStreamFailureHandler
{
    /// <summary>A record that fails does not end the subscription.</summary>
    public bool ShouldFaultSubsriptionOnError => false;

    public Task OnDeliveryFailure(
        GuidId subscriptionId,
        string streamProviderName,
        StreamId streamIdentity,
        StreamSequenceToken? sequenceToken
    ) => queue()?.Failed(subscriptionId, streamIdentity, sequenceToken) ?? Task.CompletedTask;

    /// <summary>A consumer that could not be asked where it stands begins with what the cache has for it; nothing is lost by that.</summary>
    public Task OnSubscriptionFailure(
        GuidId subscriptionId,
        string streamProviderName,
        StreamId streamIdentity,
        StreamSequenceToken? sequenceToken
    ) => Task.CompletedTask;
}
