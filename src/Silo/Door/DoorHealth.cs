using ClearanceEngine.Access;
using ClearanceEngine.Silo.Access;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ClearanceEngine.Silo.Door;

/// <summary>Readiness as the door tells it: a verdict to everybody; every part with its text and figures to who looks after the engine.</summary>
static class DoorHealth
{
    /// <summary>Path that answers while the process lives.</summary>
    public const string Live = "/health/live";

    /// <summary>Path that answers 200 while this silo can do its work.</summary>
    public const string Ready = "/health/ready";

    /// <summary>True for a part without which this silo is not ready.</summary>
    public static bool IsOfReadiness(HealthCheckRegistration check) => check.Tags.Contains("ready");

    /// <summary>The details are for who has the right to them.</summary>
    public static Task Answer(HttpContext context, HealthReport report) =>
        Write(context, report, context.CallerIfAny()?.ReachOf(Right.ReadHealthDetails) == Reach.All);

    /// <param name="context">Of the request.</param>
    /// <param name="report">Of all parts.</param>
    /// <param name="withDetails">Names, texts and figures of the parts; else the verdict alone.</param>
    public static Task Write(HttpContext context, HealthReport report, bool withDetails)
    {
        if (!withDetails)
            return Verdict(report).ExecuteAsync(context);

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

    static IResult Verdict(HealthReport report) =>
        report.Status == HealthStatus.Unhealthy
            ? DoorProblems.NotReady()
            : Results.Json(new { status = report.Status.ToString() });
}
