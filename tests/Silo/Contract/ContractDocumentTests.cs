using System.Text.Json.Nodes;
using ClearanceEngine.Access;
using ClearanceEngine.Silo.Access;
using ClearanceEngine.Tests.Door;
using ClearanceEngine.Tests.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ClearanceEngine.Tests.Contract;

/// <summary>The contract's document is what the host serves and maps. <c>CLEARANCE_WRITE_DOCS=docs</c> makes it anew instead.</summary>
public sealed class ContractDocumentTests
{
    const string Golden = "openapi-v1.json";

    [Fact]
    public async Task The_document_is_the_one_that_is_served()
    {
        await using var door = await DoorHost.Start();
        door.Http.DefaultRequestHeaders.Authorization = null;
        var served = (await Served(door)).ToJsonString(new() { WriteIndented = true }) + "\n";

        if (Environment.GetEnvironmentVariable("CLEARANCE_WRITE_DOCS") is { } docs)
            await File.WriteAllTextAsync(Path.Combine(Repository.Root, docs, Golden), served);
        else
            Assert.Equal(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", Golden)), served);
    }

    [Fact]
    public async Task Whatever_is_mapped_is_in_the_document_and_the_other_way_round_with_its_right()
    {
        await using var door = await DoorHost.Start();
        var document = await Served(door);
        var told = Operations(document)
            .Select(o => $"{o.Method} {o.Path} {o.Operation["x-right"]}".TrimEnd());

        Assert.Equal(Mapped(door).Order(StringComparer.Ordinal), told.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_endpoint_speaks_both_languages_and_has_an_example_that_its_schema_allows()
    {
        await using var door = await DoorHost.Start();
        var document = await Served(door);
        var schemas = new ContractSchemas(document);
        foreach (var (method, path, operation) in Operations(document))
        {
            var at = $"{method} {path}";
            foreach (var text in (string[])["summary", "description"])
                Assert.Matches("[\u4E00-\u9FFF].*[a-z]{2,}", $"{operation[text]}".ReplaceLineEndings(" "));
            Assert.All(operation["parameters"] as JsonArray ?? [], p => Assert.NotNull(p!["example"]));
            foreach (var (type, content) in Contents(operation).Where(c => c.Type != "text/event-stream"))
            {
                Assert.True(content["example"] is not null || type.EndsWith("problem+json"), $"{at} {type}");
                if (content["example"] is { } example)
                    schemas.Check($"{at} {type}", content["schema"]!, example);
            }
        }
    }

    [Fact]
    public async Task The_page_for_people_asks_nobody_but_this_host()
    {
        await using var door = await DoorHost.Start();
        door.Http.DefaultRequestHeaders.Authorization = null;
        using var answer = await door.Http.GetAsync(new Uri("docs/", UriKind.Relative));
        var page = await answer.Content.ReadAsStringAsync();
        var policy = answer.Headers.GetValues("Content-Security-Policy").Single();

        Assert.DoesNotContain("http", page, StringComparison.OrdinalIgnoreCase);
        foreach (
            var off in (string[])
                ["\"telemetry\":false", "\"agent\":{\"disabled\":true}", "\"withDefaultFonts\":false"]
        )
            Assert.Contains(off, page, StringComparison.Ordinal);
        Assert.Contains("connect-src 'self';", policy, StringComparison.Ordinal);
        Assert.Contains("script-src 'self' 'nonce-", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("http", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("eval", policy, StringComparison.Ordinal);
        var script = await door.Http.GetByteArrayAsync(new Uri("docs/scalar.js", UriKind.Relative));
        Assert.True(script.Length > 100_000);
    }

    internal static IEnumerable<(string Method, string Path, JsonNode Operation)> Operations(
        JsonNode document
    ) =>
        document["paths"]!
            .AsObject()
            .SelectMany(path =>
                path.Value!.AsObject().Select(m => (m.Key.ToUpperInvariant(), path.Key, m.Value!))
            );

    static IEnumerable<(string Type, JsonNode Content)> Contents(JsonNode operation) =>
        operation["responses"]!
            .AsObject()
            .Select(r => r.Value)
            .Append(operation["requestBody"])
            .SelectMany(b => b?["content"]?.AsObject() ?? [])
            .Select(c => (c.Key, c.Value!));

    static async Task<JsonNode> Served(DoorHost door) =>
        JsonNode.Parse(await door.Http.GetStringAsync(new Uri("openapi/v1.json", UriKind.Relative)))!;

    /// <summary>All but the document itself and the page that shows it.</summary>
    static IEnumerable<string> Mapped(DoorHost door) =>
        from endpoint in door
            .Services.GetRequiredService<EndpointDataSource>()
            .Endpoints.OfType<RouteEndpoint>()
        let path = $"/{endpoint.RoutePattern.RawText!.Trim('/')}"
        where !path.StartsWith("/docs", StringComparison.Ordinal) && path != "/openapi/v1.json"
        let right = endpoint.Metadata.GetMetadata<RightRequirement>()
        let method = endpoint.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods[0]
        select $"{method} {path} {right?.Right.Descriptor().Name}".TrimEnd();
}
