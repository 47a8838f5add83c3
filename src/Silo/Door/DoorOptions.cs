using System.Net;

namespace ClearanceEngine.Silo.Door;

/// <summary>
/// Bounds of the HTTP door. Whatever is over a bound is answered 429 with Retry-After before any of its body is read. A client is
/// an IPv4 address or an IPv6 network of 64 bits: that of the connection, or what a known proxy says.
/// </summary>
public sealed class DoorOptions
{
    /// <summary>How long a request waits for intake's decision; then it is answered 202. Default 10 s.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Messages posted at once, from the first byte of the body to the decision. Default 1,000.</summary>
    public int Waiting { get; set; } = 1_000;

    /// <summary>Requests of any kind at once; those for health are not counted. Default 2,000.</summary>
    public int Requests { get; set; } = 2_000;

    /// <summary>Requests of any kind at once from one client. Default 500.</summary>
    public int ClientRequests { get; set; } = 500;

    /// <summary>Requests a second from one client; it may save up those of one second. Default 1,000.</summary>
    public int ClientRate { get; set; } = 1_000;

    /// <summary>Messages whose bodies are read, or held until Kafka has them, at once. Default 256.</summary>
    public int Reading { get; set; } = 256;

    /// <summary>The same from one client. Default 64.</summary>
    public int ClientReading { get; set; } = 64;

    /// <summary>Bytes of these bodies: a body counts with its Content-Length, or as the largest message when it does not say. Default 64 MiB.</summary>
    public long ReadingBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>The same from one client. Default 16 MiB.</summary>
    public long ClientReadingBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>Within this time the whole body must be here; then 408. Default 30 s.</summary>
    public TimeSpan BodyTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>A body that comes at fewer bytes a second, after its first 5 s, is answered 408. Default 1,024.</summary>
    public int BodyRate { get; set; } = 1_024;

    /// <summary>Within this time the head of a request must be here; then 408. Default 10 s.</summary>
    public TimeSpan HeadTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Headers of a request; more are answered 431. Default 50.</summary>
    public int Headers { get; set; } = 50;

    /// <summary>Bytes of a request's headers; more are answered 431. So much of a body, at least, is buffered before it is asked for. Default 16 KiB.</summary>
    public int HeaderBytes { get; set; } = 16 * 1024;

    /// <summary>Connections at once; more are closed unanswered. Default 2,000.</summary>
    public int Connections { get; set; } = 2_000;

    /// <summary>A connection without a request is closed after this time. Default 60 s.</summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>When the engine stops, open requests may end within this time; then they are cut. Default 12 s: what waits for a decision gets its answer or its 202.</summary>
    public TimeSpan CloseTime { get; set; } = TimeSpan.FromSeconds(12);

    /// <summary>
    /// Addresses or networks (<c>10.1.0.0/16</c>) of proxies before this door: their X-Forwarded-For says who the client is.
    /// Anybody else's is not read. Default none.
    /// </summary>
    public IList<string> KnownProxies { get; } = [];

    /// <param name="messageBytes">The largest message (<c>Intake:Limits:MessageBytes</c>).</param>
    /// <returns>What cannot work, in words; null when nothing is wrong.</returns>
    internal string? Fault(int messageBytes) =>
        FaultOfCounts(messageBytes) ?? FaultOfTimes() ?? FaultOfProxies();

    string? FaultOfCounts(int messageBytes)
    {
        (string Name, long Value, long Least)[] counts =
        [
            (nameof(Waiting), Waiting, 1),
            (nameof(ClientRequests), ClientRequests, 1),
            (nameof(Requests), Requests, ClientRequests),
            (nameof(ClientRate), ClientRate, 1),
            (nameof(ClientReading), ClientReading, 1),
            (nameof(Reading), Reading, ClientReading),
            (nameof(ClientReadingBytes), ClientReadingBytes, messageBytes),
            (nameof(ReadingBytes), ReadingBytes, ClientReadingBytes),
            (nameof(BodyRate), BodyRate, 1),
            (nameof(Headers), Headers, 1),
            (nameof(HeaderBytes), HeaderBytes, 1_024),
            (nameof(Connections), Connections, 1),
        ];
        return counts
            .Where(c => c.Value < c.Least)
            .Select(c => $"Door:{c.Name} is {c.Value}; at least {c.Least}.")
            .FirstOrDefault();
    }

    string? FaultOfTimes()
    {
        (string Name, TimeSpan Value)[] times =
        [
            (nameof(Timeout), Timeout),
            (nameof(BodyTimeout), BodyTimeout),
            (nameof(HeadTimeout), HeadTimeout),
            (nameof(IdleTimeout), IdleTimeout),
            (nameof(CloseTime), CloseTime),
        ];
        return times
            .Where(t => t.Value <= TimeSpan.Zero || t.Value > TimeSpan.FromHours(1))
            .Select(t => $"Door:{t.Name} is {t.Value}; above 0 and at most 1 h.")
            .FirstOrDefault();
    }

    string? FaultOfProxies() =>
        KnownProxies
            .Where(p => !IPNetwork.TryParse(Network(p), out _))
            .Select(p =>
                $"Door:KnownProxies has '{p}', which is no address and no network such as 10.1.0.0/16."
            )
            .FirstOrDefault();

    /// <summary>The proxies as networks; an address is a network of one.</summary>
    internal IEnumerable<IPNetwork> ProxyNetworks() => KnownProxies.Select(p => IPNetwork.Parse(Network(p)));

    static string Network(string proxy) =>
        IPAddress.TryParse(proxy, out var address)
            ? $"{address}/{address.GetAddressBytes().Length * 8}"
            : proxy;
}
