using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ClearanceEngine.Silo.Hsm;

/// <summary>Unhealthy while nothing can be signed.</summary>
sealed class SigningHealthCheck(TokenSigner signer) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(signer.Fault is { } fault ? HealthCheckResult.Unhealthy(fault) : HealthCheckResult.Healthy($"{signer.Sessions} sessions, {signer.Waiting} signatures waiting"));
}
