using ClearanceEngine.Silo.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Serialization;

namespace ClearanceEngine.Bench.Peers;

/// <summary>A peer as a process, with as much of an HTTP door as the rig asks for.</summary>
static class PeerHost
{
    public static async Task Run(PeerOptions options, string url, CancellationToken stopping)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.UseUrls(url);
        builder.Services.AddSerializer();
        builder.Services.AddSingleton(options);
        builder.Services.AddHostedService<PeerService>();
        builder.Services.AddHealthChecks().AddCheck<RuntimeHealthCheck>("runtime");
        await using var app = builder.Build();
        app.MapHealthChecks(
            "/health/ready",
            new HealthCheckOptions
            {
                ResponseWriter = (context, report) =>
                    context.Response.WriteAsJsonAsync(
                        new
                        {
                            parts = report.Entries.ToDictionary(e => e.Key, e => new { data = e.Value.Data }),
                        }
                    ),
            }
        );
        await app.StartAsync(stopping);
        await app.WaitForShutdownAsync(stopping);
    }
}
