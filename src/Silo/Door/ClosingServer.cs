using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;

namespace ClearanceEngine.Silo.Door;

/// <summary>
/// A server that closes within a time of its own. Kestrel waits for open requests until the host's whole time to stop is up, so one
/// slow body would leave nothing of it for the feeds, the dispatcher and the silo.
/// </summary>
sealed class ClosingServer(IServer server, TimeSpan closeTime, TimeProvider time) : IServer
{
    public IFeatureCollection Features => server.Features;

    public Task StartAsync<TContext>(
        IHttpApplication<TContext> application,
        CancellationToken cancellationToken
    )
        where TContext : notnull => server.StartAsync(application, cancellationToken);

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(closeTime, time);
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        await server.StopAsync(bounded.Token);
    }

    public void Dispose() => server.Dispose();
}
