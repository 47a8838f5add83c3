using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using ClearanceEngine.Simulator.Samples;
using Xunit;

namespace ClearanceEngine.Tests;

/// <summary>What companies see of each other's parcels at a running engine's door.</summary>
public sealed class OwnParcelsTests(DoorEngine engine) : IClassFixture<DoorEngine>
{
    const string There = "OWN-0001",
        Nobodys = "OWN-0002";

    [Fact]
    public async Task A_platform_sees_its_parcel_and_to_a_stranger_it_is_as_if_there_were_none()
    {
        var (platform, stranger) = ($"company-{SampleParcel.Platform}", "company-9999900004");
        using var posted = await Send(platform, HttpMethod.Post, "ceb", DoorEngine.Order(There, 71));
        Assert.Equal(HttpStatusCode.OK, posted.StatusCode);
        var parcel = $"api/v1/parcels/{SampleParcel.Platform}/{There}";

        using var own = await Send(platform, HttpMethod.Get, parcel);
        var text = await own.Content.ReadAsStringAsync();
        Assert.True(own.StatusCode == HttpStatusCode.OK, text);
        Assert.Equal(There, JsonDocument.Parse(text).RootElement.GetProperty("orderNo").GetString());

        Assert.Equal(
            await NotFound(stranger, HttpMethod.Get, parcel),
            (
                await NotFound(stranger, HttpMethod.Get, $"api/v1/parcels/{SampleParcel.Platform}/{Nobodys}")
            ).Replace(Nobodys, There, StringComparison.Ordinal)
        );
        await NotFound("site", HttpMethod.Post, $"{parcel}/departed");
        using var operators = await Send("operator", HttpMethod.Get, parcel);
        Assert.Equal(HttpStatusCode.OK, operators.StatusCode);
        using var administrators = await Send("administrator", HttpMethod.Get, parcel);
        Assert.Equal(HttpStatusCode.Forbidden, administrators.StatusCode);
    }

    [Fact]
    public async Task An_order_is_taken_from_its_platform_only()
    {
        using var refused = await Send(
            $"company-{SampleParcel.Payer}",
            HttpMethod.Post,
            "ceb",
            DoorEngine.Order("OWN-0003", 72)
        );
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Contains(
            "not-your-company",
            await refused.Content.ReadAsStringAsync(),
            StringComparison.Ordinal
        );
        await NotFound("operator", HttpMethod.Get, $"api/v1/parcels/{SampleParcel.Platform}/OWN-0003");
    }

    async Task<string> NotFound(string account, HttpMethod method, string address)
    {
        using var answer = await Send(account, method, address);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.NotFound, text);
        // Another for each request, whatever it finds.
        return Regex.Replace(text, "\"traceId\":\"[^\"]*\"", "");
    }

    async Task<HttpResponseMessage> Send(
        string account,
        HttpMethod method,
        string address,
        byte[]? body = null
    )
    {
        using var request = new HttpRequestMessage(method, new Uri(address, UriKind.Relative));
        request.Headers.Authorization = SignedIn.Header(engine.Directory, account);
        if (body is not null)
            request.Content = new ByteArrayContent(body)
            {
                Headers = { ContentType = new MediaTypeHeaderValue("application/xml") },
            };
        return await engine.Http.SendAsync(request);
    }
}
