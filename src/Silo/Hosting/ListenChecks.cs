using System.Net;
using System.Net.Sockets;
using ClearanceEngine.Silo.Door;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>
/// Whether the addresses that the process wants can be had, asked before anything is started: a taken port is one line,
/// not a half-started silo. Who takes a port in between is met by the start itself.
/// </summary>
static class ListenChecks
{
    /// <exception cref="OptionsValidationException">An address cannot be read.</exception>
    /// <exception cref="AddressTakenException">Ports are taken, or their addresses are none of this machine's; all of them.</exception>
    public static void Run(IServiceProvider services, string? urls)
    {
        var taken = Wanted(services, urls)
            .Select(w => Taken(w.Endpoint, w.Setting))
            .OfType<string>()
            .ToArray();
        if (taken.Length > 0)
            throw new AddressTakenException(taken);
    }

    static IEnumerable<(IPEndPoint? Endpoint, string Setting)> Wanted(IServiceProvider services, string? urls)
    {
        var door = services.GetRequiredService<DoorOptions>();
        foreach (var url in (urls ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries))
            yield return (Endpoint(url, "Urls", door.Tls.IsOn), "Urls");
        if (door.ProbeUrl is { } probes)
            yield return (Endpoint(probes, "Door:ProbeUrl", hasTls: false), "Door:ProbeUrl");

        var silo = services.GetRequiredService<IOptions<EndpointOptions>>().Value;
        yield return (
            silo.SiloListeningEndpoint ?? new IPEndPoint(silo.AdvertisedIPAddress, silo.SiloPort),
            "Engine:SiloPort"
        );
        if (silo.GatewayPort != 0)
            yield return (
                silo.GatewayListeningEndpoint ?? new IPEndPoint(silo.AdvertisedIPAddress, silo.GatewayPort),
                "Engine:GatewayPort"
            );
    }

    static IPEndPoint? Endpoint(string url, string setting, bool hasTls)
    {
        BindingAddress address;
        try
        {
            address = BindingAddress.Parse(url);
        }
        catch (FormatException)
        {
            throw NoAddress(url, setting);
        }
        if (address.Port > IPEndPoint.MaxPort)
            throw NoAddress(url, setting);
        if (!hasTls && address.Scheme.Equals("https", StringComparison.OrdinalIgnoreCase))
            throw Refused(
                setting,
                $"{setting} {Clip.Quote(url)}：没有证书。请设置 Door:Tls:CertificateFile 与 Door:Tls:KeyFile，或写 http://ADDRESS:PORT 并置于网关之后。{setting} {Clip.Quote(url)}: there is no certificate for it; set Door:Tls:CertificateFile and Door:Tls:KeyFile, or write http://ADDRESS:PORT and put a gateway that has TLS before the door."
            );
        if (address.IsUnixPipe || address.IsNamedPipe)
            return null;
        if (address.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
            return new IPEndPoint(IPAddress.Loopback, address.Port);
        return new IPEndPoint(
            IPAddress.TryParse(address.Host, out var ip) ? ip : IPAddress.Any,
            address.Port
        );
    }

    static OptionsValidationException NoAddress(string url, string setting) =>
        Refused(
            setting,
            $"{setting} {Clip.Quote(url)} 不是地址，请写 http://ADDRESS:PORT。{setting} {Clip.Quote(url)} is no address; write http://ADDRESS:PORT."
        );

    static OptionsValidationException Refused(string setting, string text) =>
        new(setting, typeof(string), [text]);

    /// <summary>Why an address cannot be had; null when it can.</summary>
    static string? Taken(IPEndPoint? endpoint, string setting)
    {
        if (endpoint is null || endpoint.Port == 0)
            return null;
        using var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            // Without ReuseAddress: on Linux .NET takes it for SO_REUSEPORT as well, which Orleans sets, too, and then two silos
            // would share a port and the second one end the first. A port that closed connections still remember is free anyway.
            socket.Bind(endpoint);
            socket.Listen(1);
            return null;
        }
        catch (SocketException e)
        {
            return AddressTakenException.Text(setting, $"{endpoint}", e);
        }
    }
}

/// <summary>Addresses that the process must listen on cannot be had.</summary>
/// <param name="texts">Of each, which and why.</param>
sealed class AddressTakenException(params string[] texts)
    : IOException(string.Join(Environment.NewLine, texts))
{
    /// <summary>A line of each.</summary>
    public IReadOnlyList<string> Texts => texts;

    /// <param name="setting">The setting that names the address.</param>
    /// <param name="address">The address.</param>
    /// <param name="reason">What the system said.</param>
    public static string Text(string setting, string address, SocketException reason) =>
        $"{setting}: {address} 不可用。{address} cannot be had ({reason.Message}); end whoever has it, or set {setting} to another.";
}
