using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ClearanceEngine.Silo.Hsm;

/// <summary>
/// Degraded while nothing can be signed or a session hangs: documents are taken in all the same, so the silo stays in
/// service. Unhealthy where the token was never fit to sign as it is set up, so that a roll-out stops there.
/// </summary>
sealed class SigningHealthCheck(TokenSigner signer) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    ) => Task.FromResult(Verdict());

    HealthCheckResult Verdict()
    {
        if (signer.Fault is { } fault)
            return signer.IsUnfit ? HealthCheckResult.Unhealthy(fault) : HealthCheckResult.Degraded(fault);
        var working = $"{signer.Sessions} sessions, {signer.Waiting} signatures waiting";
        return signer.Hung is > 0 and var hung
            ? HealthCheckResult.Degraded($"{working}; {hung} sessions hang in the device and were abandoned")
            : HealthCheckResult.Healthy(working);
    }
}
