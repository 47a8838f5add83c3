using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ClearanceEngine.Ceb;

/// <summary>
/// The JSON form: <c>{"CEB311Message":{"guid":…,"version":…,"Order":[{"OrderHead":{…},"OrderList":[…]}],"BaseTransfer":{…}}}</c>
/// with the official names and decimals as strings. Bare JSON numbers are taken by their literal text, so nothing is
/// lost to a double; one that has an exponent is refused. A single object may stand where an array of one would.
/// </summary>
public static class CebJson
{
    static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <exception cref="CebFormatException">It is no message in JSON form.</exception>
    public static CebMessage Read(ReadOnlyMemory<byte> utf8, CebLimits? limits = null)
    {
        limits ??= CebLimits.Default;
        if (utf8.Length > limits.MessageBytes)
            throw new CebFormatException("too-large", $"报文超过 {limits.MessageBytes} 字节上限,请拆分后重新发送。The message has {utf8.Length} bytes, the limit is {limits.MessageBytes}; split it.");
        try
        {
            using var json = JsonDocument.Parse(utf8, new JsonDocumentOptions { MaxDepth = limits.Depth, AllowDuplicateProperties = false });
            return Message(json.RootElement, limits);
        }
        catch (JsonException e)
        {
            throw new CebFormatException("not-json", $"报文不是有效的 JSON。Not valid JSON (line {e.LineNumber + 1}, byte {e.BytePositionInLine}): {e.Message}");
        }
    }

    static CebMessage Message(JsonElement root, CebLimits limits)
    {
        if (root.ValueKind != JsonValueKind.Object || root.EnumerateObject().Take(2).ToArray() is not [var only])
            throw new CebFormatException("unknown-message", "JSON 报文应只有一个成员,即报文类型。The JSON form is one object with one member, for example CEB311Message.");
        var schema = CebSchema.OfRoot(only.Name) ?? throw new CebFormatException("unknown-message", $"未知的报文类型 {only.Name}。Unknown message {only.Name}.", only.Name);
        var copCode = only.Value.ValueKind == JsonValueKind.Object && only.Value.TryGetProperty("BaseTransfer", out var t) && t.ValueKind == JsonValueKind.Object
            && t.TryGetProperty("copCode", out var c) && c.ValueKind == JsonValueKind.String ? c.GetString() : null;

        string? guid = null, version = null;
        CebTransfer? transfer = null;
        var documents = ImmutableArray.CreateBuilder<CebDocument>();
        var subscriptions = ImmutableArray.CreateBuilder<CebSubscription>();
        foreach (var member in Members(only.Value, schema.Root))
        {
            if (member.Name == "guid") guid = Text(member);
            else if (member.Name == "version") version = Text(member);
            else if (member.Name == schema.Wrapper)
            {
                foreach (var item in Items(member.Value))
                {
                    if (documents.Count >= Math.Min(schema.MaxDocuments, limits.UnboundedItems)) throw Fault("too-many-documents", $"单证数超过上限。{schema.Root} carries too many documents; split it.");
                    documents.Add(Document(item));
                }
            }
            else if (member.Name == "BaseTransfer" && schema.IsDeclaration)
            {
                var s = Simple(member.Value, "BaseTransfer", "copCode", "copName", "dxpMode", "dxpId", "note");
                transfer = new CebTransfer(s[0] ?? "", s[1] ?? "", s[2] ?? "", s[3] ?? "", s[4]);
            }
            else if (member.Name == "BaseSubscribe" && schema.IsDeclaration)
            {
                foreach (var item in Items(member.Value))
                {
                    if (subscriptions.Count == 5) throw Fault("too-many-elements", "BaseSubscribe 超过 5 个。More than 5 BaseSubscribe.");
                    var s = Simple(item, "BaseSubscribe", "status", "dxpMode", "dxpAddress", "note");
                    subscriptions.Add(new CebSubscription(s[0] ?? "", s[1] ?? "", s[2] ?? "", s[3]));
                }
            }
            else throw Unknown(member.Name, schema.Root);
        }
        if (guid is null || version is null) throw Fault("root-attribute-missing", $"缺少 guid 或 version。{schema.Root} needs guid and version.");
        if (documents.Count == 0) throw Fault("no-documents", $"{schema.Root} 不含任何 {schema.Wrapper}。{schema.Root} has no {schema.Wrapper}.");
        if (schema.IsDeclaration && transfer is null) throw Fault("transfer-missing", $"缺少 BaseTransfer。{schema.Root} has no BaseTransfer; its copCode names the sender.");
        return new CebMessage(schema.Type, guid, version, documents.DrainToImmutable(), transfer, subscriptions.DrainToImmutable());

        CebDocument Document(JsonElement item)
        {
            if (schema.HeadIsWrapper) return new CebDocument(schema.Type, Fields(item, schema.Head));
            string?[]? head = null;
            var lines = new List<string?[]>();
            foreach (var member in Members(item, schema.Wrapper))
            {
                if (member.Name == schema.Head.Name) head = Fields(member.Value, schema.Head);
                else if (schema.Line is { } line && member.Name == line.Name)
                {
                    foreach (var row in Items(member.Value))
                    {
                        if (lines.Count >= Math.Min(schema.MaxLines, limits.UnboundedItems)) throw Fault("too-many-lines", $"表体超过上限。A document has too many {line.Name}.");
                        lines.Add(Fields(row, line));
                    }
                }
                else throw Unknown(member.Name, schema.Wrapper);
            }
            return new CebDocument(schema.Type, head ?? throw Fault("head-missing", $"缺少 {schema.Head.Name}。A document has no {schema.Head.Name}."), [.. lines]);
        }

        string?[] Fields(JsonElement element, CebEntity entity)
        {
            var texts = new string?[entity.Fields.Count];
            foreach (var member in Members(element, entity.Name)) texts[(entity.Find(member.Name) ?? throw Unknown(member.Name, entity.Name)).Index] = Text(member);
            return texts;
        }

        string?[] Simple(JsonElement element, string name, params string[] names)
        {
            var texts = new string?[names.Length];
            foreach (var member in Members(element, name))
            {
                var at = Array.IndexOf(names, member.Name);
                if (at < 0) throw Unknown(member.Name, name);
                texts[at] = Text(member);
            }
            return texts;
        }

        IEnumerable<JsonProperty> Members(JsonElement element, string name) =>
            element.ValueKind == JsonValueKind.Object ? element.EnumerateObject() : throw Fault("wrong-type", $"{name} 应为对象。{name} must be an object.");

        static IEnumerable<JsonElement> Items(JsonElement element) => element.ValueKind == JsonValueKind.Array ? element.EnumerateArray() : [element];

        string? Text(JsonProperty member) => member.Value.ValueKind switch
        {
            JsonValueKind.String => member.Value.GetString(),
            JsonValueKind.Null => null,
            JsonValueKind.Number when member.Value.GetRawText() is var raw && !raw.Contains('e', StringComparison.OrdinalIgnoreCase) => raw,
            JsonValueKind.Number => throw Fault("not-a-number", $"{member.Name} 不得使用指数形式。{member.Name} must be plain decimal text, best as a string."),
            _ => throw Fault("wrong-type", $"{member.Name} 应为字符串。{member.Name} must be a string."),
        };

        CebFormatException Unknown(string name, string parent) => Fault("unknown-element", $"{parent} 中不应出现 {name}。Unexpected member {name} in {parent}.");

        CebFormatException Fault(string code, string text) => new(code, text, schema.Root, copCode);
    }

    /// <summary>The JSON form of a message.</summary>
    public static byte[] Write(CebMessage message)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, WriterOptions))
        {
            var schema = message.Schema;
            json.WriteStartObject();
            json.WriteStartObject(schema.Root);
            json.WriteString("guid", message.Guid);
            json.WriteString("version", message.Version);
            json.WriteStartArray(schema.Wrapper);
            foreach (var document in message.Documents) Document(json, document);
            json.WriteEndArray();
            if (message.Transfer is { } t) Simple(json, "BaseTransfer", ("copCode", t.CopCode), ("copName", t.CopName), ("dxpMode", t.DxpMode), ("dxpId", t.DxpId), ("note", t.Note));
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return stream.ToArray();
    }

    static void Document(Utf8JsonWriter json, CebDocument document)
    {
        var schema = document.Schema;
        json.WriteStartObject();
        if (!schema.HeadIsWrapper) json.WriteStartObject(schema.Head.Name);
        foreach (var field in schema.Head.Fields)
        {
            if (document[field] is { } text) json.WriteString(field.Name, text);
        }
        if (!schema.HeadIsWrapper) json.WriteEndObject();
        if (document.LineCount > 0)
        {
            json.WriteStartArray(schema.Line!.Name);
            for (var line = 0; line < document.LineCount; line++)
            {
                json.WriteStartObject();
                foreach (var field in schema.Line.Fields)
                {
                    if (document[line, field] is { } text) json.WriteString(field.Name, text);
                }
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    static void Simple(Utf8JsonWriter json, string name, params (string Name, string? Text)[] members)
    {
        json.WriteStartObject(name);
        foreach (var (member, text) in members)
        {
            if (text is not null) json.WriteString(member, text);
        }
        json.WriteEndObject();
    }
}
