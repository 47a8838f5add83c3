using ClearanceEngine.Contracts;
using ClearanceEngine.Door;
using ClearanceEngine.Silo.Access;
using ClearanceEngine.Silo.Accounts;
using ClearanceEngine.Silo.Audit;
using ClearanceEngine.Silo.Door;
using ClearanceEngine.Silo.Door.Contract;
using ClearanceEngine.Silo.Intake;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>The HTTP door.</summary>
static class DoorParts
{
    public static void AddDoor(
        this IServiceCollection services,
        DoorOptions door,
        IntakeOptions intake,
        AccessOptions access
    )
    {
        services.AddSingleton<DoorBell>();
        services.AddSingleton<IDoorBell>(sp => sp.GetRequiredService<DoorBell>());
        services.AddSingleton<BodyPlaces>();
        services.AddSingleton<BodyReader>();
        services.AddSingleton<MessageSubmission>();
        services.AddSingleton<KnownGrains>();
        services.AddSingleton<AuditTrail>();

        services.AddSingleton(sp => new ConnectionGuard(
            door.ClientConnections,
            [.. door.ProxyNetworks()],
            door.HeadTimeout,
            sp.GetRequiredService<TimeProvider>(),
            sp.GetRequiredService<ILogger<ConnectionGuard>>()
        ));
        services.AddSingleton<ProbeDoor>();
        services.AddHostedService(sp => sp.GetRequiredService<ProbeDoor>());

        services
            .AddOptions<KestrelServerOptions>()
            .Configure<ConnectionGuard>((server, guard) => DoorLimits.Server(server, door, intake, guard))
            .Configure(server => DoorTls.Use(server, door.Tls, access.Certificates.Count > 0));
        services.AddSecurityHeaders();
        services.BoundClosing(door);
        services.Configure<ForwardedHeadersOptions>(forwarded => DoorLimits.Proxies(forwarded, door));
        services.AddSingleton<DoorRates>();
        services.AddRateLimiter();
        services
            .AddOptions<RateLimiterOptions>()
            .Configure<DoorRates>((limiter, rates) => DoorLimits.Requests(limiter, door, rates));
        services.AddProblemDetails();
        services.AddExceptionHandler<UnansweredRequests>();
        services.Configure<ExceptionHandlerOptions>(o =>
            o.SuppressDiagnosticsCallback = UnansweredRequests.IsTheClients
        );
        ContractDocument.Add(services);
        services.ConfigureHttpJsonOptions(o => ContractJson.Configure(o.SerializerOptions));
    }

    static void BoundClosing(this IServiceCollection services, DoorOptions door)
    {
        var server = services.Last(s => s.ServiceType == typeof(IServer));
        services.Replace(
            ServiceDescriptor.Singleton<IServer>(sp => new ClosingServer(
                (IServer)ActivatorUtilities.CreateInstance(sp, server.ImplementationType!),
                door.CloseTime,
                sp.GetRequiredService<TimeProvider>()
            ))
        );
    }

    /// <summary>The way of a request: where it comes from, whether there is room (also for guessing tokens), who sends it, whether there is room for this one, then its endpoint; whatever goes wrong is told in RFC 9457's form.</summary>
    public static void UseDoor(this WebApplication app)
    {
        if (app.Services.GetRequiredService<DoorOptions>().KnownProxies.Count > 0)
            app.UseForwardedHeaders();
        app.UseSecurityHeaders();
        app.UseExceptionHandler();
        app.UseStatusCodePages(UnansweredRequests.WriteBody);
        app.Use(CloseAfterTooLarge);
        app.UseRateLimiter();
        app.Use(CrossSiteGuard.Pass);
        var rates = app.Services.GetRequiredService<DoorRates>();
        app.Use(rates.PassCredential);
        TokenDoor.Use(app);
        app.UseAuthentication();
        app.Use(rates.Pass);
        app.UseAuthorization();
        app.MapDoor();
    }

    /// <summary>The rest of a body that is too large may never be read: the next request must come by another connection.</summary>
    static Task CloseAfterTooLarge(HttpContext context, RequestDelegate next)
    {
        context.Response.OnStarting(() =>
        {
            if (context.Response.StatusCode == StatusCodes.Status413PayloadTooLarge)
                context.Response.Headers.Connection = "close";
            return Task.CompletedTask;
        });
        return next(context);
    }
}
