using System.Globalization;
using System.Net;
using System.Threading.RateLimiting;
using ClearanceEngine.Silo.Intake;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace ClearanceEngine.Silo.Door;

/// <summary>The door's bounds, as the server and its limiter take them.</summary>
static class DoorLimits
{
    /// <summary>Policy of what is posted to <c>/ceb</c>.</summary>
    public const string Messages = "messages";

    /// <summary>How many bytes of a body the grace lasts is the server's own affair; after it <see cref="DoorOptions.BodyRate"/> counts.</summary>
    static readonly TimeSpan RateGrace = TimeSpan.FromSeconds(5);

    /// <summary>HTTP/2 knows no smaller window.</summary>
    const int SmallestWindow = 65_535;

    public static void Server(
        KestrelServerOptions server,
        DoorOptions door,
        IntakeOptions intake,
        ConnectionGuard guard
    )
    {
        server.AddServerHeader = false;
        server.ConfigureEndpointDefaults(guard.Watch);
        var limits = server.Limits;
        limits.MaxConcurrentConnections = door.Connections;
        limits.MaxConcurrentUpgradedConnections = 0;
        limits.KeepAliveTimeout = door.IdleTimeout;

        limits.RequestHeadersTimeout = door.HeadTimeout;
        limits.MaxRequestHeaderCount = door.Headers;
        limits.MaxRequestHeadersTotalSize = door.HeaderBytes;

        // The door itself refuses what is larger than a message. The server still swallows a little more, so that its sender
        // reads the answer in place of a connection that breaks.
        limits.MaxRequestBodySize = 2L * intake.Limits.MessageBytes;
        limits.MinRequestBodyDataRate = new MinDataRate(door.BodyRate, RateGrace);
        // What the server buffers of a body that nobody asked for yet; it must hold a head.
        limits.MaxRequestBufferSize = Math.Max(door.HeaderBytes, limits.MaxRequestLineSize);
        limits.Http2.InitialStreamWindowSize = SmallestWindow;
        limits.Http2.InitialConnectionWindowSize = SmallestWindow;
    }

    public static void Requests(RateLimiterOptions limiter, DoorOptions door, DoorRates rates)
    {
        limiter.GlobalLimiter = PartitionedRateLimiter.CreateChained(
            rates.Clients,
            PartitionedRateLimiter.Create<HttpContext, IPAddress>(c =>
                AtOnce(DoorClient.Of(c), door.ClientRequests)
            ),
            PartitionedRateLimiter.Create<HttpContext, int>(_ => AtOnce(0, door.Requests))
        );
        limiter.AddPolicy(Messages, _ => AtOnce(0, door.Waiting));
        limiter.OnRejected = (context, _) => Refuse(context, rates);
    }

    public static void Proxies(ForwardedHeadersOptions forwarded, DoorOptions door)
    {
        // Without a known proxy, the framework would believe all as soon as ASPNETCORE_FORWARDEDHEADERS_ENABLED is there.
        forwarded.ForwardedHeaders =
            door.KnownProxies.Count > 0
                ? ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto
                : ForwardedHeaders.None;
        // Goes back from proxy to proxy for as long as each is known.
        forwarded.ForwardLimit = null;
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        foreach (var network in door.ProxyNetworks())
            forwarded.KnownIPNetworks.Add(network);
    }

    /// <summary>So many at once; who comes when there is no place is refused, not kept waiting.</summary>
    public static RateLimitPartition<TKey> AtOnce<TKey>(TKey key, int most) =>
        RateLimitPartition.GetConcurrencyLimiter(key, _ => new ConcurrencyLimiterOptions
        {
            PermitLimit = most,
            QueueLimit = 0,
        });

    /// <summary>So many a second, those of one second saved up.</summary>
    public static RateLimitPartition<TKey> Rate<TKey>(TKey key, int aSecond) =>
        RateLimitPartition.GetTokenBucketLimiter(key, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = aSecond,
            TokensPerPeriod = aSecond,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            QueueLimit = 0,
        });

    static ValueTask Refuse(OnRejectedContext context, DoorRates rates)
    {
        rates.Tell(context.HttpContext);
        return new ValueTask(Refuse(context.HttpContext, context.Lease));
    }

    /// <summary>Answers who was given no lease.</summary>
    public static Task Refuse(HttpContext context, RateLimitLease lease)
    {
        var after = lease.TryGetMetadata(MetadataName.RetryAfter, out var wait)
            ? wait
            : DoorProblems.RetryAfter;
        return DoorProblems.TooMany(context, after).ExecuteAsync(context);
    }
}
