using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using ClearanceEngine.Ceb;

namespace ClearanceEngine.Tests;

/// <summary>
/// The pages of <c>docs/messages</c>: a table of fields and a whole example of each message, made from the field tables
/// and the comments of the code, so that they cannot differ from what the engine reads.
/// </summary>
static partial class MessagePages
{
    static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    static readonly Dictionary<CebField, string> Meanings = ReadMeanings();

    public static string FileName(CebSchema schema) => $"CEB{(int)schema.Type}.md";

    public static string Page(CebSchema schema, CebMessage example)
    {
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"# {schema.Root} {schema.ChineseName}\n\n");
        page.Append(
            "<!-- Made from src/Domain/Ceb/Messages by a test; see ../messages.md. Do not edit. -->\n\n"
        );
        page.Append(Facts(schema)).Append("\n\n");
        Table(page, schema, schema.Head);
        if (schema.Line is { } line)
            Table(page, schema, line);

        page.Append("## 示例 Example\n\n");
        var xml = XDocument.Parse(Encoding.UTF8.GetString(CebWriter.Write(example)));
        Block(page, "xml", xml.ToString());
        using var json = JsonDocument.Parse(CebJson.Write(example));
        Block(page, "json", JsonSerializer.Serialize(json, Indented));
        return page.ToString().ReplaceLineEndings("\n");
    }

    static string Facts(CebSchema schema)
    {
        var facts = new List<string>
        {
            schema.IsDeclaration
                ? $"申报报文，发送到 A declaration; goes to `{TopicNames.Of(schema.Type)}`."
                : $"海关或电子口岸的报文，来自 From customs or the E-Port; comes on `{TopicNames.Receipts}`.",
            $"业务实体 Business entity: `{schema.Wrapper}`{Most(schema.MaxDocuments, " 每报文最多 a message at most")}.",
        };
        if (schema.Line is { } line)
            facts.Add($"表体 Lines: `{line.Name}`{Most(schema.MaxLines, " 每单最多 a document at most")}.");
        if (schema.MustBeSigned)
            facts.Add("必须加签 Must be signed on its way to customs.");
        facts.Add(
            "根元素与传输实体 Root and BaseTransfer: [messages.md](../messages.md#what-every-message-has)."
        );
        if (schema.Head.Fields.Any(f => f.Name == "returnStatus"))
            facts.Add("回执状态 Result codes: [messages.md](../messages.md#result-codes).");
        return string.Join('\n', facts.Select(f => $"- {f}"));
    }

    static string Most(int count, string words) =>
        count == int.MaxValue ? "" : string.Create(CultureInfo.InvariantCulture, $",{words} {count}");

    static void Table(StringBuilder page, CebSchema schema, CebEntity entity)
    {
        page.Append(CultureInfo.InvariantCulture, $"## `{entity.Name}`\n\n");
        page.Append("必填 presence: ● 必填 required, ○ 可选 optional, – 不得填 must not be there.\n\n");
        var perMode = schema.Type == CebType.DeclarationList;
        page.Append(perMode ? "| 元素 element | 名称 | 格式 form | 1210 | 9610 | 说明 meaning |\n" : "");
        page.Append(
            perMode
                ? "|--|--|--|--|--|--|\n"
                : "| 元素 element | 名称 | 格式 form | 必填 | 说明 meaning |\n|--|--|--|--|--|\n"
        );
        foreach (var field in entity.Fields)
        {
            var presence = perMode
                ? $"{Mark(field.Presence, bonded: true)} | {Mark(field.Presence, bonded: false)}"
                : Mark(field.Presence, bonded: true);
            var only = field.IsJsonOnly ? " 仅 JSON 格式有。 The JSON form only." : "";
            page.Append(
                CultureInfo.InvariantCulture,
                $"| `{field.Name}` | {field.Label} | {Form(field)} | {presence} | {Meanings[field]}{only} |\n"
            );
        }
        page.Append('\n');
    }

    static string Mark(Presence presence, bool bonded) =>
        presence switch
        {
            Presence.Required => "●",
            Presence.Optional => "○",
            Presence.RequiredBonded => bonded ? "●" : "○",
            Presence.RequiredDirect => bonded ? "–" : "●",
            _ => throw new ArgumentOutOfRangeException(nameof(presence)),
        };

    static string Form(CebField field) =>
        field.Kind switch
        {
            FieldKind.Text when field.MinLength == field.MaxLength => $"{field.MaxLength} 字符 characters",
            FieldKind.Text => $"{field.MinLength}–{field.MaxLength} 字符 characters",
            FieldKind.Number => "小数 decimal, 14 + 5 位 digits",
            FieldKind.Integer => "整数 whole number, 9 位 digits",
            FieldKind.Choice => string.Join(" / ", field.Choices.Select(c => $"`{c}`")),
            FieldKind.Time => "`yyyyMMddHHmmss` 北京时间 Beijing",
            FieldKind.TimeMillis => "`yyyyMMddHHmmssSSS` 北京时间 Beijing",
            FieldKind.Date => "`yyyyMMdd`",
            _ => throw new ArgumentOutOfRangeException(nameof(field)),
        };

    static void Block(StringBuilder page, string language, string text) =>
        page.Append(CultureInfo.InvariantCulture, $"```{language}\n{text}\n```\n\n");

    /// <summary>What the code's own comments say of each field.</summary>
    static Dictionary<CebField, string> ReadMeanings()
    {
        var assembly = typeof(CebSchema).Assembly;
        var comments = XDocument
            .Load(Path.ChangeExtension(assembly.Location, ".xml"))
            .Descendants("member")
            .ToDictionary(m => (string)m.Attribute("name")!, m => Words(m.Element("summary")));
        return assembly
            .GetTypes()
            .Where(t => t.Namespace == typeof(CebSchema).Namespace)
            .SelectMany(t => t.GetFields(BindingFlags.Public | BindingFlags.Static))
            .Where(f => f.FieldType == typeof(CebField))
            .ToDictionary(
                f => (CebField)f.GetValue(null)!,
                f => comments.GetValueOrDefault($"F:{f.DeclaringType!.FullName}.{f.Name}", "")
            );
    }

    static string Words(XElement? summary) =>
        Spaces().Replace(summary?.Value ?? "", " ").Trim().Replace("|", "\\|", StringComparison.Ordinal);

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
