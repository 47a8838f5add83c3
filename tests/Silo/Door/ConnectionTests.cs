using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using ClearanceEngine.Silo.Door;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace ClearanceEngine.Tests.Door;

/// <summary>What counts on a meter runs alone: it is the process's, and moved by what other tests do meanwhile.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneOnTheMeter
{
    public const string Name = "alone on the meter";
}

/// <summary>Connections on which nothing is said, on a real server: they have no request that could be counted.</summary>
[Collection(AloneOnTheMeter.Name)]
public sealed class ConnectionTests
{
    const string Ask = "GET /health/live HTTP/1.1\r\nHost: door\r\n\r\n";
    const string Answered = "HTTP/1.1 200 ";
    const string Refused = "connections were refused";
    const string One = "127.0.0.1";
    const string Other = "127.0.0.2";

    [Fact]
    public async Task Who_fills_the_door_with_silent_connections_shuts_it_for_nobody_else()
    {
        using var closed = new ClosedConnections();
        var time = new FakeTimeProvider();
        await using var door = await DoorHost.Start(
            time,
            "--Door:ClientConnections=100",
            "--Door:Connections=250",
            "--Door:ProbeUrl=http://127.0.0.1:0"
        );
        using var silent = new Connections();
        await silent.Open(door, 100);
        await Holds(door, One, 100);

        for (var surplus = 0; surplus < 200; surplus++)
            await IsRefused(silent, door, One);
        Assert.Equal(200, closed.For("too-many"));
        Assert.Equal(100, Guard(door).Open()[IPAddress.Parse(One)]);
        Assert.StartsWith(
            Answered,
            await Says(await silent.Open(door, from: Other)),
            StringComparison.Ordinal
        );

        var probes = door.Services.GetRequiredService<ProbeDoor>().Address!;
        Assert.Equal(
            HttpStatusCode.OK,
            (await door.Http.GetAsync(new Uri($"{probes}/health/live"))).StatusCode
        );
        Assert.Equal(
            HttpStatusCode.OK,
            (await door.Http.GetAsync(new Uri($"{probes}/health/ready"))).StatusCode
        );

        // One line for all of them, until a minute is over; by then its silence has made room for it.
        var line = Assert.Single(door.Log.Lines, l => l.Contains(Refused, StringComparison.Ordinal));
        Assert.Contains($"1 {Refused}, the last of {One}", line, StringComparison.Ordinal);
        time.Advance(TimeSpan.FromSeconds(61));
        await Until(() => Guard(door).Open().Count <= 1, time);
        Assert.StartsWith(Answered, await Says(await silent.Open(door)), StringComparison.Ordinal);
        Assert.True(closed.For("silent") >= 100);
    }

    [Fact]
    public async Task A_connection_that_says_nothing_is_closed_and_one_that_spoke_is_not()
    {
        var time = new FakeTimeProvider();
        await using var door = await DoorHost.Start(time, "--Door:HeadTimeout=00:00:10");
        using var connections = new Connections();
        var spoke = await connections.Open(door);
        Assert.StartsWith(Answered, await Says(spoke), StringComparison.Ordinal);

        await IsClosed(await connections.Open(door), time);

        Assert.StartsWith(Answered, await Says(spoke), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_known_proxy_may_have_any_number_and_who_has_gone_is_forgotten()
    {
        await using var door = await DoorHost.Start(
            "--Door:ClientConnections=1",
            $"--Door:KnownProxies:0={One}"
        );
        using (var connections = new Connections())
        {
            for (var i = 0; i < 3; i++)
                Assert.StartsWith(
                    Answered,
                    await Says(await connections.Open(door)),
                    StringComparison.Ordinal
                );
            var first = await connections.Open(door, from: Other);
            Assert.StartsWith(Answered, await Says(first), StringComparison.Ordinal);
            await IsRefused(connections, door, Other);
            Assert.Equal([IPAddress.Parse(Other)], Guard(door).Open().Keys);
        }
        await Until(() => Guard(door).Open().Count == 0, time: null);
    }

    [Fact]
    public async Task Silent_connections_do_not_hold_up_the_end()
    {
        // No time passes: neither their patience nor that of the door's own close ends.
        await using var door = await DoorHost.Start(new FakeTimeProvider());
        using var connections = new Connections();
        await connections.Open(door, 5);
        await Holds(door, One, 5);
        var stop = door.Services.GetRequiredService<IServer>().StopAsync(CancellationToken.None);
        await stop.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1")]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::")]
    public void A_client_is_an_address_or_a_network_of_64_bits(string address, string client) =>
        Assert.Equal(IPAddress.Parse(client), DoorClient.Of(IPAddress.Parse(address)));

    static ConnectionGuard Guard(DoorHost door) => door.Services.GetRequiredService<ConnectionGuard>();

    static Task Holds(DoorHost door, string client, int count) =>
        Until(() => Guard(door).Open().GetValueOrDefault(IPAddress.Parse(client)) == count, time: null);

    /// <summary>Waits; where there is a clock, it goes on meanwhile.</summary>
    static async Task Until(Func<bool> isSo, FakeTimeProvider? time)
    {
        for (var end = DateTime.UtcNow.AddMinutes(1); !isSo(); await Task.Delay(5))
        {
            Assert.True(DateTime.UtcNow < end, "It never came to be so.");
            time?.Advance(TimeSpan.FromSeconds(11));
        }
    }

    static async Task<string> Says(RawRequest connection)
    {
        await connection.Send(Ask);
        return await connection.Answer();
    }

    /// <summary>Closed so soon that the client may see it while it still connects.</summary>
    static async Task IsRefused(Connections connections, DoorHost door, string from)
    {
        try
        {
            await IsClosed(await connections.Open(door, from), time: null);
        }
        catch (SocketException e)
        {
            Assert.Equal(SocketError.ConnectionReset, e.SocketErrorCode);
        }
    }

    /// <summary>It ends without a word, by a farewell or a reset.</summary>
    static async Task IsClosed(RawRequest connection, FakeTimeProvider? time)
    {
        var answer = connection.Answer();
        await Until(() => answer.IsCompleted, time);
        try
        {
            Assert.Empty(await answer);
        }
        catch (SocketException e)
        {
            Assert.Equal(SocketError.ConnectionReset, e.SocketErrorCode);
        }
    }

    /// <summary>What a test has opened.</summary>
    sealed class Connections : IDisposable
    {
        readonly List<RawRequest> _all = [];

        public async Task<RawRequest> Open(DoorHost door, string from = One)
        {
            var connection = await RawRequest.Connect(door, from);
            _all.Add(connection);
            return connection;
        }

        public async Task Open(DoorHost door, int count)
        {
            for (var i = 0; i < count; i++)
                await Open(door);
        }

        public void Dispose() => _all.ForEach(c => c.Dispose());
    }

    /// <summary>The metric of connections that were closed, by reason.</summary>
    sealed class ClosedConnections : IDisposable
    {
        readonly ConcurrentDictionary<string, long> _counts = new(StringComparer.Ordinal);
        readonly MeterListener _listener = new();

        public ClosedConnections()
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "door.connections.closed")
                    listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>(
                (_, value, tags, _) => _counts.AddOrUpdate($"{tags[0].Value}", value, (_, sum) => sum + value)
            );
            _listener.Start();
        }

        public long For(string reason) => _counts.GetValueOrDefault(reason);

        public void Dispose() => _listener.Dispose();
    }
}
