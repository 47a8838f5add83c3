using ClearanceEngine.Access;
using ClearanceEngine.Contracts;
using ClearanceEngine.Silo.Access;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ClearanceEngine.Silo.Door;

/// <summary>Readiness as the door tells it: a verdict to everybody; every part with its text and figures to who looks after the engine.</summary>
static class DoorHealth
{
    /// <summary>True for a part without which this silo is not ready.</summary>
    public static bool IsOfReadiness(HealthCheckRegistration check) => check.Tags.Contains("ready");

    /// <summary>Whoever gets this answer knows all there is to know: the process lives.</summary>
    public static IResult Live() => Results.Json(new HealthResponse(nameof(HealthStatus.Healthy)));

    /// <summary>The details are for who has the right to them.</summary>
    public static async Task<IResult> Ready(
        HttpContext context,
        HealthCheckService health,
        CancellationToken aborted
    )
    {
        var report = await health.CheckHealthAsync(IsOfReadiness, aborted);
        return Told(report, context.CallerIfAny()?.ReachOf(Right.ReadHealthDetails) == Reach.All);
    }

    /// <param name="report">Of all parts.</param>
    /// <param name="withDetails">Names, texts and figures of the parts; else the verdict alone.</param>
    public static IResult Told(HealthReport report, bool withDetails)
    {
        if (!withDetails)
            return Verdict(report);

        var parts = report.Entries.ToDictionary(
            e => e.Key,
            e => new PartResponse(
                e.Value.Status.ToString(),
                e.Value.Description,
                e.Value.Data.Count > 0 ? e.Value.Data : null
            )
        );
        if (report.Status != HealthStatus.Unhealthy)
            return Results.Json(new HealthResponse(report.Status.ToString(), parts));

        var missing = report.Entries.Where(e => e.Value.Status == HealthStatus.Unhealthy).Select(e => e.Key);
        return DoorProblems.NotReady(string.Join(", ", missing), parts);
    }

    static IResult Verdict(HealthReport report) =>
        report.Status == HealthStatus.Unhealthy
            ? DoorProblems.NotReady()
            : Results.Json(new HealthResponse(report.Status.ToString()));
}
