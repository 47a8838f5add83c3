using System.Text.Json;
using ClearanceEngine.Contracts;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace ClearanceEngine.Silo.Door.Contract;

/// <summary>What the schemas of the document promise.</summary>
static class SchemaTexts
{
    /// <summary>Members that may be absent, whatever their type: a request's, and those of a problem.</summary>
    static readonly Type[] Lenient = [typeof(QuotaRequest), typeof(CloseRequest), typeof(ProblemResponse)];

    public static Task Tell(
        OpenApiSchema schema,
        OpenApiSchemaTransformerContext context,
        CancellationToken cancellationToken
    )
    {
        var type = context.JsonTypeInfo.Type;
        if (type == typeof(ProblemCode))
            schema.Type = JsonSchemaType.String;
        if ((Nullable.GetUnderlyingType(type) ?? type).IsEnum)
        {
            // Where a value may be null, its place says so: said twice, it would be two of one choice.
            schema.Type = JsonSchemaType.String;
            schema.Enum = [.. schema.Enum!.Where(v => v?.GetValueKind() is JsonValueKind.String)];
        }
        if (schema.Properties is not { Count: > 0 } properties || context.JsonPropertyInfo is not null)
            return Task.CompletedTask;

        // An answer has all its members, null or not, except those that are left away when they are null.
        var absent = context
            .JsonTypeInfo.Properties.Where(p => p.ShouldSerialize is not null)
            .Select(p => p.Name);
        schema.Required = Lenient.Contains(type)
            ? null
            : new HashSet<string>(properties.Keys.Except(absent), StringComparer.Ordinal);
        return Task.CompletedTask;
    }
}
