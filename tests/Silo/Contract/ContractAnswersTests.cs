using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using ClearanceEngine.Tests.Hosting;
using Xunit;

namespace ClearanceEngine.Tests.Contract;

/// <summary>What an engine really answers, for each endpoint of the contract's document, is what the document says.</summary>
public sealed class ContractAnswersTests(EmbeddedEngine engine) : IClassFixture<EmbeddedEngine>
{
    const string Parcel = "/api/v1/parcels/{ebpCode}/{orderNo}";

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    readonly JsonNode _document = JsonNode.Parse(
        File.ReadAllText(Path.Combine(Repository.Root, "docs", "openapi-v1.json"))
    )!;

    readonly HashSet<string> _answered = [];

    [Fact]
    public async Task Every_answer_of_every_endpoint_is_as_its_schema_says()
    {
        using var http = engine.Client(SignedIn.Developer);
        foreach (var file in (string[])["CEB311", "CEB411", "CEB511", "CEB621"])
            await Ask(http, "POST", "/ceb", Sample(file));
        var late = DateTime.UtcNow + Patience;
        while ($"{(await Ask(http, "GET", Parcel))!["state"]}" != "released")
        {
            Assert.True(DateTime.UtcNow < late, "The parcel is not released.");
            await Task.Delay(200);
        }

        foreach (
            var path in (string[])["/", "/health/live", "/health/ready", "/api/v1/me", "/api/v1/parcels"]
        )
            await Ask(
                http,
                "GET",
                path,
                query: path == "/api/v1/parcels" ? "?waybill=TESTWB0000000001&company=9999900004" : ""
            );
        await Ask(http, "POST", $"{Parcel}/ask");
        await Ask(http, "POST", $"{Parcel}/departed");
        await Ask(http, "POST", $"{Parcel}/resend", query: "?document=list");
        await Ask(http, "POST", $"{Parcel}/close", Json("{\"reason\":\"another way\"}"));
        await Ask(http, "POST", "/api/v1/quota", Json("{\"idNumber\":\"999999199001010016\",\"year\":2026}"));
        await Ask(http, "GET", "/api/v1/changes", query: "?participant=9999900005");

        using var auditor = engine.Client("auditor");
        await Ask(auditor, "GET", "/api/v1/audit", query: "?limit=3");
        await Refusals(http);
        var told = ContractDocumentTests.Operations(_document).Select(o => $"{o.Method} {o.Path}");
        Assert.Equal(told.Order(StringComparer.Ordinal), _answered.Order(StringComparer.Ordinal));
    }

    async Task Refusals(HttpClient http)
    {
        await Ask(http, "POST", "/ceb", Json("{}"));
        await Ask(http, "POST", "/api/v1/quota", Json("[]"));
        await Ask(http, "GET", "/api/v1/parcels");
        await Ask(http, "GET", "/api/v1/audit", query: "?limit=0");
        await Ask(http, "GET", "/api/v1/changes", query: "?participant=9999900005&after=x");
        using var stranger = engine.Client(null);
        await Ask(stranger, "GET", Parcel);
        await Ask(stranger, "GET", "/health/ready");
        using var company = engine.Client("company-9999900007");
        await Ask(company, "GET", Parcel);
        await Ask(company, "POST", "/api/v1/quota", Json("{}"));
        await Ask(company, "POST", "/ceb", Sample("CEB311"));
    }

    async Task<JsonNode?> Ask(
        HttpClient http,
        string method,
        string path,
        HttpContent? body = null,
        string query = ""
    )
    {
        var address = path.Replace("{ebpCode}", "9999900001", StringComparison.Ordinal)
            .Replace("{orderNo}", "TEST-ORD-20261120-0001", StringComparison.Ordinal);
        using var request = new HttpRequestMessage(
            new HttpMethod(method),
            new Uri(address[1..] + query, UriKind.Relative)
        )
        {
            Content = body,
        };
        using var answer = await http.SendAsync(request);

        var at = $"{method} {path}";
        _answered.Add(at);
        var text = await answer.Content.ReadAsStringAsync();
        var told = _document["paths"]![path]![method.ToLowerInvariant()]!["responses"]![
            $"{(int)answer.StatusCode}"
        ];
        Assert.True(told is not null, $"{at} answered {(int)answer.StatusCode}: {text}");
        var content = told["content"]![answer.Content.Headers.ContentType!.MediaType!];
        Assert.True(content is not null, $"{at} answered {answer.Content.Headers.ContentType}");
        var value = JsonNode.Parse(text);
        new ContractSchemas(_document).Check($"{at} {(int)answer.StatusCode}", content["schema"]!, value);
        return value;
    }

    static StringContent Json(string text) => new(text, new MediaTypeHeaderValue("application/json"));

    static ByteArrayContent Sample(string name)
    {
        var file = Path.Combine(Repository.Root, "samples", "sample-order", $"{name}.xml");
        var content = new ByteArrayContent(File.ReadAllBytes(file));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/xml");
        return content;
    }
}
