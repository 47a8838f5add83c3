using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ClearanceEngine.Silo.Door;

/// <summary>Readiness as the door tells it: every part with its text and figures; what is missing as a problem.</summary>
static class DoorHealth
{
    /// <summary>Path that answers while the process lives.</summary>
    public const string Live = "/health/live";

    /// <summary>Path that answers 200 while this silo can do its work.</summary>
    public const string Ready = "/health/ready";

    /// <summary>True for a part without which this silo is not ready.</summary>
    public static bool IsOfReadiness(HealthCheckRegistration check) => check.Tags.Contains("ready");

    public static Task Write(HttpContext context, HealthReport report)
    {
        var parts = report.Entries.ToDictionary(
            e => e.Key,
            e => new
            {
                status = e.Value.Status.ToString(),
                text = e.Value.Description,
                data = e.Value.Data.Count > 0 ? e.Value.Data : null,
            }
        );
        if (report.Status != HealthStatus.Unhealthy)
            return Results.Json(new { status = report.Status.ToString(), parts }).ExecuteAsync(context);

        var missing = report.Entries.Where(e => e.Value.Status == HealthStatus.Unhealthy).Select(e => e.Key);
        return DoorProblems.NotReady(string.Join(", ", missing), parts).ExecuteAsync(context);
    }
}
