using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ClearanceEngine.Streams.Kafka;

/// <summary>Degraded while a feed waits for its broker and heals by itself; unhealthy when a partition stands still or the feed ended.</summary>
sealed class KafkaFeedHealthCheck(KafkaFeed feed) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    )
    {
        var (status, text) = feed.Health;
        var (lag, oldest) = feed.Backlog;
        var data = new Dictionary<string, object>
        {
            ["lag"] = lag,
            ["inFlight"] = feed.InFlight,
            ["heldBytes"] = feed.HeldBytes,
            ["oldestSeconds"] = Math.Round(oldest.TotalSeconds, 1),
        };
        return Task.FromResult(
            new HealthCheckResult(status, text ?? $"{feed.InFlight} in flight, {lag} behind", data: data)
        );
    }
}
