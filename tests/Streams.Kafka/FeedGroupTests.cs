using System.Collections.Concurrent;
using ClearanceEngine.Streams.Kafka;
using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace ClearanceEngine.Tests;

/// <summary>Feeds of one group drain side by side: a stop takes one drain, not one for each.</summary>
public sealed class FeedGroupTests : IAsyncDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    readonly PlayedBroker _broker = new();
    readonly ConcurrentDictionary<string, TaskCompletionSource> _begun = new();
    readonly ConcurrentDictionary<string, TaskCompletionSource> _released = new();

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    [Theory]
    [InlineData("first", "second")]
    [InlineData("second", "first")]
    public async Task A_feed_that_has_drained_does_not_wait_for_its_neighbour(string quick, string slow)
    {
        using var host = Host();
        await host.StartAsync();
        foreach (var name in (string[])[quick, slow])
        {
            await _broker.CreateTopic(name, 1);
            await host.Services.GetRequiredService<IKafkaProducer>().Produce(name, null, "x"u8.ToArray());
            await Begun(name).Task.WaitAsync(Patience);
        }

        var stop = host.StopAsync();
        Released(quick).SetResult();
        await host.Services.GetRequiredKeyedService<KafkaFeed>(quick).ExecuteTask!.WaitAsync(Patience);
        Assert.False(stop.IsCompleted);
        Released(slow).SetResult();
        await stop.WaitAsync(Patience);
    }

    IHost Host()
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = 2 * Patience);
        builder
            .Services.AddKafka(new KafkaConnectionOptions { BootstrapServers = _broker.Servers })
            .AddKafkaFeeds(Feed("first"), Feed("second"));
        return builder.Build();
    }

    KafkaFeedRegistration Feed(string name) =>
        new(
            name,
            (_, o) =>
            {
                o.Topics.Add(name);
                o.Group = name;
                o.DeadLetterTopic = "dead";
                o.DrainTime = Patience;
            },
            _ => new Held(Begun(name), Released(name))
        );

    TaskCompletionSource Begun(string name) => _begun.GetOrAdd(name, _ => new());

    TaskCompletionSource Released(string name) => _released.GetOrAdd(name, _ => new());

    sealed class Held(TaskCompletionSource begun, TaskCompletionSource released) : IFeedHandler
    {
        public async ValueTask Handle(FeedRecord record, CancellationToken cancellationToken)
        {
            begun.TrySetResult();
            await released.Task.WaitAsync(cancellationToken);
        }
    }
}
