using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ClearanceEngine.Ceb;
using ClearanceEngine.Silo.Hosting;
using ClearanceEngine.Simulator.Samples;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ClearanceEngine.Tests;

/// <summary>Documents that come in a small form and leave in a larger one.</summary>
public sealed class LargeMessagesTests : IAsyncLifetime
{
    const int MostBytes = 4 * 1024 * 1024;

    readonly string _directory = Directory.CreateTempSubdirectory("clearance-").FullName;
    WebApplication _app = null!;

    public async ValueTask InitializeAsync()
    {
        _app = EngineHost.Build([
            $"--Engine:DataDirectory={_directory}",
            "--Engine:DevelopmentBrokerPort=0",
            $"--Engine:SiloPort={Given.Port()}",
            $"--Engine:GatewayPort={Given.Port()}",
            "--Engine:Simulator=false",
            "--Urls=http://127.0.0.1:0",
            "--Recovery:WatchPeriod=00:00:00.1",
            "--Logging:LogLevel:Default=Error",
            "--Logging:LogLevel:ClearanceEngine=Error",
        ]);
        await EngineHost.Prepare(_app.Services, null, CancellationToken.None);
        await _app.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task A_hundred_large_orders_posted_as_JSON_leave_in_several_messages_that_customs_takes()
    {
        var message = SampleParcel.Message([.. Enumerable.Range(0, 100).Select(Order)]);
        var json = CebJson.Write(message);
        Assert.InRange(json.Length, 2_700_000, 3_300_000);
        Assert.True(CebWriter.Write(message).Length > MostBytes, "it would have left in one message");

        using var http = Given.Http(_app);
        var answer = await http.PostAsync(new Uri("ceb", UriKind.Relative), new ByteArrayContent(json));
        Assert.Contains(answer.StatusCode, new[] { HttpStatusCode.OK, HttpStatusCode.Accepted });

        var sent = await Outbound(orders: 100);
        Assert.InRange(sent.Length, 2, 100);
        Assert.All(sent, m => Assert.InRange(m.Length, 1, MostBytes));
        Assert.Equal(
            Enumerable.Range(0, 100).Select(i => $"LARGE-{i}").Order(StringComparer.Ordinal),
            sent.SelectMany(OrderNumbers).Order(StringComparer.Ordinal)
        );

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (await Unfinished(http) > 0)
            await Task.Delay(100, patience.Token);
    }

    /// <summary>Messages that were claimed and have not left.</summary>
    static async Task<int> Unfinished(HttpClient http)
    {
        var ready = await http.GetFromJsonAsync<JsonElement>("health/ready");
        var dispatch = ready.GetProperty("parts").GetProperty("dispatch");
        return dispatch.GetProperty("data").GetProperty("unfinishedMessages").GetInt32();
    }

    static CebDocument Order(int number) =>
        new SampleParcel
        {
            OrderNo = $"LARGE-{number}",
            Mode = "1210",
            Person = 1 + number,
            Serial = $"L{number}",
            At = new DateTimeOffset(2026, 11, 20, 2, 0, 0, TimeSpan.Zero),
            Items = [.. Enumerable.Repeat(Milk, 99)],
        }.Order();

    static SampleItem Milk { get; } =
        SampleParcel.Milk with
        {
            Specification = "虚构牌|900克/罐|1段|全脂牛奶粉|适用于0至6个月婴儿|一级品|生产日期见罐底",
        };

    static IEnumerable<string> OrderNumbers(byte[] message) =>
        CebParser.Read(message).Documents.Select(d => d.Required(OrderHead.OrderNo));

    /// <summary>The messages for customs, once they hold so many orders.</summary>
    async Task<byte[][]> Outbound(int orders)
    {
        using var topics = new TopicTail(
            _app.Services.GetRequiredService<DevelopmentBroker.KafkaDevelopmentBroker>().BootstrapServers
        );
        for (var deadline = DateTime.UtcNow.AddSeconds(60); ; await Task.Delay(100))
        {
            byte[][] sent =
            [
                .. Enumerable
                    .Range(0, 8)
                    .SelectMany(partition => topics.Read(TopicNames.Outbound, 0, partition))
                    .Select(m => m.Value!),
            ];
            var found = sent.Sum(m => OrderNumbers(m).Count());
            if (found >= orders)
                return sent;
            Assert.True(DateTime.UtcNow < deadline, $"{found} of {orders} orders left in 60 s");
        }
    }
}
