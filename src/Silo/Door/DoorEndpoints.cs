using ClearanceEngine.Access;
using ClearanceEngine.Silo.Access;
using ClearanceEngine.Silo.Audit;
using ClearanceEngine.Silo.Changes;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Routing;

namespace ClearanceEngine.Silo.Door;

/// <summary>The HTTP door. Documents go the same way as any other, over Kafka; the door only waits for the decision.</summary>
static class DoorEndpoints
{
    static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Patterns of the endpoints that are open to strangers; whatever is not here wants a caller.</summary>
    internal static IReadOnlyList<string> Public { get; } = ["/", DoorHealth.Live, DoorHealth.Ready];

    public static void MapDoor(this IEndpointRouteBuilder app)
    {
        app.MapRead("/", FrontPage.Show).WithSecurityHeadersPolicy(SecurityHeaders.Page).AllowAnonymous();
        app.MapRead(MeEndpoint.Path, MeEndpoint.Show).RequireAuthorization();
        app.MapPost("/ceb", (HttpContext context, MessageSubmission submission) => submission.Submit(context))
            .RequireRateLimiting(DoorLimits.Messages)
            .RequireRight(Right.SubmitDocuments);

        var questions = app.MapGroup("").AddEndpointFilter<RouteGroupBuilder, PartAwayFilter>();
        questions
            .MapRead("/api/v1/parcels", ParcelEndpoints.Find)
            .AddEndpointFilter<EvenAnswerFilter>()
            .RequireRight(Right.ReadParcels);
        questions.MapPost("/api/v1/quota", QuotaEndpoint.Show).RequireRight(Right.ReadQuota);
        questions.MapGet(ChangesEndpoint.Path, ChangesEndpoint.Show).RequireRight(Right.ReadParcels);
        questions.MapRead(AuditEndpoint.Path, AuditEndpoint.Show).RequireRight(Right.ReadAuditTrail);
        var parcel = questions
            .MapGroup("/api/v1/parcels/{ebpCode}/{orderNo}")
            .AddEndpointFilter<RouteGroupBuilder, EvenAnswerFilter>()
            .AddEndpointFilter<RouteGroupBuilder, KnownParcelFilter>();
        parcel.MapRead("", ParcelEndpoints.Show).RequireRight(Right.ReadParcels);
        parcel.MapPost("/ask", (Delegate)ParcelEndpoints.Ask).RequireRight(Right.AskCustoms);
        parcel.MapPost("/resend", (Delegate)ParcelOrders.Resend).RequireRight(Right.ResendDocuments);
        parcel.MapPost("/close", ParcelOrders.Close).RequireRight(Right.CloseParcels);
        parcel.MapPost("/departed", ParcelEndpoints.Leave).RequireRight(Right.DepartGoods);

        // Whoever looks after the engine is answered when its door is full.
        app.MapHealth(DoorHealth.Live, new HealthCheckOptions { Predicate = _ => false });
        app.MapHealth(
            DoorHealth.Ready,
            new HealthCheckOptions
            {
                Predicate = DoorHealth.IsOfReadiness,
                ResponseWriter = DoorHealth.Answer,
            }
        );
    }

    static RouteHandlerBuilder MapRead(this IEndpointRouteBuilder app, string path, Delegate handler) =>
        app.MapMethods(path, Reading, handler);

    static void MapHealth(this IEndpointRouteBuilder app, string path, HealthCheckOptions options) =>
        app.MapHealthChecks(path, options)
            .WithMetadata(new HttpMethodMetadata(Reading))
            .DisableRateLimiting()
            .AllowAnonymous();
}
