using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using ClearanceEngine.Participants;
using ClearanceEngine.Silo.Settings;

namespace ClearanceEngine.Tests.Settings;

/// <summary>Writes <c>docs/examples/participants.schema.json</c> from the type that the reader fills and its comments.</summary>
static class ParticipantsSchema
{
    /// <summary>Fields that follow from others and are not written.</summary>
    static readonly string[] Derived =
    [
        .. typeof(Participant)
            .GetProperties()
            .Where(p => p.SetMethod is null)
            .Select(p => JsonNamingPolicy.CamelCase.ConvertName(p.Name)),
    ];

    static readonly JsonSerializerOptions Written = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Write()
    {
        var exported = ParticipantRegistry.FileFormat.GetJsonSchemaAsNode(
            typeof(Participant),
            new JsonSchemaExporterOptions
            {
                TreatNullObliviousAsNonNullable = true,
                TransformSchemaNode = Describe,
            }
        );
        var entry = exported.AsObject();
        foreach (var field in Derived)
            entry["properties"]!.AsObject().Remove(field);
        entry["additionalProperties"] = false;
        entry["type"] = "object";
        entry["anyOf"] = new JsonArray(AtLeastOne("roles"), AtLeastOne("transmitsFor"));
        Bound(entry["properties"]!.AsObject());

        var schema = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "企业名录 participants (Engine:ParticipantsFile)",
            ["description"] = "Generated from the reader; docs/settings.md names the setting.",
            ["type"] = "array",
            ["minItems"] = 1,
            ["items"] = entry,
        };
        return schema.ToJsonString(Written) + "\n";
    }

    static JsonObject AtLeastOne(string field) =>
        new()
        {
            ["required"] = new JsonArray(field),
            ["properties"] = new JsonObject { [field] = new JsonObject { ["minItems"] = 1 } },
        };

    /// <summary>What the reader checks beside the types.</summary>
    static void Bound(JsonObject fields)
    {
        fields["code"]!["pattern"] = "^([0-9A-Za-z]{10}|[0-9A-Za-z]{18})$";
        fields["name"]!["minLength"] = 1;
        fields["customs"]!["items"]!["pattern"] = "^[0-9]{4}$";
        fields["modes"]!["items"]!["enum"] = new JsonArray([
            .. ParticipantRegistry.Modes.Select(m => (JsonNode)m),
        ]);
    }

    static JsonNode Describe(JsonSchemaExporterContext context, JsonNode schema)
    {
        if (
            context.PropertyInfo?.AttributeProvider is not PropertyInfo property
            || schema is not JsonObject described
        )
            return schema;
        var values = ValuesOf(property.PropertyType);
        described.Insert(0, "description", $"{XmlDocs.Of(property)}{values}");
        return described;
    }

    static string ValuesOf(Type type)
    {
        type = type.IsGenericType ? type.GetGenericArguments()[0] : type;
        return type.IsEnum
            ? string.Concat(
                Enum.GetNames(type)
                    .Select(n => $" {JsonNamingPolicy.CamelCase.ConvertName(n)}: {XmlDocs.Of(type, n)}")
            )
            : "";
    }
}
