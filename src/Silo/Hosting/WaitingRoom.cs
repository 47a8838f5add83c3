using ClearanceEngine.Contracts;
using ClearanceEngine.Silo.Door;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>
/// Answers at the engine's addresses while parts that it cannot start without are away: alive, not ready, and why. It
/// opens with the first part that is missed and must be closed before the engine takes the addresses.
/// </summary>
/// <param name="urls">Addresses, separated by semicolons; null for those that are the default.</param>
/// <param name="probes">Is told what the room is told, for who asks there.</param>
/// <param name="isBehindProxies">True where who asks from this machine may be anybody.</param>
/// <param name="bound">Sets the door's bounds.</param>
sealed class WaitingRoom(
    string? urls,
    ProbeDoor probes,
    bool isBehindProxies,
    Action<KestrelServerOptions> bound
) : IAsyncDisposable
{
    volatile string _text = "";
    Task<WebApplication>? _app;

    /// <summary>What is waited for; empty when nothing was missed.</summary>
    public string Text => _text;

    /// <summary>What is waited for now.</summary>
    public void Say(string text)
    {
        _text = text;
        probes.Say(text);
        _app ??= Open();
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is null)
            return;
        var app = await _app;
        await app.StopAsync();
        await app.DisposeAsync();
    }

    /// <summary>Nobody can sign in yet: what is waited for, and where it should be, is told on this machine only.</summary>
    string For(HttpContext context) => !isBehindProxies && ProbeDoor.IsOfThisMachine(context) ? _text : "";

    async Task<WebApplication> Open()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSecurityHeaders();
        builder.Services.AddSingleton<IHostLifetime, GuestLifetime>();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(bound);
        if (urls is not null)
            builder.WebHost.UseUrls(urls.Split(';'));
        var app = builder.Build();
        app.UseSecurityHeaders();
        app.MapGet(ApiPaths.Live, () => Results.Ok());
        // The framework's own fallback leaves out what looks like a file: an order number with a point in it would be 404.
        app.MapFallback("{**path}", context =>
            DoorProblems.Starting(context, For(context)).ExecuteAsync(context)
        );
        await app.StartAsync();
        return app;
    }
}
