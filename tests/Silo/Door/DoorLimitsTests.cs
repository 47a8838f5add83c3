using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using ClearanceEngine.Ceb;
using ClearanceEngine.Silo.Door;
using ClearanceEngine.Simulator.Samples;
using ClearanceEngine.Tests.Access;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ClearanceEngine.Tests.Door;

/// <summary>The door on a real server: what is over a bound is refused before it is read.</summary>
public sealed class DoorLimitsTests
{
    const string Full = "HTTP/1.1 429 ";

    static readonly byte[] Message = CebWriter.Write(
        SampleParcel.Message(
            new SampleParcel
            {
                OrderNo = "DOOR-1",
                Mode = "1210",
                Person = 1,
                Serial = "600001",
                At = new DateTimeOffset(2026, 11, 20, 2, 0, 0, TimeSpan.Zero),
            }.Order()
        )
    );

    [Fact]
    public async Task A_message_over_the_places_is_refused_before_any_of_its_body_is_asked_for()
    {
        await using var door = await DoorHost.Start("--Door:Reading=1", "--Door:ClientReading=1");
        using var first = await RawRequest.Announce(door, Message.Length);
        await Taken(door, 1);

        using var second = await RawRequest.Announce(door, Message.Length, "127.0.0.2");
        var refused = await second.Answer();
        Assert.StartsWith(Full, refused, StringComparison.Ordinal);
        Assert.Contains("\r\nRetry-After: 2\r\n", refused, StringComparison.Ordinal);
        Assert.Contains("application/problem+json", refused, StringComparison.Ordinal);
        Assert.Contains("\"title\":\"too-many-requests\"", refused, StringComparison.Ordinal);

        // The first has its place until its message is in Kafka, and not longer.
        await first.Send(Message);
        Assert.StartsWith("HTTP/1.1 400 ", await first.Answer(), StringComparison.Ordinal);
        Assert.Equal("decided", await Title(await Post(door)));
    }

    [Fact]
    public async Task Bytes_are_counted_as_announced_and_as_the_largest_message_when_they_are_not()
    {
        await using var door = await DoorHost.Start(
            "--Intake:Limits:MessageBytes=100000",
            "--Door:ClientReadingBytes=150000",
            "--Door:ReadingBytes=200000"
        );
        using var announced = await RawRequest.Announce(door, 100_000);
        await Taken(door, 1);

        using var more = await RawRequest.Announce(door, 90_000);
        Assert.StartsWith(Full, await more.Answer(), StringComparison.Ordinal);
        using var other = await RawRequest.Announce(door, length: null, "127.0.0.2");
        await Taken(door, 2);
        Assert.Equal(200_000, Places(door).Bytes);
        using var third = await RawRequest.Announce(door, 90_000, "127.0.0.3");
        Assert.StartsWith(Full, await third.Answer(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_client_fills_its_own_places_only()
    {
        await using var door = await DoorHost.Start("--Door:ClientReading=1");
        using var slow = await RawRequest.Announce(door, Message.Length);
        await Taken(door, 1);

        Assert.Equal(HttpStatusCode.TooManyRequests, (await Post(door)).StatusCode);
        Assert.Equal("decided", await Title(await Post(door, "127.0.0.2")));
    }

    [Fact]
    public async Task Behind_a_known_proxy_a_client_is_who_the_proxy_says()
    {
        using var issuer = new TestIssuer();
        await using var door = await DoorHost.Start([
            .. issuer.Settings,
            "--Door:ClientReading=1",
            "--Door:KnownProxies:0=127.0.0.1",
            "--Door:KnownProxies:1=127.8.0.0/16",
        ]);
        var token = issuer.Token("company", SampleParcel.Platform);
        door.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var slow = await RawRequest.Announce(
            door,
            Message.Length,
            headers: "X-Forwarded-For: 203.0.113.9, 127.8.1.1\r\n"
        );
        await Taken(door, 1);

        Assert.Equal(
            HttpStatusCode.TooManyRequests,
            (await Post(door, forwardedFor: "203.0.113.9")).StatusCode
        );
        Assert.Equal("decided", await Title(await Post(door, forwardedFor: "203.0.113.10")));
        // A stranger may say what it likes.
        Assert.Equal("decided", await Title(await Post(door, "127.0.0.2", forwardedFor: "203.0.113.9")));
    }

    [Fact]
    public async Task Requests_of_a_client_are_counted_and_health_is_not()
    {
        await using var door = await DoorHost.Start("--Door:ClientRate=2");
        var address = new Uri("api/v1/parcels/1/2", UriKind.Relative);
        await door.Http.GetAsync(address);
        await door.Http.GetAsync(address);
        var third = await door.Http.GetAsync(address);

        Assert.Equal(HttpStatusCode.TooManyRequests, third.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), third.Headers.RetryAfter!.Delta);
        Assert.Equal("too-many-requests", await Title(third));
        door.Http.DefaultRequestHeaders.Authorization = null;
        var health = await door.Http.GetAsync(new Uri("health/live", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
    }

    [Fact]
    public async Task More_messages_than_may_wait_are_refused()
    {
        await using var door = await DoorHost.Start("--Door:Waiting=1");
        using var slow = await RawRequest.Announce(door, Message.Length);
        await Taken(door, 1);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await Post(door)).StatusCode);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(null)]
    public async Task A_body_that_does_not_come_in_time_gives_up_its_place(int? length)
    {
        var time = new FakeTimeProvider();
        await using var door = await DoorHost.Start(time, "--Door:BodyTimeout=00:00:20");
        using var slow = await RawRequest.Announce(door, length);
        await Taken(door, 1);
        time.Advance(TimeSpan.FromSeconds(21));

        var answer = await slow.Answer();
        Assert.StartsWith("HTTP/1.1 408 ", answer, StringComparison.Ordinal);
        Assert.Contains("\"title\":\"too-slow\"", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: close\r\n", answer, StringComparison.Ordinal);
        Assert.Equal(0, Places(door).Count);
    }

    [Fact]
    public async Task A_message_that_is_too_large_is_refused_whether_it_says_so_or_not()
    {
        await using var door = await DoorHost.Start("--Intake:Limits:MessageBytes=2000");
        using var announced = await RawRequest.Announce(door, 2_001);
        using var surprising = await RawRequest.Announce(door, length: null);
        await surprising.Send($"7D1\r\n{new string('x', 2_001)}\r\n0\r\n\r\n");

        foreach (var request in (RawRequest[])[announced, surprising])
        {
            var answer = await request.Answer();
            Assert.StartsWith("HTTP/1.1 413 ", answer, StringComparison.Ordinal);
            Assert.Contains("\"title\":\"too-large\"", answer, StringComparison.Ordinal);
            Assert.Contains("\r\nConnection: close\r\n", answer, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_question_has_a_small_body()
    {
        await using var door = await DoorHost.Start();
        var answer = await door.Http.PostAsJsonAsync(
            "api/v1/quota",
            new { idNumber = new string('1', 5_000) }
        );
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        Assert.True(answer.Headers.ConnectionClose);
    }

    [Fact]
    public async Task The_server_has_the_doors_bounds()
    {
        await using var door = await DoorHost.Start(
            "--Door:Headers=7",
            "--Door:HeaderBytes=2048",
            "--Door:Connections=9",
            "--Door:ClientConnections=9",
            "--Door:BodyRate=5000",
            "--Door:HeadTimeout=00:00:03",
            "--Door:IdleTimeout=00:00:04"
        );
        var limits = door.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits;
        Assert.Equal((7, 2_048), (limits.MaxRequestHeaderCount, limits.MaxRequestHeadersTotalSize));
        Assert.Equal(9, limits.MaxConcurrentConnections);
        Assert.Equal(5_000, limits.MinRequestBodyDataRate!.BytesPerSecond);
        Assert.Equal(TimeSpan.FromSeconds(3), limits.RequestHeadersTimeout);
        Assert.Equal(TimeSpan.FromSeconds(4), limits.KeepAliveTimeout);
        // What the server takes of a body by itself, before anybody asks.
        Assert.InRange(limits.MaxRequestBufferSize!.Value, 1, 64 * 1024);

        using var many = await RawRequest.Connect(door);
        await many.Send(
            $"GET /health/live HTTP/1.1\r\n{string.Concat(Enumerable.Range(0, 8).Select(i => $"H{i}: 1\r\n"))}\r\n"
        );
        Assert.StartsWith("HTTP/1.1 431 ", await many.Answer(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "api/v1/parcels/9999900001/NOBODY", null)]
    [InlineData("GET", "api/v1/parcels/9999900001/A%2FB%0A%1B", null)]
    [InlineData("GET", "api/v1/parcels?waybill=1&company=2", null)]
    [InlineData("POST", "api/v1/parcels/9999900001/NOBODY/ask", null)]
    [InlineData("POST", "api/v1/parcels/9999900001/NOBODY/departed", null)]
    [InlineData("POST", "api/v1/quota", "{\"idNumber\":\"999999199001010016\",\"year\":2026}")]
    public async Task Who_is_not_known_is_answered_without_a_grain(
        string method,
        string address,
        string? body
    )
    {
        await using var door = await DoorHost.Start();
        using var request = new HttpRequestMessage(
            new HttpMethod(method),
            new Uri(address, UriKind.Relative)
        );
        if (body is not null)
            request.Content = new StringContent(body, null, "application/json");
        var answer = await door.Http.SendAsync(request);

        if (body is null)
            Assert.Equal(
                (HttpStatusCode.NotFound, "parcel-not-found"),
                (answer.StatusCode, await Title(answer))
            );
        else
            Assert.Contains(
                "\"remainingFen\":2600000",
                await answer.Content.ReadAsStringAsync(),
                StringComparison.Ordinal
            );
        Assert.Equal(0, door.Grains.Woken);
    }

    static async Task<HttpResponseMessage> Post(
        DoorHost door,
        string from = "127.0.0.1",
        string? forwardedFor = null
    )
    {
        using var handler = new SocketsHttpHandler();
        handler.ConnectCallback = async (context, token) =>
        {
            var socket = new System.Net.Sockets.Socket(
                System.Net.Sockets.SocketType.Stream,
                System.Net.Sockets.ProtocolType.Tcp
            );
            socket.Bind(new IPEndPoint(IPAddress.Parse(from).MapToIPv6(), 0));
            await socket.ConnectAsync(context.DnsEndPoint, token);
            return new System.Net.Sockets.NetworkStream(socket, ownsSocket: true);
        };
        using var http = new HttpClient(handler) { BaseAddress = door.Address };
        http.DefaultRequestHeaders.Authorization = door.Http.DefaultRequestHeaders.Authorization;
        if (forwardedFor is not null)
            http.DefaultRequestHeaders.Add("X-Forwarded-For", forwardedFor);
        return await http.PostAsync(new Uri("ceb", UriKind.Relative), new ByteArrayContent(Message));
    }

    static async Task<string?> Title(HttpResponseMessage response) =>
        (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("title").GetString();

    static BodyPlaces Places(DoorHost door) => door.Services.GetRequiredService<BodyPlaces>();

    /// <summary>Waits until the door has given out so many places.</summary>
    static async Task Taken(DoorHost door, int places)
    {
        var watch = Stopwatch.StartNew();
        while (Places(door).Count < places)
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), "The door gave out no place.");
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }
}
