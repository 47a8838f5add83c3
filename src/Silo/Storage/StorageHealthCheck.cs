using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ClearanceEngine.Silo.Storage;

/// <summary>Unhealthy while the database does not answer.</summary>
sealed class StorageHealthCheck(IStateDatabase database) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    )
    {
        try
        {
            await database.Ping(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (Exception e)
        {
            return HealthCheckResult.Unhealthy($"{database.Place} does not answer: {e.Message}");
        }
    }
}
