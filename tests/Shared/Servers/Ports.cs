using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ClearanceEngine.Tests;

/// <summary>
/// Ports for servers that are stopped and started again. They lie below those that the system gives to outgoing
/// connections: one of these could hold a server's port just when it comes back.
/// </summary>
static class Ports
{
    /// <summary>A port that was found free is not taken at once: of tests that run beside each other, test.sh gives each a range of its own.</summary>
    static readonly int First = int.Parse(
        Environment.GetEnvironmentVariable("CLEARANCE_TEST_FIRST_PORT") ?? "20000",
        CultureInfo.InvariantCulture
    );

    static readonly int Last = First + 6_000;

    static int _next = Random.Shared.Next(First, Last);

    public static int Free() => Free(1);

    /// <summary>The first of so many ports in a row that nobody listens on.</summary>
    public static int Free(int count)
    {
        while (true)
        {
            var port = Interlocked.Add(ref _next, count) - count;
            if (port + count > Last)
                Interlocked.Exchange(ref _next, First);
            else if (Enumerable.Range(port, count).All(IsFree))
                return port;
        }
    }

    static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
