using System.Net;
using ClearanceEngine.Contracts;
using ClearanceEngine.Silo.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ClearanceEngine.Silo.Door;

/// <summary>
/// Health and nothing else, at an address and with connections of its own (<see cref="DoorOptions.ProbeUrl"/>): strangers who have
/// filled the door must not get this process killed by whoever asks whether it lives. Open from before the parts are waited
/// for until the process ends.
/// </summary>
sealed class ProbeDoor(
    DoorOptions door,
    HealthCheckService health,
    IHostApplicationLifetime life,
    TimeProvider time,
    ILogger<ConnectionGuard> logger
) : IHostedService, IAsyncDisposable
{
    /// <summary>One client may have this part of the connections; a kubelet has one at a time.</summary>
    const int PartOfClient = 4;

    volatile string _waiting = "";
    WebApplication? _app;

    /// <summary>Where it listens; null when it does not.</summary>
    public string? Address => _app?.Urls.First();

    /// <summary>Opens, unless it is open or has no address.</summary>
    public async Task Open()
    {
        if (_app is not null || door.ProbeUrl is null)
            return;

        // Empty: no file and no variable of the engine's own server counts here.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<IHostLifetime, GuestLifetime>();
        builder.Services.ConfigureHttpJsonOptions(o => ContractJson.Configure(o.SerializerOptions));
        builder.WebHost.UseKestrelCore().ConfigureKestrel(Bound).UseUrls(door.ProbeUrl);
        _app = builder.Build();
        _app.Run(Answer);
        await _app.StartAsync();
    }

    /// <summary>What the start waits for now.</summary>
    public void Say(string text) => _waiting = text;

    public Task StartAsync(CancellationToken cancellationToken) => Open();

    /// <summary>It goes on while the engine stops, which may take longer than a probe's patience.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public ValueTask DisposeAsync() => _app?.DisposeAsync() ?? ValueTask.CompletedTask;

    void Bound(KestrelServerOptions server)
    {
        var ofClient = Math.Max(1, door.ProbeConnections / PartOfClient);
        var guard = new ConnectionGuard(ofClient, [], door.HeadTimeout, time, logger);
        server.ConfigureEndpointDefaults(guard.Watch);
        server.Limits.MaxConcurrentConnections = door.ProbeConnections;
        server.Limits.MaxConcurrentUpgradedConnections = 0;
        server.Limits.KeepAliveTimeout = door.HeadTimeout;
        server.Limits.RequestHeadersTimeout = door.HeadTimeout;
        server.Limits.MaxRequestBodySize = 0;
    }

    /// <summary>No caller signs in here, so the parts are told to who asks from this machine (a forwarded port counts), and to others the verdict.</summary>
    internal static bool IsOfThisMachine(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } from
        && IPAddress.IsLoopback(from)
        && IsNumberOrLocalhost(context.Request.Host.Host)
        && !context.Request.Headers.Keys.Any(IsOfAProxy);

    /// <summary>A page of elsewhere, whose name was made to lead here, still asks by that name.</summary>
    static bool IsNumberOrLocalhost(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || IPAddress.TryParse(host.Trim('[', ']'), out _);

    /// <summary>A proxy of this machine asks for others.</summary>
    static bool IsOfAProxy(string header) =>
        header.Equals("Forwarded", StringComparison.OrdinalIgnoreCase)
        || header.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase);

    Task Answer(HttpContext context) =>
        context.Request.Path.Value switch
        {
            ApiPaths.Live => Task.CompletedTask,
            ApiPaths.Ready => Ready(context),
            _ => DoorProblems.HealthOnly().ExecuteAsync(context),
        };

    async Task Ready(HttpContext context)
    {
        if (life.ApplicationStopping.IsCancellationRequested)
        {
            await DoorProblems.Stopping().ExecuteAsync(context);
            return;
        }
        if (!life.ApplicationStarted.IsCancellationRequested)
        {
            var waiting = IsOfThisMachine(context) ? _waiting : "";
            await DoorProblems.Starting(context, waiting).ExecuteAsync(context);
            return;
        }
        var report = await health.CheckHealthAsync(DoorHealth.IsOfReadiness, context.RequestAborted);
        await DoorHealth.Told(report, IsOfThisMachine(context)).ExecuteAsync(context);
    }
}
