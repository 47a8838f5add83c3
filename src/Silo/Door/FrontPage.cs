using System.Net;
using System.Reflection;
using System.Text;
using ClearanceEngine.Silo.Access;
using ClearanceEngine.Silo.Audit;
using ClearanceEngine.Silo.Changes;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Net.Http.Headers;
using NetEscapades.AspNetCore.SecurityHeaders;

namespace ClearanceEngine.Silo.Door;

/// <summary><c>GET /</c>: what this is and what can be asked here, for people and for programs. Nothing of any parcel.</summary>
static class FrontPage
{
    /// <summary>One thing that can be asked.</summary>
    /// <param name="Method">Its HTTP method.</param>
    /// <param name="Path">Its path.</param>
    /// <param name="Text">What it does.</param>
    public sealed record Endpoint(string Method, string Path, string Text);

    /// <summary>The page as JSON.</summary>
    public sealed record Page(
        string Name,
        string Text,
        string Version,
        string Health,
        IReadOnlyList<Endpoint> Endpoints
    );

    /// <summary>What the door has; a test compares it with what is mapped.</summary>
    internal static IReadOnlyList<Endpoint> Endpoints { get; } =
    [
        new("GET", "/", "本页 this page"),
        new("GET", MeEndpoint.Path, "我是谁，可做什么 who I am here, and what I may do"),
        new("POST", "/ceb", "提交一份 CEB 报文（XML 或 JSON）submit one CEB message, XML or JSON"),
        new("GET", "/api/v1/parcels/{ebpCode}/{orderNo}", "一个包裹 a parcel"),
        new(
            "GET",
            "/api/v1/parcels",
            "按 waybill、payment 或 list 加 company 查找 find one by waybill, payment or list, and company"
        ),
        new("POST", "/api/v1/parcels/{ebpCode}/{orderNo}/ask", "立即向海关查询 ask customs now"),
        new(
            "POST",
            "/api/v1/parcels/{ebpCode}/{orderNo}/resend",
            "向海关重发一份单证 send a document to customs again: ?document=, &number="
        ),
        new(
            "POST",
            "/api/v1/parcels/{ebpCode}/{orderNo}/close",
            "不再处理该包裹 do no more for the parcel: {\"reason\"}"
        ),
        new("POST", "/api/v1/parcels/{ebpCode}/{orderNo}/departed", "货物已离场 the goods have left"),
        new(
            "POST",
            "/api/v1/quota",
            "个人年度额度 a person's annual quota: {\"idNumber\", \"year\", \"reason\"}"
        ),
        new(
            "GET",
            ChangesEndpoint.Path,
            "企业收到的回执，随到随读 receipts of a participant, as they come: participant=, after=, wait=, limit="
        ),
        new(
            "GET",
            AuditEndpoint.Path,
            "审计记录 who did what: actor=, subject=, right=, since=, until=, limit=, cursor="
        ),
        new("GET", "/health/live", "存活 alive"),
        new("GET", "/health/ready", "就绪；运维另见各部件状态 ready; to operators also how each part does"),
    ];

    static readonly string Version = typeof(FrontPage)
        .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
        ?.InformationalVersion
        ?? "";

    public static async Task<IResult> Show(
        HttpContext context,
        HealthCheckService health,
        CancellationToken aborted
    )
    {
        var report = await health.CheckHealthAsync(DoorHealth.IsOfReadiness, aborted);
        var page = new Page(
            "ClearanceEngine",
            "跨境电商零售进口通关引擎 clearance of cross-border e-commerce retail imports",
            Version,
            report.Status.ToString(),
            Endpoints
        );
        context.Response.Headers.Vary = HeaderNames.Accept;
        return WantsHtml(context.Request)
            ? Results.Content(Html(page, context.GetNonce()), "text/html; charset=utf-8")
            : Results.Json(page);
    }

    /// <summary>A browser names HTML; whoever takes anything gets JSON.</summary>
    static bool WantsHtml(HttpRequest request) =>
        request.GetTypedHeaders().Accept.Any(a => a.MediaType == "text/html" && a.Quality is not 0);

    static string Html(Page page, string nonce)
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
            <table>
            {{rows}}</table>
            </html>
            """;
    }

    /// <summary>A link where following it asks for something whole.</summary>
    static string Address(Endpoint endpoint)
    {
        var path = WebUtility.HtmlEncode(endpoint.Path);
        var isWhole = endpoint is { Method: "GET", Path: "/" or "/health/live" or "/health/ready" };
        return isWhole ? $"<a href=\"{path}\"><code>{path}</code></a>" : $"<code>{path}</code>";
    }
}
