using System.Text.Json.Nodes;

namespace ClearanceEngine.Tests.Contract;

/// <summary>What of a newer contract breaks whoever follows the older one (ADR 032): pure, over two OpenAPI documents.</summary>
internal sealed class ContractChanges
{
    static readonly string[] Methods = ["get", "post", "put", "patch", "delete"];

    readonly JsonNode _older;
    readonly JsonNode _newer;
    readonly List<string> _breaks = [];
    readonly HashSet<string> _compared = [];

    ContractChanges(JsonNode older, JsonNode newer) => (_older, _newer) = (older, newer);

    /// <summary>One line for each break; none when the newer contract keeps what the older promised.</summary>
    public static IReadOnlyList<string> Breaks(JsonNode older, JsonNode newer)
    {
        var changes = new ContractChanges(older, newer);
        foreach (var (path, methods) in Members(older["paths"]))
        {
            foreach (var (method, operation) in Members(methods).Where(m => Methods.Contains(m.Name)))
                changes.Compare($"{method} {path}", operation!, newer["paths"]?[path]?[method]);
        }
        return changes._breaks;
    }

    void Compare(string at, JsonNode older, JsonNode? newer)
    {
        if (newer is null)
        {
            _breaks.Add($"{at} is gone");
            return;
        }
        Parameters(at, older, newer);
        if (older["requestBody"] is { } body)
            Contents($"{at} request", body, newer["requestBody"], isRequest: true);
        foreach (var (status, response) in Members(older["responses"]).Where(r => r.Name.StartsWith('2')))
            Contents($"{at} {status}", response!, newer["responses"]?[status], isRequest: false);
    }

    void Parameters(string at, JsonNode older, JsonNode newer)
    {
        var before = ByName(older);
        var after = ByName(newer);
        foreach (var (name, parameter) in before)
        {
            if (!after.TryGetValue(name, out var now))
                _breaks.Add($"{at}: parameter {name} is gone");
            else
                Schemas($"{at} {name}", parameter["schema"], now["schema"], isRequest: true);
        }
        foreach (var (name, parameter) in after.Where(p => IsRequired(p.Value)))
        {
            if (!before.TryGetValue(name, out var was) || !IsRequired(was))
                _breaks.Add($"{at}: parameter {name} is required now");
        }
    }

    void Contents(string at, JsonNode older, JsonNode? newer, bool isRequest)
    {
        if (newer is null)
        {
            _breaks.Add($"{at} is gone");
            return;
        }
        foreach (var (type, content) in Members(older["content"]))
        {
            if (newer["content"]?[type] is { } now)
                Schemas($"{at} {type}", content!["schema"], now["schema"], isRequest);
            else
                _breaks.Add($"{at}: {type} is gone");
        }
    }

    void Schemas(string at, JsonNode? older, JsonNode? newer, bool isRequest)
    {
        if (older is null)
            return;
        if (newer is null)
        {
            _breaks.Add($"{at}: its schema is gone");
            return;
        }
        // A schema may hold itself.
        if (older["$ref"] is { } reference && !_compared.Add($"{reference} {newer["$ref"]} {isRequest}"))
            return;
        var (before, after) = (Resolved(_older, older), Resolved(_newer, newer));

        Types(at, before, after, isRequest);
        Values(at, before, after, isRequest);
        Properties(at, before, after, isRequest);
        Schemas($"{at}[]", before["items"], after["items"], isRequest);
        if (before["additionalProperties"] is JsonObject others)
            Schemas($"{at}{{}}", others, after["additionalProperties"], isRequest);
        Choices(at, before, after, isRequest);
    }

    void Types(string at, JsonNode before, JsonNode after, bool isRequest)
    {
        var (was, now) = (TypesOf(before), TypesOf(after));
        if (isRequest ? !was.IsSubsetOf(now) : !now.IsSubsetOf(was))
            _breaks.Add($"{at}: {string.Join('|', was.Order())} became {string.Join('|', now.Order())}");
    }

    void Values(string at, JsonNode before, JsonNode after, bool isRequest)
    {
        if (!isRequest || after["enum"] is not JsonArray now)
            return;
        var kept = now.Select(v => $"{v}").ToHashSet();
        if (before["enum"] is not JsonArray was)
            _breaks.Add($"{at}: any value before, a list now");
        else
            _breaks.AddRange(was.Where(v => !kept.Contains($"{v}")).Select(v => $"{at}: value {v} is gone"));
    }

    void Properties(string at, JsonNode before, JsonNode after, bool isRequest)
    {
        foreach (var (name, property) in Members(before["properties"]))
        {
            if (after["properties"]?[name] is not { } now)
                _breaks.Add($"{at}.{name} is gone");
            else
                Schemas($"{at}.{name}", property, now, isRequest);
        }
        var (was, required) = (Required(before), Required(after));
        if (isRequest)
            _breaks.AddRange(required.Except(was).Select(name => $"{at}.{name} is required now"));
        else
            _breaks.AddRange(was.Except(required).Select(name => $"{at}.{name} may be absent now"));
    }

    void Choices(string at, JsonNode before, JsonNode after, bool isRequest)
    {
        if (before["oneOf"] is not JsonArray was)
            return;
        if (after["oneOf"] is not JsonArray now || now.Count != was.Count)
        {
            _breaks.Add($"{at}: its choices changed");
            return;
        }
        for (var i = 0; i < was.Count; i++)
            Schemas(at, was[i], now[i], isRequest);
    }

    static JsonNode Resolved(JsonNode document, JsonNode schema) =>
        schema["$ref"] is { } reference
            ? document["components"]!["schemas"]![$"{reference}".Split('/')[^1]]!
            : schema;

    static HashSet<string> TypesOf(JsonNode schema) =>
        schema["type"] switch
        {
            JsonArray several => [.. several.Select(t => $"{t}")],
            { } one => [$"{one}"],
            null => [],
        };

    static HashSet<string> Required(JsonNode schema) =>
        schema["required"] is JsonArray names ? [.. names.Select(n => $"{n}")] : [];

    static bool IsRequired(JsonNode parameter) => parameter["required"]?.GetValue<bool>() is true;

    static Dictionary<string, JsonNode> ByName(JsonNode operation) =>
        operation["parameters"] is JsonArray all ? all.ToDictionary(p => $"{p!["name"]}", p => p!) : [];

    static IEnumerable<(string Name, JsonNode? Value)> Members(JsonNode? node) =>
        node is JsonObject members ? members.Select(m => (m.Key, m.Value)) : [];
}
