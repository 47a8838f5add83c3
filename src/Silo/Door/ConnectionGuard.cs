using System.Net;
using ClearanceEngine.Silo.Hosting;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace ClearanceEngine.Silo.Door;

/// <summary>
/// Keeps one client from having all connections of a listener: it may have so many at once, and none on which it says nothing.
/// The bounds by request come too late for that, since such a connection has no request.
/// </summary>
/// <param name="most">Connections of one client at once.</param>
/// <param name="exempt">Whose connections are not counted: each carries many clients.</param>
/// <param name="silence">How long after it opened a connection may be without its first byte.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Is told of refusals, once a minute at most.</param>
sealed partial class ConnectionGuard(
    int most,
    IReadOnlyList<IPNetwork> exempt,
    TimeSpan silence,
    TimeProvider time,
    ILogger logger
)
{
    readonly Lock _lock = new();
    readonly Dictionary<IPAddress, int> _open = [];
    readonly OnceAMinute _refusals = new(time);

    /// <summary>How many connections each client has now; nothing is remembered of who has none.</summary>
    public IReadOnlyDictionary<IPAddress, int> Open()
    {
        lock (_lock)
            return _open.ToDictionary();
    }

    /// <summary>Stands before everything else on each connection that comes by these endpoints.</summary>
    public void Watch(ListenOptions endpoint) => endpoint.Use(next => connection => Admit(connection, next));

    async Task Admit(ConnectionContext connection, ConnectionDelegate next)
    {
        var client = Client(connection);
        if (client is not null && !TryEnter(client))
        {
            Refuse(connection, client);
            return;
        }

        try
        {
            if (await HasSpoken(connection))
                await next(connection);
        }
        finally
        {
            if (client is not null)
                Leave(client);
        }
    }

    /// <summary>Null for who is not counted: a known proxy, or whoever comes by a socket of this machine.</summary>
    IPAddress? Client(ConnectionContext connection)
    {
        if (connection.RemoteEndPoint is not IPEndPoint { Address: var address })
            return null;
        var own = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return exempt.Any(network => network.Contains(own)) ? null : DoorClient.Of(own);
    }

    bool TryEnter(IPAddress client)
    {
        lock (_lock)
        {
            var open = _open.GetValueOrDefault(client);
            if (open >= most)
                return false;
            _open[client] = open + 1;
            return true;
        }
    }

    void Leave(IPAddress client)
    {
        lock (_lock)
        {
            if (--_open[client] == 0)
                _open.Remove(client);
        }
    }

    /// <summary>Waits for the first byte and leaves it where it is. From it on the server's own time-out for a head counts.</summary>
    async Task<bool> HasSpoken(ConnectionContext connection)
    {
        var closing = connection.Features.Get<IConnectionLifetimeNotificationFeature>();
        using var late = new CancellationTokenSource(silence, time);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(
            late.Token,
            closing?.ConnectionClosedRequested ?? CancellationToken.None
        );
        try
        {
            var first = await connection.Transport.Input.ReadAsync(enough.Token);
            connection.Transport.Input.AdvanceTo(first.Buffer.Start);
            return !first.Buffer.IsEmpty;
        }
        catch (OperationCanceledException)
        {
            if (late.IsCancellationRequested)
                DoorMetrics.Closed("silent");
            connection.Abort(new ConnectionAbortedException("Nothing was said."));
            return false;
        }
        catch (IOException)
        {
            // The client broke it off.
            return false;
        }
    }

    void Refuse(ConnectionContext connection, IPAddress client)
    {
        connection.Abort(new ConnectionAbortedException("The client has too many connections."));
        DoorMetrics.Closed("too-many");
        if (_refusals.Count() is > 0 and var count)
            LogRefused(count, client, most);
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Count} connections were refused, the last of {Client}, which has as many as one client may ({Most}, Door:ClientConnections). If it is a proxy, name it in Door:KnownProxies."
    )]
    partial void LogRefused(long count, IPAddress client, int most);
}
