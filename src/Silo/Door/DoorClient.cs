using System.Net;
using System.Net.Sockets;

namespace ClearanceEngine.Silo.Door;

/// <summary>Who a request comes from, for limits by client.</summary>
static class DoorClient
{
    const int NetworkBytes = 8;

    /// <summary>The IPv4 address, or the IPv6 network of 64 bits, since who has one address of it has them all.</summary>
    public static IPAddress Of(HttpContext context)
    {
        var address = context.Connection.RemoteIpAddress ?? IPAddress.None;
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address;

        var network = address.GetAddressBytes();
        network.AsSpan(NetworkBytes).Clear();
        return new IPAddress(network);
    }
}
