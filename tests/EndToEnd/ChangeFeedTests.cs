using System.Net;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text.Json;
using ClearanceEngine.Silo.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using Xunit;

namespace ClearanceEngine.Tests;

/// <summary>A company's system follows its parcel to its release by the change feed alone, and asks again what it is not sure of.</summary>
public sealed class ChangeFeedTests : IAsyncLifetime
{
    const string Platform = "9999900001",
        Declarant = "9999900005",
        Order = "TEST-ORD-20261120-0001",
        Feed = "api/v1/changes";

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    readonly string _directory = Directory.CreateTempSubdirectory("clearance-").FullName;
    WebApplication _app = null!;
    HttpClient _http = null!;

    public ValueTask InitializeAsync() => Start();

    public async ValueTask DisposeAsync()
    {
        await Stop();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task A_declarant_hears_of_its_parcel_until_it_is_released_and_finds_it_by_what_it_hears()
    {
        using var stream = await Ask(HttpMethod.Get, $"{Feed}?after=oldest", Declarant, "text/event-stream");
        Assert.Equal(HttpStatusCode.OK, stream.StatusCode);
        await Declare();

        using var patience = new CancellationTokenSource(Patience);
        var body = await stream.Content.ReadAsStreamAsync();
        JsonElement heard = default;
        await foreach (var item in SseParser.Create(body).EnumerateAsync(patience.Token))
        {
            heard = JsonDocument.Parse(item.Data).RootElement;
            Assert.Equal(Declarant, heard.GetProperty("participant").GetString());
            if (heard.GetProperty("leadsTo").GetString() == "released")
                break;
        }
        Assert.Equal("800", heard.GetProperty("status").GetString());
        Assert.Equal("customs", heard.GetProperty("source").GetString());

        var address = heard.GetProperty("parcel").GetString()![1..];
        using var parcel = await Ask(HttpMethod.Get, address, Declarant);
        var text = await parcel.Content.ReadAsStringAsync();
        Assert.True(parcel.IsSuccessStatusCode, text);
        Assert.Equal(Order, JsonDocument.Parse(text).RootElement.GetProperty("orderNo").GetString());
        using var others = await Ask(HttpMethod.Get, $"{Feed}?participant={Declarant}", Platform);
        Assert.Equal(HttpStatusCode.Forbidden, others.StatusCode);
    }

    [Fact]
    public async Task An_answer_is_given_again_by_an_engine_that_was_started_anew_and_a_cursor_of_what_it_forgot_is_not_taken()
    {
        await Declare();
        using var page = await Ask(HttpMethod.Get, $"{Feed}?wait=60", Declarant);
        var next = JsonDocument
            .Parse(await page.Content.ReadAsStringAsync())
            .RootElement.GetProperty("next")
            .GetString();
        var act = $"api/v1/parcels/{Platform}/{Order}/ask";
        using var first = await Ask(HttpMethod.Post, act, key: "key-1");
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);

        await Stop();
        await Start();

        using var again = await Ask(HttpMethod.Post, act, key: "key-1");
        Assert.Equal("true", Assert.Single(again.Headers.GetValues("Idempotency-Replayed")));
        Assert.Equal(await first.Content.ReadAsStringAsync(), await again.Content.ReadAsStringAsync());
        // The embedded broker keeps nothing.
        using var gone = await Ask(HttpMethod.Get, $"{Feed}?after={next}", Declarant);
        Assert.Equal(HttpStatusCode.Gone, gone.StatusCode);
    }

    async ValueTask Start()
    {
        _app = EngineHost.Build(
            [
                $"--Engine:DataDirectory={_directory}",
                "--Engine:DevelopmentBrokerPort=0",
                $"--Engine:SiloPort={Given.Port()}",
                "--Urls=http://127.0.0.1:0",
            ],
            builder => builder.Logging.ClearProviders()
        );
        await EngineHost.Prepare(_app.Services, null, CancellationToken.None);
        await _app.StartAsync();
        _http = Given.Http(_app);
    }

    async Task Stop()
    {
        _http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    async Task Declare()
    {
        foreach (var file in (string[])["CEB311", "CEB411", "CEB511", "CEB621"])
        {
            var path = Path.Combine(AppContext.BaseDirectory, "samples", "sample-order", $"{file}.xml");
            using var content = new ByteArrayContent(await File.ReadAllBytesAsync(path));
            content.Headers.ContentType = new MediaTypeHeaderValue("application/xml");
            using var posted = await _http.PostAsync(new Uri("ceb", UriKind.Relative), content);
            Assert.True(posted.IsSuccessStatusCode, await posted.Content.ReadAsStringAsync());
        }
    }

    /// <param name="method">GET, or an act.</param>
    /// <param name="address">What.</param>
    /// <param name="company">As which company; null as the developer.</param>
    /// <param name="accept">In which form.</param>
    /// <param name="key">Under which key.</param>
    Task<HttpResponseMessage> Ask(
        HttpMethod method,
        string address,
        string? company = null,
        string? accept = null,
        string? key = null
    )
    {
        var request = new HttpRequestMessage(method, new Uri(address, UriKind.Relative));
        if (company is not null)
            request.Headers.Authorization = SignedIn.Header(_directory, $"company-{company}");
        if (accept is not null)
            request.Headers.Accept.ParseAdd(accept);
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        return _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }
}
