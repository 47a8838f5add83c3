using System.Net;
using System.Reflection;
using System.Text;
using ClearanceEngine.Contracts;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Net.Http.Headers;
using NetEscapades.AspNetCore.SecurityHeaders;

namespace ClearanceEngine.Silo.Door;

/// <summary><c>GET /</c>: what this is and what can be asked here, for people and for programs. Nothing of any parcel.</summary>
static class FrontPage
{
    static readonly string Version = typeof(FrontPage)
        .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
        ?.InformationalVersion
        ?? "";

    public static async Task<IResult> Show(
        HttpContext context,
        HealthCheckService health,
        EndpointDataSource endpoints,
        CancellationToken aborted
    )
    {
        var report = await health.CheckHealthAsync(DoorHealth.IsOfReadiness, aborted);
        var page = new FrontResponse(
            "ClearanceEngine",
            "跨境电商零售进口通关引擎 clearance of cross-border e-commerce retail imports",
            Version,
            report.Status.ToString(),
            Docs: ApiPaths.Docs,
            OpenApi: ApiPaths.OpenApi,
            [.. endpoints.Endpoints.OfType<RouteEndpoint>().Select(Described).OfType<EndpointResponse>()]
        );
        context.Response.Headers.Vary = HeaderNames.Accept;
        return WantsHtml(context.Request)
            ? Results.Content(Html(page, context.GetNonce()), "text/html; charset=utf-8")
            : Results.Json(page);
    }

    /// <summary>By what its mapping says; null for a part of a page.</summary>
    static EndpointResponse? Described(RouteEndpoint endpoint)
    {
        var method = endpoint.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods[0];
        var path = $"/{endpoint.RoutePattern.RawText!.Trim('/')}";
        return endpoint.Metadata.GetMetadata<IEndpointSummaryMetadata>() is { Summary: var summary }
            ? new EndpointResponse(method, path, summary)
            : null;
    }

    /// <summary>A browser names HTML; whoever takes anything gets JSON.</summary>
    static bool WantsHtml(HttpRequest request) =>
        request.GetTypedHeaders().Accept.Any(a => a.MediaType == "text/html" && a.Quality is not 0);

    static string Html(FrontResponse page, string nonce)
    {
        var rows = new StringBuilder();
        foreach (var endpoint in page.Endpoints)
            rows.Append("<tr><td>")
                .Append(endpoint.Method)
                .Append("</td><td>")
                .Append(Address(endpoint))
                .Append("</td><td>")
                .Append(WebUtility.HtmlEncode(endpoint.Text))
                .AppendLine("</td></tr>");
        return $$"""
            <!DOCTYPE html>
            <html lang="zh-CN">
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width">
            <title>{{page.Name}}</title>
            <style nonce="{{nonce}}">
            body { font: 16px/1.5 system-ui, sans-serif; max-width: 56em; margin: 2em auto; padding: 0 1em; color: #222; }
            table { border-collapse: collapse; } td { padding: .2em 1em .2em 0; vertical-align: top; } code { white-space: nowrap; }
            </style>
            <h1>{{page.Name}}</h1>
            <p>{{page.Text}}</p>
            <p>版本 version {{WebUtility.HtmlEncode(page.Version)}} · 状态 health {{page.Health}}</p>
            <p><a href="{{ApiPaths.Docs}}/">文档与第一个包裹 the documents, and the way to a first parcel</a></p>
            <table>
            {{rows}}</table>
            </html>
            """;
    }

    /// <summary>A link where following it asks for something whole.</summary>
    static string Address(EndpointResponse endpoint)
    {
        var path = WebUtility.HtmlEncode(endpoint.Path);
        var isWhole =
            endpoint is
            { Method: "GET", Path: ApiPaths.Front or ApiPaths.Live or ApiPaths.Ready or ApiPaths.OpenApi };
        return isWhole ? $"<a href=\"{path}\"><code>{path}</code></a>" : $"<code>{path}</code>";
    }
}
