using System.Runtime.InteropServices;
using System.Text;
using ClearanceEngine.Streams.Kafka;
using Orleans.Runtime;
using Orleans.Streams;
using Orleans.Streams.Core;

namespace ClearanceEngine.Bench.Streams;

interface ITakingGrain : IGrainWithStringKey
{
    ValueTask Take([Immutable] byte[] message);
}

/// <summary>Does nothing with what it is given, or waits if its key is one of the slow ones.</summary>
sealed class TakingGrain : Grain, ITakingGrain
{
    /// <summary>Every so many keys one is slow; 0 for none.</summary>
    public static int SlowOneIn { get; set; }

    public static readonly TimeSpan Slowness = TimeSpan.FromSeconds(4);

    public async ValueTask Take(byte[] message)
    {
        if (
            SlowOneIn > 0
            && int.Parse(
                this.GetPrimaryKeyString().AsSpan(1),
                System.Globalization.CultureInfo.InvariantCulture
            ) % SlowOneIn
                == 0
        )
            await Task.Delay(Slowness);
        Arrivals.Take(message);
    }
}

interface IKeyStreamGrain : IGrainWithStringKey;

/// <summary>The same as a consumer of a stream a key.</summary>
[ImplicitStreamSubscription(Topics.Keys)]
sealed class KeyStreamGrain : Grain, IKeyStreamGrain, IStreamSubscriptionObserver
{
    public async Task OnSubscribed(IStreamSubscriptionHandleFactory handleFactory) =>
        await handleFactory
            .Create<byte[]>()
            .ResumeAsync(
                (message, _) =>
                {
                    Arrivals.Take(message);
                    return Task.CompletedTask;
                }
            );
}

interface IPartitionStreamGrain : IGrainWithStringKey;

/// <summary>The same as a consumer of a stream a partition.</summary>
[ImplicitStreamSubscription(Topics.Partitions)]
sealed class PartitionStreamGrain : Grain, IPartitionStreamGrain, IStreamSubscriptionObserver
{
    public async Task OnSubscribed(IStreamSubscriptionHandleFactory handleFactory) =>
        await handleFactory
            .Create<ReadOnlyMemory<byte>>()
            .ResumeAsync(messages =>
            {
                foreach (var message in messages)
                    Arrivals.Take(message.Item.Span);
                return Task.CompletedTask;
            });
}

/// <summary>Calls the grain of a record's key, as a feed's handler; with the value as it is, like the bare loop.</summary>
sealed class TakingHandler(IGrainFactory grains) : IFeedHandler
{
    public ValueTask Handle(FeedRecord record, CancellationToken cancellationToken) =>
        grains
            .GetGrain<ITakingGrain>(Encoding.UTF8.GetString(record.Key!.Value.Span))
            .Take(
                MemoryMarshal.TryGetArray(record.Value, out var all)
                    ? all.Array!
                    : throw new InvalidOperationException("A record's value is not an array.")
            );
}
