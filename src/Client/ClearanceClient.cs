using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using ClearanceEngine.Audit;
using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;

namespace ClearanceEngine.Client;

/// <summary>What became of one submitted document.</summary>
/// <param name="Type">For example <c>CEB311Message</c>.</param>
/// <param name="Guid">The document's guid.</param>
/// <param name="Key">Its business key, by the wire's names.</param>
/// <param name="Outcome">accepted, staged, duplicate, stale, refused or waiting.</param>
/// <param name="State">The parcel's state; null while its parcel is not known.</param>
/// <param name="Receipt">The latest receipt.</param>
/// <param name="Problems">What is wrong, or does not match yet.</param>
/// <param name="Missing">Documents the parcel still needs.</param>
/// <param name="Parcel">Address of the parcel.</param>
public sealed record DocumentResult(
    string Type,
    DocumentType Document,
    string Guid,
    IReadOnlyDictionary<string, string> Key,
    SubmissionOutcome Outcome,
    ParcelStatus? State,
    ReceiptResult? Receipt,
    IReadOnlyList<Problem> Problems,
    IReadOnlyList<DocumentType> Missing,
    string? Parcel
);

/// <summary>A receipt of a submitted document.</summary>
public sealed record ReceiptResult(
    string Type,
    string? Guid,
    string ReturnStatus,
    string ReturnInfo,
    string ReturnTime,
    string Source
);

/// <summary>A person's year, in fen.</summary>
public sealed record QuotaResult(int Year, long LimitFen, long PostedFen, long PendingFen, long RemainingFen);

/// <summary>What of the audit trail is asked for; what is null does not matter.</summary>
/// <param name="Actor">Name of who acted.</param>
/// <param name="Subject">To what, for example <c>parcel/9999900001/TEST-ORD-1</c>.</param>
/// <param name="Right">By which right, for example <c>parcels:close</c>.</param>
/// <param name="Since">From this time on, ISO 8601 with its offset.</param>
/// <param name="Until">Before this time.</param>
/// <param name="Limit">Most entries.</param>
/// <param name="Cursor">What the page before calls next.</param>
public sealed record AuditQuestion(
    string? Actor,
    string? Subject,
    string? Right,
    string? Since,
    string? Until,
    int? Limit,
    string? Cursor
);

/// <summary>A page of the audit trail, the newest first.</summary>
/// <param name="Next">The cursor of the next page; null when there is none.</param>
public sealed record AuditPageResult(IReadOnlyList<AuditLine> Entries, string? Next);

/// <summary>A part of the engine as its readiness tells.</summary>
/// <param name="Name">For example <c>kafka</c>.</param>
/// <param name="Status"><c>Healthy</c>, <c>Degraded</c> or <c>Unhealthy</c>.</param>
/// <param name="Text">What is wrong and what to do.</param>
public sealed record PartHealth(string Name, string Status, string? Text);

/// <summary>The engine refused a request; the text says why and what to do.</summary>
public sealed class ClearanceException(HttpStatusCode status, string code, string text) : Exception(text)
{
    public HttpStatusCode Status { get; } = status;

    /// <summary>Stable name of the problem, kebab-case.</summary>
    public string Code { get; } = code;
}

/// <summary>Talks to the engine's HTTP door. Thread-safe; the HttpClient's BaseAddress is the engine's.</summary>
public sealed class ClearanceClient(HttpClient http)
{
    /// <summary>JSON as the door writes it.</summary>
    public static JsonSerializerOptions Json { get; } =
        new(JsonSerializerDefaults.Web)
        {
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
            Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            WriteIndented = true,
        };

    /// <summary>Submits one CEB message (XML or JSON). Empty when the decision takes longer than the engine waits (202): ask for the parcel.</summary>
    /// <exception cref="ClearanceException">The message was refused as a whole.</exception>
    /// <exception cref="HttpRequestException">The engine cannot be reached.</exception>
    public async Task<IReadOnlyList<DocumentResult>> Submit(
        ReadOnlyMemory<byte> message,
        CancellationToken cancellationToken = default
    )
    {
        using var content = new ReadOnlyMemoryContent(message);
        content.Headers.ContentType = new MediaTypeHeaderValue(
            CebParser.IsJson(message.Span) ? "application/json" : "application/xml"
        );
        using var response = await http.PostAsync(
            new Uri("ceb", UriKind.Relative),
            content,
            cancellationToken
        );
        if (response.StatusCode == HttpStatusCode.Accepted)
            return [];
        return await Read<List<DocumentResult>>(response, cancellationToken);
    }

    /// <summary>A parcel as JSON; null when there is none.</summary>
    public Task<JsonElement?> Parcel(
        string ebpCode,
        string orderNo,
        CancellationToken cancellationToken = default
    ) =>
        Get(
            $"api/v1/parcels/{Uri.EscapeDataString(ebpCode)}/{Uri.EscapeDataString(orderNo)}",
            cancellationToken
        );

    /// <summary>The parcel that has this waybill, payment or list.</summary>
    /// <param name="kind"><c>waybill</c>, <c>payment</c> or <c>list</c>.</param>
    /// <param name="number">Its number; for a list copNo, preNo or invtNo.</param>
    /// <param name="company">Code of the company that numbered it; may be left out for a list's preNo or invtNo.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    public Task<JsonElement?> FindParcel(
        string kind,
        string number,
        string? company,
        CancellationToken cancellationToken = default
    ) =>
        Get(
            $"api/v1/parcels?{kind}={Uri.EscapeDataString(number)}{(company is null ? "" : $"&company={Uri.EscapeDataString(company)}")}",
            cancellationToken
        );

    /// <summary>A person's quota. The id number travels in the body, never in an address.</summary>
    /// <param name="idNumber">Whose.</param>
    /// <param name="year">Beijing calendar year; null for this one.</param>
    /// <param name="reason">Why it is looked at, for the audit trail.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    public async Task<QuotaResult> Quota(
        string idNumber,
        int? year,
        string? reason = null,
        CancellationToken cancellationToken = default
    )
    {
        using var response = await http.PostAsJsonAsync(
            "api/v1/quota",
            new
            {
                idNumber,
                year,
                reason,
            },
            Json,
            cancellationToken
        );
        return await Read<QuotaResult>(response, cancellationToken);
    }

    /// <summary>Who the caller is to the engine, as JSON: name, kind, roles, participants, and its rights with their reach.</summary>
    /// <exception cref="ClearanceException">The engine does not know who is asking.</exception>
    public async Task<JsonElement> Me(CancellationToken cancellationToken = default)
    {
        using var response = await http.GetAsync(new Uri("api/v1/me", UriKind.Relative), cancellationToken);
        return await Read<JsonElement>(response, cancellationToken);
    }

    /// <summary>A page of the audit trail.</summary>
    /// <exception cref="ClearanceException">The question is malformed, or the caller may not ask.</exception>
    public async Task<AuditPageResult> Audit(
        AuditQuestion question,
        CancellationToken cancellationToken = default
    )
    {
        (string Name, string? Value)[] parameters =
        [
            ("actor", question.Actor),
            ("subject", question.Subject),
            ("right", question.Right),
            ("since", question.Since),
            ("until", question.Until),
            ("limit", question.Limit?.ToString(CultureInfo.InvariantCulture)),
            ("cursor", question.Cursor),
        ];
        var given = parameters
            .Where(p => p.Value is not null)
            .Select(p => $"{p.Name}={Uri.EscapeDataString(p.Value!)}");
        using var response = await http.GetAsync(
            new Uri($"api/v1/audit?{string.Join('&', given)}", UriKind.Relative),
            cancellationToken
        );
        return await Read<AuditPageResult>(response, cancellationToken);
    }

    /// <summary>Makes the engine ask customs for the latest receipts now.</summary>
    public async Task Ask(string ebpCode, string orderNo, CancellationToken cancellationToken = default)
    {
        using var response = await http.PostAsync(Act(ebpCode, orderNo, "ask"), null, cancellationToken);
        await Read<JsonElement>(response, cancellationToken);
    }

    /// <summary>Has a document sent to customs once more.</summary>
    /// <param name="ebpCode">The parcel's platform.</param>
    /// <param name="orderNo">The parcel's order number.</param>
    /// <param name="document">By the name that JSON has: <c>order</c>, <c>list</c> …</param>
    /// <param name="number">The document's number, where the parcel has several of its type.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <exception cref="ClearanceException">It cannot be sent again.</exception>
    public async Task Resend(
        string ebpCode,
        string orderNo,
        string document,
        string? number,
        CancellationToken cancellationToken = default
    )
    {
        var which = number is null ? "" : $"&number={Uri.EscapeDataString(number)}";
        using var response = await http.PostAsync(
            Act(ebpCode, orderNo, $"resend?document={Uri.EscapeDataString(document)}{which}"),
            null,
            cancellationToken
        );
        await Read<JsonElement>(response, cancellationToken);
    }

    /// <summary>Makes the engine do no more for a parcel.</summary>
    /// <exception cref="ClearanceException">The reason is none.</exception>
    public async Task Close(
        string ebpCode,
        string orderNo,
        string reason,
        CancellationToken cancellationToken = default
    )
    {
        using var response = await http.PostAsJsonAsync(
            Act(ebpCode, orderNo, "close"),
            new { reason },
            Json,
            cancellationToken
        );
        await Read<JsonElement>(response, cancellationToken);
    }

    static Uri Act(string ebpCode, string orderNo, string act) =>
        new(
            $"api/v1/parcels/{Uri.EscapeDataString(ebpCode)}/{Uri.EscapeDataString(orderNo)}/{act}",
            UriKind.Relative
        );

    /// <summary>How the engine's parts are; an engine that is not ready tells so, too.</summary>
    /// <exception cref="HttpRequestException">The engine cannot be reached.</exception>
    /// <exception cref="JsonException">What answered is not the engine.</exception>
    public async Task<IReadOnlyList<PartHealth>> Readiness(CancellationToken cancellationToken = default)
    {
        using var response = await http.GetAsync(
            new Uri("health/ready", UriKind.Relative),
            cancellationToken
        );
        var body = await response.Content.ReadAsStringAsync(cancellationToken);
        var report = JsonSerializer.Deserialize<ReadinessReport>(body, Json);
        return report?.Parts is { } parts
            ? [.. parts.Select(p => new PartHealth(p.Key, p.Value.Status, p.Value.Text))]
            : [];
    }

    sealed record ReadinessReport(IReadOnlyDictionary<string, ReadinessPart>? Parts);

    sealed record ReadinessPart(string Status, string? Text);

    async Task<JsonElement?> Get(string address, CancellationToken cancellationToken)
    {
        using var response = await http.GetAsync(new Uri(address, UriKind.Relative), cancellationToken);
        if (response.StatusCode == HttpStatusCode.NotFound && await IsNoParcel(response, cancellationToken))
            return null;

        var found = await Read<JsonElement>(response, cancellationToken);
        return found.ValueKind == JsonValueKind.Object
            ? found
            : throw new JsonException($"{found.ValueKind}");
    }

    /// <summary>A path that the engine does not know is another matter, such as one below a wrong address.</summary>
    static async Task<bool> IsNoParcel(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = await response.Content.ReadAsStringAsync(cancellationToken);
        var title = Text(Problem(body), "title");
        return title is null || title == ProblemCode.ParcelNotFound;
    }

    static async Task<T> Read<T>(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = await response.Content.ReadAsStringAsync(cancellationToken);
        if (response.IsSuccessStatusCode)
            return JsonSerializer.Deserialize<T>(body, Json) ?? throw new JsonException("null");

        if (response.Headers.Location is { } elsewhere)
            throw new ClearanceException(
                response.StatusCode,
                "moved",
                $"该地址转往 {Clip.Quote(elsewhere.OriginalString)}，请直接使用该地址。The address leads on to {Clip.Quote(elsewhere.OriginalString)}; use that one."
            );

        var problem = Problem(body);
        throw new ClearanceException(
            response.StatusCode,
            Text(problem, "title") ?? "http-error",
            Text(problem, "detail") ?? $"HTTP {(int)response.StatusCode}"
        );
    }

    /// <summary>The engine's own words; null when something else answered, and the status has to do.</summary>
    static JsonElement? Problem(string body)
    {
        try
        {
            return JsonDocument.Parse(body).RootElement;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    static string? Text(JsonElement? problem, string name) =>
        problem is { ValueKind: JsonValueKind.Object } members
        && members.TryGetProperty(name, out var text)
        && text.ValueKind == JsonValueKind.String
            ? text.GetString()
            : null;
}
