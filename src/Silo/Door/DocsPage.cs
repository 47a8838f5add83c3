using System.Text.RegularExpressions;
using ClearanceEngine.Contracts;
using ClearanceEngine.Silo.Door.Contract;
using Microsoft.AspNetCore.Routing;
using NetEscapades.AspNetCore.SecurityHeaders;
using Scalar.AspNetCore;

namespace ClearanceEngine.Silo.Door;

/// <summary><c>GET /docs</c>: the contract for people, and the messages that its first steps send. Scripts are the host's own; the page asks nobody else.</summary>
static partial class DocsPage
{
    const string Sample = ApiPaths.Docs + "/samples/{name}";

    /// <summary>Patterns of the page and its parts.</summary>
    public static IReadOnlyList<string> Paths { get; } =
    [
        $"{ApiPaths.Docs}/{{documentName?}}",
        $"{ApiPaths.Docs}/favicon.svg",
        $"{ApiPaths.Docs}/scalar.js",
        $"{ApiPaths.Docs}/scalar.aspnetcore.js",
        Sample,
    ];

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapScalarApiReference(ApiPaths.Docs, Configure)
            .WithSecurityHeadersPolicy(SecurityHeaders.Docs)
            .AllowAnonymous();
        app.MapGet(Sample, ShowSample).AllowAnonymous().ExcludeFromDescription();
    }

    /// <summary>Nothing of elsewhere: no telemetry, fonts, proxy, assistant or other company's client. The page's policy would not let it through either.</summary>
    static void Configure(ScalarOptions options, HttpContext context)
    {
        options
            .WithTitle("ClearanceEngine")
            .WithOpenApiRoutePattern(ApiPaths.OpenApi)
            .WithNonce(context.GetNonce())
            .DisableTelemetry()
            .DisableDefaultFonts()
            .DisableAgent()
            .DisableMcp()
            .HideClientButton()
            .HideDeveloperTools();
        options.DynamicBaseServerUrl = false;
        options.ProxyUrl = null;
    }

    static IResult ShowSample(string name) =>
        SampleName().IsMatch(name)
            ? Results.Bytes(ContractExamples.Bytes(name), "application/xml; charset=utf-8")
            : Results.NotFound();

    [GeneratedRegex(@"^CEB(311|411|511|621)\.xml\z")]
    private static partial Regex SampleName();
}
