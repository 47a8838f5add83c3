using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>Always healthy: what the process has allocated, how busy its pool is and how many messages its grains sent, for whoever has no metrics at hand.</summary>
sealed class RuntimeHealthCheck : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    )
    {
        var (local, remote) = OrleansMessages.Sent;
        return Task.FromResult(
            HealthCheckResult.Healthy(
                data: new Dictionary<string, object>
                {
                    ["allocatedBytes"] = GC.GetTotalAllocatedBytes(),
                    ["heapBytes"] = GC.GetTotalMemory(forceFullCollection: false),
                    ["pauseMs"] = GC.GetTotalPauseDuration().TotalMilliseconds,
                    ["collections"] = string.Create(
                        CultureInfo.InvariantCulture,
                        $"{GC.CollectionCount(0)}/{GC.CollectionCount(1)}/{GC.CollectionCount(2)}"
                    ),
                    ["threads"] = ThreadPool.ThreadCount,
                    ["pending"] = ThreadPool.PendingWorkItemCount,
                    ["messagesLocal"] = local,
                    ["messagesRemote"] = remote,
                }
            )
        );
    }
}
