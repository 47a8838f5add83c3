using System.Text.Json.Nodes;
using ClearanceEngine.Tests.Hosting;
using Xunit;

namespace ClearanceEngine.Tests.Contract;

/// <summary>The gate before a release: whoever follows the released contract must not be broken by this one (ADR 032).</summary>
public sealed class ContractGateTests
{
    const string Parcel = "/api/v1/parcels/{ebpCode}/{orderNo}";

    static readonly Dictionary<string, Action<JsonNode>> Planted = new()
    {
        ["is gone"] = d => d["paths"]!.AsObject().Remove("/api/v1/quota"),
        ["post /api/v1/parcels/{ebpCode}/{orderNo}/ask is gone"] = d =>
            d["paths"]![$"{Parcel}/ask"]!.AsObject().Remove("post"),
        ["parameter waybill is gone"] = d => Parameters(d, "/api/v1/parcels").RemoveAt(0),
        ["parameter waybill is required now"] = d => Parameters(d, "/api/v1/parcels")[0]!["required"] = true,
        ["string became integer"] = d => Parameters(d, "/api/v1/parcels")[0]!["schema"]!["type"] = "integer",
        ["value order is gone"] = d =>
            d["paths"]![$"{Parcel}/resend"]!["post"]!["parameters"]![2]!["schema"]!["enum"]!
                .AsArray()
                .RemoveAt(0),
        ["state is gone"] = d => Properties(d, "ParcelView").Remove("state"),
        ["invtNo may be absent now"] = d => Unrequire(d, "ParcelView", "invtNo"),
        ["boolean became integer"] = d => Properties(d, "DocumentView")["staged"]!["type"] = "integer",
        ["idNumber is required now"] = d =>
            d["components"]!["schemas"]!["QuotaRequest"]!["required"] = new JsonArray("idNumber"),
        ["text/xml is gone"] = d =>
            d["paths"]!["/ceb"]!["post"]!["requestBody"]!["content"]!.AsObject().Remove("text/xml"),
        ["202 is gone"] = d => d["paths"]!["/ceb"]!["post"]!["responses"]!.AsObject().Remove("202"),
    };

    public static TheoryData<string> Kinds => [.. Planted.Keys];

    [Fact]
    public void Nothing_that_the_released_contract_promises_is_broken() =>
        Assert.Empty(ContractChanges.Breaks(Read("openapi-v1.released.json"), Read("openapi-v1.json")));

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_break_is_found(string told)
    {
        var broken = Read("openapi-v1.json");
        Planted[told](broken);

        Assert.Contains(ContractChanges.Breaks(Read("openapi-v1.json"), broken), line =>
            line.Contains(told, StringComparison.Ordinal)
        );
    }

    [Fact]
    public void What_is_added_breaks_nobody()
    {
        var added = Read("openapi-v1.json");
        added["paths"]!["/api/v1/new"] = added["paths"]!["/api/v1/me"]!.DeepClone();
        Properties(added, "ParcelView")["more"] = new JsonObject { ["type"] = "string" };
        Parameters(added, "/api/v1/parcels").Add(new JsonObject { ["name"] = "more", ["in"] = "query" });

        Assert.Empty(ContractChanges.Breaks(Read("openapi-v1.json"), added));
    }

    static JsonNode Read(string name) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root, "docs", name)))!;

    static JsonArray Parameters(JsonNode document, string path) =>
        document["paths"]![path]!["get"]!["parameters"]!.AsArray();

    static JsonObject Properties(JsonNode document, string schema) =>
        document["components"]!["schemas"]![schema]!["properties"]!.AsObject();

    static void Unrequire(JsonNode document, string schema, string name)
    {
        var required = document["components"]!["schemas"]![schema]!["required"]!.AsArray();
        required.Remove(required.Single(n => n!.GetValue<string>() == name));
    }
}
