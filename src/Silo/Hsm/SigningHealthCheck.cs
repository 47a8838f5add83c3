using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ClearanceEngine.Silo.Hsm;

/// <summary>Degraded while nothing can be signed: documents are taken in all the same, so the silo stays in service.</summary>
sealed class SigningHealthCheck(TokenSigner signer) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    ) =>
        Task.FromResult(
            signer.Fault is { } fault
                ? HealthCheckResult.Degraded(fault)
                : HealthCheckResult.Healthy(
                    $"{signer.Sessions} sessions, {signer.Waiting} signatures waiting"
                )
        );
}
