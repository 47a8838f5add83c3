using System.ComponentModel.DataAnnotations;
using System.Net;

namespace ClearanceEngine.Silo.Door;

/// <summary>
/// Bounds of the HTTP door. Whatever is over a bound is answered 429 with Retry-After before any of its body is read. A client is
/// an IPv4 address or an IPv6 network of 64 bits: that of the connection, or what a known proxy says.
/// </summary>
public sealed class DoorOptions : IValidatableObject
{
    /// <summary>How long a request waits for intake's decision; then it is answered 202. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "01:00:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Who may see its own parcels only is told that there is none after this time, or a whole multiple of it: else the time would
    /// tell whether another has one. Zero answers at once. Default 100 ms.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:05")]
    public TimeSpan NotFoundTime { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Messages posted at once, from the first byte of the body to the decision. Default 1,000.</summary>
    [Range(1, 1_000_000)]
    public int Waiting { get; set; } = 1_000;

    /// <summary>Requests of any kind at once; those for health are not counted. Default 2,000.</summary>
    [Range(1, 1_000_000)]
    public int Requests { get; set; } = 2_000;

    /// <summary>Requests of any kind at once from one client. Default 500.</summary>
    [Range(1, 1_000_000)]
    public int ClientRequests { get; set; } = 500;

    /// <summary>Requests a second from one client, counted before anybody asks who sends them; it may save up those of one second. Default 5,000.</summary>
    [Range(1, 1_000_000)]
    public int ClientRate { get; set; } = 5_000;

    /// <summary>Requests a second of one caller on each silo, wherever they come from; it may save up those of one second. Default 5,000.</summary>
    [Range(1, 1_000_000)]
    public int CallerRate { get; set; } = 5_000;

    /// <summary>Messages whose bodies are read, or held until Kafka has them, at once. Default 256.</summary>
    [Range(1, 1_000_000)]
    public int Reading { get; set; } = 256;

    /// <summary>Messages from one client whose bodies are read, or held until Kafka has them, at once. Default 64.</summary>
    [Range(1, 1_000_000)]
    public int ClientReading { get; set; } = 64;

    /// <summary>Bytes of bodies that are read or held at once: a body counts with its Content-Length, or as the largest message when it does not say. Default 64 MiB.</summary>
    [Range(typeof(long), "1024", "1099511627776")]
    public long ReadingBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>Bytes of bodies from one client that are read or held at once, counted in the same way. Default 16 MiB.</summary>
    [Range(typeof(long), "1024", "1099511627776")]
    public long ClientReadingBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>Within this time the whole body must be here; then 408. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "01:00:00")]
    public TimeSpan BodyTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>A body that comes at fewer bytes a second, after its first 5 s, is answered 408. Default 1,024.</summary>
    [Range(1, int.MaxValue)]
    public int BodyRate { get; set; } = 1_024;

    /// <summary>
    /// Within this time the head of a request must be here; then 408. A new connection without a first byte is closed after it,
    /// unanswered. Default 10 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "01:00:00")]
    public TimeSpan HeadTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Headers of a request; more are answered 431. Default 50.</summary>
    [Range(1, 10_000)]
    public int Headers { get; set; } = 50;

    /// <summary>Bytes of a request's headers; more are answered 431. So much of a body, at least, is buffered before it is asked for. Default 16 KiB.</summary>
    [Range(1_024, 16 * 1024 * 1024)]
    public int HeaderBytes { get; set; } = 16 * 1024;

    /// <summary>Connections at once; more are closed unanswered. Default 5,000.</summary>
    [Range(1, 1_000_000)]
    public int Connections { get; set; } = 5_000;

    /// <summary>
    /// Connections at once from one client, which is who made the connection: a known proxy may have any number. More are closed
    /// unanswered, so keep it above <see cref="ClientRequests"/>, whose excess is answered. Default 600.
    /// </summary>
    [Range(1, 1_000_000)]
    public int ClientConnections { get; set; } = 600;

    /// <summary>A connection without a request is closed after this time, once it had one. Default 60 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "01:00:00")]
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>When the engine stops, open requests may end within this time; then they are cut. Default 12 s: what waits for a decision gets its answer or its 202.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "01:00:00")]
    public TimeSpan CloseTime { get; set; } = TimeSpan.FromSeconds(12);

    /// <summary>
    /// Addresses or networks (<c>10.1.0.0/16</c>) of proxies before this door: their X-Forwarded-For says who the client is.
    /// Anybody else's is not read. Default none.
    /// </summary>
    public IList<string> KnownProxies { get; } = [];

    /// <summary>
    /// A second address, such as <c>http://0.0.0.0:8081</c>, that answers <c>/health/live</c> and <c>/health/ready</c> only, with
    /// connections of its own: for probes, which must be heard when the door is full. Let nobody else reach it. Default none.
    /// </summary>
    public string? ProbeUrl { get; set; }

    /// <summary>Connections at once at <see cref="ProbeUrl"/>, a quarter of them from one client; more are closed unanswered. Default 100.</summary>
    [Range(1, 1_000_000)]
    public int ProbeConnections { get; set; } = 100;

    /// <summary>TLS of the door's own.</summary>
    public DoorTlsOptions Tls { get; set; } = new();

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        [
            .. SettingRule.NotBelow(nameof(Requests), Requests, nameof(ClientRequests), ClientRequests),
            .. SettingRule.NotBelow(nameof(Reading), Reading, nameof(ClientReading), ClientReading),
            .. SettingRule.NotBelow(
                nameof(ReadingBytes),
                ReadingBytes,
                nameof(ClientReadingBytes),
                ClientReadingBytes
            ),
            .. FaultsOfProbeUrl(),
            .. KnownProxies
                .Index()
                .Where(p => !IPNetwork.TryParse(Network(p.Item), out _))
                .Select(p => new ValidationResult(
                    "不是地址或网段。It is no address and no network such as 10.1.0.0/16.",
                    [$"{nameof(KnownProxies)}:{p.Index}"]
                )),
        ];

    IEnumerable<ValidationResult> FaultsOfProbeUrl()
    {
        var isAddress =
            ProbeUrl is null
            || (
                Uri.TryCreate(ProbeUrl, UriKind.Absolute, out var url)
                && url.Scheme == Uri.UriSchemeHttp
                && url.PathAndQuery == "/"
            );
        if (!isAddress)
            yield return new ValidationResult(
                "应为 http://ADDRESS:PORT。It must be http://ADDRESS:PORT.",
                [nameof(ProbeUrl)]
            );
    }

    /// <summary>The proxies as networks; an address is a network of one.</summary>
    internal IEnumerable<IPNetwork> ProxyNetworks() => KnownProxies.Select(p => IPNetwork.Parse(Network(p)));

    static string Network(string proxy) =>
        IPAddress.TryParse(proxy, out var address)
            ? $"{address}/{address.GetAddressBytes().Length * 8}"
            : proxy;
}
