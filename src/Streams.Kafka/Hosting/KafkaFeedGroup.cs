using Microsoft.Extensions.Hosting;

namespace ClearanceEngine.Streams.Kafka;

/// <summary>
/// Feeds that one host starts and stops together. A host stops its services one after the other, and each feed may take its
/// <see cref="KafkaFeedOptions.DrainTime"/>: two full ones would outlast the time that the host has. These drain side by side.
/// </summary>
sealed class KafkaFeedGroup(IReadOnlyList<KafkaFeed> feeds) : BackgroundService
{
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var feed in feeds)
            await feed.StartAsync(cancellationToken).ConfigureAwait(false);
        await base.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(feeds.Select(f => f.StopAsync(cancellationToken))).ConfigureAwait(false);
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Fails with the first feed that fails, so that the host hears of it.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var ended in Task.WhenEach(feeds.Select(f => f.ExecuteTask ?? Task.CompletedTask)))
            await ended.ConfigureAwait(false);
    }
}
