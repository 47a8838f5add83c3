using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ClearanceEngine.Streams.Kafka;

/// <summary>Degraded while a feed waits for its broker and heals by itself; unhealthy when a partition stands still or the feed ended.</summary>
sealed class KafkaFeedHealthCheck(KafkaFeed feed) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var (status, text) = feed.Health;
        return Task.FromResult(new HealthCheckResult(status, text ?? $"{feed.InFlight} in flight"));
    }
}
