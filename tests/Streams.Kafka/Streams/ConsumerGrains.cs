using System.Diagnostics;
using System.Text;
using ClearanceEngine.Streams.Kafka;
using Orleans.Runtime;
using Orleans.Streams;
using Orleans.Streams.Core;

namespace ClearanceEngine.Tests;

public interface IKeyConsumer : IGrainWithStringKey;

/// <summary>Consumes a stream a key, record by record.</summary>
[RegexImplicitStreamSubscription("^keys-")]
public sealed class KeyConsumer : Grain, IKeyConsumer, IStreamSubscriptionObserver
{
    public async Task OnSubscribed(IStreamSubscriptionHandleFactory handleFactory)
    {
        var topic = handleFactory.StreamId.GetNamespace()!;
        await handleFactory
            .Create<FeedRecord>()
            .ResumeAsync(
                (record, token) =>
                    Observer
                        .Of(topic)
                        .See(
                            new Seen(
                                topic,
                                this.GetPrimaryKeyString(),
                                ((KafkaSequenceToken)token!).Partition,
                                token.SequenceNumber,
                                Encoding.UTF8.GetString(record.Value.Span)
                            )
                            {
                                Context = RequestContext.Get("who") as string,
                                Trace = Activity.Current?.TraceId.ToString(),
                            }
                        )
            );
    }
}

public interface IPartitionConsumer : IGrainWithStringKey;

/// <summary>Consumes a stream a partition, batch by batch.</summary>
[RegexImplicitStreamSubscription("^parts-")]
public sealed class PartitionConsumer : Grain, IPartitionConsumer, IStreamSubscriptionObserver
{
    public async Task OnSubscribed(IStreamSubscriptionHandleFactory handleFactory)
    {
        var topic = handleFactory.StreamId.GetNamespace()!;
        await handleFactory
            .Create<string>()
            .ResumeAsync(async items =>
            {
                foreach (var item in items)
                    await Observer
                        .Of(topic)
                        .See(
                            new Seen(
                                topic,
                                this.GetPrimaryKeyString(),
                                ((KafkaSequenceToken)item.Token).Partition,
                                item.Token.SequenceNumber,
                                item.Item
                            )
                        );
            });
    }
}

/// <summary>An event of the test's own.</summary>
public sealed record Parcel(string Name, int Number);

public interface IExplicitConsumer : IGrainWithStringKey
{
    Task Subscribe(string topic, string key, StreamSequenceToken? from);

    Task SubscribeToParcels(string topic, string key);
}

/// <summary>Subscribes when it is told to.</summary>
public sealed class ExplicitConsumer : Grain, IExplicitConsumer
{
    public Task Subscribe(string topic, string key, StreamSequenceToken? from) =>
        this.GetStreamProvider(StreamRig.Provider)
            .GetStream<string>(StreamId.Create(topic, key))
            .SubscribeAsync(
                (item, token) =>
                    Observer
                        .Of(topic)
                        .See(
                            new Seen(
                                topic,
                                key,
                                ((KafkaSequenceToken)token!).Partition,
                                token.SequenceNumber,
                                item
                            )
                        ),
                from!
            );

    public Task SubscribeToParcels(string topic, string key) =>
        this.GetStreamProvider(StreamRig.Provider)
            .GetStream<Parcel>(StreamId.Create(topic, key))
            .SubscribeAsync(
                (item, token) =>
                    Observer
                        .Of(topic)
                        .See(
                            new Seen(
                                topic,
                                key,
                                ((KafkaSequenceToken)token!).Partition,
                                token.SequenceNumber,
                                $"{item.Name}-{item.Number}"
                            )
                            {
                                Context = RequestContext.Get("who") as string,
                            }
                        )
            );
}

public interface ISender : IGrainWithStringKey
{
    Task Send(string key, string text, CancellationToken cancellationToken);
}

/// <summary>Sends to the topic that is its key.</summary>
public sealed class Sender : Grain, ISender
{
    public async Task Send(string key, string text, CancellationToken cancellationToken)
    {
        var topic = this.GetPrimaryKeyString();
        var sent = this.GetStreamProvider(StreamRig.Provider)
            .GetStream<string>(StreamId.Create(topic, key))
            .OnNextAsync(text);
        await Observer.Of(topic).Sending(text);
        await sent;
    }
}
