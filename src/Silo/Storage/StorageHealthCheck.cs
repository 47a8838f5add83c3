using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ClearanceEngine.Silo.Storage;

/// <summary>Unhealthy while the database does not answer, or takes no writes as a standby does.</summary>
sealed class StorageHealthCheck(IStateDatabase database, TimeProvider time) : IHealthCheck
{
    /// <summary>Whoever asks whether this silo is ready has little patience, too.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    )
    {
        try
        {
            await database.TryWrite(cancellationToken).WaitAsync(Patience, time, cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (Exception e)
        {
            return HealthCheckResult.Unhealthy($"{database.Place} does not take writes: {e.Message}");
        }
    }
}
