using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ClearanceEngine.Tests.Door;

/// <summary>What the door answers to what it cannot serve: always RFC 9457, in both languages.</summary>
public sealed class DoorAnswersTests
{
    const string Xml = "application/xml";
    const string Json = "application/json";
    const string Question = """{"idNumber":"999999199001010016","year":2026}""";

    /// <summary>Nobody's number: the area does not exist.</summary>
    const string Person = "999999199001010016";

    [Theory]
    // Paths and methods.
    [InlineData("GET", "nowhere", null, null, 404, "path-not-found")]
    [InlineData("POST", "api/v1/parcels/9999900001", null, null, 404, "path-not-found")]
    [InlineData("GET", "api/v1/parcels/9999900001/O-1/unknown", null, null, 404, "path-not-found")]
    [InlineData("GET", "favicon.ico", null, null, 404, "path-not-found")]
    [InlineData("GET", "ceb", null, null, 405, "method-not-allowed")]
    [InlineData("PUT", "ceb", Xml, "<a/>", 405, "method-not-allowed")]
    [InlineData("DELETE", "api/v1/parcels/9999900001/O-1", null, null, 405, "method-not-allowed")]
    [InlineData("GET", "api/v1/parcels/9999900001/O-1/ask", null, null, 405, "method-not-allowed")]
    [InlineData("GET", "api/v1/quota", null, null, 405, "method-not-allowed")]
    [InlineData("POST", "", null, null, 405, "method-not-allowed")]
    [InlineData("POST", "health/ready", null, null, 405, "method-not-allowed")]
    [InlineData("BREW", "api/v1/parcels", null, null, 405, "method-not-allowed")]
    // Content types of messages.
    [InlineData("POST", "ceb", "text/plain; charset=utf-8", "<a/>", 415, "content-type-not-allowed")]
    [InlineData("POST", "ceb", "application/x-www-form-urlencoded", "<a/>", 415, "content-type-not-allowed")]
    [InlineData("POST", "ceb", "application/xml; charset=gb2312", "<a/>", 415, "content-type-not-allowed")]
    [InlineData("POST", "ceb", "no type", "<a/>", 415, "content-type-not-allowed")]
    [InlineData("POST", "ceb", Json, "<a/>", 400, "content-type-differs")]
    [InlineData("POST", "ceb", Xml, "{}", 400, "content-type-differs")]
    // Messages that cannot be read.
    [InlineData("POST", "ceb", Xml, "<nonsense/>", 400, "unknown-message")]
    [InlineData("POST", "ceb", "text/xml; charset=UTF-8", "<nonsense/>", 400, "unknown-message")]
    [InlineData("POST", "ceb", "application/xml; charset=\"utf-8\"", "<nonsense/>", 400, "unknown-message")]
    [InlineData("POST", "ceb", null, "<nonsense/>", 400, "unknown-message")]
    [InlineData("POST", "ceb", Json, "{\"a\":", 400, "not-json")]
    [InlineData("POST", "ceb", Xml, "", 400, "not-xml")]
    [InlineData("POST", "ceb", Json, "", 400, "not-xml")]
    // Questions.
    [InlineData("POST", "api/v1/quota", "text/plain", Question, 415, "content-type-not-allowed")]
    [InlineData("POST", "api/v1/quota", Xml, Question, 415, "content-type-not-allowed")]
    [InlineData(
        "POST",
        "api/v1/quota",
        "application/json; charset=utf-16",
        Question,
        415,
        "content-type-not-allowed"
    )]
    [InlineData(
        "POST",
        "api/v1/quota",
        "application/json; charset=bogus",
        Question,
        415,
        "content-type-not-allowed"
    )]
    [InlineData("POST", "api/v1/quota", Json, "", 400, "json-malformed")]
    [InlineData("POST", "api/v1/quota", Json, "null", 400, "json-malformed")]
    [InlineData("POST", "api/v1/quota", Json, "[1]", 400, "json-malformed")]
    [InlineData("POST", "api/v1/quota", Json, "{\"idNumber\":\"" + Person, 400, "json-malformed")]
    [InlineData("POST", "api/v1/quota", Json, "{\"" + Person + "\":1}", 400, "json-malformed")]
    [InlineData("POST", "api/v1/quota", Json, "{\"idNumber\":" + Person + "}", 400, "json-malformed")]
    [InlineData(
        "POST",
        "api/v1/quota",
        Json,
        "{\"idNumber\":\"" + Person + "\",\"yaer\":2025}",
        400,
        "json-malformed"
    )]
    [InlineData("POST", "api/v1/quota", Json, "{\"year\":2026}", 400, "id-number-wrong")]
    [InlineData(
        "POST",
        "api/v1/quota",
        Json,
        "{\"idNumber\":\"" + Person + "\",\"year\":1}",
        400,
        "year-wrong"
    )]
    // Queries.
    [InlineData("GET", "api/v1/parcels", null, null, 400, "query-incomplete")]
    [InlineData("GET", "api/v1/parcels?waybill=1", null, null, 400, "query-incomplete")]
    [InlineData("GET", "api/v1/parcels?waybill=&company=2", null, null, 400, "query-incomplete")]
    [InlineData("GET", "api/v1/parcels?waybill=1&payment=1&company=2", null, null, 400, "query-incomplete")]
    [InlineData("GET", "api/v1/parcels?waybill=1&waybill=2&company=2", null, null, 400, "query-incomplete")]
    [InlineData("GET", "api/v1/parcels?waybil=1&company=2", null, null, 400, "query-incomplete")]
    [InlineData("GET", "api/v1/parcels?" + Person + "=1&list=2", null, null, 400, "query-incomplete")]
    // Who is not there.
    [InlineData("GET", "api/v1/parcels/" + Person + "/" + Person, null, null, 404, "parcel-not-found")]
    [InlineData("GET", "api/v1/parcels?waybill=1&company=2", null, null, 404, "parcel-not-found")]
    public async Task Whatever_cannot_be_served_is_told_in_one_form(
        string method,
        string path,
        string? type,
        string? body,
        int status,
        string code
    )
    {
        await using var door = await DoorHost.Start();
        using var answer = await door.Http.SendAsync(Request(method, path, type, body));
        var problem = await Problem(answer, status, code);

        Assert.DoesNotContain(Person, problem.GetRawText(), StringComparison.Ordinal);
        Assert.All(Allowed(answer, code), a => Assert.Contains(a, Detail(problem), StringComparison.Ordinal));
        Assert.Equal(0, door.Grains.Woken);
    }

    [Fact]
    public async Task A_client_that_accepts_something_else_only_is_told_in_the_same_form()
    {
        await using var door = await DoorHost.Start();
        foreach (var path in (string[])["nowhere", "api/v1/parcels/9999900001/NOBODY"])
        {
            using var request = Request("GET", path, null, null);
            request.Headers.Add("Accept", "text/html");
            using var answer = await door.Http.SendAsync(request);
            await Problem(answer, 404);
        }
    }

    [Theory]
    [InlineData(Xml)]
    [InlineData(Json)]
    [InlineData(null)]
    public async Task An_empty_body_is_called_empty_whatever_it_is_declared_as(string? type)
    {
        await using var door = await DoorHost.Start();
        using var answer = await door.Http.SendAsync(Request("POST", "ceb", type, ""));

        var detail = Detail(await Problem(answer, 400, "not-xml"));
        Assert.StartsWith("报文为空", detail, StringComparison.Ordinal);
        Assert.Contains("The message is empty", detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_encoded_body_is_refused_by_name()
    {
        await using var door = await DoorHost.Start();
        using var request = Request("POST", "ceb", Xml, "<a/>");
        request.Content!.Headers.ContentEncoding.Add("gzip");
        using var answer = await door.Http.SendAsync(request);

        Assert.Contains(
            "gzip",
            Detail(await Problem(answer, 415, "content-type-not-allowed")),
            StringComparison.Ordinal
        );
        Assert.Equal("identity", answer.Headers.GetValues("Accept-Encoding").Single());
    }

    [Fact]
    public async Task What_fails_inside_tells_a_trace_id_and_nothing_else()
    {
        await using var door = await DoorHost.Start();
        await door.Store("parcel", "p/STORED");
        // A grain that is there is woken, and this door's factory has none.
        using var answer = await door.Http.GetAsync(
            new Uri("api/v1/parcels/9999900001/STORED", UriKind.Relative)
        );
        var problem = await Problem(answer, 500, "internal-error");

        Assert.Equal(1, door.Grains.Woken);
        Assert.DoesNotContain("woken", problem.GetRawText(), StringComparison.OrdinalIgnoreCase);
        var trace = problem.GetProperty("traceId").GetString()!;
        Assert.Contains(trace, Detail(problem), StringComparison.Ordinal);
        Assert.Contains(door.Log.Lines, line =>
            line.Contains("A grain was woken.", StringComparison.Ordinal)
        );
    }

    /// <summary>Whatever is mapped below a parcel, now or later.</summary>
    [Fact]
    public async Task Every_act_on_a_parcel_that_is_not_there_is_404_and_wakes_no_grain()
    {
        await using var door = await DoorHost.Start();
        var acts = Mapped(door)
            .Where(e => e.Path.StartsWith("/api/v1/parcels/{", StringComparison.Ordinal))
            .ToArray();
        Assert.Contains(acts, a => a.Path.EndsWith("/ask", StringComparison.Ordinal));
        Assert.Contains(acts, a => a.Path.EndsWith("/departed", StringComparison.Ordinal));

        foreach (var (method, path) in acts.Where(a => a.Method != "HEAD"))
        {
            var address = path.Replace("{ebpCode}", "9999900001", StringComparison.Ordinal)
                .Replace("{orderNo}", "NOBODY", StringComparison.Ordinal);
            using var answer = await door.Http.SendAsync(Request(method, address[1..], null, null));
            await Problem(answer, 404, "parcel-not-found");
        }
        Assert.Equal(0, door.Grains.Woken);
    }

    [Fact]
    public async Task The_front_page_lists_what_is_mapped_for_programs_and_for_people()
    {
        await using var door = await DoorHost.Start();
        using var plain = await door.Http.GetAsync(new Uri("", UriKind.Relative));
        var page = JsonDocument.Parse(await plain.Content.ReadAsStringAsync()).RootElement;

        Assert.Equal(Json, plain.Content.Headers.ContentType!.MediaType);
        Assert.Equal("Healthy", page.GetProperty("health").GetString());
        Assert.NotEqual("", page.GetProperty("version").GetString());
        Assert.Equal(
            Mapped(door)
                .Where(e => e.Method != "HEAD" && !IsPartOfDocs(e.Path))
                .Select(e => $"{e.Method} {e.Path}")
                .Order(),
            page.GetProperty("endpoints")
                .EnumerateArray()
                .Select(e => $"{e.GetProperty("method").GetString()} {e.GetProperty("path").GetString()}")
                .Order()
        );

        using var request = Request("GET", "", null, null);
        request.Headers.Add("Accept", "text/html,application/xhtml+xml,*/*;q=0.8");
        using var html = await door.Http.SendAsync(request);
        var text = await html.Content.ReadAsStringAsync();
        Assert.Equal("text/html", html.Content.Headers.ContentType!.MediaType);
        Assert.Contains("href=\"/health/ready\"", text, StringComparison.Ordinal);
        Assert.Contains("href=\"/docs/\"", text, StringComparison.Ordinal);
        Assert.Contains("/api/v1/parcels/{ebpCode}/{orderNo}", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_head_request_is_answered_like_its_get_without_a_body()
    {
        await using var door = await DoorHost.Start();
        foreach (var (path, status) in new[] { ("", 200), ("api/v1/parcels/9999900001/NOBODY", 404) })
        {
            using var answer = await door.Http.SendAsync(Request("HEAD", path, null, null));
            Assert.Equal(status, (int)answer.StatusCode);
            Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
        }
    }

    /// <summary>
    /// The server refuses these before there is a request; it has no place where a body could be given. docs/http.md says so: should a later
    /// version of it give one, this fails and the page is to be mended.
    /// </summary>
    [Theory]
    [InlineData("GARBAGE\r\n\r\n", "400")]
    [InlineData("GET / HTTP/9.9\r\nHost: door\r\n\r\n", "505")]
    [InlineData("GET /%00 HTTP/1.1\r\nHost: door\r\n\r\n", "400")]
    [InlineData("GET / HTTP/1.1\r\n\r\n", "400")]
    [InlineData("GET / HTTP/1.1\r\nHost: door\r\nbad header\r\n\r\n", "400")]
    [InlineData("POST /ceb HTTP/1.1\r\nHost: door\r\nContent-Length: x\r\n\r\n", "400")]
    [InlineData("GET /{9000} HTTP/1.1\r\nHost: door\r\n\r\n", "414")]
    [InlineData("GET / HTTP/1.1\r\nHost: door\r\nLong: {17000}\r\n\r\n", "431")]
    public async Task What_the_server_itself_refuses_has_a_status_and_no_body(string request, string status)
    {
        await using var door = await DoorHost.Start();
        using var raw = await RawRequest.Connect(door);
        await raw.Send(
            Regex.Replace(request, @"\{(\d+)\}", m => new string(
                'x',
                int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture)
            ))
        );
        var answer = await raw.Answer();

        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: close\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n", answer, StringComparison.Ordinal);
    }

    /// <summary>What the text has to name as allowed.</summary>
    static ICollection<string> Allowed(HttpResponseMessage answer, string code) =>
        code switch
        {
            "method-not-allowed" => Some(answer.Content.Headers.Allow),
            "content-type-not-allowed" => ["send "],
            "query-incomplete" => ["waybill", "payment", "list", "company"],
            "json-malformed" => ["idNumber", "year"],
            _ => [],
        };

    /// <summary>The page that explains the others, with its scripts and samples: the front page names it beside them.</summary>
    static bool IsPartOfDocs(string path) => path.StartsWith("/docs", StringComparison.Ordinal);

    static ICollection<string> Some(ICollection<string> allowed)
    {
        Assert.NotEmpty(allowed);
        return allowed;
    }

    static IEnumerable<(string Method, string Path)> Mapped(DoorHost door) =>
        door
            .Services.GetRequiredService<EndpointDataSource>()
            .Endpoints.OfType<RouteEndpoint>()
            .SelectMany(e =>
                e.Metadata.GetRequiredMetadata<HttpMethodMetadata>()
                    .HttpMethods.Select(m => (m, $"/{e.RoutePattern.RawText!.Trim('/')}"))
            );

    static HttpRequestMessage Request(string method, string path, string? type, string? body)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative));
        if (body is null)
            return request;

        request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        if (type is not null)
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        return request;
    }

    /// <summary>The answer's body, which has all of RFC 9457's members that we promise.</summary>
    internal static async Task<JsonElement> Problem(
        HttpResponseMessage answer,
        int status,
        string? code = null
    )
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True((int)answer.StatusCode == status, $"{(int)answer.StatusCode}: {text}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);

        var problem = JsonDocument.Parse(text).RootElement;
        Assert.True(Uri.TryCreate(problem.GetProperty("type").GetString(), UriKind.Absolute, out _), text);
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        Assert.Matches("^[a-z0-9]+(-[a-z0-9]+)*$", problem.GetProperty("title").GetString()!);
        Assert.Matches("[\u4E00-\u9FFF].*[a-z]{2,} [a-z]", Detail(problem));
        if (code is not null)
            Assert.Equal(code, problem.GetProperty("title").GetString());
        return problem.Clone();
    }

    static string Detail(JsonElement problem) => problem.GetProperty("detail").GetString()!;
}
