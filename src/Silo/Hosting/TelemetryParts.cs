using ClearanceEngine.Silo.Intake;
using ClearanceEngine.Streams.Kafka;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>Metrics, traces and health of the process.</summary>
static class TelemetryParts
{
    public static void AddTelemetry(this IServiceCollection services, EngineOptions engine)
    {
        var telemetry = services.AddOpenTelemetry().WithMetrics(Metrics).WithTracing(Traces);
        if (engine.OtlpEndpoint is { } endpoint)
            telemetry.UseOtlpExporter(OtlpExportProtocol.Grpc, new Uri(endpoint));
        services.AddHealthChecks().AddCheck<RuntimeHealthCheck>("runtime", tags: ["ready"]);
    }

    static void Metrics(MeterProviderBuilder metrics) =>
        metrics
            .AddMeter(
                EngineMetrics.Name,
                KafkaMetrics.Name,
                "ClearanceEngine.Storage",
                "ClearanceEngine.Signing",
                "Microsoft.Orleans"
            )
            .AddAspNetCoreInstrumentation()
            .AddRuntimeInstrumentation();

    static void Traces(TracerProviderBuilder traces) =>
        traces
            .AddSource(KafkaMetrics.Name, "Microsoft.Orleans.Runtime", "Microsoft.Orleans.Application")
            .AddAspNetCoreInstrumentation();
}
