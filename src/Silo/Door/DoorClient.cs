using System.Net;
using System.Net.Sockets;

namespace ClearanceEngine.Silo.Door;

/// <summary>Who a request or a connection comes from, for limits by client.</summary>
static class DoorClient
{
    const int NetworkBytes = 8;

    /// <summary>Who sends a request: who the connection is from, or whom a known proxy names.</summary>
    public static IPAddress Of(HttpContext context) =>
        Of(context.Connection.RemoteIpAddress ?? IPAddress.None);

    /// <summary>The IPv4 address, or the IPv6 network of 64 bits, since who has one address of it has them all.</summary>
    public static IPAddress Of(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address;

        var network = address.GetAddressBytes();
        network.AsSpan(NetworkBytes).Clear();
        return new IPAddress(network);
    }
}
