using System.Net;
using System.Net.Sockets;
using ClearanceEngine.Silo.Door;
using ClearanceEngine.Silo.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace ClearanceEngine.Tests.Hosting;

/// <summary>A silo that shared the port of another would end it: the cluster would take the newcomer for the older one's successor.</summary>
public sealed class ListenChecksTests
{
    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("0.0.0.0", "127.0.0.1")]
    [InlineData("127.0.0.1", "0.0.0.0")]
    public void A_port_on_which_another_silo_listens_is_refused(string theirs, string ours)
    {
        var port = Ports.Free();
        using (var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
        {
            // As Orleans does.
            other.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            other.Bind(new IPEndPoint(IPAddress.Parse(theirs), port));
            other.Listen();

            var taken = Assert.Throws<AddressTakenException>(() => Check(ours, port));
            Assert.Contains("Engine:SiloPort", taken.Message, StringComparison.Ordinal);
        }
        Check(ours, port);
    }

    /// <summary>Whoever closes first keeps the connection in mind for a minute; a silo that is restarted must not wait for that.</summary>
    [Fact]
    public async Task A_port_that_closed_connections_still_remember_is_free()
    {
        var place = new IPEndPoint(IPAddress.Loopback, Ports.Free());
        using (var listener = new TcpListener(place))
        {
            listener.Start();
            using var client = new TcpClient();
            await client.ConnectAsync(place);
            using (var accepted = await listener.AcceptTcpClientAsync())
                accepted.Client.Shutdown(SocketShutdown.Both);
            Assert.Equal(0, await client.GetStream().ReadAsync(new byte[1]));
        }
        Check("127.0.0.1", place.Port);
        Check("0.0.0.0", place.Port);
    }

    [Fact]
    public void An_https_address_wants_a_certificate_of_the_door()
    {
        var (door, url) = (new DoorOptions(), $"https://127.0.0.1:{Ports.Free()}");
        Assert.Throws<OptionsValidationException>(() => Check("127.0.0.1", Ports.Free(), door, url));

        door.Tls.CertificateFile = "door.pem";
        Check("127.0.0.1", Ports.Free(), door, url);
    }

    [Theory]
    [InlineData("http://127.0.0.1:99999", "is no address")]
    [InlineData("https://127.0.0.1:8443", "Door:Tls:CertificateFile")]
    [InlineData("nonsense", "is no address")]
    public void An_address_that_cannot_be_listened_on_is_a_line(string url, string expected)
    {
        using var services = new ServiceCollection().AddSingleton(new DoorOptions()).BuildServiceProvider();
        var refused = Assert.Throws<OptionsValidationException>(() => ListenChecks.Run(services, url));
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }

    static void Check(string address, int port, DoorOptions? door = null, string? urls = null)
    {
        using var services = new ServiceCollection()
            .AddSingleton(door ?? new DoorOptions())
            .Configure<EndpointOptions>(o =>
            {
                o.AdvertisedIPAddress = IPAddress.Loopback;
                o.SiloPort = port;
                o.GatewayPort = 0;
                o.SiloListeningEndpoint = new IPEndPoint(IPAddress.Parse(address), port);
            })
            .BuildServiceProvider();
        ListenChecks.Run(services, urls);
    }
}
