using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ClearanceEngine.Ceb;

/// <summary>
/// The JSON form: <c>{"CEB311Message":{"guid":…,"version":…,"Order":[{"OrderHead":{…},"OrderList":[…]}],"BaseTransfer":{…}}}</c>
/// with the official names and decimals as strings. Bare JSON numbers are taken by their literal text, so nothing is
/// lost to a double; one that has an exponent is refused. A single object may stand where an array of one would. The payload
/// of ExtendMessage is a text: <c>"ExtendMessage":{"name":…,"version":…,"Message":"&lt;any&gt;…&lt;/any&gt;"}</c>.
/// </summary>
public static class CebJson
{
    static readonly JsonWriterOptions WriterOptions = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <exception cref="CebFormatException">It is no message in JSON form.</exception>
    public static CebMessage Read(ReadOnlyMemory<byte> utf8, CebLimits? limits = null)
    {
        limits ??= CebLimits.Default;
        if (utf8.Length > limits.MessageBytes)
            throw new CebFormatException(
                ProblemCode.TooLarge,
                $"报文超过 {limits.MessageBytes} 字节上限，请拆分后重新发送。The message has {utf8.Length} bytes, the limit is {limits.MessageBytes}; split it."
            );
        CebEncoding.RequireUtf8(utf8.Span);
        try
        {
            using var json = JsonDocument.Parse(
                utf8,
                new JsonDocumentOptions { MaxDepth = limits.Depth, AllowDuplicateProperties = false }
            );
            return Message(json.RootElement, limits);
        }
        catch (JsonException e)
            when (e.Message.Contains("maximum configured depth", StringComparison.Ordinal))
        {
            throw new CebFormatException(
                ProblemCode.TooDeep,
                $"JSON 嵌套超过 {limits.Depth} 层，请减少。The JSON is nested deeper than {limits.Depth} (line {e.LineNumber + 1}); flatten it."
            );
        }
        catch (JsonException e)
        {
            throw new CebFormatException(
                ProblemCode.NotJson,
                $"报文不是有效的 JSON（第 {e.LineNumber + 1} 行第 {e.BytePositionInLine + 1} 字节），请更正后重新发送。Not valid JSON at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}: {Clip.To(WithoutPlace(e.Message), 300)} Correct it and send it again."
            );
        }
        catch (InvalidOperationException)
        {
            // What the platform throws for an escape like \uD800 that has no other half.
            throw new CebFormatException(
                ProblemCode.ForbiddenCharacter,
                "JSON 文本含有不完整的 Unicode 代理对（如 \\uD800），请更正。A JSON text holds half of a surrogate pair (such as \\uD800), which is no character; correct it."
            );
        }
    }

    /// <summary>The platform says the place behind its sentence, counted from 0.</summary>
    static string WithoutPlace(string message) =>
        message.IndexOf(" LineNumber: ", StringComparison.Ordinal) is >= 0 and var at
            ? message[..at]
            : message;

    static CebMessage Message(JsonElement root, CebLimits limits)
    {
        if (
            root.ValueKind != JsonValueKind.Object
            || root.EnumerateObject().Take(2).ToArray() is not [var only]
        )
            throw new CebFormatException(
                ProblemCode.UnknownMessage,
                "JSON 报文应只有一个成员，即报文类型。The JSON form is one object with one member, for example CEB311Message; correct it."
            );
        var schema = CebSchema.OfRoot(only.Name)
            ?? throw new CebFormatException(
                ProblemCode.UnknownMessage,
                $"未知的报文类型 {Clip.Quote(only.Name)}，请按 CEB 报文规范发送。Unknown message {Clip.Quote(only.Name)}; expected for example CEB311Message: correct the name.",
                only.Name
            );
        var copCode =
            only.Value.ValueKind == JsonValueKind.Object
            && only.Value.TryGetProperty("BaseTransfer", out var t)
            && t.ValueKind == JsonValueKind.Object
            && t.TryGetProperty("copCode", out var c)
            && c.ValueKind == JsonValueKind.String
                ? c.GetString()
                : null;

        return new ReadState(schema, copCode, limits).Message(only.Value);
    }

    /// <summary>What is known so far, so that an error can name it.</summary>
    /// <param name="schema">Of the message.</param>
    /// <param name="copCode">Its sender; null where that is not there.</param>
    /// <param name="limits">What a message may cost.</param>
    sealed class ReadState(CebSchema schema, string? copCode, CebLimits limits)
    {
        readonly ImmutableArray<CebDocument>.Builder _documents = ImmutableArray.CreateBuilder<CebDocument>();
        readonly ImmutableArray<CebSubscription>.Builder _subscriptions =
            ImmutableArray.CreateBuilder<CebSubscription>();
        string? _guid,
            _version;
        CebTransfer? _transfer;
        CebExtension? _extension;

        // Where reading is, for faults.
        int _number,
            _row;

        public CebMessage Message(JsonElement message)
        {
            foreach (var member in Members(message, schema.Root))
                Take(member);
            if (_guid is null || _version is null)
                throw Fault(
                    ProblemCode.RootAttributeMissing,
                    $"缺少 guid 或 version，请补充。{schema.Root} needs guid and version; add them."
                );
            if (_documents.Count == 0)
                throw Fault(
                    ProblemCode.NoDocuments,
                    $"{schema.Root} 不含任何 {schema.Wrapper}，请补充。{schema.Root} has no {schema.Wrapper}; at least one is needed."
                );
            if (schema.IsDeclaration && _transfer is null)
                throw Fault(
                    ProblemCode.TransferMissing,
                    $"缺少 BaseTransfer，请补充。{schema.Root} has no BaseTransfer; add it, its copCode names the sender."
                );
            return new CebMessage(
                schema.Type,
                _guid,
                _version,
                _documents.DrainToImmutable(),
                _transfer,
                _subscriptions.DrainToImmutable(),
                _extension
            );
        }

        void Take(JsonProperty member)
        {
            if (member.Name == "guid")
                _guid = Text(member);
            else if (member.Name == "version")
                _version = Text(member);
            else if (member.Name == schema.Wrapper)
                TakeDocuments(member.Value);
            else if (member.Name == "BaseTransfer" && schema.IsDeclaration)
                _transfer = Transfer(member.Value);
            else if (member.Name == "BaseSubscribe" && schema.IsDeclaration)
                TakeSubscriptions(member.Value);
            else if (member.Name == "ExtendMessage" && schema.IsDeclaration)
                _extension = Extension(member.Value);
            else
                throw Unknown(member.Name, schema.Root);
        }

        void TakeDocuments(JsonElement items)
        {
            foreach (var item in Items(items))
            {
                if (_documents.Count >= Math.Min(schema.MaxDocuments, limits.UnboundedItems))
                    throw Fault(
                        ProblemCode.TooManyDocuments,
                        $"单证数超过上限 {schema.MaxDocuments}，请拆分。{schema.Root} carries more than {schema.MaxDocuments} documents; split it."
                    );
                _number = _documents.Count + 1;
                _documents.Add(Document(item));
            }
            _number = 0;
        }

        void TakeSubscriptions(JsonElement items)
        {
            foreach (var item in Items(items))
            {
                if (_subscriptions.Count == 5)
                    throw Fault(
                        ProblemCode.TooManyElements,
                        "BaseSubscribe 超过 5 个，请减少。More than 5 BaseSubscribe; at most 5 are allowed."
                    );
                var s = Simple(item, "BaseSubscribe", "status", "dxpMode", "dxpAddress", "note");
                var note = s[3] is { Length: > 0 } ? s[3] : null;
                _subscriptions.Add(new CebSubscription(s[0] ?? "", s[1] ?? "", s[2] ?? "", note));
            }
        }

        CebTransfer Transfer(JsonElement element)
        {
            var s = Simple(element, "BaseTransfer", "copCode", "copName", "dxpMode", "dxpId", "note");
            return new CebTransfer(s[0] ?? "", s[1] ?? "", s[2] ?? "", s[3] ?? "", s[4]);
        }

        CebExtension Extension(JsonElement element)
        {
            var s = Simple(element, "ExtendMessage", "name", "version", "Message");
            return new CebExtension(s[0] ?? "", s[1] ?? "", Payload(s[2] ?? ""));
        }

        string Payload(string xml)
        {
            try
            {
                return CebReader.ReadPayload(xml, limits);
            }
            catch (CebFormatException e)
            {
                throw Fault(e.Code, e.Message);
            }
        }

        CebDocument Document(JsonElement element)
        {
            if (schema.HeadIsWrapper)
                return new CebDocument(schema.Type, Fields(element, schema.Head));
            string?[]? head = null;
            var lines = new List<string?[]>();
            foreach (var member in Members(element, schema.Wrapper))
            {
                if (member.Name == schema.Head.Name)
                    head = Fields(member.Value, schema.Head);
                else if (schema.Line is { } line && member.Name == line.Name)
                {
                    foreach (var item in Items(member.Value))
                    {
                        if (lines.Count >= Math.Min(schema.MaxLines, limits.UnboundedItems))
                            throw Fault(
                                ProblemCode.TooManyLines,
                                $"表体 {line.Name} 超过上限 {Math.Min(schema.MaxLines, limits.UnboundedItems)}，请拆分。A document has more than {Math.Min(schema.MaxLines, limits.UnboundedItems)} {line.Name}; split it."
                            );
                        _row = lines.Count + 1;
                        lines.Add(Fields(item, line));
                    }
                    _row = 0;
                }
                else
                    throw Unknown(member.Name, schema.Wrapper);
            }
            return new CebDocument(
                schema.Type,
                head
                    ?? throw Fault(
                        ProblemCode.HeadMissing,
                        $"缺少 {schema.Head.Name}，请补充。A document has no {schema.Head.Name}; add it."
                    ),
                [.. lines]
            );
        }

        string?[] Fields(JsonElement element, CebEntity entity)
        {
            var texts = new string?[entity.Fields.Length];
            foreach (var member in Members(element, entity.Name))
                texts[(entity.Find(member.Name) ?? throw Unknown(member.Name, entity.Name)).Index] = Text(
                    member
                );
            return texts;
        }

        string?[] Simple(JsonElement element, string name, params string[] names)
        {
            var texts = new string?[names.Length];
            foreach (var member in Members(element, name))
            {
                var at = Array.IndexOf(names, member.Name);
                if (at < 0)
                    throw Unknown(member.Name, name);
                texts[at] = Text(member);
            }
            return texts;
        }

        IEnumerable<JsonProperty> Members(JsonElement element, string name) =>
            element.ValueKind == JsonValueKind.Object
                ? element.EnumerateObject()
                : throw Fault(
                    ProblemCode.WrongType,
                    $"{name} 应为对象，请更正。{name} must be an object; correct it."
                );

        static IEnumerable<JsonElement> Items(JsonElement element) =>
            element.ValueKind == JsonValueKind.Array ? element.EnumerateArray() : [element];

        string? Text(JsonProperty member) =>
            member.Value.ValueKind switch
            {
                JsonValueKind.String => Allowed(member.Name, member.Value.GetString()!),
                JsonValueKind.Null => null,
                JsonValueKind.Number
                    when member.Value.GetRawText() is var raw
                        && !raw.Contains('e', StringComparison.OrdinalIgnoreCase) => raw,
                JsonValueKind.Number => throw Fault(
                    ProblemCode.NotANumber,
                    $"{Clip.Quote(member.Name)} 不得使用指数形式，请写成普通小数，最好为字符串。{Clip.Quote(member.Name)} must be plain decimal text without an exponent, best as a string; correct it."
                ),
                _ => throw Fault(
                    ProblemCode.WrongType,
                    $"{Clip.Quote(member.Name)} 应为字符串，请更正。{Clip.Quote(member.Name)} must be a string; correct it."
                ),
            };

        // What XML cannot carry could never be sent on, nor stand in a receipt.
        string Allowed(string name, string text) =>
            CebEncoding.IndexOfForbidden(text) is >= 0 and var at
                ? throw Fault(
                    ProblemCode.ForbiddenCharacter,
                    $"{Clip.Quote(name)} 第 {at + 1} 个字符 U+{(int)text[at]:X4} 不被 XML 允许，请去除。Character {at + 1} of {Clip.Quote(name)} is U+{(int)text[at]:X4}, which XML 1.0 forbids; remove it."
                )
                : text;

        CebFormatException Unknown(string name, string parent) =>
            Fault(
                ProblemCode.UnknownElement,
                $"{parent} 中不应出现 {Clip.Quote(name)}，请去除或更正名称。Unexpected member {Clip.Quote(name)} in {parent}; remove it or correct its name."
            );

        CebFormatException Fault(ProblemCode code, string text) =>
            new(
                code,
                _number == 0 ? text : $"{text} (document {_number}{(_row == 0 ? "" : $", line {_row}")})",
                schema.Root,
                copCode,
                messageGuid: _guid
            );
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
            foreach (var document in message.Documents)
                Document(json, document);
            json.WriteEndArray();
            if (message.Transfer is { } t)
                Simple(
                    json,
                    "BaseTransfer",
                    ("copCode", t.CopCode),
                    ("copName", t.CopName),
                    ("dxpMode", t.DxpMode),
                    ("dxpId", t.DxpId),
                    ("note", t.Note)
                );
            if (message.Frame is { } frame)
                Frame(json, frame);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return stream.ToArray();
    }

    static void Frame(Utf8JsonWriter json, CebFrame frame)
    {
        if (frame.Subscriptions.Length > 0)
            json.WriteStartArray("BaseSubscribe");
        foreach (var s in frame.Subscriptions)
            Simple(
                json,
                null,
                ("status", s.Status),
                ("dxpMode", s.DxpMode),
                ("dxpAddress", s.DxpAddress),
                ("note", s.Note)
            );
        if (frame.Subscriptions.Length > 0)
            json.WriteEndArray();
        if (frame.Extension is { } e)
            Simple(json, "ExtendMessage", ("name", e.Name), ("version", e.Version), ("Message", e.Payload));
    }

    static void Document(Utf8JsonWriter json, CebDocument document)
    {
        var schema = document.Schema;
        json.WriteStartObject();
        if (!schema.HeadIsWrapper)
            json.WriteStartObject(schema.Head.Name);
        WriteHead(json, document);
        if (!schema.HeadIsWrapper)
            json.WriteEndObject();
        if (document.LineCount > 0)
        {
            json.WritePropertyName(schema.Line!.Name);
            WriteLines(json, document);
        }
        json.WriteEndObject();
    }

    /// <summary>The head's fields, those that are there, as members of the object that is open.</summary>
    public static void WriteHead(Utf8JsonWriter json, CebDocument document)
    {
        foreach (var field in document.Schema.Head.Fields)
        {
            if (document[field] is { } text)
                json.WriteString(field.Name, text);
        }
    }

    /// <summary>The lines, an array with an object each; of a document whose schema has lines.</summary>
    public static void WriteLines(Utf8JsonWriter json, CebDocument document)
    {
        json.WriteStartArray();
        for (var line = 0; line < document.LineCount; line++)
        {
            json.WriteStartObject();
            foreach (var field in document.Schema.Line!.Fields)
            {
                if (document[line, field] is { } text)
                    json.WriteString(field.Name, text);
            }
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    static void Simple(Utf8JsonWriter json, string? name, params (string Name, string? Text)[] members)
    {
        if (name is not null)
            json.WritePropertyName(name);
        json.WriteStartObject();
        foreach (var (member, text) in members)
        {
            if (text is not null)
                json.WriteString(member, text);
        }
        json.WriteEndObject();
    }
}
