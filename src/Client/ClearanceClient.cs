using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using ClearanceEngine.Ceb;
using ClearanceEngine.Contracts;
using ClearanceEngine.Parcels;

namespace ClearanceEngine.Client;

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

/// <summary>Receipts that were handed on to a participant, as JSON, in their order.</summary>
/// <param name="Events">They.</param>
/// <param name="Next">Where to go on.</param>
public sealed record ChangePageResult(IReadOnlyList<JsonElement> Events, string Next);

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
    /// <summary>JSON of the contract, indented for people.</summary>
    public static JsonSerializerOptions Json { get; } = MakeJson();

    /// <summary>Submits one CEB message (XML or JSON). Empty when the decision takes longer than the engine waits (202): ask for the parcel.</summary>
    /// <exception cref="ClearanceException">The message was refused as a whole.</exception>
    /// <exception cref="HttpRequestException">The engine cannot be reached.</exception>
    public async Task<IReadOnlyList<DocumentResponse>> Submit(
        ReadOnlyMemory<byte> message,
        CancellationToken cancellationToken = default
    )
    {
        using var content = new ReadOnlyMemoryContent(message);
        content.Headers.ContentType = new MediaTypeHeaderValue(
            CebParser.IsJson(message.Span) ? "application/json" : "application/xml"
        );
        using var response = await http.PostAsync(Address(ApiPaths.Messages), content, cancellationToken);
        if (response.StatusCode == HttpStatusCode.Accepted)
            return [];
        return await Read<List<DocumentResponse>>(response, cancellationToken);
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
    /// <param name="kind"><see cref="ParameterNames.Waybill"/>, <see cref="ParameterNames.Payment"/> or <see cref="ParameterNames.List"/>.</param>
    /// <param name="number">Its number; for a list copNo, preNo or invtNo.</param>
    /// <param name="company">Code of the company that numbered it; may be left out for a list's preNo or invtNo.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    public Task<JsonElement?> FindParcel(
        string kind,
        string number,
        string? company,
        CancellationToken cancellationToken = default
    ) => Get(ApiPaths.Parcels + Query((kind, number), (ParameterNames.Company, company)), cancellationToken);

    /// <summary>A person's quota. The id number travels in the body, never in an address.</summary>
    /// <param name="idNumber">Whose.</param>
    /// <param name="year">Beijing calendar year; null for this one.</param>
    /// <param name="reason">Why it is looked at, for the audit trail.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    public async Task<QuotaResponse> Quota(
        string idNumber,
        int? year,
        string? reason = null,
        CancellationToken cancellationToken = default
    )
    {
        using var response = await http.PostAsJsonAsync(
            Address(ApiPaths.Quota),
            new QuotaRequest(idNumber, year, reason),
            Json,
            cancellationToken
        );
        return await Read<QuotaResponse>(response, cancellationToken);
    }

    /// <summary>Who the caller is to the engine, as JSON: name, kind, roles, participants, and its rights with their reach.</summary>
    /// <exception cref="ClearanceException">The engine does not know who is asking.</exception>
    public async Task<JsonElement> Me(CancellationToken cancellationToken = default)
    {
        using var response = await http.GetAsync(Address(ApiPaths.Me), cancellationToken);
        return await Read<JsonElement>(response, cancellationToken);
    }

    /// <summary>A page of the audit trail.</summary>
    /// <exception cref="ClearanceException">The question is malformed, or the caller may not ask.</exception>
    public async Task<AuditPage> Audit(AuditQuestion question, CancellationToken cancellationToken = default)
    {
        var query = Query(
            (ParameterNames.Actor, question.Actor),
            (ParameterNames.Subject, question.Subject),
            (ParameterNames.Right, question.Right),
            (ParameterNames.Since, question.Since),
            (ParameterNames.Until, question.Until),
            (ParameterNames.Limit, question.Limit?.ToString(CultureInfo.InvariantCulture)),
            (ParameterNames.Cursor, question.Cursor)
        );
        using var response = await http.GetAsync(Address(ApiPaths.Audit + query), cancellationToken);
        return await Read<AuditPage>(response, cancellationToken);
    }

    /// <summary>What was handed on to a participant behind a place, or what comes within the wait.</summary>
    /// <param name="participant">Its code; null where the caller speaks for one alone.</param>
    /// <param name="after"><c>oldest</c>, <c>latest</c>, or the next of the page before.</param>
    /// <param name="wait">Seconds to wait for the first event.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <exception cref="ClearanceException">The place is none, or gone, or the caller may not read it.</exception>
    public async Task<ChangePageResult> Changes(
        string? participant,
        string after,
        int wait,
        CancellationToken cancellationToken = default
    )
    {
        var query = Query(
            (ParameterNames.After, after),
            (ParameterNames.Wait, wait.ToString(CultureInfo.InvariantCulture)),
            (ParameterNames.Participant, participant)
        );
        using var response = await http.GetAsync(Address(ApiPaths.Changes + query), cancellationToken);
        return await Read<ChangePageResult>(response, cancellationToken);
    }

    /// <summary>Makes the engine ask customs for the latest receipts now.</summary>
    public async Task Ask(string ebpCode, string orderNo, CancellationToken cancellationToken = default)
    {
        using var response = await http.PostAsync(
            Act(ApiPaths.Ask, ebpCode, orderNo),
            null,
            cancellationToken
        );
        await Read<AskResponse>(response, cancellationToken);
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
        var which = Query((ParameterNames.Document, document), (ParameterNames.Number, number));
        using var response = await http.PostAsync(
            Act(ApiPaths.Resend, ebpCode, orderNo, which),
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
            Act(ApiPaths.Close, ebpCode, orderNo),
            new CloseRequest(reason),
            Json,
            cancellationToken
        );
        await Read<JsonElement>(response, cancellationToken);
    }

    /// <summary>How the engine's parts are; an engine that is not ready tells so, too.</summary>
    /// <exception cref="HttpRequestException">The engine cannot be reached.</exception>
    /// <exception cref="JsonException">What answered is not the engine.</exception>
    public async Task<IReadOnlyList<PartHealth>> Readiness(CancellationToken cancellationToken = default)
    {
        using var response = await http.GetAsync(Address(ApiPaths.Ready), cancellationToken);
        var body = await response.Content.ReadAsStringAsync(cancellationToken);
        // Ready or a problem: both tell of the parts by the same name.
        var report = JsonSerializer.Deserialize<HealthResponse>(body, Json);
        return report?.Parts is { } parts
            ? [.. parts.Select(p => new PartHealth(p.Key, p.Value.Status, p.Value.Text))]
            : [];
    }

    /// <summary>Below whatever the engine's own address ends with.</summary>
    static Uri Address(string path) => new(path.TrimStart('/'), UriKind.Relative);

    static Uri Act(string path, string ebpCode, string orderNo, string query = "") =>
        Address(ParcelAddress.Of(new ParcelName(ebpCode, orderNo), path) + query);

    /// <summary>What is asked for, as far as it is given.</summary>
    static string Query(params IEnumerable<(string Name, string? Value)> parameters)
    {
        var given = parameters
            .Where(p => p.Value is not null)
            .Select(p => $"{p.Name}={Uri.EscapeDataString(p.Value!)}");
        return $"?{string.Join('&', given)}";
    }

    static JsonSerializerOptions MakeJson()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web) { WriteIndented = true };
        ContractJson.Configure(options);
        return options;
    }

    async Task<JsonElement?> Get(string address, CancellationToken cancellationToken)
    {
        using var response = await http.GetAsync(Address(address), cancellationToken);
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
        var title = Problem(body)?.Title;
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
            problem?.Title ?? "http-error",
            problem?.Detail ?? $"HTTP {(int)response.StatusCode}"
        );
    }

    /// <summary>The engine's own words; null when something else answered, and the status has to do.</summary>
    static ProblemResponse? Problem(string body)
    {
        try
        {
            return JsonSerializer.Deserialize<ProblemResponse>(body, Json);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
