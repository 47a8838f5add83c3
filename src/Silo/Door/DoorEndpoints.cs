using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ClearanceEngine.Silo.Door;

/// <summary>The HTTP door. Documents go the same way as any other, over Kafka; the door only waits for the decision.</summary>
static class DoorEndpoints
{
    public static void MapDoor(this IEndpointRouteBuilder app)
    {
        app.MapPost("/ceb", (HttpContext context, MessageSubmission submission) => submission.Submit(context))
            .RequireRateLimiting(DoorLimits.Messages);
        var questions = app.MapGroup("").AddEndpointFilter<RouteGroupBuilder, PartAwayFilter>();
        questions.MapGet("/parcels", ParcelEndpoints.Find);
        questions.MapGet("/parcels/{ebpCode}/{orderNo}", ParcelEndpoints.Show);
        questions.MapPost("/parcels/{ebpCode}/{orderNo}/ask", ParcelEndpoints.Ask);
        questions.MapPost("/parcels/{ebpCode}/{orderNo}/left", ParcelEndpoints.Leave);
        questions
            .MapPost("/quota", QuotaEndpoint.Show)
            .WithMetadata(new RequestSizeLimitAttribute(QuotaEndpoint.BodyBytes));

        // Whoever looks after the engine is answered when its door is full.
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false })
            .DisableRateLimiting();
        var ready = new HealthCheckOptions
        {
            Predicate = check => check.Tags.Contains("ready"),
            ResponseWriter = WriteReadiness,
        };
        app.MapHealthChecks("/health/ready", ready).DisableRateLimiting();
    }

    static Task WriteReadiness(HttpContext context, HealthReport report) =>
        context.Response.WriteAsJsonAsync(
            new
            {
                status = report.Status.ToString(),
                parts = report.Entries.ToDictionary(
                    e => e.Key,
                    e => new
                    {
                        status = e.Value.Status.ToString(),
                        text = e.Value.Description,
                        data = e.Value.Data.Count > 0 ? e.Value.Data : null,
                    }
                ),
            }
        );
}
