using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Routing;

namespace ClearanceEngine.Silo.Door;

/// <summary>The HTTP door. Documents go the same way as any other, over Kafka; the door only waits for the decision.</summary>
static class DoorEndpoints
{
    static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    public static void MapDoor(this IEndpointRouteBuilder app)
    {
        app.MapRead("/", FrontPage.Show);
        app.MapPost("/ceb", (HttpContext context, MessageSubmission submission) => submission.Submit(context))
            .RequireRateLimiting(DoorLimits.Messages);

        var questions = app.MapGroup("").AddEndpointFilter<RouteGroupBuilder, PartAwayFilter>();
        questions.MapRead("/parcels", ParcelEndpoints.Find);
        questions.MapPost("/quota", QuotaEndpoint.Show);
        var parcel = questions
            .MapGroup("/parcels/{ebpCode}/{orderNo}")
            .AddEndpointFilter<RouteGroupBuilder, KnownParcelFilter>();
        parcel.MapRead("", ParcelEndpoints.Show);
        parcel.MapPost("/ask", (Delegate)ParcelEndpoints.Ask);
        parcel.MapPost("/resend", (Delegate)ParcelOrders.Resend);
        parcel.MapPost("/close", ParcelOrders.Close);
        parcel.MapPost("/left", ParcelEndpoints.Leave);

        // Whoever looks after the engine is answered when its door is full.
        app.MapHealth(DoorHealth.Live, new HealthCheckOptions { Predicate = _ => false });
        app.MapHealth(
            DoorHealth.Ready,
            new HealthCheckOptions { Predicate = DoorHealth.IsOfReadiness, ResponseWriter = DoorHealth.Write }
        );
    }

    static void MapRead(this IEndpointRouteBuilder app, string path, Delegate handler) =>
        app.MapMethods(path, Reading, handler);

    static void MapHealth(this IEndpointRouteBuilder app, string path, HealthCheckOptions options) =>
        app.MapHealthChecks(path, options)
            .WithMetadata(new HttpMethodMetadata(Reading))
            .DisableRateLimiting();
}
